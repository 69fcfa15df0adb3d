// Names of categories along the lower edge of a plot.
//
// Names are set level, in up to three lines, or turned by 45 or 90 degrees; shortened, or given to
// every n-th category only.  Of what fits without overlap, that is taken which shows the most of
// the names in the most readable way.
#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "formats/drawing/surface.h"

#include "core/no_postgres.h"

namespace pgexport {

// Category i stands at first + i * pitch; texts stay between left and right.
struct CategoryPlaces {
  double first, pitch;
  double left, right;

  double at(std::size_t i) const { return first + static_cast<double>(i) * pitch; }

  // Where the middle of a label stands that is 2 * half wide: as near to at(i) as the ends allow.
  double inside(std::size_t i, double half) const {
    return std::max(std::min(at(i), right - half), left + half);
  }
};

struct CategoryLabels {
  double angle = 0;                              // degrees
  std::size_t every = 1;                         // label j belongs to category j * every
  std::vector<std::vector<std::string>> labels;  // lines of each
  double height = 0;                             // that they take below the plot, in points
  double short_of = 0;  // room at the left without which some are shortened
  double score = -1;    // how well they can be read; 1 is best
};

// `sequence`: a reader knows what stands between two labels, so leaving some out costs little.
CategoryLabels fit_category_labels(Surface &surface, const std::vector<std::string> &categories,
                                   const CategoryPlaces &places, double max_height, bool sequence);

// `y` is the lower edge of the plot.
void draw_category_labels(Surface &surface, const CategoryLabels &labels,
                          const CategoryPlaces &places, double y);

}  // namespace pgexport
