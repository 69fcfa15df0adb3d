// The XML of a worksheet around its rows.
// Source: ECMA-376 part 1, 18.3.1.99 worksheet, which also fixes the order of the elements.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "formats/xlsx/xlsx_settings.h"

#include "core/no_postgres.h"

namespace pgexport::xlsx {

struct SheetFrame {
  std::vector<double> widths;  // of the columns, in widths of the digit 0
  bool freeze_header = false;
  int outline_levels = 0;
  Paper paper = Paper::a4;
  bool landscape = false;
  std::string header;  // of printed pages, in Excel's language
  std::string footer;
};

// The relationship of a sheet that has charts to its drawing.
inline constexpr const char *kDrawingId = "rId1";

// Everything up to and including <sheetData>.
std::string sheet_opening(const SheetFrame &frame);

// Everything from </sheetData>.  `filtered_rows`: the last row of the filter buttons' range, 0 for
// no buttons; `rows`: of the sheet, the one of headings included.
std::string sheet_closing(const SheetFrame &frame, std::int64_t rows, std::int64_t filtered_rows,
                          bool has_drawing);

// Excel's number of the size of the paper (ECMA-376 part 1, 18.3.1.63 pageSetup).
int paper_code(Paper paper);

}  // namespace pgexport::xlsx
