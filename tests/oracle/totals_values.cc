// Totals for totals_oracle.py.  Reads lines of aggregate, type and values, separated by tabs, an
// empty value for null; writes each total, exact, or NULL.
//
// Types: integer, numeric, float4, float8, and interval as months,days,microseconds.
#include <cstdio>
#include <iostream>
#include <map>
#include <string>

#include "core/error.h"
#include "core/text/float_text.h"
#include "core/text/numeric_text.h"
#include "core/text/plain_text.h"
#include "format_case.h"
#include "formats/totals.h"

namespace pgexport {
namespace {

const std::map<std::string, Aggregate> kAggregates = {{"sum", Aggregate::sum},
                                                      {"avg", Aggregate::avg},
                                                      {"min", Aggregate::min},
                                                      {"max", Aggregate::max},
                                                      {"count", Aggregate::count}};
const std::map<std::string, CellTag> kTags = {{"integer", CellTag::integer},
                                              {"numeric", CellTag::numeric},
                                              {"float4", CellTag::float32},
                                              {"float8", CellTag::float64},
                                              {"interval", CellTag::interval}};

void add(Accumulator &accumulator, CellTag tag, const std::string &value) {
  if (value.empty()) return accumulator.add(null_cell());
  if (tag == CellTag::integer) return accumulator.add(integer_cell(tag, std::stoll(value)));
  if (tag == CellTag::float32) {
    return accumulator.add(real_cell(tag, static_cast<double>(std::stof(value))));
  }
  if (tag == CellTag::float64) return accumulator.add(real_cell(tag, std::stod(value)));
  if (tag == CellTag::numeric) {
    const std::string body = numeric_body(value);
    return accumulator.add(data_cell(tag, body.data(), body.size()));
  }
  long long months = 0;
  long long days = 0;
  long long microseconds = 0;
  if (std::sscanf(value.c_str(), "%lld,%lld,%lld", &months, &days, &microseconds) != 3)
    std::abort();
  const IntervalValue interval = {microseconds, static_cast<std::int32_t>(days),
                                  static_cast<std::int32_t>(months)};
  Cell cell;
  cell.interval = &interval;
  cell.tag = tag;
  accumulator.add(cell);
}

std::string spelled(const Cell &cell) {
  char text[spell::kMaxFloatText];
  if (cell.is_null()) return "NULL";
  if (cell.tag == CellTag::float64) return {text, spell::write_float64(text, cell.real)};
  if (cell.tag == CellTag::float32) {
    return {text, spell::write_float32(text, static_cast<float>(cell.real))};
  }
  if (cell.tag == CellTag::numeric) {
    std::string number(spell::numeric_text_bound(cell.data, cell.size), '\0');
    const char *const end = spell::write_numeric(number.data(), cell.data, cell.size);
    return number.substr(0, static_cast<std::size_t>(end - number.data()));
  }
  OutputBuffer out;
  append_plain(out, cell, default_locale());
  return std::string(out.view());
}

}  // namespace
}  // namespace pgexport

int main() {
  using namespace pgexport;
  for (std::string line; std::getline(std::cin, line);) {
    const auto fields = split_tabs(line);
    const CellTag tag = kTags.at(fields.at(1));
    Accumulator accumulator(kAggregates.at(fields.at(0)), tag);
    for (std::size_t i = 2; i < fields.size(); ++i) add(accumulator, tag, fields[i]);
    std::cout << spelled(accumulator.value()) << '\n';
  }
}
