// Collects the rows that a chart is drawn from.
#pragma once

#include <utility>
#include <vector>

#include "formats/charts/chart.h"
#include "formats/pdf/cell_text.h"
#include "formats/row_writer.h"

#include "core/no_postgres.h"

namespace pgexport::pdf {

class ChartCollector {
 public:
  // `locale` must live as long as the object and the data.  Throws Error 22023 for a value column
  // that holds no numbers.
  ChartCollector(const TableHead &head, const ChartColumns &chart, const Locale &locale,
                 Colour accent);

  // Returns false, having done nothing, for a category that is an array which cannot be read where
  // it lies.  Throws Error 54000 for more rows than a chart can show.
  bool add(const Cell *cells);

  ChartData take() { return std::move(data_); }

 private:
  std::size_t category_;
  std::vector<int> values_;
  CellText category_text_;
  ChartData data_;
};

}  // namespace pgexport::pdf
