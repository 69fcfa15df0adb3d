#include "core/text/numeric_text.h"

#include <algorithm>
#include <cstring>

#include "core/text/integer_text.h"

namespace pgexport::spell {

namespace {

constexpr unsigned kFormMask = detail::kNumericFormMask;
constexpr unsigned kNegative = 0x4000;
constexpr unsigned kShortForm = detail::kNumericShort;
constexpr unsigned kSpecialForm = 0xC000;

constexpr unsigned kSpecialMask = 0xF000;
constexpr unsigned kNaN = 0xC000;
constexpr unsigned kMinusInfinity = 0xF000;

using detail::kShortNegative;
using detail::kShortScaleMask;
using detail::kShortScaleShift;
using detail::kShortWeightMask;
using detail::kShortWeightSign;

constexpr unsigned kLongScaleMask = 0x3FFF;

constexpr int kGroupDigits = 4;  // decimal digits in a base-10000 digit, here called a group

// The finite number sum(group(i) * 10000^(weight - i)).
struct Parts {
  const char *groups;
  int count;
  int weight;
  int scale;  // decimal digits after the point
  bool negative;

  unsigned group(int i) const { return i < count ? detail::load_word(groups + 2 * i) : 0; }
};

Parts parts_of(unsigned header, const char *body, std::uint32_t size) {
  Parts parts;
  std::uint32_t header_size = 2;
  if ((header & kFormMask) == kShortForm) {
    parts.weight =
        static_cast<int>(header & kShortWeightMask) - static_cast<int>(header & kShortWeightSign);
    parts.scale = static_cast<int>((header & kShortScaleMask) >> kShortScaleShift);
    parts.negative = (header & kShortNegative) != 0;
  } else {
    header_size = 4;
    parts.weight = static_cast<std::int16_t>(detail::load_word(body + 2));
    parts.scale = static_cast<int>(header & kLongScaleMask);
    parts.negative = (header & kNegative) != 0;
  }
  parts.groups = body + header_size;
  parts.count = static_cast<int>((size - header_size) / 2);
  return parts;
}

bool is_special(unsigned header) { return (header & kFormMask) == kSpecialForm; }

char *write_zeros(char *out, int groups) {
  std::memset(out, '0', static_cast<std::size_t>(groups) * kGroupDigits);
  return out + groups * kGroupDigits;
}

// Writes the groups [from, to), four digits each; those not stored are zero.
char *write_groups(char *out, const Parts &parts, int from, int to) {
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

char *write_special(char *out, unsigned header) {
  const unsigned kind = header & kSpecialMask;
  const char *word = kind == kNaN ? "NaN" : kind == kMinusInfinity ? "-Infinity" : "Infinity";
  const std::size_t n = std::strlen(word);
  std::memcpy(out, word, n);
  return out + n;
}

}  // namespace

std::size_t numeric_text_bound(const char *body, std::uint32_t size) {
  // A sign, a point, the tail of the last group and the whole word that stores a short one.
  constexpr std::size_t kSlack = 16;
  const unsigned header = detail::load_word(body);
  if (is_special(header)) return kSlack;
  const Parts parts = parts_of(header, body, size);
  return kSlack + static_cast<std::size_t>(std::max(parts.weight + 1, 1) * kGroupDigits) +
         static_cast<std::size_t>(parts.scale);
}

char *write_numeric(char *out, const char *body, std::uint32_t size) {
  const unsigned header = detail::load_word(body);
  if (is_special(header)) return write_special(out, header);
  const Parts parts = parts_of(header, body, size);
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
  return !is_special(detail::load_word(body));
}

bool numeric_exceeds_double(const char *body, std::uint32_t size) {
  constexpr std::uint64_t kLargest = (std::uint64_t{1} << 53) - 1;  // sixteen digits
  constexpr int kLargestWeight = 3;
  const Parts parts = parts_of(detail::load_word(body), body, size);
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
