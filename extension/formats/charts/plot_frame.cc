#include "formats/charts/plot_frame.h"

#include <algorithm>

#include "formats/charts/style.h"
#include "formats/charts/text_fit.h"

namespace pgexport {

namespace {

using namespace chart_style;

constexpr double kBetweenTicks = 24;
constexpr double kMostTickWidth = 0.35;  // of the area
constexpr double kMostCategoryHeight = 0.35;
constexpr double kMostOverhang = 0.18;  // of the width, left of the plot for sloping names
constexpr double kTolerance = 1e-6;

struct TickLabels {
  Ticks ticks;
  std::vector<std::string> texts;
  double width;
};

TickLabels fit_ticks(Surface &surface, const ValueLabels &labels, const ValueRange &range,
                     double height, double most_width) {
  const int intervals = std::clamp(static_cast<int>(height / kBetweenTicks), 2, 8);
  TickLabels fitted = {labels.ticks(range, intervals), {}, 0};
  for (const std::string &text : labels.labels(fitted.ticks)) {
    fitted.texts.push_back(shortened(surface, text, most_width, kLabel));
  }
  fitted.width = widest(surface, fitted.texts, kLabel);
  return fitted;
}

CategoryPlaces category_places(const Rect &plot, const Rect &area, std::size_t n,
                               bool to_the_edges) {
  const double left = area.x;
  const double right = area.x + area.width;
  if (to_the_edges && n > 1) {
    return {plot.x, plot.width / static_cast<double>(n - 1), left, right};
  }
  const double pitch = plot.width / static_cast<double>(n);
  return {plot.x + pitch / 2, pitch, left, right};
}

void draw_grid(Surface &surface, const PlotFrame &frame, const TickLabels &ticks) {
  const Rect &plot = frame.plot;
  for (std::size_t i = 0; i < ticks.texts.size(); ++i) {
    const double y = frame.y.at(ticks.ticks.at(ticks.ticks.first + static_cast<long long>(i)));
    surface.line({plot.x, y}, {plot.x + plot.width, y}, kGrid);
    if (ticks.texts[i].empty()) continue;
    surface.text({plot.x - kGap, y + kHalfDigit * kLabel.size}, ticks.texts[i], Anchor::end,
                 kLabel);
  }
}

}  // namespace

std::string value_axis_title(const ChartData &data, const PlotData &plot) {
  if (!data.spec.value_title.empty() || plot.series.size() != 1) return data.spec.value_title;
  return plot.series[0].name;
}

void draw_axis_title(Surface &surface, const std::string &title, Point at, Anchor anchor,
                     double most_width) {
  const std::string text = shortened(surface, label_line(title), most_width, kAxisTitle);
  if (!text.empty()) surface.text(at, text, anchor, kAxisTitle);
}

PlotFrame draw_plot_frame(Surface &surface, const Rect &area, const ChartData &data,
                          const PlotData &plot, const ValueLabels &labels, const ValueRange &range,
                          const PlotRoom &room) {
  const bool titles = area.height >= kLeastHeightWithTitles;
  const std::string value_title = titles ? value_axis_title(data, plot) : "";
  const std::string category_title = titles ? data.spec.category_title : "";
  const double top = area.y + (value_title.empty() ? 0 : kAxisTitleLine) + kLabel.size / 2 + 1;
  const double bottom = area.y + area.height - (category_title.empty() ? 0 : kAxisTitleLine);
  const double right = area.x + area.width - kMargin;
  const double most_tick_width = area.width * kMostTickWidth;

  // The width of the tick labels depends on their number, thus on the height of the plot, thus on
  // the category labels, thus on the width of the plot: widen until it fits.
  PlotFrame frame;
  CategoryLabels categories;
  TickLabels ticks = fit_ticks(surface, labels, range, (bottom - top) * 0.8, most_tick_width);
  double tick_width = std::max(kMargin, ticks.width);
  for (;;) {
    const double left = area.x + tick_width + kGap;
    frame.plot = {left, top, right - left, 0};
    frame.places = category_places(frame.plot, area, plot.size(), room.to_the_edges);
    categories = fit_category_labels(surface, plot.categories, frame.places,
                                     area.height * kMostCategoryHeight, data.sequence);
    frame.plot.height = bottom - top - categories.height;
    ticks = fit_ticks(surface, labels, range, frame.plot.height - room.above - room.below,
                      most_tick_width);
    const double wanted = std::max(
        ticks.width, std::min(tick_width + categories.short_of, area.width * kMostOverhang));
    if (wanted <= tick_width + kTolerance) break;
    tick_width = wanted;
  }

  frame.y = {ticks.ticks.low(), ticks.ticks.high(), top + frame.plot.height - room.below,
             top + room.above};
  draw_grid(surface, frame, ticks);
  const double plot_bottom = top + frame.plot.height;
  draw_category_labels(surface, categories, frame.places, plot_bottom);
  draw_axis_title(surface, value_title, {area.x, area.y + kAscent * kAxisTitle.size}, Anchor::start,
                  area.width);
  draw_axis_title(
      surface, category_title,
      {frame.plot.x + frame.plot.width / 2, area.y + area.height - kDescent * kAxisTitle.size},
      Anchor::middle, frame.plot.width);
  return frame;
}

void draw_baseline(Surface &surface, const PlotFrame &frame) {
  const double value = std::clamp(0.0, frame.y.low, frame.y.high);
  const double y = frame.y.at(value);
  surface.line({frame.plot.x, y}, {frame.plot.x + frame.plot.width, y}, kBaseline);
}

}  // namespace pgexport
