// A short table as a block.
#pragma once

#include <optional>
#include <utility>
#include <vector>

#include "core/text/locale.h"
#include "formats/pdf/panel.h"
#include "formats/pdf/table_item.h"
#include "formats/pdf/table_painter.h"

#include "core/no_postgres.h"

namespace pgexport::pdf {

class TableBlock final : public Block {
 public:
  // The first three live as long as the object.
  TableBlock(Typesetter &typesetter, const Theme &theme, const Locale &locale, TableMeasure measure,
             std::vector<TableItemPtr> items);

  // Whether the columns fit into that width.
  bool fits(double width);

  // Takes the items back from a block that does not fit.
  std::vector<TableItemPtr> take_items() { return std::move(items_); }

  // REQUIRES: fits(width).
  std::vector<Strip> arrange(double width) override;
  void draw(std::size_t strip, PdfPage &page, Point at) override;

 private:
  Typesetter &typesetter_;
  const Theme &theme_;
  const Locale &locale_;
  TableMeasure measure_;
  std::vector<TableItemPtr> items_;
  TablePlan plan_;
  std::optional<TablePainter> painter_;
};

}  // namespace pgexport::pdf
