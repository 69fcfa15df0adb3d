// One section of a format code, parsed: see format_code.h.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/no_postgres.h"

namespace pgexport::format {

enum class TokenKind : std::uint8_t {
  literal,          // text
  general,          // the value as General shows it
  text_value,       // @
  digit,            // text: one of 0 # ?
  decimal,          // the decimal sign
  comma,            // only while a section is parsed
  percent,          // likewise
  exponent,         // count: least digits; text: "E+", or "E-" if only a minus is written
  year,             // count: 2 or 4
  month,            // count: 1, 2 digits; 3 short name, 4 name, 5 initial
  day,              // count: 1, 2 digits; 3 short name, 4 name of the weekday
  hour,             // count: 1 or 2 digits
  minute,           // likewise
  second,           // likewise
  fraction,         // of a second; count: digits after the decimal sign
  am_pm,            // text: both designators, "AM/PM" or "A/P"
  elapsed_hours,    // count: least digits
  elapsed_minutes,  // likewise
  elapsed_seconds,  // likewise
};

struct Token {
  TokenKind kind;
  std::uint8_t count = 0;
  std::string text = {};
};

enum class SectionKind : std::uint8_t { general, number, moment, text };

enum class Comparison : std::uint8_t { less, less_equal, equal, not_equal, greater, greater_equal };

// [>=100]
struct Condition {
  Comparison comparison;
  std::string limit;  // decimal number
};

// How the digits of a number are laid out.
struct NumberLayout {
  int whole_digits = 0;     // placeholders before the decimal sign
  int least_whole = 0;      // of them from the first 0 on
  int fraction_digits = 0;  // placeholders after the decimal sign
  int least_fraction = 0;   // of them up to the last 0
  int shift = 0;            // decimal places the point moves right: % and thousands commas
  bool grouped = false;     // has thousands signs
  bool has_point = false;
  bool exponent = false;
  // Nothing but 0, # and the decimal sign from the first placeholder to the last: then these are
  // the tokens [first, end).
  bool plain = false;
  std::size_t first = 0;
  std::size_t end = 0;
};

struct Section {
  SectionKind kind = SectionKind::general;
  std::vector<Token> tokens = {};
  std::optional<Condition> condition = {};
  NumberLayout number = {};
  // Of a moment:
  int second_digits = 0;   // the longest fraction of a second it shows
  bool has_day = false;    // a day of the month, or for an interval a number of days
  bool has_date = false;   // a year, a month or a weekday
  bool has_clock = false;  // any part of the time of day
  bool has_elapsed = false;
  bool twelve_hours = false;
};

// Parses a whole code.  Throws Error (22023).
std::vector<Section> parse_sections(std::string_view code);

}  // namespace pgexport::format
