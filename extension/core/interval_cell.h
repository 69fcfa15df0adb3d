// The value of a cell that holds an interval.
#pragma once

#include <cstring>

#include "core/cell.h"

#include "core/no_postgres.h"

namespace pgexport {

// Copied, because in an array with a short header it lies unaligned.
inline IntervalValue interval_of(const Cell &cell) {
  IntervalValue value;
  std::memcpy(&value, cell.data, sizeof value);
  return value;
}

}  // namespace pgexport
