// How wide the columns of a sheet are: as wide as their headings and what the first rows hold, as
// far as that is reasonable.
#pragma once

#include <cstddef>
#include <string_view>

#include "core/no_postgres.h"

namespace pgexport::xlsx {

inline constexpr double kMinWidth = 6;
inline constexpr double kMaxAutoWidth = 60;  // a longer text wraps
inline constexpr double kMaxWidth = 255;     // Excel's

inline constexpr double kLineHeight = 15;        // of the default font, in points
inline constexpr double kMaxRowHeight = 409;     // Excel's
inline constexpr std::size_t kMaxRowLines = 28;  // more do not change the height

// Width of the longest line of a text, in widths of the digit 0: wide characters (CJK, emoji) count
// two, combining marks nothing.
std::size_t text_width(std::string_view text);

// Lines of a text in a column of that width, in which long lines wrap.
int wrapped_lines(std::string_view text, std::size_t width);

// In points.
double row_height(int lines);

// Width of a column whose longest value and whose heading (in bold) are that wide.
double column_width(std::size_t value, std::size_t heading, bool filter_button);

}  // namespace pgexport::xlsx
