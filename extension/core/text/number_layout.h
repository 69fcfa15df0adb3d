// Numbers through one section of a format code.
#pragma once

#include "core/output_buffer.h"
#include "core/text/decimal_digits.h"
#include "core/text/format_section.h"
#include "core/text/locale.h"

#include "core/no_postgres.h"

namespace pgexport::format {

// Appends the digits, which are shifted and rounded on the way, and the section's literals.  With
// `with_sign` a minus sign goes in front of everything, unless what is shown is zero.
// REQUIRES: section.kind is number.
void append_number(OutputBuffer &out, const Section &section, DecimalDigits &digits, bool with_sign,
                   const Locale &locale);

}  // namespace pgexport::format
