// Text inside the XML of a workbook.
//
// Characters that XML cannot hold (controls but tab and line feed, U+FFFE, U+FFFF), and the
// carriage return, which XML readers turn into a line feed, are written as _xHHHH_; so is the
// underscore of a text that already looks like that.
// Source: ECMA-376 part 1, 22.9.2.19 ST_Xstring.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "core/no_postgres.h"

namespace pgexport::xlsx {

// The longest text of a cell, in UTF-16 code units.
inline constexpr std::size_t kMaxCellText = 32767;

// Whether the text begins with what would be read as one character: _xHHHH_.
bool looks_escaped(std::string_view text);

// Room that write_xml_text() needs for n bytes of text.
constexpr std::size_t xml_text_bound(std::size_t n) { return 7 * n + 16; }

// Writes the text as the content of an element and returns the end, or nullptr if it is not valid
// UTF-8.
char *write_xml_text(char *out, std::string_view text);

// The same for short texts, in which invalid bytes become U+FFFD; also fit for attributes.
std::string xml_text(std::string_view text);

// As xml_text(), but without the entities of XML: for a library that escapes those itself.
std::string cell_text(std::string_view text);

// The text with a space for each character that XML cannot hold: for places where _xHHHH_ would
// be seen as it is.
std::string visible_text(std::string_view text);

// True if readers would drop spaces at one of the ends.
inline bool needs_preserve(std::string_view text) {
  const auto is_space = [](char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; };
  return !text.empty() && (is_space(text.front()) || is_space(text.back()));
}

// UTF-16 code units of a valid text.
std::size_t utf16_length(std::string_view text);

// The longest prefix of at most that many units that ends between characters.
std::string_view utf16_prefix(std::string_view text, std::size_t units);

// Valid UTF-8: invalid bytes become U+FFFD.
std::string repaired_utf8(std::string_view text);

}  // namespace pgexport::xlsx
