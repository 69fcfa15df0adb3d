// The sheet of paper and the part of it that sections may fill.
#pragma once

#include <cstdint>
#include <string_view>

#include "formats/drawing/surface.h"

#include "core/no_postgres.h"

namespace pgexport::pdf {

enum class Paper : std::uint8_t { a4, letter, a3 };
enum class Orientation : std::uint8_t { automatic, portrait, landscape };

struct PageSetup {
  Paper paper = Paper::a4;
  Orientation orientation = Orientation::automatic;
  double margin = 42.5;  // points, on all sides; header and footer lie within it

  bool may_stand() const { return orientation != Orientation::landscape; }
  bool may_lie() const { return orientation != Orientation::portrait; }
};

// One page, in points.
struct PageShape {
  double width, height;
  Rect body;  // what sections may fill
};

PageShape page_shape(const PageSetup &setup, bool landscape);

}  // namespace pgexport::pdf
