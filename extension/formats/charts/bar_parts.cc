#include "formats/charts/bar_parts.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace pgexport {

namespace {

constexpr double kThickest = 42;    // points; a few bars do not become slabs
constexpr double kFill = 0.7;       // of the pitch, one bar or a stack
constexpr double kGroupFill = 0.8;  // several side by side
constexpr double kLeastPitchWithGap = 1.5;

}  // namespace

std::vector<BarPart> bar_parts(const PlotData &plot, std::size_t category, bool stacked) {
  constexpr std::size_t kNone = static_cast<std::size_t>(-1);
  std::vector<BarPart> parts;
  std::array<double, 2> end = {0, 0};  // of the stacks above and below zero
  std::array<std::size_t, 2> last = {kNone, kNone};
  for (std::size_t i = 0; i < plot.series.size(); ++i) {
    const double value = plot.series[i].values[category];
    if (std::isnan(value)) continue;
    if (!stacked) {
      parts.push_back({i, 0, value, value, true});
      continue;
    }
    const std::size_t side = value < 0 ? 1 : 0;
    parts.push_back({i, end[side], end[side] + value, value, false});
    end[side] += value;
    last[side] = parts.size() - 1;
  }
  for (const std::size_t i : last) {
    if (i != kNone) parts[i].outermost = true;
  }
  return parts;
}

BarPlaces bar_places(double category_pitch, std::size_t series, bool stacked) {
  const std::size_t side_by_side = stacked ? 1 : series;
  const double fill = category_pitch < kLeastPitchWithGap ? 1
                      : side_by_side == 1                 ? kFill
                                                          : kGroupFill;
  const auto n = static_cast<double>(side_by_side);
  const double pitch = std::min(category_pitch * fill / n, kThickest);
  const double gap = side_by_side > 1 && pitch > 4 ? 0.75 : 0;
  return {-pitch * n / 2 + gap / 2, pitch - gap, stacked ? 0 : pitch};
}

}  // namespace pgexport
