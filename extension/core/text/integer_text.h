// Integers as decimal text, eight digits at a time.
//
// The digits of a number are kept as bytes of one 64-bit word (SWAR): a few multiplications split
// it into eight digits without a table, so long scans keep their cache lines for the data.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>

#include "core/no_postgres.h"

namespace pgexport::spell {

inline constexpr int kMaxInt64Text = 20;

namespace detail {

// Stores the bytes of `word`, least significant first; on any machine.
template <typename Word>
inline void store_bytes(char *out, Word word) {
  if constexpr (std::endian::native == std::endian::big) {
    if constexpr (sizeof(Word) == 8) word = __builtin_bswap64(word);
    if constexpr (sizeof(Word) == 4) word = __builtin_bswap32(word);
    if constexpr (sizeof(Word) == 2) word = __builtin_bswap16(word);
  }
  std::memcpy(out, &word, sizeof word);
}

inline constexpr std::uint64_t kZeroChars = 0x3030303030303030;

// The digits of `high` and of `low`, four each, as bytes 0 to 9, the first digit least
// significant.  Both below 10000; other 16-bit values give wrong bytes, but nothing worse.
inline std::uint64_t digits_of_pair(std::uint32_t high, std::uint32_t low) {
  const std::uint64_t fours = high | std::uint64_t{low} << 32;
  const std::uint64_t hundreds = (fours * 10486 >> 20) & 0x0000007f0000007f;
  const std::uint64_t twos = hundreds | (fours - hundreds * 100) << 16;
  const std::uint64_t tens = (twos * 103 >> 10) & 0x000f000f000f000f;
  return tens | (twos - tens * 10) << 8;
}

// The eight digits of `value`, below 10^8, in the same form.
inline std::uint64_t digits_of_eight(std::uint32_t value) {
  return digits_of_pair(value / 10000, value % 10000);
}

// REQUIRES: value < 10^8.  Touches eight bytes.
inline char *write_below_1e8(char *out, std::uint32_t value) {
  const std::uint64_t digits = digits_of_eight(value);
  constexpr std::uint64_t kLastDigit = std::uint64_t{1} << 56;  // zero has one digit too
  const int leading_zeros = std::countr_zero(digits | kLastDigit) / 8;
  store_bytes(out, (digits | kZeroChars) >> (8 * leading_zeros));
  return out + 8 - leading_zeros;
}

char *write_from_1e8(char *out, std::uint64_t value);

}  // namespace detail

// Each writes at `out` without a terminator and returns the end.  Room for kMaxInt64Text bytes is
// needed whatever the value.
inline char *write_uint64(char *out, std::uint64_t value) {
  if (value < 100000000) return detail::write_below_1e8(out, static_cast<std::uint32_t>(value));
  return detail::write_from_1e8(out, value);
}

inline char *write_int64(char *out, std::int64_t value) {
  auto magnitude = static_cast<std::uint64_t>(value);
  if (value < 0) {
    *out++ = '-';
    magnitude = 0 - magnitude;
  }
  return write_uint64(out, magnitude);
}

// Exactly two digits; value < 100.
inline char *write_two_digits(char *out, unsigned value) {
  const unsigned tens = value * 103 >> 10;
  out[0] = static_cast<char>('0' + tens);
  out[1] = static_cast<char>('0' + (value - tens * 10));
  return out + 2;
}

// A point and the digits of `millionths` without trailing zeros; nothing for 0.  Below 10^6.
// Touches up to nine bytes.
inline char *write_fraction(char *out, std::uint32_t millionths) {
  if (millionths == 0) return out;
  const std::uint64_t digits = detail::digits_of_eight(millionths * 100);
  *out++ = '.';
  detail::store_bytes(out, digits | detail::kZeroChars);
  return out + 8 - std::countl_zero(digits) / 8;
}

}  // namespace pgexport::spell
