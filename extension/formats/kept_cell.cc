#include "formats/kept_cell.h"

#include <cmath>
#include <cstring>

#include "core/decimal.h"
#include "core/interval_cell.h"

namespace pgexport {

namespace {

template <typename T>
int compare(T a, T b) {
  return a < b ? -1 : a > b ? 1 : 0;
}

// NaN is above everything and equals itself.
int compare_floats(double a, double b) {
  if (std::isnan(a) || std::isnan(b)) return compare(std::isnan(a), std::isnan(b));
  return compare(a, b);
}

// A month counts as 30 days, a day as 24 hours.
__int128 length_of(const IntervalValue &value) {
  constexpr std::int64_t kDay = 86400000000;
  return (static_cast<__int128>(value.months) * 30 + value.days) * kDay + value.microseconds;
}

// By the instant; of equal ones the zone farther east comes first.
int compare_zoned_times(const Cell &a, const Cell &b) {
  constexpr std::int64_t kSecond = 1000000;
  const int by_instant =
      compare(a.integer - a.utc_offset * kSecond, b.integer - b.utc_offset * kSecond);
  return by_instant != 0 ? by_instant : compare(b.utc_offset, a.utc_offset);
}

bool has_bytes(CellTag tag) {
  switch (tag) {
    case CellTag::numeric:
    case CellTag::text:
    case CellTag::json:
    case CellTag::jsonb:
    case CellTag::bytes:
    case CellTag::flat_array: return true;
    default: return false;
  }
}

constexpr std::uint32_t kUuidSize = 16;

}  // namespace

void KeptCell::keep(const Cell &cell) {
  cell_ = cell;
  if (has_bytes(cell.tag)) {
    bytes_.assign(cell.data, cell.size);
  } else if (cell.tag == CellTag::uuid) {
    bytes_.assign(cell.data, kUuidSize);
  } else if (cell.tag == CellTag::interval) {
    interval_ = interval_of(cell);
  }
}

Cell KeptCell::cell() const {
  Cell cell = cell_;
  if (has_bytes(cell.tag) || cell.tag == CellTag::uuid) {
    cell.data = bytes_.data();
  } else if (cell.tag == CellTag::interval) {
    cell.interval = &interval_;
  }
  return cell;
}

int compare_cells(const Cell &a, const Cell &b) {
  switch (a.tag) {
    case CellTag::float32:
    case CellTag::float64: return compare_floats(a.real, b.real);
    case CellTag::numeric: return compare_numerics(a.view(), b.view());
    case CellTag::interval: return compare(length_of(interval_of(a)), length_of(interval_of(b)));
    case CellTag::timetz: return compare_zoned_times(a, b);
    case CellTag::uuid: return std::memcmp(a.data, b.data, kUuidSize);
    default: return has_bytes(a.tag) ? a.view().compare(b.view()) : compare(a.integer, b.integer);
  }
}

}  // namespace pgexport
