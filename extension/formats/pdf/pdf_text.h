// Text strings and dates of PDF objects (ISO 32000-1, 7.9.2 and 7.9.4).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/no_postgres.h"

namespace pgexport {

// A text string: ASCII in parentheses, anything else as hexadecimal UTF-16.
std::string text_string(std::string_view utf8);
std::string text_string(std::u32string_view characters);

// Hexadecimal UTF-16BE without its brackets.
std::string utf16_digits(std::u32string_view characters);

// A date string for a time in microseconds since 2000-01-01 UTC, in the zone `utc_offset` seconds
// east of UTC.  Empty for a time outside the years 0 to 9999 that a date can tell.
std::string date_string(std::int64_t time, std::int32_t utc_offset);

}  // namespace pgexport
