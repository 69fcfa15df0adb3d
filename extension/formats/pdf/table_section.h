// A table of any length: the first rows are kept until the widths of the columns are known from
// them, later ones go through.
#pragma once

#include <optional>
#include <vector>

#include "formats/pdf/chart_data.h"
#include "formats/pdf/row_section.h"
#include "formats/pdf/table_layout.h"
#include "formats/pdf/table_rows.h"

#include "core/no_postgres.h"

namespace pgexport::pdf {

class TableSection final : public RowSection {
 public:
  // `workshop` must live as long as the object.
  TableSection(const Workshop &workshop, const TableHead &head);

  bool add(const Cell *cells) override;
  void finish() override;

 private:
  void take(TableItemPtr item);
  bool is_sampled() const;
  void begin_layout(bool complete);
  bool place_as_panel();
  void place_charts();

  const Workshop &workshop_;
  const TableHead head_;
  const std::vector<int> body_;
  ItemPool pool_;
  TableRows rows_;
  TableMeasure measure_;
  std::vector<ChartCollector> charts_;
  std::vector<TableItemPtr> sample_;
  std::size_t sampled_rows_ = 0;
  std::size_t sampled_bytes_ = 0;
  std::optional<TableLayout> layout_;
};

}  // namespace pgexport::pdf
