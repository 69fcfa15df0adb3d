// Numbers along a value axis, on bars and beside slices.
#pragma once

#include <string>
#include <vector>

#include "formats/charts/chart.h"
#include "formats/charts/plot_data.h"
#include "formats/charts/ticks.h"

#include "core/no_postgres.h"

namespace pgexport {

// Keeps a reference to the data it is made of.
class ValueLabels {
 public:
  ValueLabels(const ChartData &data, const PlotData &plot);

  // As the chart's own label function spells it; without one with as many decimals as the values
  // have, three significant digits if those are many.
  std::string value(double value) const;

  // Marks for the range whose labels all differ and say the truth: no step is finer than what the
  // label function shows.  A range that is zero alone goes to one.
  Ticks ticks(const ValueRange &range, int max_intervals) const;

  // One for each mark.
  std::vector<std::string> labels(const Ticks &ticks) const;

 private:
  std::string own(double value, const std::string &code) const;

  const ChartData &data_;
  const Locale &locale_;
  std::string value_code_;
};

// Whole per cents that add up to 100, of values that are not negative and not all zero; tenths
// when one of them would be less than one.  The parts that rounding cuts off go to those with the
// largest ones (largest remainder, Hamilton's method).
std::vector<std::string> percentages(const std::vector<double> &values, const Locale &locale);

}  // namespace pgexport
