// Totals of columns and of groups of rows, exact as in SQL.
//
// The values are those of PostgreSQL's sum, avg, min, max and count over the same rows in the same
// order, to the last digit: integers and numerics are summed exactly, averages have the digits that
// numeric division gives, floats are added in the order of the rows, NaN and infinities count as in
// SQL.  Nulls are ignored; over no values everything but the count is null.
// Source: PostgreSQL 15, src/backend/utils/adt/numeric.c, float.c, timestamp.c.
#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "core/cell.h"
#include "core/decimal.h"
#include "formats/kept_cell.h"
#include "formats/row_writer.h"

#include "core/no_postgres.h"

namespace pgexport {

// Whether a column whose cells have this tag can have this total.
bool can_total(Aggregate aggregate, CellTag tag);

// One total over one column.
class Accumulator {
 public:
  // `tag` is of the column's non-null cells.  Throws Error (22023) unless can_total().
  Accumulator(Aggregate aggregate, CellTag tag);

  // May throw std::bad_alloc when a numeric is longer than any before.
  void add(const Cell &cell);
  void clear();

  // The total so far.  Bytes belong to this object until its next call.  A sum of integers is an
  // `integer` if it fits, else a `numeric`.  Throws Error (22003) if an interval gets too large.
  Cell value();

 private:
  struct Count {
    std::int64_t count = 0;
  };
  struct IntegerSum {
    __int128 sum = 0;
    std::int64_t count = 0;
  };
  struct FloatSum {
    double sum = 0;
    std::int64_t count = 0;
  };
  struct IntervalSum {
    __int128 microseconds = 0;
    std::int64_t days = 0;
    std::int64_t months = 0;
    std::int64_t count = 0;
  };
  using State = std::variant<Count, IntegerSum, NumericSum, FloatSum, IntervalSum, KeptCell>;

  static State initial_state(Aggregate aggregate, CellTag tag);
  void add_to(Count &state, const Cell &cell) const;
  void add_to(IntegerSum &state, const Cell &cell) const;
  void add_to(NumericSum &state, const Cell &cell) const;
  void add_to(FloatSum &state, const Cell &cell) const;
  void add_to(IntervalSum &state, const Cell &cell) const;
  void add_to(KeptCell &state, const Cell &cell) const;
  Cell value_of(const Count &state);
  Cell value_of(const IntegerSum &state);
  Cell value_of(const NumericSum &state);
  Cell value_of(const FloatSum &state);
  Cell value_of(const IntervalSum &state);
  Cell value_of(const KeptCell &state);

  Cell numeric_value() const;

  Aggregate aggregate_;
  CellTag tag_;
  State state_;
  std::string numeric_;       // bytes of value()
  IntervalValue interval_{};  // likewise
};

// The totals of a table: of all rows, and of the groups that follow each other when rows are
// ordered by the group columns.  Level 0 is the outermost group column.
//
// For each row:
//
//   const int level = totals.begins(cells);
//   if (level >= 0 && totals.has_rows()) {
//     for (int ended = totals.levels() - 1; ended >= level; --ended) {
//       … a row of totals.value(ended, column) …
//     }
//   }
//   … if level >= 0: heads of the groups from `level` inwards; then the row …
//   totals.add(cells);
//
// After the last row, if has_rows(), end the groups of all levels; then the grand total.
class GroupedTotals {
 public:
  static constexpr int kGrandTotal = -1;

  // Reads tag and style.total of the columns; `group_by` are indexes of columns, outermost first.
  // Throws Error (22023) that names the column whose total does not exist for its type.
  GroupedTotals(const std::vector<Column> &columns, const std::vector<int> &group_by);

  // Group columns.
  int levels() const { return static_cast<int>(keys_.size()); }
  bool has_totals() const { return !totalled_.empty(); }
  bool has_rows() const { return has_rows_; }

  // The outermost level at which this row begins a group: 0 for the first row, -1 if the row
  // belongs to the group of the row before, at every level.  Null equals null.
  int begins(const Cell *cells);

  // Adds the row; the groups that begin with it start anew.  REQUIRES: begins(cells) was the last
  // call for this row.
  void add(const Cell *cells);

  // Total of a column in the group of that level the last added row belongs to, or kGrandTotal
  // for all rows.  Null for a column without a total.  Bytes are valid until the next add().
  Cell value(int level, int column);

  // The group's value at that level, of the last added row.  Valid until the next add().
  Cell key(int level) const { return keys_[static_cast<std::size_t>(level)].value.cell(); }

 private:
  struct Key {
    int column;
    KeptCell value;
  };
  std::vector<Accumulator> &at(int level);

  std::vector<int> totalled_;  // indexes of columns
  std::vector<Key> keys_;
  std::vector<std::vector<Accumulator>> accumulators_;  // by level, kGrandTotal first; by column
  int begun_ = -1;
  bool has_rows_ = false;
};

}  // namespace pgexport
