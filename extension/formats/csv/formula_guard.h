// Texts that a spreadsheet would run as a formula.
#pragma once

#include <string_view>

#include "core/no_postgres.h"

namespace pgexport {

// True if `text` begins with one of  = + - @ | %  tab, CR or LF, or, if it is UTF-8, with the
// full-width form of one of the first four; spaces before it do not count, because importers trim
// them.  (OWASP's list, and what Excel's DDE links need.)
bool looks_like_formula(std::string_view text, bool utf8);

}  // namespace pgexport
