// Texts that must fit a width.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "formats/drawing/surface.h"

#include "core/no_postgres.h"

namespace pgexport {

// The text as one line: each run of white space and control characters becomes one space, none at
// the ends, and what is longer than 200 characters ends in "…".
std::string label_line(std::string_view text);

// The text, or as many of its first characters as fit `width` points together with "…"; empty if
// not one does.  A base character is not parted from its combining marks.
std::string shortened(Surface &surface, std::string_view text, double width,
                      const TextStyle &style);

// Each text shortened to its width; if texts that differ would become the same, all are shortened
// in their middle instead, so that their ends can be seen.
std::vector<std::string> shortened_apart(Surface &surface, const std::vector<std::string> &texts,
                                         const std::vector<double> &widths, const TextStyle &style);

// The text in at most `max_lines` lines of at most `width` points, broken at spaces; a word that is
// too long, and what is left for the last line, are shortened.
std::vector<std::string> wrapped(Surface &surface, std::string_view text, double width,
                                 std::size_t max_lines, const TextStyle &style);

// Of the widest line.
double widest(Surface &surface, const std::vector<std::string> &lines, const TextStyle &style);

// Number of characters, not bytes.
std::size_t character_count(std::string_view text);

}  // namespace pgexport
