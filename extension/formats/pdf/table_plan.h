// How one table stands on its pages: what is known of its columns before rows are placed.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "formats/pdf/column_widths.h"
#include "formats/pdf/page_setup.h"
#include "formats/pdf/table_item.h"
#include "formats/pdf/theme.h"
#include "formats/pdf/typesetter.h"
#include "formats/row_writer.h"

#include "core/no_postgres.h"

namespace pgexport::pdf {

// A column of the table's body.
struct BodyColumn {
  std::string heading;
  Anchor anchor = Anchor::start;
  bool prose = true;      // broken at words; otherwise not broken if it can be helped
  bool totalled = false;  // has values in the rows of totals
};

struct TablePlan {
  std::vector<BodyColumn> columns;
  TableFit fit;
  std::vector<double> widths;  // one per column, the same in each band
  double padding = 0;          // left and right of each text, points
  // Of the page: texts that stand in no column may be wider than the table.
  double line_width = 0;
  // Of the label of a total, which stands before the first column that has one, in every band.
  double label_room = 0;
};

// Measures headings and items and plans the table.
class TableMeasure {
 public:
  // `body` are the indexes of the body's columns in `head`.
  TableMeasure(Typesetter &typesetter, const TableHead &head, std::span<const int> body);

  // The first items of the table.
  void add(const TableItem &item);

  // For the pages of `setup`.  `complete`: these were all items; otherwise sums get some room to
  // grow.
  TablePlan plan(const PageSetup &setup, const Theme &theme, int repeated_columns, bool complete);

  // For an area of that width.  The plan has no bands if the table does not fit into it.
  TablePlan plan_within(double width, const Theme &theme);

 private:
  // Widths of texts seen in one column, at size 1.
  struct Seen {
    double count = 0, sum = 0, squares = 0;
  };

  void add_cell(std::size_t column, std::string_view text, Face face);
  double width_of(std::string_view text, Face face);
  double longest_word(std::string_view text, Face face);
  std::vector<ColumnMeasure> measures(bool complete);
  void make_room_for_labels(std::vector<ColumnMeasure> &measures) const;
  TablePlan plan_of(TableFit fit, double line_width) const;

  Typesetter &typesetter_;
  std::vector<BodyColumn> columns_;
  std::vector<ColumnMeasure> measures_;
  std::vector<Seen> seen_;
  double label_ = 0;  // the widest of a total, at size 1
};

}  // namespace pgexport::pdf
