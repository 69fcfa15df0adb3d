#include "formats/section_reader.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "core/error.h"
#include "formats/json_reader.h"
#include "formats/option_error.h"

namespace pgexport {

using nlohmann::json;

namespace {

constexpr std::array<std::string_view, 4> kAlignments = {"auto", "left", "center", "right"};
constexpr std::array<std::string_view, 6> kAggregates = {"none", "sum", "avg",
                                                         "min",  "max", "count"};
constexpr std::array<std::string_view, 5> kChartKinds = {"bar", "line", "area", "pie", "doughnut"};
constexpr std::array<std::string_view, 2> kExactness = {"value", "text"};
constexpr std::array<std::string_view, 2> kBetter = {"higher", "lower"};

constexpr double kMaxColumnWidth = 255;  // in digits, as in Excel

// "sections[1].columns" becomes "sections[1].columns[0]", and "option "columns"" "columns[0]".
std::string at(const std::string &where, std::size_t index) {
  constexpr std::string_view kOption = "option \"";
  const bool is_option = where.starts_with(kOption);
  const std::string list =
      is_option ? where.substr(kOption.size(), where.size() - kOption.size() - 1) : where;
  return list + "[" + std::to_string(index) + "]";
}

Error shape_error(const std::string &where, std::string_view requirement, const json &given) {
  return Error(sqlstate::invalid_parameter_value, where + " " + std::string(requirement),
               "Got " + excerpt(given.dump(-1, ' ', false, json::error_handler_t::replace)) + ".");
}

double read_width(ObjectReader &column) {
  const double width = column.number("width", 0);
  if (width >= 0 && width <= kMaxColumnWidth) return width;
  throw Error(sqlstate::invalid_parameter_value,
              column.path("width") + " must be between 0 and 255",
              "It is a width in digits; 0 means as wide as the content.");
}

ColumnChoice read_column(const json &given, const std::string &where) {
  if (given.is_string()) {
    const auto name = given.get<std::string>();
    return {name, name, {}};
  }
  ObjectReader column(given, where);
  ColumnChoice choice;
  choice.name = column.required_text("name");
  choice.heading = column.text("heading", choice.name);
  ColumnStyle &style = choice.style;
  style.format = column.text("format");
  style.align = static_cast<Alignment>(column.choice("align", kAlignments, 0));
  style.width = read_width(column);
  style.total = static_cast<Aggregate>(column.choice("total", kAggregates, 0));
  style.exact_text = column.choice("exact", kExactness, 0) == 1;
  style.formula = column.text("formula");
  style.compare = column.text("compare");
  style.mask = parse_mask(column.text("mask"));
  style.lower_is_better = column.choice("better", kBetter, 0) == 1;
  column.done();
  return choice;
}

// The entry of `name`, made if there is none.
ColumnStyle &style_of(std::vector<ColumnChoice> &styled, const std::string &name) {
  for (ColumnChoice &choice : styled) {
    if (choice.name == name) return choice.style;
  }
  styled.push_back({name, name, {}});
  return styled.back().style;
}

}  // namespace

std::vector<ColumnChoice> read_column_list(const json &list, const std::string &where) {
  constexpr std::string_view shape =
      "must be an array of column names or {\"name\": ..., \"heading\": ...} objects";
  if (!list.is_array()) throw shape_error(where, shape, list);
  std::vector<ColumnChoice> columns;
  for (const json &given : list) {
    if (!given.is_string() && !given.is_object()) throw shape_error(where, shape, given);
    columns.push_back(read_column(given, at(where, columns.size())));
  }
  if (columns.empty()) {
    throw Error(sqlstate::invalid_parameter_value, where + " must name a column", {},
                "Leave it away to get all columns.");
  }
  return columns;
}

void read_formats(const json &object, const std::string &where, std::vector<ColumnChoice> &styled) {
  ObjectReader formats(object, where);
  for (const auto &[name, code] : object.items()) {
    style_of(styled, name).format = formats.required_text(name);
  }
}

void read_totals(const json &object, const std::string &where, std::vector<ColumnChoice> &styled) {
  ObjectReader totals(object, where);
  for (const auto &[name, aggregate] : object.items()) {
    style_of(styled, name).total = static_cast<Aggregate>(totals.choice(name, kAggregates, 0));
  }
}

std::vector<std::string> read_names(const json &list, const std::string &where) {
  constexpr std::string_view shape = "must be an array of column names";
  if (!list.is_array()) throw shape_error(where, shape, list);
  std::vector<std::string> names;
  for (const json &name : list) {
    if (!name.is_string()) throw shape_error(where, shape, list);
    names.push_back(name.get<std::string>());
  }
  return names;
}

ChartSpec read_chart(const json &object, const std::string &where) {
  ObjectReader chart(object, where);
  ChartSpec spec;
  spec.kind = static_cast<ChartKind>(chart.choice("type", kChartKinds, 0));
  spec.stacked = chart.flag("stacked", false);
  spec.horizontal = chart.flag("horizontal", false);
  spec.title = chart.text("title");
  spec.category = chart.required_text("category");
  spec.values = chart.texts("values");
  spec.category_title = chart.text("category_title");
  spec.value_title = chart.text("value_title");
  spec.format = chart.text("format");
  chart.done();
  if (spec.values.empty()) {
    throw Error(sqlstate::invalid_parameter_value, chart.path("values") + " is missing", {},
                "Name the columns whose values the chart shows.");
  }
  if (spec.values.size() > kMaxChartSeries) {
    throw Error(sqlstate::program_limit_exceeded, chart.path("values") + " has too many columns",
                "It has " + std::to_string(spec.values.size()) + "; the limit is " +
                    std::to_string(kMaxChartSeries) + ".");
  }
  return spec;
}

std::vector<ChartSpec> read_charts(const json &given, const std::string &where) {
  if (given.is_object()) return {read_chart(given, where)};
  if (!given.is_array()) throw shape_error(where, "must be a chart or an array of charts", given);
  std::vector<ChartSpec> charts;
  for (const json &chart : given) charts.push_back(read_chart(chart, at(where, charts.size())));
  return charts;
}

}  // namespace pgexport
