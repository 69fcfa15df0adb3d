#include "formats/pdf/chart_data.h"

#include <memory>
#include <utility>

#include "core/error.h"
#include "formats/option_error.h"
#include "formats/pdf/number_value.h"

namespace pgexport::pdf {

namespace {

const Column &column_at(const TableHead &head, int index) {
  return head.columns[static_cast<std::size_t>(index)];
}

std::string value_format(const TableHead &head, const ChartColumns &chart) {
  if (!chart.spec.format.empty()) return chart.spec.format;
  return column_at(head, chart.values.front()).style.format;
}

bool is_sequence(CellTag tag) {
  switch (tag) {
    case CellTag::integer:
    case CellTag::numeric:
    case CellTag::float32:
    case CellTag::float64:
    case CellTag::date:
    case CellTag::timestamp:
    case CellTag::timestamptz: return true;
    default: return false;
  }
}

}  // namespace

ChartCollector::ChartCollector(const TableHead &head, const ChartColumns &chart,
                               const Locale &locale, Colour accent)
    : category_(static_cast<std::size_t>(chart.category)),
      values_(chart.values),
      category_text_(column_at(head, chart.category), locale) {
  data_.spec = chart.spec;
  data_.sequence = is_sequence(column_at(head, chart.category).tag);
  data_.accent = accent;
  data_.locale = &locale;
  for (const int value : values_) {
    const Column &column = column_at(head, value);
    if (!has_number_value(column.tag)) {
      throw Error(sqlstate::invalid_parameter_value,
                  "a chart cannot show the values of column \"" + excerpt(column.heading) + "\"",
                  "Its type is " + column.type_name + ".",
                  "Give columns of numbers as the values of a chart.");
    }
    data_.series.push_back({column.heading, {}});
  }
  const std::string code = value_format(head, chart);
  if (code.empty()) return;
  data_.label = [format = std::make_shared<FormatCode>(code), &locale](double value) {
    return format->text(real_cell(CellTag::float64, value), locale);
  };
}

bool ChartCollector::add(const Cell *cells) {
  if (data_.categories.size() == kMaxChartPoints) {
    throw Error(sqlstate::program_limit_exceeded,
                "a chart has more than " + std::to_string(kMaxChartPoints) + " points", {},
                "Aggregate its rows in the query, for example by month.");
  }
  OutputBuffer category;
  if (!category_text_.append(category, cells[category_])) return false;
  data_.categories.emplace_back(category.view());
  for (std::size_t i = 0; i < values_.size(); ++i) {
    data_.series[i].values.push_back(number_value(cells[values_[i]]));
  }
  return true;
}

}  // namespace pgexport::pdf
