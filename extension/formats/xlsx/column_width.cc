#include "formats/xlsx/column_width.h"

#include <algorithm>
#include <cstdint>

namespace pgexport::xlsx {

namespace {

struct Span {
  std::uint32_t first, last;
};

// The blocks of combining marks and of wide characters that matter for a guess.
// Source: Unicode 15, DerivedGeneralCategory (Mn) and EastAsianWidth (W, F), joined to blocks.
constexpr Span kMarks[] = {{0x300, 0x36F},   {0x591, 0x5BD},   {0x64B, 0x65F},
                           {0x200B, 0x200F}, {0x20D0, 0x20FF}, {0xFE00, 0xFE0F}};
constexpr Span kWide[] = {{0x1100, 0x115F},   {0x2E80, 0xA4CF},  {0xAC00, 0xD7A3},
                          {0xF900, 0xFAFF},   {0xFE30, 0xFE6F},  {0xFF00, 0xFF60},
                          {0x1F300, 0x1FAFF}, {0x20000, 0x3FFFD}};

template <std::size_t N>
bool within(const Span (&spans)[N], std::uint32_t code) {
  return std::any_of(std::begin(spans), std::end(spans),
                     [code](const Span &s) { return code >= s.first && code <= s.last; });
}

std::size_t width_of(std::uint32_t code) {
  if (within(kMarks, code)) return 0;
  return within(kWide, code) ? 2 : 1;
}

// The code point at the start; its bytes are removed.  Invalid bytes count as themselves.
std::uint32_t take_code_point(std::string_view &text) {
  const auto lead = static_cast<std::uint8_t>(text[0]);
  const std::size_t length = lead < 0xC0 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
  std::uint32_t code = length == 1 ? lead : lead & (0xFFu >> (length + 1));
  const std::size_t n = std::min(length, text.size());
  for (std::size_t i = 1; i < n; ++i) {
    code = code << 6 | (static_cast<std::uint8_t>(text[i]) & 0x3Fu);
  }
  text.remove_prefix(n);
  return code;
}

}  // namespace

std::size_t text_width(std::string_view text) {
  std::size_t widest = 0, line = 0;
  while (!text.empty()) {
    const std::uint32_t code = take_code_point(text);
    line = code == '\n' ? 0 : line + width_of(code);
    widest = std::max(widest, line);
  }
  return widest;
}

int wrapped_lines(std::string_view text, std::size_t width) {
  std::size_t lines = 0;
  for (;;) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    lines += std::max<std::size_t>(1, (text_width(text.substr(0, end)) + width - 1) / width);
    if (end == text.size() || lines >= kMaxRowLines) return static_cast<int>(lines);
    text.remove_prefix(end + 1);
  }
}

double row_height(int lines) { return std::min(lines * kLineHeight, kMaxRowHeight); }

double column_width(std::size_t value, std::size_t heading, bool filter_button) {
  constexpr double kPadding = 1.7, kBold = 1.1, kButton = 2.5;
  const double for_heading = static_cast<double>(heading) * kBold + (filter_button ? kButton : 0);
  const double wanted = std::max(static_cast<double>(value), for_heading) + kPadding;
  return std::clamp(wanted, kMinWidth, kMaxAutoWidth);
}

}  // namespace pgexport::xlsx
