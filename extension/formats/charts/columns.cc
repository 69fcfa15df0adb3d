#include "formats/charts/columns.h"

#include <algorithm>
#include <cmath>

#include "formats/charts/bar_parts.h"
#include "formats/charts/palette.h"
#include "formats/charts/plot_frame.h"
#include "formats/charts/style.h"

namespace pgexport {

namespace {

using namespace chart_style;

constexpr double kLabelHeight = (kAscent + kDescent) * kValue.size;
constexpr double kLabelRoom = kLabelHeight + 2;
constexpr double kAxisEstimate = 40;  // width that the value axis takes, more or less

class Columns {
 public:
  Columns(Surface &surface, const ChartData &data, const PlotData &plot)
      : surface_(surface), plot_(plot), stacked_(data.spec.stacked), labels_(data, plot) {}

  void draw(const Rect &area, const ChartData &data, const ValueRange &range) {
    // Labels over the bars need room in the plot, whose width is not known yet.
    const double pitch = (area.width - kAxisEstimate) / static_cast<double>(plot_.size());
    const double room = !stacked_ && labels_fit(pitch) ? kLabelRoom : 0;
    frame_ = draw_plot_frame(
        surface_, area, data, plot_, labels_, range,
        {false, range.high > 0 || range.low == 0 ? room : 0, range.low < 0 ? room : 0});
    places_ = bar_places(frame_.places.pitch, plot_.series.size(), stacked_);
    const bool labelled = room > 0 && labels_fit(frame_.places.pitch);
    for (std::size_t i = 0; i < plot_.size(); ++i) {
      for (const BarPart &part : bar_parts(plot_, i, stacked_)) {
        draw_bar(i, part);
        if (stacked_ && plot_.series.size() <= kMostLabelledParts) {
          label_inside(i, part);
        } else if (labelled) {
          label_at_end(i, part);
        }
      }
    }
    draw_baseline(surface_, frame_);
  }

 private:
  // Whether every bar's label is narrower than the room each bar has.
  bool labels_fit(double category_pitch) {
    const BarPlaces places = bar_places(category_pitch, plot_.series.size(), false);
    const double room = plot_.series.size() == 1 ? category_pitch : places.pitch;
    if (room < kLabelHeight) return false;
    for (const PlotSeries &series : plot_.series) {
      for (const double value : series.values) {
        if (std::isnan(value)) continue;
        if (surface_.text_width(labels_.value(value), kValue) > room - 2) return false;
      }
    }
    return true;
  }

  Rect rect_of(std::size_t category, const BarPart &part) const {
    const double from = frame_.y.at(part.from);
    const double to = frame_.y.at(part.to);
    return {places_.at(frame_.places.at(category), part.series), std::min(from, to),
            places_.thickness, std::fabs(to - from)};
  }

  void draw_bar(std::size_t category, const BarPart &part) {
    const Rect bar = rect_of(category, part);
    if (bar.height <= 0) return;
    surface_.fill_rect(bar, plot_.series[part.series].colour);
    const double border = frame_.y.at(part.to);
    if (!part.outermost && bar.height > 2 * kSeparator.width) {
      surface_.line({bar.x, border}, {bar.x + bar.width, border}, kSeparator);
    }
  }

  void label_at_end(std::size_t category, const BarPart &part) {
    const Rect bar = rect_of(category, part);
    const double baseline = part.value < 0 ? bar.y + bar.height + 1 + kAscent * kValue.size
                                           : bar.y - 1 - kDescent * kValue.size;
    surface_.text({bar.x + bar.width / 2, baseline}, labels_.value(part.value), Anchor::middle,
                  kValue);
  }

  void label_inside(std::size_t category, const BarPart &part) {
    const Rect bar = rect_of(category, part);
    if (bar.height < kLabelHeight + 1) return;
    const std::string text = labels_.value(part.value);
    if (surface_.text_width(text, kValue) > bar.width - 2) return;
    TextStyle style = kValue;
    style.colour = text_colour_on(plot_.series[part.series].colour);
    surface_.text({bar.x + bar.width / 2, bar.y + bar.height / 2 + kHalfDigit * kValue.size}, text,
                  Anchor::middle, style);
  }

  Surface &surface_;
  const PlotData &plot_;
  const bool stacked_;
  const ValueLabels labels_;
  PlotFrame frame_ = {};
  BarPlaces places_ = {};
};

}  // namespace

void draw_columns(Surface &surface, const Rect &area, const ChartData &data, const PlotData &plot,
                  const ValueRange &range) {
  Columns(surface, data, plot).draw(area, data, range);
}

}  // namespace pgexport
