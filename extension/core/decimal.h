// Exact decimal numbers of any length, as PostgreSQL's numeric computes with them.
//
// Source: PostgreSQL 15, src/backend/utils/adt/numeric.c: make_result, cmp_numerics, div_var,
// select_div_scale, accum_sum_add.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/no_postgres.h"

namespace pgexport {

// sum(groups[i] * 10000^(weight - i)), written with `scale` digits after the point.
struct Decimal {
  bool negative = false;
  int weight = 0;
  int scale = 0;
  std::vector<std::uint16_t> groups;
};

Decimal decimal_of(__int128 value);

// The quotient with the digits that numeric division gives it, rounded half away from zero.
// REQUIRES: divisor > 0.
Decimal divide(const Decimal &dividend, std::int64_t divisor);

// Replaces `body` by the storage format of the number, see text/numeric_text.h.  Throws Error
// (22003) beyond the range of numeric.
void store_numeric(std::string &body, const Decimal &value);

// Compares the storage formats as SQL does: NaN equals NaN and is above everything.
int compare_numerics(std::string_view a, std::string_view b);

// A running sum of numerics.  Exact whatever their lengths; does not allocate unless one is longer
// than those before.
class NumericSum {
 public:
  NumericSum();

  void add(std::string_view body);
  void clear();
  std::int64_t count() const { return count_; }

  // Each replaces `body` by the storage format of the result.  REQUIRES: count() > 0.
  void store_sum(std::string &body) const;
  void store_average(std::string &body) const;

 private:
  void make_room(int highest_weight, int lowest_weight);
  bool store_special(std::string &body) const;
  Decimal sum() const;

  // Groups that are not carried yet; the first has the weight top_.  A group grows by less than
  // 10^4 a call, so that the carry can wait for 9 * 10^14 of them.
  std::vector<std::int64_t> groups_;
  int top_;
  int scale_ = 0;
  std::int64_t count_ = 0;
  bool nan_ = false;
  bool infinity_ = false;
  bool minus_infinity_ = false;
};

}  // namespace pgexport
