// What a workbook is made of beside the rows of its tables: what the writer of tables, the summary
// and the charts ask for, and what workbook_package.h makes of it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/text/locale.h"
#include "formats/row_writer.h"
#include "formats/section.h"
#include "formats/xlsx/sheet_names.h"
#include "formats/xlsx/style_table.h"
#include "formats/xlsx/xlsx_settings.h"

#include "core/no_postgres.h"

namespace pgexport::xlsx {

// What a chart shows.  Categories are texts, missing values gaps.
struct ChartValues {
  struct Series {
    std::string name;
    std::vector<std::optional<double>> values;
  };
  std::vector<std::string> categories;
  std::vector<Series> series;
};

// A chart on a sheet.  Its values lie in cells: category and series in the given columns of
// `data_sheet`, from `first_row` (from 0) on, one row for each category.
struct PlacedChart {
  ChartSpec spec;
  std::string format;  // code of the value axis
  ChartValues values;
  std::string data_sheet;
  int first_row = 1;
  int category_column = 0;
  std::vector<int> value_columns;
  int column = 0, row = 0;        // of its upper left corner, from 0
  int width = 640, height = 320;  // pixels
};

// One cell of a sheet that is small enough to lie in memory.
enum class PlacedKind : std::uint8_t { text, number, link };
struct PlacedCell {
  int row, column;  // from 0
  int last_column;  // not `column`: merged up to there
  int style;
  PlacedKind kind;
  std::string text;  // of a link: what is shown
  double number = 0;
  std::string sheet = {};  // of a link: where it leads
};

// Where the logo stands.
struct PlacedLogo {
  int row, column;  // of its upper left corner
  int x_offset;     // from the column's edge, in pixels
  double scale;
};

// A sheet of the workbook.  Rows of tables have been written when this is filled in; the cells of
// other sheets are here.
struct PlannedSheet {
  std::string name;
  bool streamed = true;
  std::vector<double> widths;
  std::vector<PlacedChart> charts;
  // Of a streamed sheet.
  std::int64_t rows = 0;           // the one of headings included
  std::int64_t filtered_rows = 0;  // last row of the filter buttons' range; 0: no buttons
  // Of one in memory.
  std::vector<PlacedCell> cells;
  std::vector<std::pair<int, double>> heights;  // of rows, in points
  std::optional<PlacedLogo> logo;
  bool grid_lines = true;
  bool landscape = false;
};

struct DefinedName {
  std::string name;
  std::string formula;
};

// Everything that sections share.
struct Workbook {
  Workbook(const XlsxSettings &settings_in, const DocumentInfo &info_in);

  const XlsxSettings &settings;
  DocumentInfo info;
  int logo_width = 0, logo_height = 0;  // pixels; 0: there is none
  const Locale &locale;
  std::string header, footer;  // of printed pages, in Excel's language
  StyleTable styles;
  SheetNames names;
  std::optional<PlannedSheet> summary;   // the first tab
  std::vector<PlannedSheet> sheets;      // of tables, streamed
  std::vector<PlannedSheet> chart_data;  // the last tabs
  std::vector<DefinedName> defined_names;
  std::vector<std::string> warnings;

  // "2026-03-01 14:05 Europe/Berlin", in the document's language.
  std::string generated_at() const;
};

}  // namespace pgexport::xlsx
