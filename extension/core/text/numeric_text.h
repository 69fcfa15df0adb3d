// PostgreSQL's numeric, read from its storage format.
//
// `body` is what follows the varlena header: a 16-bit header word (short, long or special form),
// for the long form a 16-bit weight, then base-10000 digits as 16-bit integers, all in the byte
// order of the machine and not necessarily aligned.
// Source: PostgreSQL 15, src/backend/utils/adt/numeric.c, "struct NumericData".
#pragma once

#include <cstddef>
#include <cstdint>

#include "core/text/integer_text.h"
#include "core/text/numeric_parts.h"

#include "core/no_postgres.h"

namespace pgexport::spell {

// Upper bound of the bytes that write_numeric writes for this value.
std::size_t numeric_text_bound(const char *body, std::uint32_t size);

// Writes the text of numeric_out: exactly dscale fractional digits, no exponent; "NaN",
// "Infinity", "-Infinity".
char *write_numeric(char *out, const char *body, std::uint32_t size);

// False for NaN and the infinities.
bool numeric_is_finite(const char *body, std::uint32_t size);

// True if the value's magnitude is above 2^53 - 1.  REQUIRES: finite.
bool numeric_exceeds_double(const char *body, std::uint32_t size);

// The numbers of everyday tables, inline: short form, below 10^8, at most four decimals.  Writes
// the same text as write_numeric and returns its end, or nullptr for any other number.  Touches
// up to kSmallNumericRoom bytes.
inline constexpr int kSmallNumericRoom = 24;

inline char *write_small_numeric(char *out, const char *body, std::uint32_t size) {
  const unsigned header = detail::load_word(body);
  const unsigned scale = (header & detail::kShortScaleMask) >> detail::kShortScaleShift;
  // The weight is -1 (nothing before the point), 0 or 1; `whole` counts the digits before it.
  const unsigned whole =
      ((header & detail::kShortWeightMask) - (header & detail::kShortWeightSign)) + 1;
  const bool small =
      (header & detail::kNumericFormMask) == detail::kNumericShort && scale <= 4 && whole <= 2;
  if (!small) return nullptr;
  const unsigned count = (size - 2) / 2;
  const auto digit = [&](unsigned i) {
    return i < count ? detail::load_word(body + 2 + 2 * i) : 0;
  };
  std::uint32_t integer = whole > 0 ? digit(0) : 0;
  if (whole > 1) integer = integer * 10000 + digit(1);
  *out = '-';
  out = detail::write_below_1e8(out + ((header & detail::kShortNegative) != 0), integer);
  *out = '.';
  detail::store_bytes(out + 1, static_cast<std::uint32_t>(detail::digits_of_pair(digit(whole), 0) |
                                                          detail::kZeroChars));
  return out + (scale > 0 ? scale + 1 : 0);
}

}  // namespace pgexport::spell
