// A section of key figures: one row, a tile for each column.
//
// A column that another names as its `compare` has no tile: it is the value of the period before.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "formats/pdf/cell_text.h"
#include "formats/pdf/figures_block.h"
#include "formats/pdf/row_section.h"

#include "core/no_postgres.h"

namespace pgexport::pdf {

class FiguresSection final : public RowSection {
 public:
  // `workshop` must live as long as the object.  Throws Error 42703 for a `compare` that names no
  // column, 22023 for one that cannot be compared.
  FiguresSection(const Workshop &workshop, const TableHead &head);

  // Throws Error 21000 for a second row.
  bool add(const Cell *cells) override;
  void finish() override;

 private:
  struct Tile {
    std::size_t column;
    std::optional<std::size_t> before;  // column of the period before
  };

  std::size_t before_format(const Tile &tile) const;
  std::string text_of(std::size_t column, const Cell &cell);
  std::optional<FigureChange> change_of(const Tile &tile, const Cell *cells);
  std::string percent(double change) const;

  const Workshop &workshop_;
  const TableHead head_;
  std::vector<CellText> texts_;
  std::vector<Tile> tiles_;
  std::vector<Figure> figures_;
  bool has_row_ = false;
};

}  // namespace pgexport::pdf
