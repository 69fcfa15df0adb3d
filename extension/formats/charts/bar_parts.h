// What standing and lying bars share: which part of the value axis each one covers.
#pragma once

#include <vector>

#include "formats/charts/plot_data.h"

#include "core/no_postgres.h"

namespace pgexport {

struct BarPart {
  std::size_t series;
  double from, to;  // on the value axis; `from` is nearer to zero
  double value;
  bool outermost;  // of its stack
};

// The bars of one category; none for a value that is missing.
std::vector<BarPart> bar_parts(const PlotData &plot, std::size_t category, bool stacked);

// A stack of more parts than this has no labels inside: they would be too many to be read.
inline constexpr std::size_t kMostLabelledParts = 8;

// Where bars stand across their category's pitch.
struct BarPlaces {
  double offset;  // from the middle of the category to the edge of the first bar
  double thickness;
  double pitch;  // from bar to bar; 0 when stacked

  double at(double middle, std::size_t series) const {
    return middle + offset + static_cast<double>(series) * pitch;
  }
};

BarPlaces bar_places(double category_pitch, std::size_t series, bool stacked);

}  // namespace pgexport
