// Cells as JSON values.
//
// A value is what to_jsonb gives, with these differences: dates, times and intervals are ISO 8601
// whatever the session says, numerics keep their scale, bytea is base64 or hex, ranges are
// {"lower":…,"upper":…,"bounds":"[)"} or {"empty":true}, multiranges arrays of these, and
// json is taken over as it is.  Lower bounds of arrays are not kept.
//
// The position in the buffer travels in registers (see Room), because a pointer that lives in
// memory would be loaded and stored again around each byte that is written through it.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "core/cell.h"
#include "core/output_buffer.h"
#include "core/text/bytes_text.h"
#include "core/text/float_text.h"
#include "core/text/integer_text.h"
#include "core/text/json_string.h"
#include "core/text/numeric_text.h"
#include "core/text/time_text.h"
#include "formats/json/json_options.h"

#include "core/no_postgres.h"

namespace pgexport {

// Where the next byte goes and where the room that was made ends.
struct Room {
  char *at;
  char *limit;
};

class JsonValueWriter {
 public:
  // Room that write() needs at hand: any value of bounded length with its quotes.
  static constexpr std::size_t kScalarRoom = spell::kMaxTimeText + 32;

  JsonValueWriter(const JsonOptions &options, OutputBuffer &out) : options_(options), out_(out) {}

  // The buffer's end with room for a scalar at least.  A row begins with it.
  Room open() {
    depth_ = 0;
    char *at = out_.reserve(kRoomAhead);
    return {at, at + kRoomAhead};
  }

  // Takes what was written into the buffer.
  void close(Room room) { out_.advance_to(room.at); }

  Room make_room(Room room, std::size_t n) {
    if (static_cast<std::size_t>(room.limit - room.at) >= n) [[likely]]
      return room;
    return make_more_room(room, n);
  }

  // Writes one value.  `dates` remembers the last date of this column.  Returns refused() for a
  // flat_array that cannot be read where it lies; throws Error for a value that JSON cannot hold.
  // REQUIRES: kScalarRoom bytes of room.
  [[gnu::always_inline]] Room write(Room room, const Cell &cell, spell::DateCache &dates);

  static Room refused() { return {nullptr, nullptr}; }
  static bool is_refused(Room room) { return room.at == nullptr; }

  // For a refusal that nobody can help.
  [[noreturn]] static void throw_corrupted_array();

 private:
  // Enough for the small values of a row, so that most cells need no more.
  static constexpr std::size_t kRoomAhead = 4096;
  static_assert(kRoomAhead >= kScalarRoom);
  // Room is not made for the worst case of texts above this length.
  static constexpr std::size_t kLongText = 4096;
  static constexpr std::int64_t kMaxExactInteger = (std::int64_t{1} << 53) - 1;
  // Records in records: each level takes some of the server's stack.
  static constexpr int kMaxNesting = 1000;

  static Room put(Room room, std::string_view literal) {
    std::memcpy(room.at, literal.data(), literal.size());
    room.at += literal.size();
    return room;
  }
  static Room put(Room room, char c) {
    *room.at++ = c;
    return room;
  }

  // Writes what `writer` writes at a position, in quotes.
  template <typename Writer>
  static Room quoted(Room room, Writer writer) {
    *room.at = '"';
    char *end = writer(room.at + 1);
    *end = '"';
    room.at = end + 1;
    return room;
  }

  [[gnu::always_inline]] Room integer(Room room, std::int64_t value) const {
    if (options_.big_integers == BigIntegers::string &&
        (value > kMaxExactInteger || value < -kMaxExactInteger)) {
      return quoted(room, [&](char *p) { return spell::write_int64(p, value); });
    }
    room.at = spell::write_int64(room.at, value);
    return room;
  }

  Room real(Room room, const Cell &cell) const {
    char *end = cell.tag == CellTag::float32
                    ? spell::write_float32(room.at, static_cast<float>(cell.real))
                    : spell::write_float64(room.at, cell.real);
    if (!std::isfinite(cell.real)) return non_finite(room, end);
    room.at = end;
    return room;
  }

  Room numeric(Room room, const Cell &cell);

  template <typename Writer>
  Room time(Room room, std::int64_t value, std::int64_t minus_infinity, std::int64_t infinity,
            Writer writer) const {
    if (value == minus_infinity || value == infinity) return non_finite(room, writer(room.at));
    return quoted(room, writer);
  }

  static Room interval(Room room, const Cell &cell) {
    // An element of an array in a tuple may lie at any address.
    IntervalValue value;
    std::memcpy(&value, reinterpret_cast<const char *>(cell.interval), sizeof value);
    return quoted(room,
                  [&](char *p) { return spell::write_interval(p, value, spell::TimeStyle::iso); });
  }

  [[gnu::always_inline]] Room string(Room room, const Cell &cell) {
    if (cell.size > kLongText) return long_string(room, cell);
    room = make_room(room, spell::json_string_bound(cell.size));
    room.at = spell::write_json_string(room.at, cell.data, cell.size);
    return room;
  }

  Room make_more_room(Room room, std::size_t n);
  // The text [room.at, end) is that of a value JSON has no number for.
  Room non_finite(Room room, char *end) const;
  Room long_string(Room room, const Cell &cell);
  Room embedded(Room room, const Cell &cell);
  Room jsonb(Room room, const Cell &cell);
  Room bytes(Room room, const Cell &cell);

  // Values with values in them.
  Room flat_array(Room room, const Cell &cell, spell::DateCache &dates);
  Room nested(Room room, const Cell &cell, spell::DateCache &dates);
  Room record(Room room, const RecordValue &value, spell::DateCache &dates);
  Room range(Room room, const RangeValue &value, spell::DateCache &dates);
  // As write(), but makes the room it needs and takes no refusal.
  Room element(Room room, const Cell &cell, spell::DateCache &dates);
  // An array of `count` elements, each of which `next_element` writes.
  template <typename NextElement>
  Room brackets(Room room, const int *dims, int ndim, int count, NextElement next_element);
  Room separator(Room room, char c);
  Room new_line(Room room);

  const JsonOptions &options_;
  OutputBuffer &out_;
  int depth_ = 0;  // of records around the current value
};

inline Room JsonValueWriter::numeric(Room room, const Cell &cell) {
  // Small ones are exact in a double.
  if (char *end = spell::write_small_numeric(room.at, cell.data, cell.size)) {
    room.at = end;
    return room;
  }
  room = make_room(room, spell::numeric_text_bound(cell.data, cell.size) + 2);
  if (options_.big_integers == BigIntegers::string &&
      spell::numeric_is_finite(cell.data, cell.size) &&
      spell::numeric_exceeds_double(cell.data, cell.size)) {
    return quoted(room, [&](char *p) { return spell::write_numeric(p, cell.data, cell.size); });
  }
  char *end = spell::write_numeric(room.at, cell.data, cell.size);
  // Only the words end with a letter.
  if (end[-1] > '9') [[unlikely]]
    return non_finite(room, end);
  room.at = end;
  return room;
}

inline Room JsonValueWriter::write(Room room, const Cell &cell, spell::DateCache &dates) {
  using spell::TimeStyle;
  switch (cell.tag) {
    case CellTag::null: return put(room, "null");
    case CellTag::boolean: return cell.integer ? put(room, "true") : put(room, "false");
    case CellTag::integer: return integer(room, cell.integer);
    case CellTag::float32:
    case CellTag::float64: return real(room, cell);
    case CellTag::numeric: return numeric(room, cell);
    case CellTag::text: return string(room, cell);
    case CellTag::json: return embedded(room, cell);
    case CellTag::jsonb: return jsonb(room, cell);
    case CellTag::bytes: return bytes(room, cell);
    case CellTag::uuid:
      return quoted(room, [&](char *p) { return spell::write_uuid(p, cell.data); });
    case CellTag::date:
      return time(room, cell.integer, kDateMinusInfinity, kDateInfinity, [&](char *p) {
        return spell::write_date(p, cell.integer, TimeStyle::iso, dates);
      });
    case CellTag::time:
      return quoted(room, [&](char *p) { return spell::write_time(p, cell.integer); });
    case CellTag::timetz:
      return quoted(room,
                    [&](char *p) { return spell::write_timetz(p, cell.integer, cell.utc_offset); });
    case CellTag::timestamp:
      return time(room, cell.integer, kTimeMinusInfinity, kTimeInfinity, [&](char *p) {
        return spell::write_timestamp(p, cell.integer, TimeStyle::iso, dates);
      });
    case CellTag::timestamptz:
      return time(room, cell.integer, kTimeMinusInfinity, kTimeInfinity, [&](char *p) {
        return spell::write_timestamptz(p, cell.integer, cell.utc_offset, TimeStyle::iso, dates);
      });
    case CellTag::interval: return interval(room, cell);
    case CellTag::flat_array: return flat_array(room, cell, dates);
    case CellTag::array:
    case CellTag::record:
    case CellTag::range: return nested(room, cell, dates);
  }
  __builtin_unreachable();
}

}  // namespace pgexport
