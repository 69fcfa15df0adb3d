#include "formats/csv/formula_guard.h"

#include <algorithm>
#include <array>

namespace pgexport {

namespace {

constexpr std::string_view kNoBreakSpace = "\xC2\xA0";
constexpr std::array<std::string_view, 4> kFullWidth = {"\uFF1D", "\uFF0B", "\uFF0D", "\uFF20"};

std::string_view without_leading_spaces(std::string_view text, bool utf8) {
  for (;;) {
    if (text.starts_with(' ')) {
      text.remove_prefix(1);
    } else if (utf8 && text.starts_with(kNoBreakSpace)) {
      text.remove_prefix(kNoBreakSpace.size());
    } else {
      return text;
    }
  }
}

}  // namespace

bool looks_like_formula(std::string_view text, bool utf8) {
  constexpr std::string_view kStarts = "=+-@|%\t\r\n";
  text = without_leading_spaces(text, utf8);
  if (text.empty()) return false;
  if (kStarts.find(text[0]) != std::string_view::npos) return true;
  return utf8 && std::any_of(kFullWidth.begin(), kFullWidth.end(),
                             [text](std::string_view start) { return text.starts_with(start); });
}

}  // namespace pgexport
