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

// Seventeen significant digits as text, to be cut after `count`; d.ddd * 10^exponent.
struct DigitText {
  char first;
  std::uint64_t next_eight;
  std::uint64_t last_eight;
  int count;
  int exponent;

  void store(char *out) const {
    *out = first;
    detail::store_bytes(out + 1, next_eight | detail::kZeroChars);
    detail::store_bytes(out + 9, last_eight | detail::kZeroChars);
  }
};

DigitText digit_text(const Decimal &decimal) {
  const int length = count_digits(decimal.digits);
  const std::uint64_t digits = decimal.digits * kPowersOf10[kMaxDigits - length];
  constexpr std::uint64_t k1e8 = 100000000;
  const auto first_nine = static_cast<std::uint32_t>(digits / k1e8);
  DigitText text;
  text.first = static_cast<char>('0' + first_nine / k1e8);
  text.next_eight = detail::digits_of_eight(first_nine % k1e8);
  text.last_eight = detail::digits_of_eight(static_cast<std::uint32_t>(digits % k1e8));
  // countl_zero gives 64 for 0.
  text.count = text.last_eight != 0 ? 17 - std::countl_zero(text.last_eight) / 8
                                    : 9 - std::countl_zero(text.next_eight) / 8;
  text.exponent = decimal.exponent + length - 1;
  return text;
}

// 0.00ddd
char *write_below_one(char *out, const DigitText &text) {
  std::memcpy(out, "0.000", 5);
  out += 1 - text.exponent;
  text.store(out);
  return out + text.count;
}

// ddd.ddd, or ddd followed by zeros; exponent below 16.  The digits after the point are shifted in
// registers: reading back what was just stored would wait for the stores.
char *write_fixed(char *out, const DigitText &text) {
  const int whole_digits = text.exponent + 1;
  text.store(out);  // the zeros after the last digit are there
  if (text.count <= whole_digits) return out + whole_digits;
  const Uint128 tail = (Uint128{text.last_eight | detail::kZeroChars} << 64 | text.next_eight |
                        detail::kZeroChars) >>
                       (8 * text.exponent);
  out[whole_digits] = '.';
  detail::store_bytes(out + whole_digits + 1, static_cast<std::uint64_t>(tail));
  detail::store_bytes(out + whole_digits + 9, static_cast<std::uint64_t>(tail >> 64));
  return out + text.count + 1;
}

char *write_scientific(char *out, const DigitText &text) {
  text.store(out + 1);
  out[0] = text.first;
  out[1] = '.';
  out += text.count == 1 ? 1 : text.count + 1;
  *out++ = 'e';
  *out++ = text.exponent < 0 ? '-' : '+';
  const auto magnitude = static_cast<unsigned>(std::abs(text.exponent));
  if (magnitude >= 100) *out++ = static_cast<char>('0' + magnitude / 100);
  return write_two_digits(out, magnitude % 100);
}

char *write_decimal(char *out, const Decimal &decimal, int scientific_from) {
  const DigitText text = digit_text(decimal);
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

template <typename Real>
Decimal shortest_decimal_of(Real positive) {
  constexpr int kFractionBits = std::numeric_limits<Real>::digits - 1;
  constexpr int kMinExponent = std::numeric_limits<Real>::min_exponent - 1 - kFractionBits;
  constexpr std::uint64_t kHiddenBit = std::uint64_t{1} << kFractionBits;
  const std::uint64_t bits = std::bit_cast<typename Layout<Real>::Bits>(positive);
  const std::uint64_t fraction = bits & (kHiddenBit - 1);
  const int biased = static_cast<int>(bits >> kFractionBits);
  if (biased == 0) return shortest_decimal(fraction, kMinExponent, false);
  return shortest_decimal(fraction | kHiddenBit, kMinExponent + biased - 1,
                          fraction == 0 && biased > 1);
}

template <typename Real>
char *write_special(char *out, Real magnitude) {
  if (magnitude == 0) return write_word(out, "0", 1);
  return write_word(out, "Infinity", 8);
}

template <typename Real>
char *write_shortest(char *out, Real magnitude) {
  if (magnitude == 0 || magnitude > std::numeric_limits<Real>::max()) {
    return write_special(out, magnitude);
  }
  return write_decimal(out, shortest_decimal_of(magnitude), Layout<Real>::kScientificFrom);
}

// A number that is a decimal of at most 15 digits, 6 of them after the point, is written from the
// integer of its millionths: the quotient of two exact doubles is correctly rounded, two decimals
// of so few digits never share a double, and none lies on the border of a rounding interval (that
// takes 54 significant bits).  Below 0.0001 the notation is scientific.
bool write_short_fixed(char *&out, double magnitude) {
  const double scaled = magnitude * 1e6;
  if (!(scaled >= 100 && scaled < 1e15)) return false;
  // A wrong rounding here only fails the comparison that follows.
  // NOLINTNEXTLINE(bugprone-incorrect-roundings)
  const auto millionths = static_cast<std::uint64_t>(scaled + 0.5);
  if (static_cast<double>(millionths) / 1e6 != magnitude) return false;
  out = write_uint64(out, millionths / 1000000);
  out = write_fraction(out, static_cast<std::uint32_t>(millionths % 1000000));
  return true;
}

}  // namespace

char *write_float64(char *out, double value) {
  if (std::isnan(value)) return write_word(out, "NaN", 3);
  *out = '-';
  out += std::signbit(value);
  const double magnitude = std::fabs(value);
  if (write_short_fixed(out, magnitude)) return out;
  return write_shortest(out, magnitude);
}

char *write_float32(char *out, float value) {
  if (std::isnan(value)) return write_word(out, "NaN", 3);
  *out = '-';
  out += std::signbit(value);
  return write_shortest(out, std::fabs(value));
}

}  // namespace pgexport::spell
