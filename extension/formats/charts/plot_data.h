// A chart's data as it is drawn: texts on one line, values that can be drawn, colours.
#pragma once

#include <string>
#include <vector>

#include "formats/charts/chart.h"

#include "core/no_postgres.h"

namespace pgexport {

struct PlotSeries {
  std::string name;
  std::vector<double> values;  // NaN: nothing to draw; otherwise finite, zero if it is tiny
  Colour colour;
};

struct PlotData {
  std::vector<std::string> categories;
  std::vector<PlotSeries> series;

  std::size_t size() const { return categories.size(); }
};

// What a value axis has to cover.  empty: no value at all.
struct ValueRange {
  bool empty = true;
  double low = 0;
  double high = 0;

  void add(double value);
};

PlotData plot_data(const ChartData &data);

// Of the sums above and below zero of each category if they are stacked, else of the values.
// Bars and areas begin at zero.  A line's axis does too, unless the values are more than twice as
// far from zero as from each other.
ValueRange value_range(const PlotData &data, ChartKind kind, bool stacked);

}  // namespace pgexport
