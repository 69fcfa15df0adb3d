// A value, given as text, under a format code.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/text/format_code.h"
#include "numeric_body.h"

namespace pgexport {

inline std::vector<std::string> split_tabs(std::string_view line) {
  std::vector<std::string> fields(1);
  for (char c : line) {
    if (c == '\t') {
      fields.emplace_back();
    } else {
      fields.back() += c;
    }
  }
  return fields;
}

// Types: integer, float, numeric, text, boolean (0 or 1), date (days since 2000-01-01), timestamp
// and time and interval (microseconds).
inline std::string format_value(std::string_view type, const std::string &value,
                                std::string_view language, std::string_view code) {
  std::string bytes;
  IntervalValue interval{};
  Cell cell;
  if (type == "float") {
    cell = real_cell(CellTag::float64, std::stod(value));
  } else if (type == "numeric") {
    bytes = numeric_body(value);
    cell = data_cell(CellTag::numeric, bytes.data(), bytes.size());
  } else if (type == "text") {
    cell = data_cell(CellTag::text, value.data(), value.size());
  } else if (type == "interval") {
    interval.microseconds = std::stoll(value);
    cell.interval = &interval;
    cell.tag = CellTag::interval;
  } else {
    const CellTag tag = type == "integer"     ? CellTag::integer
                        : type == "boolean"   ? CellTag::boolean
                        : type == "date"      ? CellTag::date
                        : type == "timestamp" ? CellTag::timestamp
                                              : CellTag::time;
    cell = integer_cell(tag, std::stoll(value));
  }
  return FormatCode(code).text(cell, *find_locale(language));
}

}  // namespace pgexport
