#include "formats/charts/lines.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "formats/charts/legend.h"
#include "formats/charts/palette.h"
#include "formats/charts/plot_frame.h"
#include "formats/charts/style.h"

namespace pgexport {

namespace {

using namespace chart_style;

constexpr double kMarkerAtEachFrom = 12;  // pitch from which each value has its marker
constexpr double kBetweenMarkers = 60;    // about, where not each value has one
constexpr double kDensePitch = 2;         // below it lines are thinner
constexpr double kDenseStroke = 0.9;
constexpr double kAreaTint = 0.35;

using Points = std::vector<Point>;

class Lines {
 public:
  Lines(Surface &surface, const PlotData &plot, const PlotFrame &frame)
      : surface_(surface), plot_(plot), frame_(frame) {}

  void draw_all_lines(bool with_dashes) {
    for (std::size_t i = 0; i < plot_.series.size(); ++i) draw_line(i, with_dashes);
  }

  // The largest first, so that the smaller ones are not hidden.
  void draw_overlapping_areas() {
    std::vector<std::size_t> order(plot_.series.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::vector<double> sizes;
    for (const PlotSeries &series : plot_.series) sizes.push_back(mean_size(series));
    std::stable_sort(order.begin(), order.end(),
                     [&sizes](std::size_t a, std::size_t b) { return sizes[a] > sizes[b]; });
    for (const std::size_t i : order) {
      for (const Points &run : runs(plot_.series[i])) fill_to_zero(run, plot_.series[i].colour);
    }
  }

  void draw_stacked_areas() {
    std::vector<double> places;
    std::vector<std::vector<double>> values;
    sample(places, values);
    for (const double sign : {1.0, -1.0}) draw_stack(places, values, sign);
  }

 private:
  Point point(std::size_t category, double value) const {
    return {frame_.places.at(category), frame_.y.at(value)};
  }

  // Values without a gap between them.
  std::vector<Points> runs(const PlotSeries &series) const {
    std::vector<Points> runs;
    bool open = false;
    for (std::size_t i = 0; i < series.values.size(); ++i) {
      const double value = series.values[i];
      const bool missing = std::isnan(value);
      if (!missing && !open) runs.emplace_back();
      if (!missing) runs.back().push_back(point(i, value));
      open = !missing;
    }
    return runs;
  }

  static double mean_size(const PlotSeries &series) {
    double sum = 0;
    double count = 0;
    for (const double value : series.values) {
      if (std::isnan(value)) continue;
      sum += std::fabs(value);
      ++count;
    }
    return count > 0 ? sum / count : 0;
  }

  void draw_line(std::size_t index, bool with_dashes) {
    const PlotSeries &series = plot_.series[index];
    const SeriesLook look = series_look(series, index);
    const double width = frame_.places.pitch < kDensePitch ? kDenseStroke : kSeriesStroke;
    Stroke stroke = {look.colour, width};
    if (with_dashes) {
      stroke.dash_on = look.dash_on;
      stroke.dash_off = look.dash_off;
    }
    for (const Points &run : runs(series)) {
      if (run.size() > 1) surface_.polyline(run, stroke);
      if (run.size() == 1) draw_marker(surface_, run[0], look);
    }
    if (with_dashes) draw_markers(index, look);
  }

  // At each value, or at some: not the same ones in each series, so that they do not coincide.
  void draw_markers(std::size_t index, const SeriesLook &look) {
    const double pitch = frame_.places.pitch;
    std::size_t every = 1;
    if (pitch < kMarkerAtEachFrom) {
      if (plot_.series.size() == 1) return;
      every = std::max<std::size_t>(2, static_cast<std::size_t>(kBetweenMarkers / pitch));
    }
    const std::vector<double> &values = plot_.series[index].values;
    const std::size_t first = every * index / plot_.series.size();
    for (std::size_t i = first; i < values.size(); i += every) {
      if (!std::isnan(values[i])) draw_marker(surface_, point(i, values[i]), look);
    }
  }

  void fill_to_zero(const Points &run, Colour colour) {
    if (run.size() < 2) return;
    const double zero = frame_.y.at(std::clamp(0.0, frame_.y.low, frame_.y.high));
    Points outline = run;
    outline.push_back({run.back().x, zero});
    outline.push_back({run.front().x, zero});
    surface_.fill_polygon(outline, tint(colour, kAreaTint));
  }

  // The categories' places, and those between them where a series crosses zero, with the values
  // there: only so the parts above and below zero are as large as they should be.
  void sample(std::vector<double> &places, std::vector<std::vector<double>> &values) const {
    values.resize(plot_.series.size());
    const auto value_at = [this](std::size_t series, std::size_t category) {
      const double value = plot_.series[series].values[category];
      return std::isnan(value) ? 0 : value;
    };
    for (std::size_t i = 0; i < plot_.size(); ++i) {
      std::vector<double> between = {0};
      for (std::size_t s = 0; s < plot_.series.size() && i + 1 < plot_.size(); ++s) {
        const double a = value_at(s, i);
        const double b = value_at(s, i + 1);
        if ((a < 0 && b > 0) || (a > 0 && b < 0)) between.push_back(a / (a - b));
      }
      std::sort(between.begin(), between.end());
      for (const double t : between) {
        places.push_back(frame_.places.at(i) + t * frame_.places.pitch);
        for (std::size_t s = 0; s < plot_.series.size(); ++s) {
          const double a = value_at(s, i);
          values[s].push_back(t > 0 ? a + t * (value_at(s, i + 1) - a) : a);
        }
      }
    }
  }

  void draw_stack(const std::vector<double> &places, const std::vector<std::vector<double>> &values,
                  double sign) {
    Points inner;
    for (const double x : places) inner.push_back({x, frame_.y.at(0)});
    std::vector<double> sums(places.size(), 0);
    for (std::size_t s = 0; s < values.size(); ++s) {
      Points outer = inner;
      bool any = false;
      for (std::size_t i = 0; i < places.size(); ++i) {
        if (values[s][i] * sign <= 0) continue;
        any = true;
        sums[i] += values[s][i];
        outer[i].y = frame_.y.at(sums[i]);
      }
      if (!any) continue;
      Points outline = outer;
      outline.insert(outline.end(), inner.rbegin(), inner.rend());
      surface_.fill_polygon(outline, plot_.series[s].colour);
      if (s > 0) surface_.polyline(inner, kSeparator);
      inner = std::move(outer);
    }
  }

  Surface &surface_;
  const PlotData &plot_;
  const PlotFrame &frame_;
};

}  // namespace

void draw_lines(Surface &surface, const Rect &area, const ChartData &data, const PlotData &plot,
                const ValueRange &range) {
  const bool areas = data.spec.kind == ChartKind::area;
  const ValueLabels labels(data, plot);
  const PlotFrame frame = draw_plot_frame(surface, area, data, plot, labels, range, {true, 0, 0});
  if (!areas) draw_baseline(surface, frame);
  Lines lines(surface, plot, frame);
  if (!areas) {
    lines.draw_all_lines(plot.series.size() > 1);
  } else if (data.spec.stacked) {
    lines.draw_stacked_areas();
  } else {
    lines.draw_overlapping_areas();
    lines.draw_all_lines(false);
  }
  if (areas) draw_baseline(surface, frame);
}

}  // namespace pgexport
