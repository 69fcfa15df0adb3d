// PostgreSQL's numeric, read from its storage format.
//
// `body` is what follows the varlena header: a 16-bit header word (short, long or special form),
// for the long form a 16-bit weight, then base-10000 digits as 16-bit integers, all in the byte
// order of the machine and not necessarily aligned.
// Source: PostgreSQL 15, src/backend/utils/adt/numeric.c, "struct NumericData".
#pragma once

#include <cstddef>
#include <cstdint>

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

}  // namespace pgexport::spell
