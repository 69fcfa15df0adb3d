// Lines and areas over the categories.
#pragma once

#include "formats/charts/plot_data.h"

#include "core/no_postgres.h"

namespace pgexport {

// A missing value is a gap; a value between two gaps is a marker.  In stacked areas a missing value
// adds nothing, and negative values form a stack of their own below zero.
// REQUIRES: a range that is not empty; kind line, or area with at least two categories.
void draw_lines(Surface &surface, const Rect &area, const ChartData &data, const PlotData &plot,
                const ValueRange &range);

}  // namespace pgexport
