// The parts of a PostgreSQL numeric, as its storage format has them.
//
// `body` is what follows the varlena header, see numeric_text.h.
// Source: PostgreSQL 15, src/backend/utils/adt/numeric.c, "struct NumericData".
#pragma once

#include <cstdint>
#include <cstring>

#include "core/no_postgres.h"

namespace pgexport::spell {

namespace detail {

inline constexpr unsigned kNumericFormMask = 0xC000;
inline constexpr unsigned kNumericShort = 0x8000;
inline constexpr unsigned kNumericSpecial = 0xC000;
inline constexpr unsigned kNumericNegative = 0x4000;  // of the long form
inline constexpr unsigned kLongScaleMask = 0x3FFF;
inline constexpr unsigned kShortNegative = 0x2000;
inline constexpr unsigned kShortScaleMask = 0x1F80;
inline constexpr unsigned kShortScaleShift = 7;
inline constexpr unsigned kShortWeightSign = 0x0040;
inline constexpr unsigned kShortWeightMask = 0x003F;
inline constexpr unsigned kSpecialMask = 0xF000;
inline constexpr unsigned kMinusInfinity = 0xF000;
inline constexpr unsigned kNaN = 0xC000;

inline unsigned load_word(const char *p) {
  std::uint16_t word;
  std::memcpy(&word, p, sizeof word);
  return word;
}

}  // namespace detail

inline constexpr int kGroupDigits = 4;  // decimal digits in a base-10000 digit, here called a group
inline constexpr int kGroupBase = 10000;

// The finite number sum(group(i) * 10000^(weight - i)).
struct NumericParts {
  const char *groups;
  int count;
  int weight;
  int scale;  // decimal digits after the point
  bool negative;

  // Zero beyond those stored.
  unsigned group(int i) const { return i < count ? detail::load_word(groups + 2 * i) : 0; }
};

enum class NumericKind : std::uint8_t { minus_infinity, finite, infinity, nan };  // in SQL's order

inline NumericKind numeric_kind(const char *body) {
  const unsigned header = detail::load_word(body);
  if ((header & detail::kNumericFormMask) != detail::kNumericSpecial) return NumericKind::finite;
  const unsigned kind = header & detail::kSpecialMask;
  if (kind == detail::kNaN) return NumericKind::nan;
  return kind == detail::kMinusInfinity ? NumericKind::minus_infinity : NumericKind::infinity;
}

// REQUIRES: finite.
inline NumericParts numeric_parts(const char *body, std::uint32_t size) {
  const unsigned header = detail::load_word(body);
  NumericParts parts;
  std::uint32_t header_size = 2;
  if ((header & detail::kNumericFormMask) == detail::kNumericShort) {
    parts.weight = static_cast<int>(header & detail::kShortWeightMask) -
                   static_cast<int>(header & detail::kShortWeightSign);
    parts.scale = static_cast<int>((header & detail::kShortScaleMask) >> detail::kShortScaleShift);
    parts.negative = (header & detail::kShortNegative) != 0;
  } else {
    header_size = 4;
    parts.weight = static_cast<std::int16_t>(detail::load_word(body + 2));
    parts.scale = static_cast<int>(header & detail::kLongScaleMask);
    parts.negative = (header & detail::kNumericNegative) != 0;
  }
  parts.groups = body + header_size;
  parts.count = static_cast<int>((size - header_size) / 2);
  return parts;
}

}  // namespace pgexport::spell
