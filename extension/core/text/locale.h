// How the readers of a document write: number signs, names of months and days, fixed words.
//
// Four languages: en, de, fr, es.  Everything is UTF-8 with static lifetime.
// Source of names, signs and patterns: Unicode CLDR 42, medium and short forms of each language.
#pragma once

#include <array>
#include <string_view>

#include "core/no_postgres.h"

namespace pgexport {

// Words that documents contain beside the data.
struct LocaleWords {
  std::string_view total;
  std::string_view subtotal;
  std::string_view carried_forward;     // at the foot of a page
  std::string_view brought_forward;     // at the head of the next
  std::string_view continued;           // after the title of a table that goes on
  std::string_view page_of_pages;       // has the placeholders {page} and {pages}
  std::string_view columns_of_columns;  // has the placeholders {from}, {to} and {count}
  std::string_view no_data;
  std::string_view generated;  // before the time of the document
  std::string_view contents;
  std::string_view filters;
  std::string_view previous_period;
  std::string_view other;  // of a chart: what is not shown by itself
  std::string_view empty;  // name of the group whose value is null
  std::string_view yes;
  std::string_view no;
  std::string_view sum;
  std::string_view average;
  std::string_view minimum;
  std::string_view maximum;
  std::string_view count;
};

struct Locale {
  std::string_view language;  // two letters
  std::string_view decimal;   // between whole and fraction
  std::string_view thousands;
  std::array<std::string_view, 12> months;
  std::array<std::string_view, 12> short_months;
  std::array<std::string_view, 7> weekdays;  // Sunday first
  std::array<std::string_view, 7> short_weekdays;
  int first_weekday;                  // 0 is Sunday
  std::string_view date_format;       // format code of a date in running text
  std::string_view date_time_format;  // format code of a time to the minute
  LocaleWords words;
};

// English.
const Locale &default_locale();

// The locale of a language, given as "de" or with a country: "de_DE", "de-AT", "de_CH.UTF-8".  Case
// does not matter.  nullptr if there is none.
const Locale *find_locale(std::string_view name);

}  // namespace pgexport
