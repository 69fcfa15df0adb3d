// The first sheet of a document that has more than tables: title, key figures, texts and charts in
// the order of the sections, on a grid of twelve columns.
#pragma once

#include <string>
#include <vector>

#include "core/output_buffer.h"
#include "formats/row_writer.h"
#include "formats/xlsx/chart_rows.h"
#include "formats/xlsx/workbook_plan.h"

#include "core/no_postgres.h"

namespace pgexport::xlsx {

// Cells are kept in memory until the end: a summary with more is none.
inline constexpr std::size_t kMaxSummaryCells = 5000;

class SummarySheet {
 public:
  explicit SummarySheet(Workbook &workbook) : workbook_(workbook) {}

  // Each throws Error 54000 if the sheet gets more than kMaxSummaryCells cells.
  void add_figures(const TableHead &head, const Cell *cells);
  void add_no_data(const std::string &title);
  void add_text(const TextBlock &block);
  void add_chart(const std::string &title, PlacedChart chart, bool half_width);
  // A line that leads to the sheet of a table.
  void add_table(const std::string &title, const std::string &sheet);

  bool is_empty() const { return blocks_ == 0; }

  // Puts the sheet into the workbook.
  void finish();

 private:
  void begin_sheet();
  void place_logo();
  int style(const CellStyle &style) { return workbook_.styles.number(style); }
  CellStyle heading_style() const;
  void put(int row, int column, int last_column, std::string text, const CellStyle &style);
  void add_heading(const std::string &title);
  void add_paragraph(const std::string &text);
  void add_figure(const Column &column, const Cell &value, const Cell *before, int row, int tile);
  void add_change(const Column &column, const Cell &value, const Cell &before, int row, int left,
                  int right);
  void count_cell();

  Workbook &workbook_;
  PlannedSheet sheet_;
  struct Contents {
    std::string title, sheet;
  };
  std::vector<Contents> contents_;
  int row_ = 0;        // the next free one
  int half_row_ = -1;  // where a chart of half width stands alone
  std::size_t blocks_ = 0;
};

}  // namespace pgexport::xlsx
