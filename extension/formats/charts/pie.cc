#include "formats/charts/pie.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <optional>

#include "core/text/locale.h"
#include "formats/charts/pie_slices.h"
#include "formats/charts/spread.h"
#include "formats/charts/style.h"
#include "formats/charts/text_fit.h"

namespace pgexport {

namespace {

using namespace chart_style;

constexpr double kHole = 0.58;        // of the radius of a ring
constexpr double kAround = 6;         // between the disc and the area's edges
constexpr double kElbow = 6;          // from the disc outwards, where a leader bends
constexpr double kReach = 16;         // from the disc to the labels
constexpr double kLeastRadius = 0.2;  // of the width
constexpr double kMostLabel = 0.34;   // of the width, one side
constexpr double kLine = kLabel.size * kLineHeight;
constexpr double kBetweenLabels = 2;
constexpr Stroke kBetweenSlices = {kPaper, 0.9};

// What a label has: the name in two lines if need be, value and share; the name in one line, value
// and share; name and share in one line.
enum class Detail { full, value_and_share, share };

struct Label {
  std::size_t slice;
  std::vector<std::string> lines;
  double y = 0;  // middle
};

struct Disc {
  Point centre;
  double radius;

  Point at(double degrees, double distance) const {
    const double angle = degrees * std::numbers::pi / 180;
    return {centre.x + distance * std::sin(angle), centre.y - distance * std::cos(angle)};
  }
};

double cross(Point a, Point b, Point c) {
  return (b.x - a.x) * (c.y - a.y) - (b.y - a.y) * (c.x - a.x);
}

bool segments_cross(Point a, Point b, Point c, Point d) {
  return (cross(a, b, c) > 0) != (cross(a, b, d) > 0) &&
         (cross(c, d, a) > 0) != (cross(c, d, b) > 0);
}

double distance_to_segment(Point p, Point a, Point b) {
  const double dx = b.x - a.x;
  const double dy = b.y - a.y;
  const double square = dx * dx + dy * dy;
  const double t =
      square > 0 ? std::clamp(((p.x - a.x) * dx + (p.y - a.y) * dy) / square, 0.0, 1.0) : 0;
  return std::hypot(p.x - a.x - t * dx, p.y - a.y - t * dy);
}

class Pie {
 public:
  Pie(Surface &surface, const Rect &area, const ChartData &data, const PlotData &plot)
      : surface_(surface),
        area_(area),
        data_(data),
        plot_(plot),
        labels_(data, plot),
        locale_(data.locale != nullptr ? *data.locale : default_locale()) {}

  void draw() {
    lay_out();
    draw_slices();
    for (const Label &label : placed_) draw_label(label);
    if (data_.spec.kind == ChartKind::doughnut) draw_total();
  }

 private:
  // As few slices gathered as possible; labels with as much detail as possible.
  void lay_out() {
    const std::size_t n = slice_count(plot_);
    const auto most_labels = 2 * static_cast<std::size_t>(area_.height / (kLine + kBetweenLabels));
    if (n <= most_labels &&
        (place(0, Detail::full) || place(0, Detail::value_and_share) || place(0, Detail::share))) {
      return;
    }
    std::size_t gathered = next_gathered(plot_, n > most_labels ? n - most_labels : 2);
    while (!place(gathered, Detail::value_and_share) && gathered < n) {
      gathered = next_gathered(plot_, gathered + 1);
    }
  }

  // True if all labels found a place.
  bool place(std::size_t gathered, Detail detail) {
    slices_ = pie_slices(plot_, locale_, data_.accent, gathered);
    set_disc(detail);
    std::vector<Label> right;
    std::vector<Label> left;
    for (std::size_t i = 0; i < slices_.size(); ++i) {
      (slices_[i].middle() < 180 ? right : left).push_back({i, lines_of(slices_[i], detail)});
    }
    std::reverse(left.begin(), left.end());  // downwards
    const bool ok = place_side(right) && place_side(left);
    placed_ = std::move(right);
    placed_.insert(placed_.end(), left.begin(), left.end());
    return ok;
  }

  void set_disc(Detail detail) {
    label_width_ = area_.width * kMostLabel;
    double natural = 0;
    for (const Slice &slice : slices_) {
      natural = std::max(natural, widest(surface_, lines_of(slice, detail), kLabel));
    }
    const double highest = area_.height / 2 - kAround;
    const double wanted = area_.width / 2 - natural - kReach;
    disc_ = {{area_.x + area_.width / 2, area_.y + area_.height / 2},
             std::min(highest, std::max(wanted, area_.width * kLeastRadius))};
    label_width_ = std::min(label_width_, area_.width / 2 - disc_.radius - kReach);
  }

  // Name, then value and share in one line or two, as wide as there is room.
  std::vector<std::string> lines_of(const Slice &slice, Detail detail) {
    std::vector<std::string> lines;
    const auto fits = [this](const std::string &text) {
      return surface_.text_width(text, kLabel) <= label_width_;
    };
    if (detail == Detail::share) {
      const double share = surface_.text_width("  " + slice.share, kLabel);
      std::string name = shortened(surface_, slice.name, label_width_ - share, kLabel);
      return {name.empty() ? slice.share : name + "  " + slice.share};
    }
    lines = wrapped(surface_, slice.name, label_width_, detail == Detail::full ? 2 : 1, kLabel);
    const std::string value = labels_.value(slice.value);
    const std::string both = value + " · " + slice.share;
    if (fits(both)) {
      lines.push_back(both);
    } else {
      if (slice.gathered && fits(value)) lines.push_back(value);
      lines.push_back(slice.share);
    }
    std::erase(lines, "");
    return lines;
  }

  static double height_of(const Label &label) {
    return static_cast<double>(label.lines.size()) * kLine + kBetweenLabels;
  }

  bool place_side(std::vector<Label> &labels) const {
    std::vector<Spread> things;
    for (const Label &label : labels) {
      const double wanted = disc_.at(slices_[label.slice].middle(), disc_.radius + kElbow).y;
      things.push_back({wanted, height_of(label)});
    }
    const bool room = spread(things, area_.y, area_.y + area_.height);
    for (std::size_t i = 0; i < labels.size(); ++i) {
      labels[i].y = std::clamp(things[i].middle, area_.y + height_of(labels[i]) / 2,
                               area_.y + area_.height - height_of(labels[i]) / 2);
    }
    return room && leaders_are_clear(labels);
  }

  Point elbow(const Label &label) const {
    return disc_.at(slices_[label.slice].middle(), disc_.radius + kElbow);
  }

  bool is_right(const Label &label) const { return slices_[label.slice].middle() < 180; }

  Point leader_end(const Label &label) const {
    const double reach = disc_.radius + kReach - 3;
    return {disc_.centre.x + (is_right(label) ? reach : -reach), label.y};
  }

  // No leader runs over the disc or over its neighbour.
  bool leaders_are_clear(const std::vector<Label> &labels) const {
    for (std::size_t i = 0; i < labels.size(); ++i) {
      const Point from = elbow(labels[i]);
      const Point to = leader_end(labels[i]);
      if (distance_to_segment(disc_.centre, from, to) < disc_.radius + 1) return false;
      if (i > 0 && segments_cross(elbow(labels[i - 1]), leader_end(labels[i - 1]), from, to)) {
        return false;
      }
    }
    return true;
  }

  double hole() const { return data_.spec.kind == ChartKind::doughnut ? disc_.radius * kHole : 0; }

  void draw_slices() {
    for (const Slice &slice : slices_) {
      surface_.fill_slice(disc_.centre, hole(), disc_.radius, slice.start, slice.sweep,
                          slice.colour);
    }
    if (slices_.size() < 2) return;
    for (const Slice &slice : slices_) {
      surface_.line(disc_.at(slice.start, hole()), disc_.at(slice.start, disc_.radius),
                    kBetweenSlices);
    }
  }

  void draw_label(const Label &label) {
    const Slice &slice = slices_[label.slice];
    const std::vector<Point> leader = {disc_.at(slice.middle(), disc_.radius + 1.5), elbow(label),
                                       leader_end(label)};
    surface_.polyline(leader, kLeader);
    const double side = is_right(label) ? 1 : -1;
    const double x = disc_.centre.x + side * (disc_.radius + kReach);
    const auto below = static_cast<double>(label.lines.size() - 1);
    double baseline = label.y + kHalfDigit * kLabel.size - below * kLine / 2;
    for (const std::string &line : label.lines) {
      surface_.text({x, baseline}, line, side > 0 ? Anchor::start : Anchor::end, kLabel);
      baseline += kLine;
    }
  }

  void draw_total() {
    long double sum = 0;
    for (const Slice &slice : slices_) sum += slice.value;
    const std::string total = labels_.value(static_cast<double>(sum));
    const TextStyle style = {Face::bold, 11, kValue.colour};
    const double room = 1.7 * hole();
    if (surface_.text_width(total, style) > room || hole() < 2 * style.size) return;
    surface_.text({disc_.centre.x, disc_.centre.y + 0.75 * style.size}, total, Anchor::middle,
                  style);
    const std::string word(locale_.words.total);
    if (surface_.text_width(word, kAxisTitle) > room) return;
    surface_.text({disc_.centre.x, disc_.centre.y - 0.55 * kAxisTitle.size}, word, Anchor::middle,
                  kAxisTitle);
  }

  Surface &surface_;
  const Rect area_;
  const ChartData &data_;
  const PlotData &plot_;
  const ValueLabels labels_;
  const Locale &locale_;
  std::vector<Slice> slices_;
  Disc disc_ = {};
  double label_width_ = 0;
  std::vector<Label> placed_;
};

}  // namespace

void draw_pie(Surface &surface, const Rect &area, const ChartData &data, const PlotData &plot) {
  Pie(surface, area, data, plot).draw();
}

}  // namespace pgexport
