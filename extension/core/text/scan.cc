#include "core/text/scan.h"

#ifdef EXPORT_SSE2
#include <immintrin.h>
#endif

namespace pgexport::spell {
namespace {

#ifdef EXPORT_SSE2

#define EXPORT_AVX2 __attribute__((target("avx2"), always_inline)) inline

EXPORT_AVX2 unsigned mask_of(const AnyOf &set, __m256i v) {
  const auto equal = [&](int i) __attribute__((target("avx2"), always_inline)) {
    return _mm256_cmpeq_epi8(
        v, _mm256_load_si256(reinterpret_cast<const __m256i *>(set.splat_bytes(i))));
  };
  return static_cast<unsigned>(_mm256_movemask_epi8(
      _mm256_or_si256(_mm256_or_si256(equal(0), equal(1)), _mm256_or_si256(equal(2), equal(3)))));
}

EXPORT_AVX2 unsigned mask_of(const JsonSpecial &, __m256i v) {
  const __m256i control = _mm256_cmpeq_epi8(_mm256_min_epu8(v, _mm256_set1_epi8(0x1F)), v);
  const __m256i quote = _mm256_cmpeq_epi8(v, _mm256_set1_epi8('"'));
  const __m256i backslash = _mm256_cmpeq_epi8(v, _mm256_set1_epi8('\\'));
  return static_cast<unsigned>(
      _mm256_movemask_epi8(_mm256_or_si256(control, _mm256_or_si256(quote, backslash))));
}

#undef EXPORT_AVX2

// REQUIRES: n >= 32.  The last block overlaps the one before it.
template <typename Match>
__attribute__((target("avx2"))) std::size_t copy_avx2(char *out, const char *p, std::size_t n,
                                                      const Match &match) {
  const std::size_t last = n - 32;
  std::size_t i = 0;
  for (;;) {
    const __m256i v = _mm256_loadu_si256(reinterpret_cast<const __m256i *>(p + i));
    _mm256_storeu_si256(reinterpret_cast<__m256i *>(out + i), v);
    if (const unsigned mask = mask_of(match, v)) {
      return i + static_cast<unsigned>(std::countr_zero(mask));
    }
    if (i == last) return n;
    i = i + 32 < last ? i + 32 : last;
  }
}

// Read before its initialisation it is false, which is slower but right.
const bool has_avx2 = __builtin_cpu_supports("avx2");

// REQUIRES: n > kInlineScan.
template <typename Match>
std::size_t copy_best(char *out, const char *p, std::size_t n, const Match &match) {
  if (has_avx2) return copy_avx2(out, p, n, match);
  return detail::scan<true>(out, p, n, match);
}

#else

template <typename Match>
std::size_t copy_best(char *out, const char *p, std::size_t n, const Match &match) {
  return detail::scan<true>(out, p, n, match);
}

#endif

bool is_continuation(unsigned char c) { return (c & 0xC0) == 0x80; }

// Length of the valid character at p[0, n), or 0.  REQUIRES: n > 0.
std::size_t utf8_character(const unsigned char *p, std::size_t n) {
  const unsigned char first = p[0];
  if (first < 0x80) return first != 0;
  if (first < 0xC2) return 0;  // continuation byte or overlong
  if (n < 2) return 0;
  if (first < 0xE0) return is_continuation(p[1]) ? 2 : 0;
  if (first < 0xF0) {
    const unsigned char low = first == 0xE0 ? 0xA0 : 0x80;   // overlong below
    const unsigned char high = first == 0xED ? 0x9F : 0xBF;  // surrogates above
    return n >= 3 && p[1] >= low && p[1] <= high && is_continuation(p[2]) ? 3 : 0;
  }
  if (first < 0xF5) {
    const unsigned char low = first == 0xF0 ? 0x90 : 0x80;   // overlong below
    const unsigned char high = first == 0xF4 ? 0x8F : 0xBF;  // above U+10FFFF
    return n >= 4 && p[1] >= low && p[1] <= high && is_continuation(p[2]) && is_continuation(p[3])
               ? 4
               : 0;
  }
  return 0;
}

// Bytes that the UTF-8 check must look at one by one.
struct NotPlain {
  bool matches(char c) const { return static_cast<signed char>(c) <= 0; }
#ifdef EXPORT_SSE2
  unsigned mask(__m128i v) const {
    return static_cast<unsigned>(
        _mm_movemask_epi8(_mm_or_si128(v, _mm_cmpeq_epi8(v, _mm_setzero_si128()))));
  }
#endif
};

}  // namespace

std::size_t valid_utf8_prefix(const char *p, std::size_t n) {
  std::size_t i = 0;
  while (i < n) {
    i += detail::scan<false>(nullptr, p + i, n - i, NotPlain());
    // Letters of other scripts come in runs: stay here until the next ASCII byte.
    while (i < n && static_cast<signed char>(p[i]) <= 0) {
      const std::size_t length =
          utf8_character(reinterpret_cast<const unsigned char *>(p + i), n - i);
      if (length == 0) return i;
      i += length;
    }
  }
  return n;
}

namespace detail {

std::size_t copy_long(char *out, const char *p, std::size_t n, const AnyOf &set) {
  return copy_best(out, p, n, set);
}

std::size_t copy_long(char *out, const char *p, std::size_t n, const JsonSpecial &special) {
  return copy_best(out, p, n, special);
}

}  // namespace detail
}  // namespace pgexport::spell
