#include "formats/charts/category_labels.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "formats/charts/style.h"
#include "formats/charts/text_fit.h"

namespace pgexport {

namespace {

using namespace chart_style;

constexpr double kBelowAxis = 5;
constexpr double kBetween = 5;  // of level labels side by side
constexpr double kLine = kLabel.size * kLineHeight;
constexpr double kTurnedPitch = kLabel.size * 1.25;  // of lines turned by 90 degrees
constexpr double kSlope = std::numbers::sqrt2 / 2;   // sine and cosine of 45 degrees

class Fitting {
 public:
  Fitting(Surface &surface, const std::vector<std::string> &categories,
          const CategoryPlaces &places, double max_height, bool sequence)
      : surface_(surface),
        categories_(categories),
        places_(places),
        max_height_(max_height),
        sequence_(sequence) {
    for (const std::string &name : categories) {
      widths_.push_back(surface.text_width(name, kLabel));
      characters_.push_back(character_count(name));
    }
  }

  CategoryLabels best() {
    for (std::size_t lines = 1; lines <= 3; ++lines) offer(level(lines));
    if (best_.score < kGoodEnough) offer(thinned());
    if (best_.score < kGoodEnough) {
      offer(sloping());
      offer(upright());
    }
    return std::move(best_);
  }

 private:
  static constexpr double kGoodEnough = 0.965;
  static constexpr double kCutWords = 0.85;  // how much worse a name with a part missing reads
  static constexpr double kTolerance = 1e-6;

  void offer(CategoryLabels labels) {
    if (labels.score > best_.score) best_ = std::move(labels);
  }

  // Part of the names' characters that is shown.
  double shown(const CategoryLabels &labels) const {
    std::size_t all = 0;
    std::size_t seen = 0;
    const bool guessable = sequence_ && labels.labels.size() > 1;
    for (std::size_t i = 0; i < categories_.size(); ++i) {
      if (i % labels.every == 0 || !guessable) all += characters_[i];
      if (i % labels.every != 0) continue;
      std::size_t drawn = 0;
      for (const std::string &line : labels.labels[i / labels.every]) {
        drawn += character_count(line) + (drawn > 0 ? 1 : 0);
      }
      seen += std::min(drawn, characters_[i]);
    }
    if (all == 0) return 1;
    const double thinning = labels.every > 1 ? 0.97 : 1;
    return thinning * static_cast<double>(seen) / static_cast<double>(all);
  }

  // Each name in up to `lines` lines as wide as its category.
  CategoryLabels level(std::size_t lines) {
    CategoryLabels labels;
    const double width = places_.pitch - kBetween;
    if (static_cast<double>(lines) * kLine + kBelowAxis > max_height_) return labels;
    std::size_t most = 1;
    double reached = places_.left - kBetween;
    for (std::size_t i = 0; i < categories_.size(); ++i) {
      labels.labels.push_back(wrapped(surface_, categories_[i], width, lines, kLabel));
      most = std::max(most, labels.labels.back().size());
      const double half = widest(surface_, labels.labels.back(), kLabel) / 2;
      const double middle = places_.inside(i, half);
      if (middle - half < reached + kBetween - kTolerance) return {};
      reached = middle + half;
    }
    labels.height = kBelowAxis + static_cast<double>(most) * kLine;
    const double seen = shown(labels);
    labels.score = seen * (seen < 1 ? kCutWords : 1) * (1 - 0.03 * static_cast<double>(most - 1));
    return labels;
  }

  // Level names in full, of every n-th category.
  CategoryLabels thinned() {
    CategoryLabels labels;
    const std::size_t n = categories_.size();
    labels.every = 1;
    while (labels.every < n && !fits_level(labels.every)) ++labels.every;
    if (!fits_level(labels.every)) return labels;
    for (std::size_t i = 0; i < n; i += labels.every) labels.labels.push_back({categories_[i]});
    labels.height = kBelowAxis + kLine;
    labels.score = shown(labels);
    return labels;
  }

  bool fits_level(std::size_t every) const {
    double reached = places_.left - kBetween;
    for (std::size_t i = 0; i < categories_.size(); i += every) {
      const double half = widths_[i] / 2;
      const double middle = places_.inside(i, half);
      if (middle - half < reached + kBetween - kTolerance) return false;
      reached = middle + half;
    }
    return reached <= places_.right + kTolerance;
  }

  // Upwards to the right, each ending below its category.
  CategoryLabels sloping() {
    const double corner = (kAscent + kDescent) * kLabel.size * kSlope;
    const double room = (max_height_ - kBelowAxis - corner) / kSlope;
    return turned(45, kTurnedPitch / kSlope, room, 0.85, [this, corner](std::size_t i) {
      return (places_.at(i) - places_.left - corner) / kSlope;
    });
  }

  CategoryLabels upright() {
    return turned(90, kTurnedPitch, max_height_ - kBelowAxis, 0.75,
                  [this](std::size_t) { return max_height_; });
  }

  template <typename Limit>
  CategoryLabels turned(double angle, double least_pitch, double room, double readability,
                        Limit limit) {
    CategoryLabels labels;
    if (room < 3 * kLabel.size) return labels;
    labels.angle = angle;
    if (places_.pitch < least_pitch) {
      labels.every = static_cast<std::size_t>(std::ceil(least_pitch / places_.pitch));
    }
    std::vector<std::string> names;
    std::vector<double> rooms;
    for (std::size_t i = 0; i < categories_.size(); i += labels.every) {
      names.push_back(categories_[i]);
      rooms.push_back(std::min(room, limit(i)));
      labels.short_of = std::max(labels.short_of, std::min(room, widths_[i]) - rooms.back());
    }
    double longest = 0;
    for (std::string &name : shortened_apart(surface_, names, rooms, kLabel)) {
      longest = std::max(longest, surface_.text_width(name, kLabel));
      labels.labels.push_back({std::move(name)});
    }
    const double radians = angle * std::numbers::pi / 180;
    labels.height = kBelowAxis + longest * std::sin(radians) +
                    (kAscent + kDescent) * kLabel.size * std::cos(radians);
    labels.score = readability * shown(labels);
    return labels;
  }

  Surface &surface_;
  const std::vector<std::string> &categories_;
  const CategoryPlaces &places_;
  const double max_height_;
  const bool sequence_;
  std::vector<double> widths_;
  std::vector<std::size_t> characters_;
  CategoryLabels best_;
};

// Where the end of the baseline lies, for a text whose middle of the end lies at x.
Point turned_end(double x, double y, double angle) {
  const double half = kHalfDigit * kLabel.size;
  if (angle == 90) return {x + half, y + kBelowAxis};
  return {x + half * kSlope, y + kBelowAxis + kAscent * kLabel.size * kSlope};
}

}  // namespace

CategoryLabels fit_category_labels(Surface &surface, const std::vector<std::string> &categories,
                                   const CategoryPlaces &places, double max_height, bool sequence) {
  if (categories.empty()) return {};
  return Fitting(surface, categories, places, max_height, sequence).best();
}

void draw_category_labels(Surface &surface, const CategoryLabels &labels,
                          const CategoryPlaces &places, double y) {
  for (std::size_t j = 0; j < labels.labels.size(); ++j) {
    const std::size_t i = j * labels.every;
    const double middle = places.inside(i, widest(surface, labels.labels[j], kLabel) / 2);
    double baseline = y + kBelowAxis + kAscent * kLabel.size;
    for (const std::string &line : labels.labels[j]) {
      if (line.empty()) continue;
      if (labels.angle == 0) {
        surface.text({middle, baseline}, line, Anchor::middle, kLabel);
        baseline += kLine;
      } else {
        surface.text(turned_end(places.at(i), y, labels.angle), line, Anchor::end, kLabel,
                     labels.angle);
      }
    }
  }
}

}  // namespace pgexport
