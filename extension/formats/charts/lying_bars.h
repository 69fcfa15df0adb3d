// Bars that lie: one row for each category, its name in full at the left where that is possible.
#pragma once

#include "formats/charts/plot_data.h"

#include "core/no_postgres.h"

namespace pgexport {

// Names take up to two fifths of the width, then they are wrapped, then shortened; if rows are
// lower than a line of text, every n-th has its name.
// REQUIRES: a range that is not empty.
void draw_lying_bars(Surface &surface, const Rect &area, const ChartData &data,
                     const PlotData &plot, const ValueRange &range);

// Height in points of the rows alone that lets every name and every bar be read.
double lying_bars_height(std::size_t categories, std::size_t series, bool stacked);

}  // namespace pgexport
