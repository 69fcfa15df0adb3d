// A heap tuple read where it lies.
//
// For rows that come straight from a table the writer walks the tuple's bytes once and formats
// each value as it passes, without an array of Datums or Cells in between.  The layout is made
// once per query by the server; a value that is compressed or stored elsewhere stops the walk, and
// the caller writes that row from cells instead.
//
// Source: PostgreSQL 15, access/htup_details.h, access/tupmacs.h, postgres.h (varlena headers).
#pragma once

#include <cstdint>
#include <cstring>

#include "core/cell.h"
#include "core/zone_table.h"

#include "core/no_postgres.h"

namespace pgexport {

// How the bytes of a value lie in a tuple.
enum class Storage : std::uint8_t {
  bool1,
  int2,
  int4,
  int8,
  oid4,
  float4,
  float8,
  date4,
  time8,
  timetz12,
  timestamp8,
  timestamptz8,
  interval16,
  uuid16,
  name64,   // zero-terminated within 64 bytes
  varlena,  // one of the tags text, numeric, json, jsonb, bytes, flat_array
};

struct ColumnLayout {
  Storage storage;
  std::uint8_t alignment;  // 1, 2, 4 or 8
  CellTag tag;             // of a non-null cell
  CellTag element;         // of a flat_array
};

struct TupleLayout {
  const ColumnLayout *columns;
  int count;
  ZoneTable zone;
};

// `data` is the start of the attributes, aligned to 8; `null_bits` is nullptr if none is null,
// else bit i set means that column i is present.
struct TupleView {
  const char *data;
  const std::uint8_t *null_bits;
};

namespace detail {
template <typename T>
inline T load(const char *p) {
  T value;
  std::memcpy(&value, p, sizeof value);
  return value;
}
}  // namespace detail

// Length of the payload of an inline, uncompressed varlena at `p` and of its header.
// Returns false for a compressed or external one.  Little- and big-endian as PostgreSQL.
inline bool varlena_extent(const char *p, std::uint32_t &header, std::uint32_t &payload) {
  const auto first = static_cast<std::uint8_t>(*p);
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
  if (first & 0x01) {
    if (first == 0x01) return false;  // external
    header = 1;
    payload = static_cast<std::uint32_t>(first >> 1) - 1;
    return true;
  }
  if (first & 0x02) return false;  // compressed
  header = 4;
  payload = (detail::load<std::uint32_t>(p) >> 2) - 4;
#else
  if (first & 0x80) {
    if (first == 0x80) return false;
    header = 1;
    payload = static_cast<std::uint32_t>(first & 0x7F) - 1;
    return true;
  }
  if (first & 0x40) return false;
  header = 4;
  payload = (detail::load<std::uint32_t>(p) & 0x3FFFFFFF) - 4;
#endif
  return true;
}

// Calls `use` with a cell for the fixed-length value at `p` and returns what it returns.  `p` must
// stay valid as long as the cell.  timestamptz gets offset 0: the caller sets it.
//
// Each storage has its own call, in which the cell's tag is a constant: with `use` inlined, a
// switch over tags in it becomes part of the one here.
template <typename Use>
[[gnu::always_inline]] inline auto with_fixed_cell(Storage storage, const char *p, Use use) {
  using detail::load;
  switch (storage) {
    case Storage::bool1: return use(integer_cell(CellTag::boolean, *p != 0));
    case Storage::int2: return use(integer_cell(CellTag::integer, load<std::int16_t>(p)));
    case Storage::int4: return use(integer_cell(CellTag::integer, load<std::int32_t>(p)));
    case Storage::int8: return use(integer_cell(CellTag::integer, load<std::int64_t>(p)));
    case Storage::oid4: return use(integer_cell(CellTag::integer, load<std::uint32_t>(p)));
    case Storage::float4: return use(real_cell(CellTag::float32, load<float>(p)));
    case Storage::float8: return use(real_cell(CellTag::float64, load<double>(p)));
    case Storage::date4: return use(integer_cell(CellTag::date, load<std::int32_t>(p)));
    case Storage::time8: return use(integer_cell(CellTag::time, load<std::int64_t>(p)));
    case Storage::timestamp8: return use(integer_cell(CellTag::timestamp, load<std::int64_t>(p)));
    case Storage::timestamptz8:
      return use(zoned_cell(CellTag::timestamptz, load<std::int64_t>(p), 0));
    // PostgreSQL keeps the zone of a timetz in seconds west of UTC.
    case Storage::timetz12:
      return use(zoned_cell(CellTag::timetz, load<std::int64_t>(p), -load<std::int32_t>(p + 8)));
    case Storage::interval16: {
      Cell c;
      c.interval = reinterpret_cast<const IntervalValue *>(p);
      c.tag = CellTag::interval;
      return use(c);
    }
    case Storage::uuid16: return use(data_cell(CellTag::uuid, p, 16));
    case Storage::name64: return use(data_cell(CellTag::text, p, strnlen(p, 64)));
    case Storage::varlena: break;
  }
  return use(null_cell());
}

inline Cell fixed_cell(Storage storage, const char *p) {
  return with_fixed_cell(storage, p, [](const Cell &cell) { return cell; });
}

inline std::uint32_t fixed_length(Storage storage) {
  switch (storage) {
    case Storage::bool1: return 1;
    case Storage::int2: return 2;
    case Storage::int4:
    case Storage::oid4:
    case Storage::float4:
    case Storage::date4: return 4;
    case Storage::int8:
    case Storage::float8:
    case Storage::time8:
    case Storage::timestamp8:
    case Storage::timestamptz8: return 8;
    case Storage::timetz12: return 12;
    case Storage::interval16:
    case Storage::uuid16: return 16;
    case Storage::name64: return 64;
    case Storage::varlena: break;
  }
  return 0;
}

// Walks a tuple column by column.  next() yields the cells in order; false means that this
// value cannot be read in place, and the walk is over.
class TupleReader {
 public:
  TupleReader(const TupleLayout &layout, const TupleView &tuple, std::size_t &zone_hint)
      : layout_(layout), tuple_(tuple), zone_hint_(zone_hint) {}

  [[gnu::always_inline]] bool next(Cell &cell) {
    const int i = column_++;
    if (tuple_.null_bits && !(tuple_.null_bits[i >> 3] & (1 << (i & 7)))) {
      cell = null_cell();
      return true;
    }
    const ColumnLayout &column = layout_.columns[i];
    const Storage storage = column.storage;
    if (storage == Storage::varlena) {
      // An aligned varlena starts with padding zeros or with its header; a short header is never 0.
      if (tuple_.data[offset_] == 0) align(column.alignment);
      std::uint32_t header, payload;
      const char *p = tuple_.data + offset_;
      if (!varlena_extent(p, header, payload)) return false;
      cell = data_cell(column.tag, p + header, payload);
      cell.element = column.element;
      offset_ += header + payload;
      return true;
    }
    align(column.alignment);
    return with_fixed_cell(
        storage, tuple_.data + offset_, [&](const Cell &fixed) __attribute__((always_inline)) {
          cell = fixed;
          offset_ += fixed_length(storage);
          if (cell.tag == CellTag::timestamptz && cell.integer != kTimeInfinity &&
              cell.integer != kTimeMinusInfinity) {
            return layout_.zone.lookup(cell.integer, zone_hint_, cell.utc_offset);
          }
          return true;
        });
  }

 private:
  void align(std::uint32_t alignment) {
    offset_ = (offset_ + alignment - 1) & ~static_cast<std::size_t>(alignment - 1);
  }

  const TupleLayout &layout_;
  const TupleView tuple_;
  std::size_t &zone_hint_;
  std::size_t offset_ = 0;
  int column_ = 0;
};

}  // namespace pgexport
