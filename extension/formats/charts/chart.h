// Draws one chart into an area of a page.
//
// What is drawn follows docs/charts.md: a chart never shows a part of its data without saying so,
// no two texts overlap, and series can be told apart without colour.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "formats/drawing/surface.h"
#include "formats/section.h"

#include "core/no_postgres.h"

namespace pgexport {

struct Locale;

struct ChartSeries {
  std::string name;                           // heading of the value column
  std::vector<std::optional<double>> values;  // one per category; nullopt is NULL
};

// A value that is not finite, or further than this from zero, counts as NULL: it cannot be drawn.
inline constexpr double kMaxChartValue = 1e300;

struct ChartData {
  ChartSpec spec;                       // how to draw; the column names in it are not read
  std::vector<std::string> categories;  // as they are to be read; empty for NULL
  bool sequence = false;  // categories are dates or numbers in order: some labels may be left out
  std::vector<ChartSeries> series;
  std::function<std::string(double)> label;  // spells a value; empty: a number of the locale
  Colour accent = {0x1F, 0x4E, 0x79};        // of the first series
  const Locale *locale = nullptr;            // nullptr: the default one
};

// The least area a chart can be drawn in, in points.
inline constexpr double kMinChartWidth = 160;
inline constexpr double kMinChartHeight = 120;

// Throws Error 22023 if the data cannot be drawn as the kind asks: a pie of several series or of
// negative values; and internal_error if the series and categories differ in length.
void check_chart(const ChartData &data);

// The height in points that suits the data best at this width: more categories make a chart of
// horizontal bars longer, up to 640.  Any height from kMinChartHeight will do.
double chart_height(const ChartData &data, double width);

// Draws the chart, title included, inside `area`, which is at least of the least size.  Nothing is
// drawn outside it.  The same data gives the same operations.  Throws what check_chart() throws.
void draw_chart(Surface &surface, const Rect &area, const ChartData &data);

}  // namespace pgexport
