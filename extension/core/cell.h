// One value of one row, as the row writers see it.
//
// A Cell is 16 bytes, trivially copyable and owns nothing: pointers in it are valid for the one
// call they are passed to.  Text is UTF-8 unless the document has another encoding, in which case
// it is already in that encoding.  No cell depends on a session setting: times are numbers, and
// the offset of a timestamp with time zone comes with it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <type_traits>

#include "core/no_postgres.h"

namespace pgexport {

enum class CellTag : std::uint8_t {
  null,
  boolean,      // integer: 0 or 1
  integer,      // integer
  float32,      // real, holds a float exactly
  float64,      // real
  numeric,      // data, size: body of a PostgreSQL numeric (see text/numeric_text.h)
  text,         // data, size
  json,         // data, size: JSON text
  jsonb,        // data, size: root container of a jsonb (see text/jsonb_walk.h)
  bytes,        // data, size
  uuid,         // data: 16 bytes
  date,         // integer: days since 2000-01-01; kDateMinusInfinity, kDateInfinity
  time,         // integer: microseconds since midnight, up to and including 24:00
  timetz,       // integer as `time`, utc_offset
  timestamp,    // integer: microseconds since 2000-01-01 00:00; kTimeMinusInfinity, kTimeInfinity
  timestamptz,  // integer as `timestamp`, in UTC; utc_offset to write it with
  interval,     // interval
  flat_array,   // data, size, element: a PostgreSQL array of simple elements (text/array_walk.h)
  array,        // array
  record,       // record
  range,        // range
};

constexpr bool is_number(CellTag tag) {
  return tag == CellTag::integer || tag == CellTag::float32 || tag == CellTag::float64 ||
         tag == CellTag::numeric;
}

inline constexpr std::int64_t kDateMinusInfinity = INT32_MIN;
inline constexpr std::int64_t kDateInfinity = INT32_MAX;
inline constexpr std::int64_t kTimeMinusInfinity = INT64_MIN;
inline constexpr std::int64_t kTimeInfinity = INT64_MAX;

// The storage format of PostgreSQL's interval, so that a cell can point into a tuple.
struct IntervalValue {
  std::int64_t microseconds;
  std::int32_t days;
  std::int32_t months;
};

struct ArrayValue;
struct RecordValue;
struct RangeValue;

struct Cell {
  union {
    std::int64_t integer;
    double real;
    const char *data;
    const IntervalValue *interval;
    const ArrayValue *array;
    const RecordValue *record;
    const RangeValue *range;
  };
  union {
    std::uint32_t size;       // bytes at data
    std::int32_t utc_offset;  // seconds east of UTC
  };
  CellTag tag;
  CellTag element;  // of a flat_array: tag of its elements

  bool is_null() const { return tag == CellTag::null; }
  std::string_view view() const { return {data, size}; }
};
static_assert(sizeof(Cell) == 16 && std::is_trivially_copyable_v<Cell>);

// An array of any element type.  elements.size is the product of dims; ndim 0 is the empty array.
// A multirange is an array of ranges with one dimension.
struct ArrayValue {
  const Cell *elements;
  const int *dims;
  int ndim;
  int count;
};

// A composite value; names are UTF-8 (or the document's encoding), as are the cells' texts.
struct RecordValue {
  const Cell *cells;
  const std::string_view *names;
  int count;
};

struct RangeValue {
  Cell lower;  // null when unbounded
  Cell upper;
  bool empty;
  bool lower_inclusive;
  bool upper_inclusive;
};

// Members are assigned one by one: clearing the whole Cell first would make each reader wait for
// stores of another width.
inline Cell null_cell() {
  Cell c;
  c.tag = CellTag::null;
  return c;
}

inline Cell integer_cell(CellTag tag, std::int64_t value) {
  Cell c;
  c.integer = value;
  c.tag = tag;
  return c;
}

inline Cell real_cell(CellTag tag, double value) {
  Cell c;
  c.real = value;
  c.tag = tag;
  return c;
}

inline Cell data_cell(CellTag tag, const char *data, std::size_t size) {
  Cell c;
  c.data = data;
  c.size = static_cast<std::uint32_t>(size);
  c.tag = tag;
  return c;
}

inline Cell zoned_cell(CellTag tag, std::int64_t value, std::int32_t utc_offset) {
  Cell c;
  c.integer = value;
  c.utc_offset = utc_offset;
  c.tag = tag;
  return c;
}

}  // namespace pgexport
