// Collects from the rows of a table what its charts show.
#pragma once

#include <vector>

#include "core/cell.h"
#include "core/text/format_code.h"
#include "core/text/locale.h"
#include "formats/row_writer.h"
#include "formats/xlsx/workbook_plan.h"

#include "core/no_postgres.h"

namespace pgexport::xlsx {

class ChartRows {
 public:
  // Throws Error 22023 for a value column that has no numbers, 54000 for too many series.
  ChartRows(const TableHead &head, const ChartColumns &chart, const Locale &locale);

  // Throws Error 54000 for one row too many.
  void add(const Cell *cells);

  const ChartColumns &chart() const { return chart_; }
  const std::string &category_heading() const { return category_heading_; }
  const ChartValues &values() const { return values_; }
  // Code of the value axis.
  const std::string &format() const { return format_; }

 private:
  const ChartColumns chart_;
  const Locale &locale_;
  const std::string category_heading_;
  FormatCode category_format_;
  std::string format_;
  ChartValues values_;
};

// The format code of a column: its own or the one that its type suggests.
std::string column_format(const Column &column);

}  // namespace pgexport::xlsx
