// Finding the bytes that need attention, many at a time.
//
// The kernels use SSE2 or AVX2 where the processor has them (chosen once at run time) and plain
// C++ elsewhere or with EXPORT_NO_SIMD.  None reads outside [p, p + n); short ends are covered by
// loads that overlap.  Values of up to 64 bytes, that is most of them, are scanned inline.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "core/text/sse2.h"

#include "core/no_postgres.h"

namespace pgexport::spell {

// A set of up to four bytes to look for; unused places repeat another byte.
struct ByteSet {
  char bytes[4];
};

// Length of the longest prefix of p[0, n) that is valid UTF-8 as PostgreSQL defines it: no
// surrogates, no overlong forms, nothing above U+10FFFF, no NUL byte.
std::size_t valid_utf8_prefix(const char *p, std::size_t n);

// A ByteSet made ready for scanning: make it once, use it for many values.
class AnyOf {
 public:
  explicit AnyOf(const ByteSet &set) {
    for (int i = 0; i < 4; ++i) std::memset(splat_[i], set.bytes[i], kWidth);
  }

  bool matches(char c) const {
    return c == splat_[0][0] || c == splat_[1][0] || c == splat_[2][0] || c == splat_[3][0];
  }

#ifdef EXPORT_SSE2
  // Bit i is set if byte i matches.
  unsigned mask(__m128i v) const {
    const __m128i a = _mm_or_si128(_mm_cmpeq_epi8(v, splat(0)), _mm_cmpeq_epi8(v, splat(1)));
    const __m128i b = _mm_or_si128(_mm_cmpeq_epi8(v, splat(2)), _mm_cmpeq_epi8(v, splat(3)));
    return static_cast<unsigned>(_mm_movemask_epi8(_mm_or_si128(a, b)));
  }
#endif

  // Byte i of the set, kWidth times; aligned.
  const char *splat_bytes(int i) const { return splat_[i]; }

 private:
  static constexpr std::size_t kWidth = 32;

#ifdef EXPORT_SSE2
  __m128i splat(int i) const {
    return _mm_load_si128(reinterpret_cast<const __m128i *>(splat_[i]));
  }
#endif

  alignas(kWidth) char splat_[4][kWidth];
};

// The bytes that end a clean run of a JSON string.
struct JsonSpecial {
  bool matches(char c) const {
    return static_cast<unsigned char>(c) < 0x20 || c == '"' || c == '\\';
  }

#ifdef EXPORT_SSE2
  unsigned mask(__m128i v) const {
    const __m128i control = _mm_cmpeq_epi8(_mm_min_epu8(v, _mm_set1_epi8(0x1F)), v);
    const __m128i quote = _mm_cmpeq_epi8(v, _mm_set1_epi8('"'));
    const __m128i backslash = _mm_cmpeq_epi8(v, _mm_set1_epi8('\\'));
    return static_cast<unsigned>(
        _mm_movemask_epi8(_mm_or_si128(control, _mm_or_si128(quote, backslash))));
  }
#endif
};

namespace detail {

// Values up to this length are scanned inline; beyond it a call is cheap.
inline constexpr std::size_t kInlineScan = 64;

// The plain kernel; without kCopy `out` is not used.
template <bool kCopy, typename Match>
inline std::size_t scan_bytes(char *out, const char *p, std::size_t n, const Match &match) {
  for (std::size_t i = 0; i < n; ++i) {
    if (match.matches(p[i])) return i;
    if constexpr (kCopy) out[i] = p[i];
  }
  return n;
}

#ifdef EXPORT_SSE2

// Scans two equal halves of `kHalf` bytes that overlap in the middle of p[0, n).
template <bool kCopy, typename Half, typename Match>
[[gnu::always_inline]] inline std::size_t scan_halves(char *out, const char *p, std::size_t n,
                                                      const Match &match) {
  constexpr unsigned kHalf = sizeof(Half);
  Half low, high;
  std::memcpy(&low, p, kHalf);
  std::memcpy(&high, p + n - kHalf, kHalf);
  if constexpr (kCopy) {
    std::memcpy(out, &low, kHalf);
    std::memcpy(out + n - kHalf, &high, kHalf);
  }
  __m128i v;
  if constexpr (kHalf == 8) {
    v = _mm_set_epi64x(static_cast<long long>(high), static_cast<long long>(low));
  } else {
    v = _mm_set_epi32(0, 0, static_cast<int>(high), static_cast<int>(low));
  }
  const unsigned mask = match.mask(v) & ((1u << (2 * kHalf)) - 1);
  if (mask == 0) return n;
  const auto i = static_cast<unsigned>(std::countr_zero(mask));
  return i < kHalf ? i : n - 2 * kHalf + i;
}

// REQUIRES: n >= 16.  The last block overlaps the one before it.
template <bool kCopy, typename Match>
[[gnu::always_inline]] inline std::size_t scan_blocks(char *out, const char *p, std::size_t n,
                                                      const Match &match) {
  const std::size_t last = n - 16;
  std::size_t i = 0;
  for (;;) {
    const __m128i v = _mm_loadu_si128(reinterpret_cast<const __m128i *>(p + i));
    if constexpr (kCopy) _mm_storeu_si128(reinterpret_cast<__m128i *>(out + i), v);
    if (const unsigned mask = match.mask(v)) {
      return i + static_cast<unsigned>(std::countr_zero(mask));
    }
    if (i == last) return n;
    i = i + 16 < last ? i + 16 : last;
  }
}

template <bool kCopy, typename Match>
[[gnu::always_inline]] inline std::size_t scan(char *out, const char *p, std::size_t n,
                                               const Match &match) {
  if (n >= 16) return scan_blocks<kCopy>(out, p, n, match);
  if (n >= 8) return scan_halves<kCopy, std::uint64_t>(out, p, n, match);
  if (n >= 4) return scan_halves<kCopy, std::uint32_t>(out, p, n, match);
  return scan_bytes<kCopy>(out, p, n, match);
}

#else

template <bool kCopy, typename Match>
inline std::size_t scan(char *out, const char *p, std::size_t n, const Match &match) {
  return scan_bytes<kCopy>(out, p, n, match);
}

#endif

std::size_t copy_long(char *out, const char *p, std::size_t n, const AnyOf &set);
std::size_t copy_long(char *out, const char *p, std::size_t n, const JsonSpecial &special);

}  // namespace detail

// Copies p[0, n) to `out` while looking for `match` (an AnyOf or JsonSpecial), and returns the
// index of the first byte that matches, or n.  out[0, index) is then the copy of the clean part.
// REQUIRES: room for n bytes at `out`, all of which may be overwritten; no overlap with p.
template <typename Match>
[[gnu::always_inline]] inline std::size_t copy_until(char *out, const char *p, std::size_t n,
                                                     const Match &match) {
  if (n > detail::kInlineScan) return detail::copy_long(out, p, n, match);
  return detail::scan<true>(out, p, n, match);
}

// The same for any type that finds bytes as AnyOf does, inline whatever the length.
template <typename Match>
[[gnu::always_inline]] inline std::size_t copy_until_inline(char *out, const char *p, std::size_t n,
                                                            const Match &match) {
  return detail::scan<true>(out, p, n, match);
}

}  // namespace pgexport::spell
