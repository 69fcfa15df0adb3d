#include "formats/xlsx/chart_sheet.h"

#include <algorithm>

#include "formats/charts/palette.h"
#include "formats/xlsx/column_width.h"

namespace pgexport::xlsx {

namespace {

constexpr int kMaxBarHeight = 1200;

PlacedChart unplaced(const ChartRows &rows) {
  PlacedChart chart;
  chart.spec = rows.chart().spec;
  chart.format = rows.format();
  chart.values = rows.values();
  // Each horizontal bar needs a line for its name.
  if (chart.spec.kind == ChartKind::bar && chart.spec.horizontal) {
    const auto bars = static_cast<int>(chart.values.categories.size());
    chart.height = std::clamp(bars * 22 + 110, chart.height, kMaxBarHeight);
  }
  return chart;
}

}  // namespace

PlacedChart chart_of_sheet(const ChartRows &rows, const std::string &sheet) {
  PlacedChart chart = unplaced(rows);
  chart.data_sheet = sheet;
  chart.category_column = rows.chart().category;
  chart.value_columns = rows.chart().values;
  return chart;
}

PlacedChart add_chart_data(Workbook &workbook, const std::string &name, const ChartRows &rows) {
  PlacedChart chart = unplaced(rows);
  PlannedSheet sheet;
  sheet.streamed = false;
  sheet.name = chart.data_sheet = workbook.names.take(name + " data");

  CellStyle heading;
  heading.bold = true;
  heading.fill = Fill::accent;
  heading.colour = text_colour_on(workbook.settings.accent);
  CellStyle number;
  number.format = chart.format;
  const int heading_style = workbook.styles.number(heading);
  const int text_style = workbook.styles.number(CellStyle());
  const int number_style = workbook.styles.number(number);

  const auto put = [&](int row, int column, const std::string &text, int style) {
    sheet.cells.push_back({row, column, column, style, PlacedKind::text, text});
  };
  const ChartValues &values = chart.values;
  std::size_t widest = text_width(rows.category_heading());
  put(0, 0, rows.category_heading(), heading_style);
  for (std::size_t row = 0; row < values.categories.size(); ++row) {
    put(static_cast<int>(row) + 1, 0, values.categories[row], text_style);
    widest = std::max(widest, text_width(values.categories[row]));
  }
  sheet.widths.push_back(column_width(widest, 0, false));
  for (std::size_t i = 0; i < values.series.size(); ++i) {
    const int column = static_cast<int>(i) + 1;
    const ChartValues::Series &series = values.series[i];
    put(0, column, series.name, heading_style);
    for (std::size_t row = 0; row < series.values.size(); ++row) {
      if (!series.values[row]) continue;
      sheet.cells.push_back({static_cast<int>(row) + 1,
                             column,
                             column,
                             number_style,
                             PlacedKind::number,
                             {},
                             *series.values[row]});
    }
    chart.value_columns.push_back(column);
    sheet.widths.push_back(column_width(12, text_width(series.name), false));
  }
  workbook.chart_data.push_back(std::move(sheet));
  return chart;
}

}  // namespace pgexport::xlsx
