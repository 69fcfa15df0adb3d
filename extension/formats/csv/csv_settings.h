// What a CSV document looks like, decided from its dialect and the options that override it.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "core/text/time_text.h"
#include "formats/options.h"

#include "core/no_postgres.h"

namespace pgexport {

struct CsvSettings {
  char delimiter = ',';
  char quote = '"';
  char escape = '"';
  std::string null_text;
  bool header = true;
  bool crlf = false;
  bool bom = false;
  bool formula_guard = false;
  bool decimal_comma = false;
  spell::TimeStyle interval_style = spell::TimeStyle::postgres;
  std::string encoding = "UTF8";  // PostgreSQL's name; in its usual spelling if it is UTF-8
  bool replace_unencodable = false;
  bool force_all = false;                  // quote every value that is not null …
  std::vector<std::string> force_columns;  // … or those under these headings

  bool is_utf8() const { return encoding == "UTF8"; }
};

std::span<const OptionSpec> csv_options();

// Throws Error 22023 for options that contradict each other.
CsvSettings read_csv_settings(const OptionValues &values);

}  // namespace pgexport
