// What columns, lines and areas stand in: value axis at the left, categories below.
#pragma once

#include "formats/charts/category_labels.h"
#include "formats/charts/plot_data.h"
#include "formats/charts/ticks.h"
#include "formats/charts/value_labels.h"

#include "core/no_postgres.h"

namespace pgexport {

// From values to points along one direction; `to` may lie before `from`.
struct ValueScale {
  double low = 0, high = 1;
  double from = 0, to = 0;

  double at(double value) const { return from + (value - low) / (high - low) * (to - from); }
};

struct PlotFrame {
  Rect plot;
  ValueScale y;
  CategoryPlaces places;
};

// Room inside the plot, beside what the values need.
struct PlotRoom {
  bool to_the_edges;  // first and last category stand at the edges, not half a pitch inside
  double above, below;
};

// Draws grid, labels and titles of both axes into `area`.
// REQUIRES: a range that is not empty.
PlotFrame draw_plot_frame(Surface &surface, const Rect &area, const ChartData &data,
                          const PlotData &plot, const ValueLabels &labels, const ValueRange &range,
                          const PlotRoom &room);

// The line at zero, or at the lower end if zero is not on the axis; to be drawn over the values.
void draw_baseline(Surface &surface, const PlotFrame &frame);

// What stands over the value axis: its title, or the name of the only series.
std::string value_axis_title(const ChartData &data, const PlotData &plot);

// One line, shortened to `most_width`.
void draw_axis_title(Surface &surface, const std::string &title, Point at, Anchor anchor,
                     double most_width);

// Axis titles are left out of an area lower than this.
inline constexpr double kLeastHeightWithTitles = 110;

}  // namespace pgexport
