#include "core/decimal.h"

#include <algorithm>
#include <cstring>

#include "core/error.h"
#include "core/text/numeric_parts.h"

namespace pgexport {

namespace {

using spell::kGroupBase;
using spell::kGroupDigits;
using spell::numeric_kind;
using spell::numeric_parts;
using spell::NumericKind;
using spell::NumericParts;
namespace layout = spell::detail;

// PostgreSQL's NUMERIC_MIN_SIG_DIGITS and NUMERIC_MAX_DISPLAY_SCALE.
constexpr int kQuotientDigits = 16;
constexpr int kMaxScale = 1000;

// Room that a sum has before it allocates: 16 digits on each side of the point.
constexpr int kUsualTop = 3;
constexpr int kUsualGroups = 8;

void append_word(std::string &body, int word) {
  const auto stored = static_cast<std::uint16_t>(word);
  char bytes[sizeof stored];
  std::memcpy(bytes, &stored, sizeof stored);
  body.append(bytes, sizeof stored);
}

void store_special_kind(std::string &body, NumericKind kind) {
  constexpr unsigned kInfinity = 0xD000;
  body.clear();
  append_word(body, kind == NumericKind::nan              ? layout::kNaN
                    : kind == NumericKind::minus_infinity ? layout::kMinusInfinity
                                                          : kInfinity);
}

// The first group that is not zero and its weight; zero and 0 if there is none.
struct Leading {
  int group = 0;
  int weight = 0;
};

Leading leading(const Decimal &value) {
  for (std::size_t i = 0; i < value.groups.size(); ++i) {
    if (value.groups[i] != 0) return {value.groups[i], value.weight - static_cast<int>(i)};
  }
  return {};
}

int quotient_scale(const Decimal &dividend, const Decimal &divisor) {
  const Leading a = leading(dividend);
  const Leading b = leading(divisor);
  const int weight = a.weight - b.weight - (a.group <= b.group ? 1 : 0);
  return std::min(std::max({kQuotientDigits - weight * kGroupDigits, dividend.scale, 0}),
                  kMaxScale);
}

// Cuts after `scale` digits, half away from zero.  REQUIRES: there are groups for one digit more.
void round_to(Decimal &value, int scale) {
  static constexpr int kPowers[] = {10000, 1000, 100, 10};
  const int whole_groups = value.weight + 1 + scale / kGroupDigits;
  const int unit = kPowers[scale % kGroupDigits];  // of the last kept digit, in its group
  std::uint16_t &last = value.groups[static_cast<std::size_t>(whole_groups)];
  const int rest = last % unit;
  last = static_cast<std::uint16_t>(last - rest);
  value.groups.resize(static_cast<std::size_t>(whole_groups) + 1);
  value.scale = scale;
  if (rest < unit / 2) return;
  int carry = unit;
  for (int i = whole_groups; carry > 0 && i >= 0; --i) {
    const int sum = value.groups[static_cast<std::size_t>(i)] + carry;
    value.groups[static_cast<std::size_t>(i)] = static_cast<std::uint16_t>(sum % kGroupBase);
    carry = sum / kGroupBase;
  }
  if (carry > 0) {
    value.groups.insert(value.groups.begin(), static_cast<std::uint16_t>(carry));
    ++value.weight;
  }
}

// Compares magnitudes.
int compare_magnitudes(const NumericParts &a, const NumericParts &b) {
  const int top = std::max(a.weight, b.weight);
  const int bottom = std::min(a.weight - a.count, b.weight - b.count);
  const auto group_at = [](const NumericParts &parts, int weight) {
    return weight > parts.weight ? 0 : parts.group(parts.weight - weight);
  };
  for (int weight = top; weight > bottom; --weight) {
    const unsigned x = group_at(a, weight);
    const unsigned y = group_at(b, weight);
    if (x != y) return x < y ? -1 : 1;
  }
  return 0;
}

std::uint32_t size_of(std::string_view body) { return static_cast<std::uint32_t>(body.size()); }

}  // namespace

Decimal decimal_of(__int128 value) {
  Decimal decimal;
  decimal.negative = value < 0;
  auto magnitude = static_cast<unsigned __int128>(value);
  if (value < 0) magnitude = 0 - magnitude;
  do {
    decimal.groups.push_back(static_cast<std::uint16_t>(magnitude % kGroupBase));
    magnitude /= kGroupBase;
  } while (magnitude > 0);
  std::reverse(decimal.groups.begin(), decimal.groups.end());
  decimal.weight = static_cast<int>(decimal.groups.size()) - 1;
  return decimal;
}

Decimal divide(const Decimal &dividend, std::int64_t divisor) {
  const int scale = quotient_scale(dividend, decimal_of(divisor));
  Decimal quotient;
  quotient.negative = dividend.negative;
  quotient.weight = std::max(dividend.weight, 0);
  // One group beyond the scale to round by.
  const int count = quotient.weight + 1 + scale / kGroupDigits + 1;
  quotient.groups.reserve(static_cast<std::size_t>(count));
  __int128 rest = 0;
  for (int i = 0; i < count; ++i) {
    const int from = i - (quotient.weight - dividend.weight);
    const bool stored = from >= 0 && from < static_cast<int>(dividend.groups.size());
    rest = rest * kGroupBase + (stored ? dividend.groups[static_cast<std::size_t>(from)] : 0);
    quotient.groups.push_back(static_cast<std::uint16_t>(rest / divisor));
    rest %= divisor;
  }
  round_to(quotient, scale);
  return quotient;
}

void store_numeric(std::string &body, const Decimal &value) {
  std::size_t first = 0;
  std::size_t end = value.groups.size();
  while (first < end && value.groups[first] == 0) ++first;
  while (end > first && value.groups[end - 1] == 0) --end;
  const int weight = first == end ? 0 : value.weight - static_cast<int>(first);
  if (weight > INT16_MAX) {
    throw Error(sqlstate::numeric_value_out_of_range, "value overflows numeric format");
  }
  const bool negative = value.negative && first < end;
  body.clear();
  append_word(body, static_cast<int>(negative ? layout::kNumericNegative : 0) | value.scale);
  append_word(body, weight);
  for (std::size_t i = first; i < end; ++i) append_word(body, value.groups[i]);
}

int compare_numerics(std::string_view a, std::string_view b) {
  const NumericKind kind = numeric_kind(a.data());
  const NumericKind other = numeric_kind(b.data());
  if (kind != other) return kind < other ? -1 : 1;
  if (kind != NumericKind::finite) return 0;
  const NumericParts x = numeric_parts(a.data(), size_of(a));
  const NumericParts y = numeric_parts(b.data(), size_of(b));
  if (x.negative != y.negative) return x.negative ? -1 : 1;
  const int magnitudes = compare_magnitudes(x, y);
  return x.negative ? -magnitudes : magnitudes;
}

NumericSum::NumericSum() : groups_(kUsualGroups), top_(kUsualTop) {}

void NumericSum::clear() {
  std::fill(groups_.begin(), groups_.end(), 0);
  scale_ = 0;
  count_ = 0;
  nan_ = infinity_ = minus_infinity_ = false;
}

void NumericSum::add(std::string_view body) {
  const NumericKind kind = numeric_kind(body.data());
  if (kind != NumericKind::finite) {
    nan_ |= kind == NumericKind::nan;
    infinity_ |= kind == NumericKind::infinity;
    minus_infinity_ |= kind == NumericKind::minus_infinity;
    ++count_;
    return;
  }
  const NumericParts parts = numeric_parts(body.data(), size_of(body));
  scale_ = std::max(scale_, parts.scale);
  ++count_;
  if (parts.count == 0) return;
  make_room(parts.weight, parts.weight - parts.count + 1);
  std::int64_t *group = groups_.data() + (top_ - parts.weight);
  const int sign = parts.negative ? -1 : 1;
  for (int i = 0; i < parts.count; ++i) {
    group[i] += sign * static_cast<int>(layout::load_word(parts.groups + 2 * i));
  }
}

void NumericSum::make_room(int highest_weight, int lowest_weight) {
  if (highest_weight > top_) {
    groups_.insert(groups_.begin(), static_cast<std::size_t>(highest_weight - top_), 0);
    top_ = highest_weight;
  }
  const int needed = top_ - lowest_weight + 1;
  if (needed > static_cast<int>(groups_.size())) groups_.resize(static_cast<std::size_t>(needed));
}

bool NumericSum::store_special(std::string &body) const {
  if (nan_ || (infinity_ && minus_infinity_)) {
    store_special_kind(body, NumericKind::nan);
  } else if (infinity_) {
    store_special_kind(body, NumericKind::infinity);
  } else if (minus_infinity_) {
    store_special_kind(body, NumericKind::minus_infinity);
  } else {
    return false;
  }
  return true;
}

Decimal NumericSum::sum() const {
  // Carries once to learn the sign; then the magnitude's groups are all positive.
  Decimal result;
  for (int sign : {1, -1}) {
    result.groups.clear();
    std::int64_t carry = 0;
    for (std::size_t i = groups_.size(); i-- > 0;) {
      const std::int64_t value = sign * groups_[i] + carry;
      std::int64_t digit = value % kGroupBase;
      if (digit < 0) digit += kGroupBase;
      carry = (value - digit) / kGroupBase;
      result.groups.push_back(static_cast<std::uint16_t>(digit));
    }
    if (carry < 0) continue;
    for (; carry > 0; carry /= kGroupBase) {
      result.groups.push_back(static_cast<std::uint16_t>(carry % kGroupBase));
    }
    result.negative = sign < 0;
    break;
  }
  std::reverse(result.groups.begin(), result.groups.end());
  result.weight = top_ + static_cast<int>(result.groups.size() - groups_.size());
  result.scale = scale_;
  return result;
}

void NumericSum::store_sum(std::string &body) const {
  if (!store_special(body)) store_numeric(body, sum());
}

void NumericSum::store_average(std::string &body) const {
  if (!store_special(body)) store_numeric(body, divide(sum(), count_));
}

}  // namespace pgexport
