// The decimal digits of a number, to be rounded and laid out.
#pragma once

#include <cstddef>
#include <memory>
#include <string_view>

#include "core/cell.h"

#include "core/no_postgres.h"

namespace pgexport {

// The number 0.d1d2d3… * 10^point.  No leading zeros; zero has no digits at all.
class DecimalDigits {
 public:
  // Whether the cell is a finite number.
  static bool can_read(const Cell &cell);

  // Exact for integers and numerics; of a float the shortest digits that read back as the same
  // float.  REQUIRES: can_read(cell).
  explicit DecimalDigits(const Cell &cell);

  // An optional minus sign, digits, at most one point among them.
  explicit DecimalDigits(std::string_view text);

  DecimalDigits(const DecimalDigits &) = delete;
  DecimalDigits &operator=(const DecimalDigits &) = delete;

  bool negative() const { return negative_; }
  bool is_zero() const { return count_ == 0; }

  // Digits before the decimal sign; negative or 0 for numbers below 1.
  int point() const { return point_; }
  int count() const { return count_; }

  // The digit of weight 10^place.
  char at(int place) const {
    const int i = point_ - 1 - place;
    return i >= 0 && i < count_ ? digits_[i] : '0';
  }

  // All digits, count() of them.
  const char *data() const { return digits_; }

  // Multiplies by 10^places.
  void shift(int places) { point_ += is_zero() ? 0 : places; }

  // Rounds to that many digits after the decimal sign, which may be negative, half away from zero.
  void round_fraction(int places) { round_to_count(point_ + places); }

  // Rounds to so many digits in all.
  void round_to_count(int kept);

  // Below zero, zero or above as this is less than, equal to or greater than the other.
  int compare(const DecimalDigits &other) const;

 private:
  static constexpr std::size_t kInline = 128;

  char *room(std::size_t n);
  void take(const char *begin, const char *end);
  void drop_trailing_zeros();

  char inline_[kInline];
  std::unique_ptr<char[]> long_;
  char *digits_ = nullptr;  // one byte before it is free for a carry
  int count_ = 0;
  int point_ = 0;
  bool negative_ = false;
};

}  // namespace pgexport
