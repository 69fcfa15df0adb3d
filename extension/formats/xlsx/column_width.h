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

// Width of the longest line of a text, in widths of the digit 0: wide characters (CJK, emoji) count
// two, combining marks nothing.
std::size_t text_width(std::string_view text);

// Width of a column whose longest value and whose heading (in bold) are that wide.
double column_width(std::size_t value, std::size_t heading, bool filter_button);

}  // namespace pgexport::xlsx
