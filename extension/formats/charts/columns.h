// Bars that stand: side by side or stacked.
#pragma once

#include "formats/charts/plot_data.h"

#include "core/no_postgres.h"

namespace pgexport {

// Negative values go down from the line at zero; in a stack they have a stack of their own there.
// REQUIRES: a range that is not empty.
void draw_columns(Surface &surface, const Rect &area, const ChartData &data, const PlotData &plot,
                  const ValueRange &range);

}  // namespace pgexport
