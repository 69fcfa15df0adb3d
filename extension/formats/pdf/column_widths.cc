#include "formats/pdf/column_widths.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <optional>

namespace pgexport::pdf {

namespace {

constexpr double kSizeStep = 0.5;

// A comfortable text column has most texts on one or two lines, or is as wide as is pleasant to
// read (at size 1: some 40 letters); it is not narrower than some 25 letters.  One narrower than
// kFloorText (some 10 letters) is hard to read.
constexpr double kWidestComfort = 20;
constexpr double kLeastComfort = 13;
constexpr double kFloorText = 5;

// For comfort the text may be this much smaller, not more.
constexpr double kComfortShrinks = 1;

// A word of a heading is not broken unless it is longer than this.
constexpr double kHeadingWord = 9;

// The repeated columns of a band may take this part of it, and this without wrapping.
constexpr double kRepeatedShare = 0.35;
constexpr double kRepeatedWhole = 0.2;

enum class Comfort { comfortable, tight };

// The widths that one column may have at one size.
struct Range {
  double least, typical, widest;
  bool fixed = false;
};

Range range_of(const ColumnMeasure &column, double size, double padding, Comfort comfort) {
  if (column.fixed > 0) {
    const double width = (column.fixed + 2 * padding) * size;
    return {width, width, width, true};
  }
  double least = column.widest;
  if (column.wraps) {
    const double unbroken = std::min(column.longest_word, kLeastComfort);
    const double two_lines = std::clamp(column.typical / 2, kLeastComfort, kWidestComfort);
    least = comfort == Comfort::comfortable ? two_lines : std::max(kFloorText, unbroken);
    least = std::min(column.widest, least);
  }
  least = std::max(least, std::min(column.heading_word, kHeadingWord));
  const double widest = std::max(least, std::max(column.widest, column.heading));
  const double typical = std::clamp(column.typical, least, widest);
  const double around = 2 * padding;
  return {(least + around) * size, (typical + around) * size, (widest + around) * size};
}

std::vector<Range> ranges_of(std::span<const ColumnMeasure> columns, double size, double padding,
                             Comfort comfort) {
  std::vector<Range> ranges;
  ranges.reserve(columns.size());
  for (const ColumnMeasure &column : columns) {
    ranges.push_back(range_of(column, size, padding, comfort));
  }
  return ranges;
}

double least_width(std::span<const Range> ranges) {
  return std::accumulate(ranges.begin(), ranges.end(), 0.0,
                         [](double sum, const Range &range) { return sum + range.least; });
}

// Raises every width towards its target, so that `room` is used.  If that is not enough for all,
// each gets at most a common level times the root of its target: what needs little gets all of
// it, and of two long texts the one of four times the length gets twice the width.
void raise_to_targets(std::vector<double> &widths, std::span<const double> targets, double room) {
  const auto at_level = [&](std::size_t i, double level) {
    return std::max(widths[i], std::min(targets[i], level * std::sqrt(targets[i])));
  };
  const auto sum_at = [&](double level) {
    double sum = 0;
    for (std::size_t i = 0; i < widths.size(); ++i) sum += at_level(i, level);
    return sum;
  };
  const double all = std::accumulate(widths.begin(), widths.end(), room);
  double low = 0;
  double high = std::sqrt(*std::max_element(targets.begin(), targets.end()));
  if (sum_at(high) <= all) low = high;
  constexpr int kHalvings = 50;
  for (int step = 0; step < kHalvings && low < high; ++step) {
    const double level = (low + high) / 2;
    (sum_at(level) <= all ? low : high) = level;
  }
  for (std::size_t i = 0; i < widths.size(); ++i) widths[i] = at_level(i, low);
}

double sum_of(std::span<const double> widths) {
  return std::accumulate(widths.begin(), widths.end(), 0.0);
}

// Shares `width` among columns whose least widths fit in it: first what most texts need, then
// what the widest needs, then what is left over in proportion.
std::vector<double> share_width(std::span<const Range> ranges, double width, double most_stretch) {
  std::vector<double> widths, typical, widest;
  for (const Range &range : ranges) {
    widths.push_back(range.least);
    typical.push_back(range.typical);
    widest.push_back(range.widest);
  }
  raise_to_targets(widths, typical, width - sum_of(widths));
  raise_to_targets(widths, widest, width - sum_of(widths));
  double fixed = 0;
  for (const Range &range : ranges) fixed += range.fixed ? range.least : 0;
  const double used = sum_of(widths) - fixed;
  if (used <= 0) return widths;
  const double stretch = std::clamp((width - fixed) / used, 1.0, most_stretch);
  for (std::size_t i = 0; i < widths.size(); ++i) widths[i] *= ranges[i].fixed ? 1 : stretch;
  return widths;
}

std::optional<TableFit> as_one_band(std::span<const ColumnMeasure> columns, double width,
                                    double size, bool landscape, const FitLimits &limits,
                                    Comfort comfort) {
  if (width <= 0) return std::nullopt;
  const std::vector<Range> ranges = ranges_of(columns, size, limits.padding, comfort);
  if (least_width(ranges) > width) return std::nullopt;
  std::vector<int> all(columns.size());
  std::iota(all.begin(), all.end(), 0);
  return TableFit{
      size, landscape, {{std::move(all), share_width(ranges, width, limits.most_stretch)}}};
}

// The columns from `first` on that a band of `width` holds beside the repeated ones: at least one.
std::size_t end_of_band(std::span<const Range> ranges, std::size_t first, double width) {
  double used = 0;
  std::size_t end = first;
  while (end < ranges.size() && (end == first || used + ranges[end].least <= width)) {
    used += ranges[end++].least;
  }
  return end;
}

struct Cut {
  std::vector<Range> ranges;        // no wider than a band
  std::vector<std::size_t> starts;  // of each band, without the repeated columns
  double repeated_width = 0;
};

// Where bands of `width` start, if the first holds a column beside the `repeated` ones.
std::vector<std::size_t> starts_of_bands(std::span<const Range> ranges, double width,
                                         std::size_t repeated, double repeated_width) {
  std::vector<std::size_t> starts{0};
  const double own_width = width - repeated_width;
  for (std::size_t end = end_of_band(ranges, repeated, own_width); end < ranges.size();
       end = end_of_band(ranges, end, own_width)) {
    starts.push_back(end);
  }
  return starts;
}

void limit_range(Range &range, double limit) {
  range = {std::min(range.least, limit), std::min(range.typical, limit),
           std::min(range.widest, limit), range.fixed};
}

// `whole`: no text of a repeated column wraps, if that takes not too much of the band.
Cut cut_into_bands(std::span<const ColumnMeasure> columns, double width, double size,
                   double padding, std::size_t repeated, bool whole) {
  Cut cut{ranges_of(columns, size, padding, Comfort::tight), {}, 0};
  for (std::size_t i = 0; i < repeated; ++i) {
    Range &range = cut.ranges[i];
    const double share = width / static_cast<double>(repeated);
    limit_range(range, kRepeatedShare * share);
    range.least = range.typical;
    if (whole) range.least = std::max(range.least, std::min(range.widest, kRepeatedWhole * share));
    cut.repeated_width += range.least;
  }
  for (Range &range : cut.ranges) limit_range(range, width - cut.repeated_width);
  cut.starts = starts_of_bands(cut.ranges, width, repeated, cut.repeated_width);
  return cut;
}

// Cut as narrow as gives no more bands, so that the last is not left with a single column.
void balance(Cut &cut, double width, std::size_t repeated) {
  double low = cut.repeated_width, high = width;
  constexpr int kHalvings = 20;
  for (int step = 0; step < kHalvings; ++step) {
    const double middle = (low + high) / 2;
    auto starts = starts_of_bands(cut.ranges, middle, repeated, cut.repeated_width);
    const bool enough = starts.size() <= cut.starts.size();
    (enough ? high : low) = middle;
    if (enough) cut.starts = std::move(starts);
  }
}

Band make_band(std::span<const Range> ranges, std::size_t repeated, std::size_t first,
               std::size_t end, double width, double most_stretch) {
  Band band;
  for (std::size_t i = 0; i < repeated; ++i) {
    band.columns.push_back(static_cast<int>(i));
    band.widths.push_back(ranges[i].least);
  }
  first = std::max(first, repeated);
  std::vector<int> own(end - first);
  std::iota(own.begin(), own.end(), static_cast<int>(first));
  const auto shared =
      share_width(ranges.subspan(first, end - first), width - sum_of(band.widths), most_stretch);
  band.columns.insert(band.columns.end(), own.begin(), own.end());
  band.widths.insert(band.widths.end(), shared.begin(), shared.end());
  return band;
}

// From the wanted size down to the smallest.
std::vector<double> sizes_of(const FitLimits &limits) {
  std::vector<double> sizes{limits.font_size};
  while (sizes.back() > limits.smallest_size) {
    sizes.push_back(std::max(sizes.back() - kSizeStep, limits.smallest_size));
  }
  return sizes;
}

// Bands at the largest size that needs no more of them than the smallest does.
TableFit as_bands(std::span<const ColumnMeasure> columns, double width, bool landscape,
                  const FitLimits &limits) {
  const auto repeated = static_cast<std::size_t>(
      std::clamp(limits.repeated_columns, 0, static_cast<int>(columns.size()) - 1));
  const std::vector<double> sizes = sizes_of(limits);
  // A wide repeated column must not cost a band.
  const auto cut_at = [&](double size) {
    Cut whole = cut_into_bands(columns, width, size, limits.padding, repeated, true);
    Cut narrow = cut_into_bands(columns, width, size, limits.padding, repeated, false);
    return whole.starts.size() > narrow.starts.size() ? narrow : whole;
  };
  const std::size_t fewest = cut_at(sizes.back()).starts.size();
  const double size = *std::find_if(sizes.begin(), sizes.end(), [&](double candidate) {
    return cut_at(candidate).starts.size() <= fewest;
  });
  Cut cut = cut_at(size);
  balance(cut, width, repeated);
  TableFit fit{size, landscape, {}};
  for (std::size_t i = 0; i < cut.starts.size(); ++i) {
    const std::size_t end = i + 1 < cut.starts.size() ? cut.starts[i + 1] : columns.size();
    fit.bands.push_back(
        make_band(cut.ranges, repeated, cut.starts[i], end, width, limits.most_stretch));
  }
  return fit;
}

}  // namespace

double Band::width() const { return sum_of(widths); }

TableFit fit_columns(std::span<const ColumnMeasure> columns, const FitLimits &limits) {
  const auto attempt = [&](bool landscape, double size, Comfort comfort) {
    const double width = landscape ? limits.landscape_width : limits.portrait_width;
    return as_one_band(columns, width, size, landscape, limits, comfort);
  };
  for (const bool landscape : {false, true}) {
    if (auto fit = attempt(landscape, limits.font_size, Comfort::comfortable)) return *fit;
  }
  const bool lies = limits.landscape_width > 0;
  for (const double size : sizes_of(limits)) {
    if (size < limits.font_size - kComfortShrinks) break;
    if (auto fit = attempt(lies, size, Comfort::comfortable)) return *fit;
  }
  for (const double size : sizes_of(limits)) {
    if (auto fit = attempt(lies, size, Comfort::tight)) return *fit;
  }
  return as_bands(columns, lies ? limits.landscape_width : limits.portrait_width, lies, limits);
}

TableFit fit_columns_within(std::span<const ColumnMeasure> columns, double width,
                            const FitLimits &limits) {
  for (const double size : sizes_of(limits)) {
    if (auto fit = as_one_band(columns, width, size, false, limits, Comfort::tight)) {
      return *fit;
    }
  }
  return {limits.font_size, false, {}};
}

}  // namespace pgexport::pdf
