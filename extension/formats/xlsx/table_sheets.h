// Writes one table into sheets of a workbook, row by row.
//
// The first rows are kept until the widths of the columns can be told from them; from then on, and
// whatever the number of rows, what is in memory is one block of XML.  A table that is longer than
// a sheet goes on on the next, under the same headings.
//
// Rows of groups have outline levels, and each group ends with a row of its totals; the last row of
// the table has those of all rows.  Totals are live formulas, SUBTOTAL, which leave out the totals
// within their range, with the exact value as their result.  The function numbers are those below
// 100: those above would leave out the rows of a group that the reader has folded up.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/compress/zip_writer.h"
#include "core/output_buffer.h"
#include "core/text/format_code.h"
#include "formats/formula.h"
#include "formats/row_writer.h"
#include "formats/totals.h"
#include "formats/xlsx/cell_address.h"
#include "formats/xlsx/cell_writer.h"
#include "formats/xlsx/chart_rows.h"
#include "formats/xlsx/sheet_frame.h"
#include "formats/xlsx/workbook_plan.h"

#include "core/no_postgres.h"

namespace pgexport::xlsx {

// Where sheets end; tests have shorter ones.
struct SheetLimits {
  std::int64_t rows = kMaxSheetRows;                 // the row of headings included
  std::uint64_t bytes = std::uint64_t{4000} << 20U;  // of XML; below kMaxZipEntry by any row
};

class TableSheets {
 public:
  // Writes the headings.  `name` is what the first sheet is to be called.
  TableSheets(Workbook &workbook, ZipWriter &zip, const TableHead &head, std::string name,
              const SheetLimits &limits);

  // Whether rows can be taken apart before it is known that all values can be read in place.
  bool needs_whole_rows() const { return needs_whole_rows_; }

  // Writes a row.  Returns false, and has written nothing, if an array cannot be read in place; not
  // if needs_whole_rows().  Throws Error if a value cannot be written.
  bool row(const Cell *cells);

  // What a person sees of the value.
  void preview(OutputBuffer &out, const Cell &cell, std::size_t column);

  // Writes the totals and completes the last sheet.
  void finish();

  const std::string &first_sheet() const { return first_sheet_; }

 private:
  struct ColumnPlan {
    Column column;
    FormatCode format;
    ColumnCells cells;
    std::optional<ColumnCells> subtotal, total;  // if the table has totals
    std::optional<Formula> formula;
    std::size_t widest = 0;      // of the values so far, in digits
    std::size_t label_room = 0;  // beside a value, in the label of its group's totals
  };
  struct Position {
    std::size_t sheet;  // index among the sheets of this table
    std::int64_t row;
  };
  struct RowRange {
    std::string sheet;
    std::int64_t first, last;
  };
  struct GroupStart {
    Position at{0, 2};
    std::vector<std::uint64_t> kept_as_text;  // of each column until then
  };
  struct TotalName {
    int column;
    std::size_t index;  // in the workbook's defined names
  };

  void plan_columns(const TableHead &head);
  void plan_formulas();
  ColumnCells total_cells(const Column &column, bool grand);
  CellStyle value_style(const Column &column) const;

  void begin_sheet(std::string name);
  void open_sheet();
  void end_sheet();
  void flush();
  void write_headings();
  void begin_row_if_full();
  char *open_row(char *p, int outline_level) const;
  void close_row(char *p, std::size_t start);
  char *open_cell(char *p, std::size_t column, bool &gap) const;
  bool write_row(const Cell *cells);
  void measure(const Cell *cells);
  void measure_total(const Cell &value, std::size_t column);
  std::size_t room_to_grow(const ColumnPlan &plan) const;

  void end_groups(int outermost);
  void begin_groups(int outermost);
  void write_totals(int level);
  char *write_total(char *p, ColumnPlan &plan, std::size_t column, int level, bool is_label);
  std::optional<std::string> live_total(const ColumnPlan &plan, std::size_t column,
                                        int level) const;
  std::size_t label_column(int level) const;
  std::string label(int level);
  std::vector<RowRange> ranges_since(const Position &start, std::int64_t last_row) const;
  std::string formula_text(const ColumnPlan &plan);
  std::string total_name(int column);
  void define_totals(std::int64_t last_row);

  void place_charts();
  void keep_warnings();

  Workbook &workbook_;
  ZipWriter &zip_;
  const SheetLimits limits_;
  const std::string base_name_;
  std::string first_sheet_;
  std::size_t first_index_ = 0;  // of its sheets among the workbook's
  SheetFrame frame_;
  std::vector<ColumnPlan> columns_;
  std::vector<int> group_by_;
  GroupedTotals totals_;
  std::vector<GroupStart> group_starts_;  // of the table, then of the open group of each level
  std::vector<TotalName> total_names_;
  std::vector<ChartRows> charts_;
  bool needs_whole_rows_ = false;
  bool has_totals_ = false;
  bool filter_buttons_ = false;

  OutputBuffer xml_;  // of the open sheet, not yet handed on
  CellWriter cells_;
  bool opened_ = false;            // the open sheet's part has begun
  bool ended_ = false;             // all rows are here
  std::int64_t sheet_row_ = 1;     // the next one to be written, from 1
  std::uint64_t sheet_bytes_ = 0;  // handed on
  std::uint64_t row_ = 0;          // rows of the table so far
  std::size_t fixed_room_ = 0;
};

}  // namespace pgexport::xlsx
