// Writes an Excel workbook.
//
// The rows of tables go straight into the ZIP as they come (table_sheets.h); key figures, texts and
// charts are kept for the first sheet (summary_sheet.h); what remains is made at the end by
// libxlsxwriter (workbook_package.h).
// Source: ECMA-376 part 1 (SpreadsheetML) and part 2 (packages).
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/compress/zip_writer.h"
#include "formats/kept_cell.h"
#include "formats/row_writer.h"
#include "formats/xlsx/chart_rows.h"
#include "formats/xlsx/summary_sheet.h"
#include "formats/xlsx/table_sheets.h"
#include "formats/xlsx/workbook_plan.h"
#include "formats/xlsx/xlsx_settings.h"

#include "core/no_postgres.h"

namespace pgexport::xlsx {

class XlsxWriter final : public RowWriter {
 public:
  XlsxWriter(XlsxSettings settings, OutputBuffer &out, const SheetLimits &limits = {});

  void begin(const DocumentInfo &info) override;
  void begin_table(const TableHead &head) override;
  WriteOutcome row(const Cell *cells) noexcept override;
  WriteOutcome row(const TupleView &tuple) noexcept override;
  void preview_cell(const Cell &cell, std::size_t column) override;
  void end_table() override;
  void text(const TextBlock &block) override;
  void finish() override;
  std::vector<std::string> warnings() const override { return workbook_->warnings; }

 private:
  template <typename Body>
  WriteOutcome complete_or_nothing(Body body) noexcept;
  bool add_row(const Cell *cells);
  std::string sheet_name() const;
  std::string section_title() const;

  const XlsxSettings settings_;
  const SheetLimits limits_;
  ZipWriter zip_;
  std::optional<Workbook> workbook_;
  std::optional<SummarySheet> summary_;

  TableHead head_;                    // of the open section
  std::optional<TableSheets> table_;  // if it is a table
  std::optional<ChartRows> chart_;    // if it is a chart
  std::vector<Cell> cells_;           // of a tuple
  std::size_t zone_hint_ = 0;
  std::uint64_t figure_rows_ = 0;
};

}  // namespace pgexport::xlsx
