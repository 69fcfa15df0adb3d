#include "core/text/float_text.h"

#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>

#include "core/text/integer_text.h"

namespace pgexport::spell {

namespace {

__extension__ using Uint128 = unsigned __int128;

// Schubfach (R. Giulietti, "The Schubfach way to render doubles") needs 10^k for every k below,
// as a 128-bit significand with the top bit set, rounded up.
constexpr int kMinPower = -292;
constexpr int kMaxPower = 324;

// An unsigned integer of fixed size, just able to hold 5^324 and 2^832; little-endian limbs.
struct WideInteger {
  static constexpr int kLimbs = 27;
  std::array<std::uint32_t, kLimbs> limbs{};

  constexpr void multiply_by_5() {
    std::uint64_t carry = 0;
    for (std::uint32_t &limb : limbs) {
      carry += std::uint64_t{limb} * 5;
      limb = static_cast<std::uint32_t>(carry);
      carry >>= 32;
    }
  }

  constexpr void divide_by_5() {
    std::uint64_t remainder = 0;
    for (int i = kLimbs; i-- > 0;) {
      remainder = remainder << 32 | limbs[i];
      limbs[i] = static_cast<std::uint32_t>(remainder / 5);
      remainder %= 5;
    }
  }

  // The first 128 bits, rounded up if any bit below them is set or `inexact`.
  constexpr Uint128 leading_bits(bool inexact) const {
    int top = kLimbs - 1;
    while (limbs[top] == 0) --top;
    const int shift = std::countl_zero(limbs[top]);
    Uint128 bits = 0;
    for (int i = top; i > top - 4; --i) bits = bits << 32 | limb(i);
    const std::uint32_t next = limb(top - 4);
    if (shift > 0) bits = bits << shift | next >> (32 - shift);
    bool rest = inexact || static_cast<std::uint32_t>(next << shift) != 0;
    for (int i = top - 5; i >= 0; --i) rest = rest || limbs[i] != 0;
    return rest ? bits + 1 : bits;
  }

  constexpr std::uint32_t limb(int i) const { return i < 0 ? 0 : limbs[i]; }
};

// A power of ten has the significand of the power of five.
constexpr auto make_power_significands() {
  std::array<Uint128, kMaxPower - kMinPower + 1> table{};
  WideInteger power;
  power.limbs[0] = 1;
  for (int k = 0; k <= kMaxPower; ++k) {
    table[k - kMinPower] = power.leading_bits(false);
    power.multiply_by_5();
  }
  WideInteger reciprocal;  // floor(2^832 / 5^-k): repeated floors lose nothing
  reciprocal.limbs[26] = 1;
  for (int k = -1; k >= kMinPower; --k) {
    reciprocal.divide_by_5();
    table[k - kMinPower] = reciprocal.leading_bits(true);
  }
  return table;
}

constexpr auto kPowerSignificands = make_power_significands();

// Exact for the exponents of doubles.
constexpr int floor_log10_pow2(int e) { return (e * 1262611) >> 22; }
constexpr int floor_log10_three_quarters_pow2(int e) { return (e * 1262611 - 524031) >> 22; }
constexpr int floor_log2_pow10(int e) { return (e * 1741647) >> 19; }

// digits * 10^exponent
struct Decimal {
  std::uint64_t digits;
  int exponent;
};

// The upper 64 of the 192 bits of power * factor, rounded to odd, which keeps the order relative to
// every even integer.  The power was rounded up: the last bit of the middle word is not to be
// trusted.
std::uint64_t multiply_to_odd(Uint128 power, std::uint64_t factor) {
  const Uint128 low = Uint128{static_cast<std::uint64_t>(power)} * factor;
  const Uint128 product = Uint128{static_cast<std::uint64_t>(power >> 64)} * factor + (low >> 64);
  return static_cast<std::uint64_t>(product >> 64) | (static_cast<std::uint64_t>(product) > 1);
}

// Shortest decimal strictly inside the rounding interval of significand * 2^exponent, the nearest
// one of that length, ties to even.  `narrow_below`: the next smaller number is half as far away.
// For any number, exactly.
//
// All values are scaled by 4 * 10^-k, where 10^k is the largest power not above the interval's
// length; the interval then holds at least one multiple of 10^k and at most one of 10^(k+1).
Decimal shortest_decimal(std::uint64_t significand, int exponent, bool narrow_below) {
  const int k =
      narrow_below ? floor_log10_three_quarters_pow2(exponent) : floor_log10_pow2(exponent);
  const int shift = exponent + floor_log2_pow10(-k) + 1;
  const Uint128 power = kPowerSignificands[-k - kMinPower];

  const std::uint64_t quarters = 4 * significand;
  const std::uint64_t value = multiply_to_odd(power, quarters << shift);
  // One off either way: the bounds themselves are outside.
  const std::uint64_t upper = multiply_to_odd(power, (quarters + 2) << shift) - 1;
  const std::uint64_t lower = multiply_to_odd(power, (quarters - 2 + narrow_below) << shift) + 1;

  // No branches: random digits would be mispredicted.
  const std::uint64_t tenth = value / 40;
  const bool tenth_inside = lower <= tenth * 40;
  const bool next_tenth_inside = tenth * 40 + 40 <= upper;
  const bool shorter = tenth_inside | next_tenth_inside;

  const std::uint64_t floor = value / 4;
  const bool floor_inside = lower <= floor * 4;
  const bool next_inside = floor * 4 + 4 <= upper;
  const bool next_is_nearer = (value & 3) + (floor & 1) > 2;
  const bool take_next = next_inside & (!floor_inside | next_is_nearer);
  return {shorter ? tenth + next_tenth_inside : floor + take_next, k + shorter};
}

constexpr int kMaxDigits = 17;

constexpr std::array<std::uint64_t, kMaxDigits + 1> kPowersOf10 = [] {
  std::array<std::uint64_t, kMaxDigits + 1> powers{1};
  for (int i = 1; i <= kMaxDigits; ++i) powers[i] = powers[i - 1] * 10;
  return powers;
}();

int count_digits(std::uint64_t value) {
  const int estimate = std::bit_width(value) * 1233 >> 12;
  return estimate + (value >= kPowersOf10[estimate]);
}

// d.ddd… * 10^exponent: sixteen digits, of which the first is not 0, and one more.
struct Digits {
  std::uint64_t sixteen;
  unsigned last;
  int exponent;
};

Digits normalized(const Decimal &decimal) {
  const int length = count_digits(decimal.digits);
  const std::uint64_t digits = decimal.digits * kPowersOf10[kMaxDigits - length];
  return {digits / 10, static_cast<unsigned>(digits % 10), decimal.exponent + length - 1};
}

constexpr bool is_exact_power(int k) { return k >= 0 && k <= 27; }

// A power whose low half is 0 has no other bits, so that products with it are exact.
static_assert([] {
  for (int k = kMinPower; k <= kMaxPower; ++k) {
    const auto low = static_cast<std::uint64_t>(kPowerSignificands[k - kMinPower]);
    if ((low == 0) != is_exact_power(k)) return false;
  }
  return true;
}());

// shortest_decimal() for a significand of 53 bits and an interval that is as long below as above,
// from one product.  Returns false, rarely, if that is not exact enough to decide.
//
// The number is scaled by 10^-k, which leaves an integer of 16 or 17 digits and a fraction; half
// the length of its interval is between 0.5 and 5.  So at most one multiple of ten lies inside, and
// if none does, the nearest integer is the answer.  The power was rounded up by less than 2^-127 of
// itself, thus the fraction, of 64 bits, is at most one above the true one.
[[gnu::always_inline]] inline bool shortest_from_one_product(std::uint64_t significand,
                                                             int exponent, Digits &digits) {
  const int k = floor_log10_pow2(exponent);
  const int shift = exponent + floor_log2_pow10(-k) + 1;
  const Uint128 power = kPowerSignificands[-k - kMinPower];
  const auto power_high = static_cast<std::uint64_t>(power >> 64);
  const auto power_low = static_cast<std::uint64_t>(power);
  const std::uint64_t factor = significand << shift;
  const Uint128 product = Uint128{power_high} * factor + (Uint128{power_low} * factor >> 64);
  const auto integer = static_cast<std::uint64_t>(product >> 64);
  const auto fraction = static_cast<std::uint64_t>(product);
  const std::uint64_t tens = integer / 10;
  const std::uint64_t ones = integer - tens * 10;

  // In units of 2^-59, in which ten has 63 bits.  What is cut off here and the error above make
  // less than three of them in each comparison.
  constexpr std::uint64_t kMargin = 3;
  constexpr std::uint64_t kTen = std::uint64_t{10} << 59;
  constexpr std::uint64_t kHalf = std::uint64_t{1} << 63;
  const std::uint64_t above_ten = ones << 59 | fraction >> 5;
  const std::uint64_t half_length = power_high >> (6 - shift);
  const std::uint64_t to_lower_bound = above_ten - half_length;
  const std::uint64_t to_upper_bound = kTen - above_ten - half_length;
  if (to_lower_bound + kMargin <= 2 * kMargin || to_upper_bound + kMargin <= 2 * kMargin ||
      (fraction - kHalf + kMargin <= 2 * kMargin && power_low != 0)) [[unlikely]] {
    return false;
  }
  const bool ten_inside = static_cast<std::int64_t>(to_lower_bound) < 0;
  const bool next_ten_inside = static_cast<std::int64_t>(to_upper_bound) < 0;
  const bool round_up = fraction >= kHalf + (~ones & 1);  // ties to even

  digits.sixteen = tens + next_ten_inside;
  digits.last = (ten_inside || next_ten_inside) ? 0 : static_cast<unsigned>(ones + round_up);
  digits.exponent = k + 16;
  if (digits.sixteen < kPowersOf10[15]) {
    digits.sixteen = digits.sixteen * 10 + digits.last;
    digits.last = 0;
    --digits.exponent;
  }
  return true;
}

// Seventeen significant digits as text, to be cut after `count`; d.ddd * 10^exponent.
struct DigitText {
  std::uint64_t first_eight;
  std::uint64_t next_eight;
  char last;
  int count;
  int exponent;

  void store(char *out) const {
    detail::store_bytes(out, first_eight);
    detail::store_bytes(out + 8, next_eight);
    out[16] = last;
  }
};

[[gnu::always_inline]] inline DigitText digit_text(const Digits &digits) {
  constexpr std::uint64_t k1e8 = 100000000;
  const std::uint64_t first = digits.sixteen / k1e8;
  const detail::SixteenDigits text = detail::digits_of_two_eights(
      static_cast<std::uint32_t>(first), static_cast<std::uint32_t>(digits.sixteen - first * k1e8));
  // Up to the last that is not 0; the first never is.
  int count = text.low != 0 ? 8 + detail::bytes_of(text.low) : detail::bytes_of(text.high);
  if (digits.last != 0) count = 17;
  return {text.high | detail::kZeroChars, text.low | detail::kZeroChars,
          static_cast<char>('0' + digits.last), count, digits.exponent};
}

// 0.00ddd
[[gnu::always_inline]] inline char *write_below_one(char *out, const DigitText &text) {
  std::memcpy(out, "0.000", 5);
  out += 1 - text.exponent;
  text.store(out);
  return out + text.count;
}

// ddd.ddd, or ddd followed by zeros; exponent below 15.  The digits after the point are shifted in
// registers: reading back what was just stored would wait for the stores.
[[gnu::always_inline]] inline char *write_fixed(char *out, const DigitText &text) {
  const int whole_digits = text.exponent + 1;
  text.store(out);  // the zeros after the last digit are there
  if (text.count <= whole_digits) return out + whole_digits;
  const Uint128 sixteen = Uint128{text.next_eight} << 64 | text.first_eight;
  const Uint128 tail = sixteen >> (8 * whole_digits);
  out[whole_digits] = '.';
  ++out;
  detail::store_bytes(out + whole_digits, static_cast<std::uint64_t>(tail));
  detail::store_bytes(out + whole_digits + 8, static_cast<std::uint64_t>(tail >> 64));
  out[16] = text.last;
  return out + text.count;
}

char *write_scientific(char *out, const DigitText &text) {
  text.store(out + 1);
  out[0] = out[1];
  out[1] = '.';
  out += text.count == 1 ? 1 : text.count + 1;
  *out++ = 'e';
  *out++ = text.exponent < 0 ? '-' : '+';
  const auto magnitude = static_cast<unsigned>(std::abs(text.exponent));
  if (magnitude >= 100) *out++ = static_cast<char>('0' + magnitude / 100);
  return write_two_digits(out, magnitude % 100);
}

[[gnu::always_inline]] inline char *write_digits(char *out, const DigitText &text,
                                                 int scientific_from) {
  if (text.exponent < -4 || text.exponent >= scientific_from) return write_scientific(out, text);
  return text.exponent < 0 ? write_below_one(out, text) : write_fixed(out, text);
}

char *write_word(char *out, const char *word, std::size_t n) {
  std::memcpy(out, word, n);
  return out + n;
}

// What the two types differ in.
template <typename Real>
struct Layout;

template <>
struct Layout<double> {
  using Bits = std::uint64_t;
  static constexpr int kScientificFrom = 15;
};

template <>
struct Layout<float> {
  using Bits = std::uint32_t;
  static constexpr int kScientificFrom = 6;
};

// The parts of a number's representation, without its sign.
template <typename Real>
struct Binary : Layout<Real> {
  using typename Layout<Real>::Bits;
  static constexpr int kFractionBits = std::numeric_limits<Real>::digits - 1;
  static constexpr int kMinExponent = std::numeric_limits<Real>::min_exponent - 1 - kFractionBits;
  static constexpr Bits kHiddenBit = Bits{1} << kFractionBits;

  explicit Binary(Bits magnitude)
      : fraction(magnitude & (kHiddenBit - 1)),
        biased(static_cast<int>(magnitude >> kFractionBits)) {}

  bool is_finite() const { return biased < 2 * std::numeric_limits<Real>::max_exponent - 1; }
  bool is_normal() const { return biased > 0; }
  Bits significand() const { return is_normal() ? fraction | kHiddenBit : fraction; }
  int exponent() const { return kMinExponent + (is_normal() ? biased - 1 : 0); }
  bool is_narrow_below() const { return fraction == 0 && biased > 1; }

  Bits fraction;
  int biased;
};

// Any number but NaN, always exactly.
template <typename Real>
[[gnu::noinline]] char *write_any(char *out, Real magnitude) {
  if (magnitude == 0) return write_word(out, "0", 1);
  if (magnitude > std::numeric_limits<Real>::max()) return write_word(out, "Infinity", 8);
  const Binary<Real> binary(std::bit_cast<typename Layout<Real>::Bits>(magnitude));
  const Decimal decimal =
      shortest_decimal(binary.significand(), binary.exponent(), binary.is_narrow_below());
  return write_digits(out, digit_text(normalized(decimal)), Layout<Real>::kScientificFrom);
}

// The same, fast for the numbers that one product decides: nearly all.
[[gnu::always_inline]] inline char *write_most(char *out, double magnitude) {
  const Binary<double> binary(std::bit_cast<std::uint64_t>(magnitude));
  const bool regular = binary.is_finite() && binary.is_normal() && binary.fraction != 0;
  Digits digits;
  if (regular && shortest_from_one_product(binary.significand(), binary.exponent(), digits))
      [[likely]] {
    return write_digits(out, digit_text(digits), Layout<double>::kScientificFrom);
  }
  return write_any(out, magnitude);
}

// A number that is a decimal of at most 15 digits, 6 of them after the point, is written from the
// integer of its millionths: the quotient of two exact doubles is correctly rounded, two decimals
// of so few digits never share a double, and none lies on the border of a rounding interval (that
// takes 54 significant bits).  Below 0.0001 the notation is scientific.
[[gnu::always_inline]] inline bool write_short_fixed(char *&out, double magnitude) {
  const double scaled = magnitude * 1e6;
  if (!(scaled < 1e15)) return false;
  // A wrong rounding here only fails the comparison that follows.
  // NOLINTNEXTLINE(bugprone-incorrect-roundings)
  const auto millionths = static_cast<std::int64_t>(scaled + 0.5);
  if (millionths < 100 || static_cast<double>(millionths) / 1e6 != magnitude) return false;
  const auto whole = static_cast<std::uint64_t>(millionths) / 1000000;
  const auto fraction =
      static_cast<std::uint32_t>(static_cast<std::uint64_t>(millionths) - whole * 1000000);
  if (whole >= 100000000) {
    out = write_fraction(write_uint64(out, whole), fraction);
    return true;
  }
  const detail::SixteenDigits digits =
      detail::digits_of_two_eights(static_cast<std::uint32_t>(whole), fraction * 100);
  out = detail::write_without_leading_zeros(out, digits.high);
  if (fraction == 0) return true;
  *out = '.';
  detail::store_bytes(out + 1, digits.low | detail::kZeroChars);
  out += 1 + detail::bytes_of(digits.low);
  return true;
}

}  // namespace

char *write_float64(char *out, double value) {
  *out = '-';
  char *end = out + std::signbit(value);
  const double magnitude = std::fabs(value);
  if (write_short_fixed(end, magnitude)) return end;
  if (std::isnan(value)) [[unlikely]]
    return write_word(out, "NaN", 3);
  return write_most(end, magnitude);
}

char *write_float32(char *out, float value) {
  if (std::isnan(value)) return write_word(out, "NaN", 3);
  *out = '-';
  out += std::signbit(value);
  return write_any(out, std::fabs(value));
}

}  // namespace pgexport::spell
