#include "formats/table_head.h"

#include "formats/option_error.h"
#include "formats/options.h"

namespace pgexport {

namespace {

int require_column(const std::vector<Column> &columns, const std::string &name, const char *use) {
  std::vector<std::string_view> names;
  for (std::size_t i = 0; i < columns.size(); i++) {
    if (columns[i].name == name) return static_cast<int>(i);
    names.push_back(columns[i].name);
  }
  throw Error(
      sqlstate::undefined_column,
      std::string(use) + " names the column \"" + excerpt(name) +
          "\", which the document does not have",
      {}, did_you_mean(nearest_name(name, names), "Names are those of the query, not headings."));
}

void apply_styles(const Section &section, std::vector<Column> &columns) {
  for (std::size_t i = 0; i < section.columns.size() && i < columns.size(); i++) {
    columns[i].style = section.columns[i].style;
  }
  for (const ColumnChoice &choice : section.styled) {
    const int i = require_column(columns, choice.name,
                                 choice.style.total == Aggregate::none ? "a format" : "a total");
    ColumnStyle &style = columns[static_cast<std::size_t>(i)].style;
    if (!choice.style.format.empty()) style.format = choice.style.format;
    if (choice.style.total != Aggregate::none) style.total = choice.style.total;
  }
  for (const Column &column : columns) {
    if (!column.style.compare.empty()) require_column(columns, column.style.compare, "\"compare\"");
  }
}

ChartColumns resolve_chart(const ChartSpec &spec, const std::vector<Column> &columns) {
  ChartColumns chart{spec, require_column(columns, spec.category, "a chart"), {}};
  for (const std::string &value : spec.values) {
    chart.values.push_back(require_column(columns, value, "a chart"));
  }
  return chart;
}

}  // namespace

TableHead make_table_head(const Section &section, std::vector<Column> columns,
                          const TupleLayout *layout) {
  TableHead head;
  apply_styles(section, columns);
  for (const std::string &name : section.group_by) {
    head.group_by.push_back(require_column(columns, name, "\"group_by\""));
  }
  for (const ChartSpec &spec : section.charts) {
    head.charts.push_back(resolve_chart(spec, columns));
  }
  head.columns = std::move(columns);
  head.layout = layout;
  head.kind = section.kind;
  head.name = section.name;
  head.title = section.title;
  head.half_width = section.half_width;
  head.page_break = section.page_break;
  return head;
}

}  // namespace pgexport
