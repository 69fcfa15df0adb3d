// Values as people read them where no format code says otherwise.
#pragma once

#include "core/cell.h"
#include "core/output_buffer.h"
#include "core/text/decimal_digits.h"
#include "core/text/locale.h"

#include "core/no_postgres.h"

namespace pgexport {

// Appends any value: a number as Excel's General, booleans as the locale's words, all others as
// PostgreSQL spells them.  A null appends nothing.  REQUIRES: no array, record or range.
void append_plain(OutputBuffer &out, const Cell &cell, const Locale &locale);

// General: all digits of the number, zeros after the last one of a fraction aside, and the
// locale's decimal sign.  A float64 has at most 15 digits, as in Excel, so that 0.1 + 0.2 is 0.3;
// a float outside 10^-5 to 10^15 has an exponent.  `digits` are those of a number with that tag.
void append_general(OutputBuffer &out, CellTag tag, DecimalDigits &digits, bool with_sign,
                    const Locale &locale);

}  // namespace pgexport
