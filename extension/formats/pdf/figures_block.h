// Key figures as tiles: label, value, and how the value changed since the period before.
//
// The change is told three ways, so that it survives grey printing: the direction of the triangle
// says up or down, a plain triangle is for the better and one in a disc for the worse, and green
// and red say the same.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "formats/pdf/panel.h"
#include "formats/pdf/theme.h"
#include "formats/pdf/typesetter.h"

#include "core/no_postgres.h"

namespace pgexport::pdf {

struct FigureChange {
  int direction = 0;   // 1 up, -1 down, 0 the same
  bool good = false;   // for the better; of no meaning if the same
  std::string amount;  // "+12.3 %"; empty: cannot be said
  std::string before;  // the value of the period before, with its words
};

struct Figure {
  std::string label;
  std::string value;
  std::optional<FigureChange> change;
};

class FiguresBlock final : public Block {
 public:
  // The first two live as long as the object.
  FiguresBlock(Typesetter &typesetter, const Theme &theme, std::vector<Figure> figures);

  std::vector<Strip> arrange(double width) override;
  void draw(std::size_t strip, PdfPage &page, Point at) override;

 private:
  struct Tile {
    double value_size;
    std::vector<std::string> label_lines, value_lines, before_lines;
    double height;
  };

  Tile arrange_tile(const Figure &figure) const;
  void draw_tile(PdfPage &page, const Rect &area, const Figure &figure, const Tile &tile);
  void draw_change(PdfPage &page, Point at, const FigureChange &change);
  std::vector<std::string> lines_of(std::string_view text, const TextStyle &style,
                                    std::size_t most) const;

  Typesetter &typesetter_;
  const Theme &theme_;
  const std::vector<Figure> figures_;
  std::vector<Tile> tiles_;
  std::vector<double> line_heights_;  // of the tiles in each line
  std::size_t per_line_ = 1;
  double tile_width_ = 0;
};

}  // namespace pgexport::pdf
