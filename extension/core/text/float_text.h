// Floating-point numbers as the shortest text that reads back as the same number.
//
// The text is byte for byte that of PostgreSQL's float8out and float4out with
// extra_float_digits = 1: fixed notation for decimal exponents -4 to 14 (float4: -4 to 5), else
// d.ddde+XX; "NaN", "Infinity", "-Infinity", "-0".  Like PostgreSQL's Ryu, and unlike most
// shortest algorithms, a decimal that lies exactly on the border of the rounding interval is not
// taken (src/common/d2s.c, STRICTLY_SHORTEST = 0).
#pragma once

#include "core/no_postgres.h"

namespace pgexport::spell {

// The longest text has 24 bytes; the rest is touched by whole-word stores.
inline constexpr int kMaxFloatText = 40;

// Each writes at `out` without a terminator and returns the end.  Room for kMaxFloatText bytes is
// needed whatever the value.
char *write_float64(char *out, double value);
char *write_float32(char *out, float value);

}  // namespace pgexport::spell
