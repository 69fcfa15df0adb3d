// Integers as decimal text, eight digits at a time.
//
// The digits of a number are kept as bytes of one 64-bit word (SWAR): a few multiplications split
// it into eight digits without a table, so long scans keep their cache lines for the data.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>

#include "core/text/sse2.h"

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

struct SixteenDigits {
  std::uint64_t high;
  std::uint64_t low;
};

// The digits of two numbers, both below 10^8, as digits_of_eight() gives them.
#ifdef EXPORT_SSE2
inline SixteenDigits digits_of_two_eights(std::uint32_t high, std::uint32_t low) {
  const __m128i eights = _mm_set_epi64x(low, high);
  // The first half of a number goes below the second, four digits in 32 bits, two in 16, one in 8.
  const __m128i first_fours =
      _mm_srli_epi64(_mm_mul_epu32(eights, _mm_set1_epi64x(0xD1B71759)), 45);  // / 10000
  const __m128i last_fours =
      _mm_sub_epi64(eights, _mm_mul_epu32(first_fours, _mm_set1_epi64x(10000)));
  const __m128i fours = _mm_or_si128(first_fours, _mm_slli_epi64(last_fours, 32));
  const __m128i first_twos =
      _mm_srli_epi16(_mm_mulhi_epu16(fours, _mm_set1_epi16(5243)), 3);  // / 100
  const __m128i last_twos = _mm_sub_epi16(fours, _mm_madd_epi16(first_twos, _mm_set1_epi32(100)));
  const __m128i twos = _mm_or_si128(first_twos, _mm_slli_epi32(last_twos, 16));
  // The low half of a product with 65536 / 10 is the fraction of the quotient: ten times that is
  // the remainder.
  const __m128i tenth = _mm_set1_epi16(6554);
  const __m128i tens = _mm_mulhi_epu16(twos, tenth);
  const __m128i ones = _mm_mulhi_epu16(_mm_mullo_epi16(twos, tenth), _mm_set1_epi16(10));
  const __m128i digits = _mm_or_si128(tens, _mm_slli_epi16(ones, 8));
  return {static_cast<std::uint64_t>(_mm_cvtsi128_si64(digits)),
          static_cast<std::uint64_t>(_mm_cvtsi128_si64(_mm_unpackhi_epi64(digits, digits)))};
}
#else
inline SixteenDigits digits_of_two_eights(std::uint32_t high, std::uint32_t low) {
  return {digits_of_eight(high), digits_of_eight(low)};
}
#endif

// The length of `word` in bytes without those at its end that are 0.
// REQUIRES: word != 0.
inline int bytes_of(std::uint64_t word) { return (63 - std::countl_zero(word)) / 8 + 1; }

// Writes digits as digits_of_eight() gives them; of zero the last.  Touches eight bytes.
inline char *write_without_leading_zeros(char *out, std::uint64_t digits) {
  constexpr std::uint64_t kLastDigit = std::uint64_t{1} << 56;
  const int leading_zeros = std::countr_zero(digits | kLastDigit) / 8;
  store_bytes(out, (digits | kZeroChars) >> (8 * leading_zeros));
  return out + 8 - leading_zeros;
}

// REQUIRES: value < 10^8.  Touches eight bytes.
inline char *write_below_1e8(char *out, std::uint32_t value) {
  return write_without_leading_zeros(out, digits_of_eight(value));
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
  return out + detail::bytes_of(digits);
}

}  // namespace pgexport::spell
