#include "core/text/numeric_text.h"

#include <algorithm>
#include <cstring>

#include "core/text/integer_text.h"

namespace pgexport::spell {

namespace {

char *write_zeros(char *out, int groups) {
  std::memset(out, '0', static_cast<std::size_t>(groups) * kGroupDigits);
  return out + groups * kGroupDigits;
}

// Writes the groups [from, to), four digits each; those not stored are zero.
char *write_groups(char *out, const NumericParts &parts, int from, int to) {
  if (from < 0) {
    const int end = std::min(to, 0);
    out = write_zeros(out, end - from);
    from = end;
  }
  const int stored = std::min(to, parts.count);
  for (; from + 1 < stored; from += 2, out += 8) {
    detail::store_bytes(
        out, detail::digits_of_pair(parts.group(from), parts.group(from + 1)) | detail::kZeroChars);
  }
  if (from < stored) {
    detail::store_bytes(out,
                        static_cast<std::uint32_t>(detail::digits_of_pair(parts.group(from), 0) |
                                                   detail::kZeroChars));
    out += kGroupDigits;
    ++from;
  }
  return from < to ? write_zeros(out, to - from) : out;
}

char *write_special(char *out, NumericKind kind) {
  const char *word = kind == NumericKind::nan              ? "NaN"
                     : kind == NumericKind::minus_infinity ? "-Infinity"
                                                           : "Infinity";
  const std::size_t n = std::strlen(word);
  std::memcpy(out, word, n);
  return out + n;
}

}  // namespace

std::size_t numeric_text_bound(const char *body, std::uint32_t size) {
  // A sign, a point, the tail of the last group and the whole word that stores a short one.
  constexpr std::size_t kSlack = 16;
  if (numeric_kind(body) != NumericKind::finite) return kSlack;
  const NumericParts parts = numeric_parts(body, size);
  return kSlack + static_cast<std::size_t>(std::max(parts.weight + 1, 1) * kGroupDigits) +
         static_cast<std::size_t>(parts.scale);
}

char *write_numeric(char *out, const char *body, std::uint32_t size) {
  const NumericKind kind = numeric_kind(body);
  if (kind != NumericKind::finite) return write_special(out, kind);
  const NumericParts parts = numeric_parts(body, size);
  *out = '-';
  out += parts.negative;
  if (parts.weight < 0) {
    *out++ = '0';
  } else {
    out = detail::write_below_1e8(out, parts.group(0));
    out = write_groups(out, parts, 1, parts.weight + 1);
  }
  if (parts.scale == 0) return out;
  *out++ = '.';
  const int first = parts.weight + 1;
  write_groups(out, parts, first, first + (parts.scale + kGroupDigits - 1) / kGroupDigits);
  return out + parts.scale;
}

bool numeric_is_finite(const char *body, std::uint32_t) {
  return numeric_kind(body) == NumericKind::finite;
}

bool numeric_exceeds_double(const char *body, std::uint32_t size) {
  constexpr std::uint64_t kLargest = (std::uint64_t{1} << 53) - 1;  // sixteen digits
  constexpr int kLargestWeight = 3;
  const NumericParts parts = numeric_parts(body, size);
  if (parts.count == 0 || parts.weight != kLargestWeight) {
    return parts.count > 0 && parts.weight > kLargestWeight;
  }
  std::uint64_t whole = 0;
  for (int i = 0; i <= kLargestWeight; ++i) whole = whole * 10000 + parts.group(i);
  if (whole != kLargest) return whole > kLargest;
  for (int i = kLargestWeight + 1; i < parts.count; ++i) {
    if (parts.group(i) != 0) return true;
  }
  return false;
}

}  // namespace pgexport::spell
