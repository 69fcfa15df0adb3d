// Pies and rings.
#pragma once

#include "formats/charts/plot_data.h"

#include "core/no_postgres.h"

namespace pgexport {

// Slices follow each other clockwise from 12, in the order of the data.  Each has its name, value
// and share beside it, with a line to it.  If there is not room for all these labels, the smallest
// slices are drawn as one, named "Other (n)" with their sum.  Missing values and zeros have none.
// REQUIRES: one series, no negative value, one above zero.
void draw_pie(Surface &surface, const Rect &area, const ChartData &data, const PlotData &plot);

}  // namespace pgexport
