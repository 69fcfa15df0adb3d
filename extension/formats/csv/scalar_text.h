// Values of fixed length as the text of their output function.
#pragma once

#include <cstring>

#include "core/cell.h"
#include "core/error.h"
#include "core/text/bytes_text.h"
#include "core/text/float_text.h"
#include "core/text/integer_text.h"
#include "core/text/time_text.h"

#include "core/no_postgres.h"

namespace pgexport {

// Room that write_scalar() needs.
inline constexpr std::size_t kMaxScalarText = spell::kMaxTimeText;

inline bool is_scalar(CellTag tag) {
  switch (tag) {
    case CellTag::boolean:
    case CellTag::integer:
    case CellTag::float32:
    case CellTag::float64:
    case CellTag::uuid:
    case CellTag::date:
    case CellTag::time:
    case CellTag::timetz:
    case CellTag::timestamp:
    case CellTag::timestamptz:
    case CellTag::interval: return true;
    default: return false;
  }
}

// Writes the text at `out` and returns its end.  REQUIRES: is_scalar(cell.tag).
[[gnu::always_inline]] inline char *write_scalar(char *out, const Cell &cell,
                                                 spell::TimeStyle interval_style,
                                                 spell::DateCache &dates) {
  constexpr auto kStyle = spell::TimeStyle::postgres;
  switch (cell.tag) {
    case CellTag::boolean: *out = cell.integer ? 't' : 'f'; return out + 1;
    case CellTag::integer: return spell::write_int64(out, cell.integer);
    case CellTag::float32: return spell::write_float32(out, static_cast<float>(cell.real));
    case CellTag::float64: return spell::write_float64(out, cell.real);
    case CellTag::uuid: return spell::write_uuid(out, cell.data);
    case CellTag::date: return spell::write_date(out, cell.integer, kStyle, dates);
    case CellTag::time: return spell::write_time(out, cell.integer);
    case CellTag::timetz: return spell::write_timetz(out, cell.integer, cell.utc_offset);
    case CellTag::timestamp: return spell::write_timestamp(out, cell.integer, kStyle, dates);
    case CellTag::timestamptz:
      return spell::write_timestamptz(out, cell.integer, cell.utc_offset, kStyle, dates);
    case CellTag::interval: {
      // Copied, because in an array with a short header it lies unaligned.
      IntervalValue value;
      std::memcpy(&value, cell.data, sizeof value);
      return spell::write_interval(out, value, interval_style);
    }
    default: throw Error(sqlstate::internal_error, "value of an unexpected kind in CSV");
  }
}

}  // namespace pgexport
