// Where the values of charts lie: in the cells of their table, or on a sheet of their own.
#pragma once

#include <string>

#include "formats/xlsx/chart_rows.h"
#include "formats/xlsx/workbook_plan.h"

#include "core/no_postgres.h"

namespace pgexport::xlsx {

// Height of a row of the default height.
inline constexpr int kRowPixels = 20;

// A chart whose values lie in the columns of that sheet, from its second row on.
PlacedChart chart_of_sheet(const ChartRows &rows, const std::string &sheet);

// Adds a sheet "<name> data" with what the chart shows, and returns the chart of it.
PlacedChart add_chart_data(Workbook &workbook, const std::string &name, const ChartRows &rows);

}  // namespace pgexport::xlsx
