#include "formats/xlsx/chart_rows.h"

#include <charconv>
#include <cmath>
#include <cstring>
#include <string>

#include "core/error.h"
#include "core/text/numeric_text.h"
#include "formats/option_error.h"
#include "formats/xlsx/serial_time.h"

namespace pgexport::xlsx {

namespace {

bool has_numbers(CellTag tag) {
  switch (tag) {
    case CellTag::integer:
    case CellTag::float32:
    case CellTag::float64:
    case CellTag::numeric:
    case CellTag::interval: return true;
    default: return false;
  }
}

double numeric_value(const Cell &cell) {
  std::string text(spell::numeric_text_bound(cell.data, cell.size), '\0');
  const char *const end = spell::write_numeric(text.data(), cell.data, cell.size);
  double value = NAN;
  std::from_chars(text.data(), end, value);
  return value;
}

// Days, as a spreadsheet counts; a month has 30, as PostgreSQL compares them.
double interval_value(const Cell &cell) {
  IntervalValue value;
  std::memcpy(&value, cell.data, sizeof value);
  return value.months * 30.0 + value.days +
         static_cast<double>(value.microseconds) / static_cast<double>(kMicrosecondsPerDay);
}

// NaN and infinities are gaps, as nulls are.
std::optional<double> chart_value(const Cell &cell) {
  double value = NAN;
  switch (cell.tag) {
    case CellTag::integer: value = static_cast<double>(cell.integer); break;
    case CellTag::float32:
    case CellTag::float64: value = cell.real; break;
    case CellTag::numeric: value = numeric_value(cell); break;
    case CellTag::interval: value = interval_value(cell); break;
    default: break;
  }
  return std::isfinite(value) ? std::optional(value) : std::nullopt;
}

// Throws Error 22023 for a code that is none.
std::string checked_format(const std::string &code) {
  [[maybe_unused]] const FormatCode checked(code);
  return code;
}

}  // namespace

std::string column_format(const Column &column) {
  if (!column.style.format.empty()) return column.style.format;
  std::string code = default_format_code(column.tag, column.scale);
  // A cell of format @ shows #### for a text of more than 255 characters.
  return code == "@" ? "General" : code;
}

ChartRows::ChartRows(const TableHead &head, const ChartColumns &chart, const Locale &locale)
    : chart_(chart),
      locale_(locale),
      category_heading_(head.columns[static_cast<std::size_t>(chart.category)].heading),
      category_format_(column_format(head.columns[static_cast<std::size_t>(chart.category)])) {
  if (chart.values.size() > kMaxChartSeries) {
    throw Error(sqlstate::program_limit_exceeded,
                "a chart shows at most " + std::to_string(kMaxChartSeries) + " series");
  }
  for (const int index : chart.values) {
    const Column &column = head.columns[static_cast<std::size_t>(index)];
    if (!has_numbers(column.tag)) {
      throw Error(sqlstate::invalid_parameter_value,
                  "column \"" + excerpt(column.heading) + "\" of a chart holds no numbers",
                  "Its type is " + column.type_name + ".");
    }
    if (format_.empty()) format_ = column_format(column);
    values_.series.push_back({column.heading, {}});
  }
  if (!chart.spec.format.empty()) format_ = checked_format(chart.spec.format);
}

void ChartRows::add(const Cell *cells) {
  if (values_.categories.size() == kMaxChartPoints) {
    throw Error(sqlstate::program_limit_exceeded,
                "a chart shows at most " + std::to_string(kMaxChartPoints) + " points", {},
                "Aggregate in the query, for example by month, or show the largest only.");
  }
  values_.categories.push_back(category_format_.text(cells[chart_.category], locale_));
  for (std::size_t i = 0; i < chart_.values.size(); ++i) {
    values_.series[i].values.push_back(chart_value(cells[chart_.values[i]]));
  }
}

}  // namespace pgexport::xlsx
