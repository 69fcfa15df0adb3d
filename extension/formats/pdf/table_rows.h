// Turns the rows of a table into items: texts of the cells, heads of groups, totals.
//
// Columns that rows are grouped by leave the body of the table: their values are the heads of the
// groups.  If rows are grouped by all columns, all of them stay.
#pragma once

#include <functional>
#include <vector>

#include "core/text/locale.h"
#include "formats/pdf/cell_text.h"
#include "formats/pdf/table_item.h"
#include "formats/row_writer.h"
#include "formats/totals.h"

#include "core/no_postgres.h"

namespace pgexport::pdf {

// The columns that stand in the table's body, as indexes of the head's.
std::vector<int> body_columns(const TableHead &head);

class TableRows {
 public:
  using Taker = std::function<void(TableItemPtr)>;

  // `columns` are those of the table, `locale` as long as the object.  Throws Error 22023 for a
  // format code or a total that a column cannot have.
  TableRows(const TableHead &head, const Locale &locale, bool carry_over, ItemPool &pool);

  // Gives the items that the row makes to `take`, the row last.  Returns false, having given
  // nothing, for a row with an array that cannot be read where it lies.
  bool add(const Cell *cells, const Taker &take);

  // Ends the open groups and gives the grand total.
  void finish(const Taker &take);

  // Whether there is a sum that can be carried over.
  bool carries() const { return carries_; }

 private:
  bool format_cells(const Cell *cells, TableItem &item);
  void give_totals(int level, const Taker &take);
  void give_group(int level, const Cell &key, const Taker &take);
  void append_carried(TextRow &row);
  void append_total(TextRow &row, int level, int column);
  std::string key_text(int level, const Cell &key);

  const TableHead &head_;
  const Locale &locale_;
  ItemPool &pool_;
  const std::vector<int> body_;
  std::vector<CellText> texts_;        // one per column of the table
  std::vector<CellText> total_texts_;  // likewise
  GroupedTotals totals_;
  bool carries_ = false;
  bool shaded_ = false;
  OutputBuffer scratch_;
};

}  // namespace pgexport::pdf
