// The slices of a pie and what is written beside them.
#pragma once

#include <string>
#include <vector>

#include "formats/charts/plot_data.h"
#include "formats/charts/value_labels.h"

#include "core/no_postgres.h"

namespace pgexport {

struct Slice {
  std::string name;
  double value;
  double start, sweep;  // degrees clockwise from 12
  Colour colour;
  std::string share;  // in per cent
  bool gathered;      // stands for several

  // Where its label stands; a whole disc has it at the right.
  double middle() const { return sweep >= 360 ? 90 : start + sweep / 2; }
};

// The categories with a value above zero, without the `gathered` smallest of them, which make one
// slice at the end.  Of equal values the last are gathered first.
std::vector<Slice> pie_slices(const PlotData &plot, const Locale &locale, Colour accent,
                              std::size_t gathered);

// Number of categories with a value above zero.
std::size_t slice_count(const PlotData &plot);

// The least number of slices, not below `at_least` and 2, that can be gathered without parting
// slices of equal value.
std::size_t next_gathered(const PlotData &plot, std::size_t at_least);

}  // namespace pgexport
