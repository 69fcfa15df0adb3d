// A copy of a cell that owns its bytes, and comparison of such copies as SQL compares.
#pragma once

#include <string>

#include "core/cell.h"

#include "core/no_postgres.h"

namespace pgexport {

class KeptCell {
 public:
  // REQUIRES: not an array, record or range.
  void keep(const Cell &cell);
  void clear() { cell_ = null_cell(); }

  // Points into this object: valid until it changes or moves.
  Cell cell() const;

 private:
  Cell cell_ = null_cell();
  std::string bytes_;
  IntervalValue interval_ = {};
};

// Below zero, zero or above as `a` sorts before, with or after `b` in SQL; texts by their bytes.
// REQUIRES: neither is null, both have the same tag, no array, record or range.
int compare_cells(const Cell &a, const Cell &b);

}  // namespace pgexport
