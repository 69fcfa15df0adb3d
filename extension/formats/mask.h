// How the values of a column are hidden from the reader of a document.
//
// A mask is one of a closed list with constant arguments; it is never SQL.  It is applied to the
// value that the executor returns, before any format sees it.  Null stays null.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/no_postgres.h"

namespace pgexport {

enum class MaskKind : std::uint8_t {
  none,
  redact,   // the text [redacted]
  hash,     // 16 hexadecimal digits: the same value gives the same, in this database
  partial,  // the first and the last characters of its text, and * for each one between
  year,     // of a date or timestamp: its year, an integer
  month,    // of a date or timestamp: its year and month, 2026-03
  null,     // no value at all
};

struct Mask {
  MaskKind kind = MaskKind::none;
  int first = 0;  // of partial: characters that stay at the start
  int last = 0;   // and at the end
  bool operator==(const Mask &) const = default;
};

// A text of up to first + last characters is hidden whole: nothing of it may be inferred.
inline constexpr int kMaxMaskCharacters = 100;

// "redact", "hash", "partial(2, 2)", "year", "month", "null"; an empty text is no mask.  Throws
// Error 22023 for anything else.
Mask parse_mask(std::string_view text);

// The text that parse_mask() reads.
std::string mask_text(const Mask &mask);

}  // namespace pgexport
