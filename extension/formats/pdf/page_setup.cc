#include "formats/pdf/page_setup.h"

#include <utility>

namespace pgexport::pdf {

namespace {

// Upright, in points.  ISO 216 says millimetres, Letter is 8.5 by 11 inches.
std::pair<double, double> paper_size(Paper paper) {
  switch (paper) {
    case Paper::letter: return {612, 792};
    case Paper::a3: return {841.89, 1190.55};
    case Paper::a4: break;
  }
  return {595.28, 841.89};
}

}  // namespace

PageShape page_shape(const PageSetup &setup, bool landscape) {
  auto [width, height] = paper_size(setup.paper);
  if (landscape) std::swap(width, height);
  const double margin = setup.margin;
  return {width, height, {margin, margin, width - 2 * margin, height - 2 * margin}};
}

}  // namespace pgexport::pdf
