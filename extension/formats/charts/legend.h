// Title and legend of a chart: what stands above or beside the plot.
#pragma once

#include <string>

#include "formats/charts/plot_data.h"

#include "core/no_postgres.h"

namespace pgexport {

// How a series is told apart without colour: each line has its own marker and dashes.
struct SeriesLook {
  Colour colour;
  double dash_on, dash_off;
  int marker;
};

SeriesLook series_look(const PlotSeries &series, std::size_t index);

void draw_marker(Surface &surface, Point at, const SeriesLook &look);

// Takes the title off the upper end of `area`: up to three lines, not more than a third of it.
void draw_title(Surface &surface, Rect &area, const std::string &title);

// Takes the legend off `area`: lines of entries at the upper end; if they would take more than a
// fifth of it, a column at the right; if that is too short as well, lines of shortened names.
// One series needs none.
void draw_legend(Surface &surface, Rect &area, const PlotData &data, ChartKind kind);

}  // namespace pgexport
