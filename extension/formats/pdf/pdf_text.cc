#include "formats/pdf/pdf_text.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>

#include "formats/pdf/utf8.h"

namespace pgexport {

namespace {

constexpr char kHex[] = "0123456789ABCDEF";

void append_unit(std::string &out, unsigned unit) {
  for (int shift = 12; shift >= 0; shift -= 4) out.push_back(kHex[unit >> shift & 0xF]);
}

}  // namespace

std::string utf16_digits(std::u32string_view characters) {
  std::string digits;
  digits.reserve(characters.size() * 4);
  for (char32_t character : characters) {
    if (character < 0x10000) {
      append_unit(digits, character);
      continue;
    }
    character -= 0x10000;
    append_unit(digits, 0xD800 + (character >> 10));
    append_unit(digits, 0xDC00 + (character & 0x3FF));
  }
  return digits;
}

std::string text_string(std::u32string_view characters) {
  return "<FEFF" + utf16_digits(characters) + ">";
}

std::string text_string(std::string_view utf8) {
  const bool ascii =
      std::all_of(utf8.begin(), utf8.end(), [](char c) { return c >= 0x20 && c < 0x7F; });
  if (!ascii) {
    std::u32string characters;
    for (std::size_t at = 0; at < utf8.size();) characters.push_back(next_character(utf8, at));
    return text_string(characters);
  }
  std::string text = "(";
  for (const char c : utf8) {
    if (c == '(' || c == ')' || c == '\\') text.push_back('\\');
    text.push_back(c);
  }
  return text + ")";
}

std::string date_string(std::int64_t time, std::int32_t utc_offset) {
  using namespace std::chrono;
  constexpr sys_days kEpoch = 2000y / January / 1;
  constexpr std::int64_t kMostSeconds = std::int64_t{20000} * 366 * 86400;
  const auto utc = floor<seconds>(microseconds(time));
  if (std::abs(utc.count()) > kMostSeconds || std::abs(utc_offset) >= 86400) return {};
  const auto local = kEpoch + utc + seconds(utc_offset);
  const auto day = floor<days>(local);
  const year_month_day date(day);
  if (date.year() < 0y || date.year() > 9999y) return {};
  const hh_mm_ss clock(local - day);
  const int zone = std::abs(utc_offset) / 60;
  char text[64];
  std::snprintf(
      text, sizeof text, "(D:%04d%02u%02u%02d%02d%02d%c%02d'%02d')", static_cast<int>(date.year()),
      static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
      static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
      static_cast<int>(clock.seconds().count()), utc_offset < 0 ? '-' : '+', zone / 60, zone % 60);
  return text;
}

}  // namespace pgexport
