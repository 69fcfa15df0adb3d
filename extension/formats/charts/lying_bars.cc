#include "formats/charts/lying_bars.h"

#include <algorithm>
#include <cmath>

#include "formats/charts/bar_parts.h"
#include "formats/charts/palette.h"
#include "formats/charts/plot_frame.h"
#include "formats/charts/style.h"
#include "formats/charts/text_fit.h"

namespace pgexport {

namespace {

using namespace chart_style;

constexpr double kMostNameWidth = 0.4;   // of the area
constexpr double kMostLabelWidth = 0.4;  // of the plot, both sides together
constexpr double kLine = kLabel.size * kLineHeight;
constexpr double kTickLine = 14;
constexpr double kBetweenTicks = 10;
constexpr double kLabelHeight = (kAscent + kDescent) * kValue.size;

class LyingBars {
 public:
  LyingBars(Surface &surface, const Rect &area, const ChartData &data, const PlotData &plot)
      : surface_(surface),
        area_(area),
        plot_(plot),
        stacked_(data.spec.stacked),
        labels_(data, plot) {
    if (area.height < kLeastHeightWithTitles) return;
    category_title_ = data.spec.category_title;
    value_title_ = value_axis_title(data, plot);
  }

  void draw(const ValueRange &range) {
    set_plot();
    draw_names();
    labelled_ = !stacked_ && bars_.thickness >= kLabelHeight - 1 && make_label_room();
    draw_axis(range);
    for (std::size_t i = 0; i < plot_.size(); ++i) {
      for (const BarPart &part : bar_parts(plot_, i, stacked_)) {
        const Rect bar = rect_of(i, part);
        draw_bar(bar, part);
        if (stacked_ && plot_.series.size() <= kMostLabelledParts) {
          label_inside(bar, part);
        } else if (labelled_) {
          label_at_end(bar, part);
        }
      }
    }
    const double zero = x_.at(std::clamp(0.0, x_.low, x_.high));
    surface_.line({zero, rows_.y}, {zero, rows_.y + rows_.height}, kBaseline);
  }

 private:
  void set_plot() {
    const double top = category_title_.empty() ? 0 : kAxisTitleLine;
    const double bottom = kTickLine + (value_title_.empty() ? 0 : kAxisTitleLine);
    const double names =
        std::min(widest(surface_, plot_.categories, kLabel), area_.width * kMostNameWidth);
    const double left = std::max(names, kMargin) + kGap;
    rows_ = {area_.x + left, area_.y + top, area_.width - left - kMargin,
             area_.height - top - bottom};
    pitch_ = rows_.height / static_cast<double>(plot_.size());
    bars_ = bar_places(pitch_, plot_.series.size(), stacked_);
  }

  double middle_of(std::size_t category) const {
    return rows_.y + (static_cast<double>(category) + 0.5) * pitch_;
  }

  void draw_names() {
    const std::size_t every =
        pitch_ >= kLine ? 1 : static_cast<std::size_t>(std::ceil(kLine / pitch_));
    const auto most_lines = std::clamp<std::size_t>(static_cast<std::size_t>(pitch_ / kLine), 1, 3);
    const double x = rows_.x - kGap;
    const std::vector<double> widths(plot_.size(), x - area_.x);
    const auto in_one_line = shortened_apart(surface_, plot_.categories, widths, kLabel);
    for (std::size_t i = every / 2; i < plot_.size(); i += every) {
      const auto lines =
          most_lines == 1 ? std::vector<std::string>{in_one_line[i]}
                          : wrapped(surface_, plot_.categories[i], widths[i], most_lines, kLabel);
      double baseline = middle_of(i) + kHalfDigit * kLabel.size -
                        (static_cast<double>(lines.size()) - 1) * kLine / 2;
      for (const std::string &line : lines) {
        if (!line.empty()) surface_.text({x, baseline}, line, Anchor::end, kLabel);
        baseline += kLine;
      }
    }
    if (category_title_.empty()) return;
    draw_axis_title(surface_, category_title_, {area_.x, area_.y + kAscent * kAxisTitle.size},
                    Anchor::start, area_.width);
  }

  // Takes room for the labels off both ends of the axis; false if that is too much.
  bool make_label_room() {
    double before = 0;
    double after = 0;
    for (const PlotSeries &series : plot_.series) {
      for (const double value : series.values) {
        if (std::isnan(value)) continue;
        const double width = surface_.text_width(labels_.value(value), kValue) + kGap / 2;
        double &room = value < 0 ? before : after;
        room = std::max(room, width);
      }
    }
    if (before + after > rows_.width * kMostLabelWidth) return false;
    before_ = before;
    after_ = after;
    return true;
  }

  void draw_axis(const ValueRange &range) {
    for (int intervals = 8;; --intervals) {
      const Ticks ticks = labels_.ticks(range, intervals);
      const std::vector<std::string> texts = labels_.labels(ticks);
      const double last = surface_.text_width(texts.back(), kLabel) / 2 - kMargin;
      const double end = rows_.x + rows_.width - std::max(after_, last);
      x_ = {ticks.low(), ticks.high(), rows_.x + before_, end};
      const double step = (x_.to - x_.from) / static_cast<double>(ticks.last - ticks.first);
      const bool fits = step >= widest(surface_, texts, kLabel) + kBetweenTicks;
      if (!fits && intervals > 2) continue;
      draw_ticks(ticks, texts);
      return;
    }
  }

  // Where there is not room for all labels, some are left out.
  void draw_ticks(const Ticks &ticks, const std::vector<std::string> &texts) {
    const double bottom = rows_.y + rows_.height;
    double reached = area_.x;
    for (std::size_t i = 0; i < texts.size(); ++i) {
      const double x = x_.at(ticks.at(ticks.first + static_cast<long long>(i)));
      surface_.line({x, rows_.y}, {x, bottom}, kGrid);
      const double half = surface_.text_width(texts[i], kLabel) / 2;
      if (texts[i].empty() || x - half < reached || x + half > area_.x + area_.width) continue;
      surface_.text({x, bottom + kGap + kAscent * kLabel.size}, texts[i], Anchor::middle, kLabel);
      reached = x + half + kGap;
    }
    if (value_title_.empty()) return;
    draw_axis_title(
        surface_, value_title_,
        {rows_.x + rows_.width / 2, area_.y + area_.height - kDescent * kAxisTitle.size},
        Anchor::middle, rows_.width);
  }

  Rect rect_of(std::size_t category, const BarPart &part) const {
    const double from = x_.at(part.from);
    const double to = x_.at(part.to);
    return {std::min(from, to), bars_.at(middle_of(category), part.series), std::fabs(to - from),
            bars_.thickness};
  }

  void draw_bar(const Rect &bar, const BarPart &part) {
    if (bar.width <= 0) return;
    surface_.fill_rect(bar, plot_.series[part.series].colour);
    const double border = x_.at(part.to);
    if (!part.outermost && bar.width > 2 * kSeparator.width) {
      surface_.line({border, bar.y}, {border, bar.y + bar.height}, kSeparator);
    }
  }

  void label_at_end(const Rect &bar, const BarPart &part) {
    const double baseline = bar.y + bar.height / 2 + kHalfDigit * kValue.size;
    const bool left = part.value < 0;
    const double x = left ? bar.x - kGap / 2 : bar.x + bar.width + kGap / 2;
    surface_.text({x, baseline}, labels_.value(part.value), left ? Anchor::end : Anchor::start,
                  kValue);
  }

  void label_inside(const Rect &bar, const BarPart &part) {
    if (bar.height < kLabelHeight - 1) return;
    const std::string text = labels_.value(part.value);
    if (surface_.text_width(text, kValue) > bar.width - kGap) return;
    TextStyle style = kValue;
    style.colour = text_colour_on(plot_.series[part.series].colour);
    surface_.text({bar.x + bar.width / 2, bar.y + bar.height / 2 + kHalfDigit * kValue.size}, text,
                  Anchor::middle, style);
  }

  Surface &surface_;
  const Rect area_;
  const PlotData &plot_;
  const bool stacked_;
  const ValueLabels labels_;
  std::string category_title_;
  std::string value_title_;
  Rect rows_ = {};
  double pitch_ = 0;
  BarPlaces bars_ = {};
  bool labelled_ = false;
  double before_ = 0;  // room for labels at both ends of the axis
  double after_ = 0;
  ValueScale x_ = {};
};

}  // namespace

void draw_lying_bars(Surface &surface, const Rect &area, const ChartData &data,
                     const PlotData &plot, const ValueRange &range) {
  LyingBars(surface, area, data, plot).draw(range);
}

double lying_bars_height(std::size_t categories, std::size_t series, bool stacked) {
  const std::size_t side_by_side = stacked ? 1 : series;
  const double row = std::max(16.0, 11.0 * static_cast<double>(side_by_side) + 4);
  return static_cast<double>(categories) * row;
}

}  // namespace pgexport
