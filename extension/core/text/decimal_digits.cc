#include "core/text/decimal_digits.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "core/text/float_text.h"
#include "core/text/integer_text.h"
#include "core/text/numeric_text.h"

namespace pgexport {

bool DecimalDigits::can_read(const Cell &cell) {
  switch (cell.tag) {
    case CellTag::integer: return true;
    case CellTag::float32:
    case CellTag::float64: return std::isfinite(cell.real);
    case CellTag::numeric: return spell::numeric_is_finite(cell.data, cell.size);
    default: return false;
  }
}

DecimalDigits::DecimalDigits(const Cell &cell) {
  switch (cell.tag) {
    case CellTag::integer: {
      char *const text = room(spell::kMaxInt64Text);
      take(text, spell::write_int64(text, cell.integer));
      break;
    }
    case CellTag::float32: {
      char *const text = room(spell::kMaxFloatText);
      take(text, spell::write_float32(text, static_cast<float>(cell.real)));
      break;
    }
    case CellTag::float64: {
      char *const text = room(spell::kMaxFloatText);
      take(text, spell::write_float64(text, cell.real));
      break;
    }
    default: {
      char *const text = room(spell::numeric_text_bound(cell.data, cell.size));
      take(text, spell::write_numeric(text, cell.data, cell.size));
    }
  }
}

DecimalDigits::DecimalDigits(std::string_view text) {
  char *const copy = room(text.size());
  text.copy(copy, text.size());
  take(copy, copy + text.size());
}

// One byte more, in front.
char *DecimalDigits::room(std::size_t n) {
  if (n + 1 <= kInline) return inline_ + 1;
  long_.reset(new char[n + 1]);
  return long_.get() + 1;
}

// Reads [-]ddd[.ddd][e±dd], which lies in room(), and closes the gap that the point leaves.
void DecimalDigits::take(const char *begin, const char *end) {
  negative_ = begin < end && *begin == '-';
  if (negative_) ++begin;
  const char *const exponent = std::find(begin, end, 'e');
  const char *const point = std::find(begin, exponent, '.');
  point_ = static_cast<int>(point - begin);
  for (const char *p = exponent + 1; p < end; ++p) {
    if (*p == '-' || *p == '+') continue;
    int power = 0;
    for (const char *digit = p; digit < end; ++digit) power = power * 10 + (*digit - '0');
    point_ += exponent[1] == '-' ? -power : power;
    break;
  }
  digits_ = const_cast<char *>(begin);
  char *last = digits_ + (point - begin);
  if (point < exponent) {
    const auto fraction = static_cast<std::size_t>(exponent - point - 1);
    std::memmove(last, point + 1, fraction);
    last += fraction;
  }
  while (digits_ < last && *digits_ == '0') {
    ++digits_;
    --point_;
  }
  count_ = static_cast<int>(last - digits_);
  drop_trailing_zeros();
}

void DecimalDigits::drop_trailing_zeros() {
  while (count_ > 0 && digits_[count_ - 1] == '0') --count_;
  if (count_ == 0) point_ = 0;
}

void DecimalDigits::round_to_count(int kept) {
  if (kept >= count_) return;
  if (kept < 0) {
    count_ = 0;
    point_ = 0;
    return;
  }
  const bool up = digits_[kept] >= '5';
  count_ = kept;
  if (up) {
    while (count_ > 0 && digits_[count_ - 1] == '9') --count_;
    if (count_ > 0) {
      ++digits_[count_ - 1];
    } else {
      *--digits_ = '1';
      count_ = 1;
      ++point_;
    }
  }
  drop_trailing_zeros();
}

int DecimalDigits::compare(const DecimalDigits &other) const {
  const int sign = is_zero() ? 0 : negative_ ? -1 : 1;
  const int other_sign = other.is_zero() ? 0 : other.negative_ ? -1 : 1;
  if (sign != other_sign) return sign < other_sign ? -1 : 1;
  if (point_ != other.point_) return (point_ < other.point_ ? -1 : 1) * sign;
  const int order = std::string_view(digits_, static_cast<std::size_t>(count_))
                        .compare({other.digits_, static_cast<std::size_t>(other.count_)});
  return order * sign;
}

}  // namespace pgexport
