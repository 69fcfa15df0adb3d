#include "dsl/layout.h"

#include <algorithm>
#include <cstdlib>
#include <utility>

#include "core/error.h"
#include "core/text/format_code.h"

namespace pgexport::dsl {

namespace {

constexpr double kMaxColumnWidth = 255;  // in digits, as in Excel

// Enumerators of the tree and of the document have the same names in the same order.
static_assert(static_cast<int>(ColumnAlignment::right) == static_cast<int>(Alignment::right));
static_assert(static_cast<int>(TotalKind::count) == static_cast<int>(Aggregate::count));
static_assert(static_cast<int>(ChartForm::doughnut) == static_cast<int>(ChartKind::doughnut));

bool can_total(TotalKind total, const Type &type) {
  switch (total) {
    case TotalKind::none:
    case TotalKind::count: return true;
    case TotalKind::sum:
    case TotalKind::avg: return type.is_number() || type.is(Kind::interval);
    case TotalKind::min:
    case TotalKind::max: break;
  }
  return type.is_number() || type.is_moment() || type.is(Kind::interval) || type.is(Kind::time);
}

bool can_mask(MaskKind mask, const Type &type) {
  if (mask == MaskKind::partial) return type.is_text();
  if (mask == MaskKind::year || mask == MaskKind::month) return type.is_moment();
  return true;
}

}  // namespace

std::string result_name(std::size_t index) { return "c" + std::to_string(index + 1); }

void Layout::head(const SectionHead &head, SectionKind kind, CompiledSection &out) {
  out.section.kind = kind;
  out.section.name = head.name;
  out.section.title = head.title;
  out.section.half_width = head.half;
  out.section.page_break = head.page_break;
}

std::string Layout::format_code(const std::string &code, Place place) {
  try {
    const FormatCode checked(code);
  } catch (const Error &error) {
    diagnostics_.error(error.state(), place, error.message(), error.hint());
  }
  return code;
}

double Layout::width(const Column &column) {
  const double width = std::strtod(column.width.c_str(), nullptr);
  if (width >= 0 && width <= kMaxColumnWidth) return width;
  diagnostics_.error(sqlstate::invalid_parameter_value, column.place,
                     "a width is at most 255 digits");
  return 0;
}

void Layout::mask(const Column &column, const Type &type) {
  if (column.mask.kind == MaskKind::none) return;
  if (!can_mask(column.mask.kind, type)) {
    diagnostics_.error(sqlstate::datatype_mismatch, column.mask.place,
                       "this mask does not apply to type " + type_label(type),
                       "partial is for texts, year and month for dates and times.");
  }
  if (column.total != TotalKind::none) {
    diagnostics_.error(sqlstate::insufficient_privilege, column.mask.place,
                       "a masked column has no total", "A total would tell what the mask hides.");
  }
}

ColumnStyle Layout::style(const Column &column, const Type &type) {
  mask(column, type);
  if (!can_total(column.total, type)) {
    diagnostics_.error(sqlstate::datatype_mismatch, column.place,
                       "column " + quoted_excerpt(column.heading) + " of type " + type_label(type) +
                           " has no such total",
                       "Numbers and intervals have all totals, dates min and max, others count.");
  }
  ColumnStyle style;
  style.format = format_code(column.format, column.place);
  style.align = static_cast<Alignment>(column.align);
  style.width = width(column);
  style.total = static_cast<Aggregate>(column.total);
  style.exact_text = column.as_text;
  if (const auto *formula = std::get_if<FormulaText>(&column.value)) style.formula = formula->text;
  return style;
}

void Layout::columns(const Query &query, const BoundTable &table, CompiledSection &out) {
  for (std::size_t i = 0; i < query.columns.size(); i++) {
    const Column &column = query.columns[i];
    out.section.columns.push_back({result_name(i), column.heading, style(column, table.types[i])});
    if (column.mask.kind != MaskKind::none) out.masks.push_back({result_name(i), column.mask});
  }
  for (std::size_t i = 0; i < table.nests.size(); i++) {
    const std::string &name = table.nests[i]->name;
    const bool is_taken = std::any_of(query.columns.begin(), query.columns.end(),
                                      [&](const Column &column) { return column.heading == name; });
    if (is_taken) {
      diagnostics_.error(sqlstate::duplicate_column, table.nests[i]->place,
                         "nest " + quoted_excerpt(name) + " has the name of a column");
    }
    out.section.columns.push_back({result_name(query.columns.size() + i), name, {}});
  }
}

std::optional<std::size_t> Layout::find(std::string_view heading, Place place, const Query &query) {
  std::vector<std::string_view> headings;
  for (const Column &column : query.columns) {
    if (column.heading == heading) return headings.size();
    headings.emplace_back(column.heading);
  }
  diagnostics_.error(sqlstate::undefined_column, place,
                     "there is no column " + quoted_excerpt(heading), suggest(heading, headings));
  return std::nullopt;
}

ChartSpec Layout::chart_spec(const Chart &chart, const Query &query, const BoundTable &table) {
  ChartSpec spec;
  spec.kind = static_cast<ChartKind>(chart.form);
  spec.stacked = chart.stacked;
  spec.horizontal = chart.horizontal;
  spec.title = chart.title;
  spec.category_title = chart.category_axis;
  spec.value_title = chart.value_axis;
  spec.format = format_code(chart.format, chart.place);
  if (!chart.category || chart.values.empty()) {
    diagnostics_.error(sqlstate::invalid_parameter_value, chart.place,
                       "a chart needs a category and a value",
                       R"(Name columns, as in: category "Project" value "Hours".)");
    return spec;
  }
  if (chart.values.size() > static_cast<std::size_t>(kMaxChartSeries)) {
    diagnostics_.error(sqlstate::program_limit_exceeded, chart.place,
                       "the chart has too many values",
                       "The limit is " + std::to_string(kMaxChartSeries) + ".");
  }
  if (const auto category = find(chart.category->heading, chart.category->place, query)) {
    spec.category = result_name(*category);
  }
  for (const HeadingUse &use : chart.values) {
    const auto value = find(use.heading, use.place, query);
    if (!value) continue;
    if (!table.types[*value].is_number() && !table.types[*value].is(Kind::interval)) {
      diagnostics_.error(sqlstate::datatype_mismatch, use.place,
                         "column " + quoted_excerpt(use.heading) + " of type " +
                             type_label(table.types[*value]) + " is no value of a chart",
                         "A chart shows numbers.");
    }
    spec.values.push_back(result_name(*value));
  }
  return spec;
}

void Layout::groups(const Sheet &sheet, CompiledSection &out) {
  for (const GroupBreak &group : sheet.groups) {
    const auto column = find(group.heading, group.place, sheet.query);
    if (!column) continue;
    if (std::holds_alternative<FormulaText>(sheet.query.columns[*column].value)) {
      diagnostics_.error(sqlstate::invalid_parameter_value, group.place,
                         "rows are not grouped by a formula");
    }
    out.section.group_by.push_back(result_name(*column));
    out.subtotals.push_back(group.subtotal);
  }
}

void Layout::sheet(const Sheet &sheet, const BoundTable &table, CompiledSection &out) {
  head(sheet.head, SectionKind::table, out);
  columns(sheet.query, table, out);
  groups(sheet, out);
  for (const Chart &chart : sheet.charts) {
    out.section.charts.push_back(chart_spec(chart, sheet.query, table));
  }
}

void Layout::chart(const ChartSection &chart, const BoundTable &table, CompiledSection &out) {
  head(chart.head, SectionKind::chart, out);
  columns(chart.query, table, out);
  out.section.charts.push_back(chart_spec(chart.chart, chart.query, table));
}

void Layout::summary(const Summary &summary, const BoundFigures &figures, CompiledSection &out) {
  head(summary.head, SectionKind::figures, out);
  if (out.section.name.empty()) out.section.name = "Summary";
  std::vector<ColumnChoice> befores;
  for (std::size_t i = 0; i < summary.metrics.size(); i++) {
    const Metric &metric = summary.metrics[i];
    ColumnStyle style;
    style.format = format_code(metric.format, metric.place);
    style.lower_is_better = metric.lower_is_better;
    if (const auto before = figures.before[i]) {
      style.compare = result_name(*before);
      ColumnStyle plain;
      plain.format = metric.format;
      befores.push_back({style.compare, metric.heading + " (previous period)", plain});
    }
    out.section.columns.push_back({result_name(i), metric.heading, style});
  }
  // Numbers of results before the period follow those of the metrics, in their order.
  out.section.columns.insert(out.section.columns.end(), befores.begin(), befores.end());
}

void Layout::text(const TextSection &text, CompiledSection &out) {
  head(text.head, SectionKind::text, out);
  for (const Paragraph &paragraph : text.paragraphs) {
    if (!out.section.text.empty()) out.section.text += "\n\n";
    out.section.text += paragraph.text;
  }
}

}  // namespace pgexport::dsl
