#include "formats/charts/plot_data.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "formats/charts/palette.h"
#include "formats/charts/text_fit.h"

namespace pgexport {

namespace {

constexpr double kTiny = 1e-290;  // nearer to zero the steps of an axis cannot be computed
// Values that differ by less than this part of them are drawn from zero: the difference is noise.
constexpr double kLeastExtent = 1e-9;

double drawable(const std::optional<double> &value) {
  if (!value || !(std::fabs(*value) <= kMaxChartValue)) {
    return std::numeric_limits<double>::quiet_NaN();
  }
  return std::fabs(*value) < kTiny ? 0 : *value;
}

void add_stack(ValueRange &range, const PlotData &data, std::size_t category) {
  double above = 0;
  double below = 0;
  for (const PlotSeries &series : data.series) {
    const double value = series.values[category];
    if (std::isnan(value)) continue;
    (value > 0 ? above : below) += value;
    range.empty = false;
  }
  range.low = std::min(range.low, below);
  range.high = std::max(range.high, above);
}

}  // namespace

void ValueRange::add(double value) {
  low = empty ? value : std::min(low, value);
  high = empty ? value : std::max(high, value);
  empty = false;
}

PlotData plot_data(const ChartData &data) {
  PlotData plot;
  for (const std::string &category : data.categories) {
    plot.categories.push_back(label_line(category));
  }
  const auto colours = chart_palette(data.accent, static_cast<int>(data.series.size()));
  for (const ChartSeries &given : data.series) {
    PlotSeries series{label_line(given.name), {}, colours[plot.series.size()]};
    series.values.reserve(given.values.size());
    for (const auto &value : given.values) series.values.push_back(drawable(value));
    plot.series.push_back(std::move(series));
  }
  return plot;
}

ValueRange value_range(const PlotData &data, ChartKind kind, bool stacked) {
  ValueRange range;
  if (stacked) {
    for (std::size_t i = 0; i < data.size(); ++i) add_stack(range, data, i);
    return range;
  }
  for (const PlotSeries &series : data.series) {
    for (const double value : series.values) {
      if (!std::isnan(value)) range.add(value);
    }
  }
  if (range.empty) return range;
  const double nearest = range.low > 0 ? range.low : range.high < 0 ? -range.high : 0;
  const double extent = range.high - range.low;
  const bool far_from_zero = nearest > 2 * extent && extent > kLeastExtent * nearest;
  if (kind != ChartKind::line || !far_from_zero) {
    range.low = std::min(range.low, 0.0);
    range.high = std::max(range.high, 0.0);
  }
  return range;
}

}  // namespace pgexport
