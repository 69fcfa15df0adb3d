#include "formats/charts/value_labels.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "core/cell.h"
#include "core/text/format_code.h"
#include "core/text/locale.h"
#include "formats/charts/text_fit.h"

namespace pgexport {

namespace {

constexpr double kLargestPlain = 1e12;  // from here on, and with more decimals than these, 1.5E+12
constexpr int kMostDecimals = 8;

std::string zeros(int n) { return std::string(static_cast<std::size_t>(n), '0'); }

// For numbers up to `largest` with `decimals` digits after the point; if negative, so many digits
// before it are zeros.
std::string plain_or_scientific(double largest, int decimals) {
  if (largest < kLargestPlain && decimals <= kMostDecimals) {
    return decimals > 0 ? "#,##0." + zeros(decimals) : "#,##0";
  }
  const int digits = static_cast<int>(std::floor(std::log10(largest))) + decimals;
  return digits > 0 ? "0." + zeros(std::min(digits, 15)) + "E+0" : "0E+0";
}

bool has_at_most(int decimals, double value) {
  const double scaled = value * std::pow(10.0, decimals);
  return std::fabs(scaled - std::nearbyint(scaled)) <= 1e-9 * std::fabs(scaled);
}

double largest_of(const PlotData &plot) {
  double largest = 0;
  for (const PlotSeries &series : plot.series) {
    for (const double value : series.values) {
      if (!std::isnan(value)) largest = std::max(largest, std::fabs(value));
    }
  }
  return largest;
}

// What the values need, if that is up to three; else what shows three digits of the largest.
int decimals_of(const PlotData &plot, double largest) {
  int needed = 0;
  for (const PlotSeries &series : plot.series) {
    for (const double value : series.values) {
      while (needed <= 3 && !std::isnan(value) && !has_at_most(needed, value)) ++needed;
    }
  }
  if (needed <= 3) return needed;
  return std::max(0, 2 - static_cast<int>(std::floor(std::log10(largest))));
}

// Whether the labels of neighbouring multiples of 10 ^ exponent differ, near the low end.
bool distinguishes(const std::function<std::string(double)> &label, double low, int exponent) {
  constexpr int kProbes = 10;
  const double unit = std::pow(10.0, exponent);
  const double base = std::floor(low / unit);
  std::string before = label(base * unit);
  for (int i = 1; i <= kProbes; ++i) {
    std::string next = label((base + i) * unit);
    if (next == before) return false;
    before = std::move(next);
  }
  return true;
}

bool all_differ(const std::vector<std::string> &labels) {
  return std::adjacent_find(labels.begin(), labels.end()) == labels.end();
}

}  // namespace

ValueLabels::ValueLabels(const ChartData &data, const PlotData &plot)
    : data_(data), locale_(data.locale != nullptr ? *data.locale : default_locale()) {
  const double largest = largest_of(plot);
  value_code_ = plain_or_scientific(largest, decimals_of(plot, largest));
}

std::string ValueLabels::own(double value, const std::string &code) const {
  return FormatCode(code).text(real_cell(CellTag::float64, value), locale_);
}

std::string ValueLabels::value(double value) const {
  return label_line(data_.label ? data_.label(value) : own(value, value_code_));
}

Ticks ValueLabels::ticks(const ValueRange &range, int max_intervals) const {
  const double extent = range.high - range.low;
  if (extent == 0) return {0, 1, 1, 0};
  const int finest = static_cast<int>(std::floor(std::log10(extent / max_intervals))) - 1;
  if (!data_.label) return nice_ticks(range.low, range.high, max_intervals, finest);
  for (int exponent = finest; std::pow(10.0, exponent) <= extent; ++exponent) {
    if (distinguishes(data_.label, range.low, exponent)) {
      return nice_ticks(range.low, range.high, max_intervals, exponent);
    }
  }
  return nice_ticks(range.low, range.high, max_intervals, finest);
}

std::vector<std::string> ValueLabels::labels(const Ticks &ticks) const {
  std::vector<std::string> labels;
  if (data_.label) {
    for (long long i = ticks.first; i <= ticks.last; ++i) {
      labels.push_back(label_line(data_.label(ticks.at(i))));
    }
    if (all_differ(labels)) return labels;
    labels.clear();
  }
  const double largest = std::max(std::fabs(ticks.low()), std::fabs(ticks.high()));
  const int decimals = -ticks.exponent + (ticks.mantissa == 2.5 ? 1 : 0);
  const std::string code = plain_or_scientific(largest, decimals);
  for (long long i = ticks.first; i <= ticks.last; ++i) {
    labels.push_back(i == 0 ? own(0, "0") : own(ticks.at(i), code));
  }
  return labels;
}

std::vector<std::string> percentages(const std::vector<double> &values, const Locale &locale) {
  const double sum = std::accumulate(values.begin(), values.end(), 0.0);
  const bool tenths =
      std::any_of(values.begin(), values.end(), [sum](double v) { return v > 0 && v < sum / 100; });
  const long whole = tenths ? 1000 : 100;
  std::vector<long> parts;
  std::vector<double> rests;
  for (const double value : values) {
    const double exact = value / sum * static_cast<double>(whole);
    parts.push_back(static_cast<long>(exact));
    rests.push_back(exact - std::floor(exact));
  }
  std::vector<std::size_t> order(values.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&rests](std::size_t a, std::size_t b) { return rests[a] > rests[b]; });
  long missing = whole - std::accumulate(parts.begin(), parts.end(), 0L);
  for (std::size_t i = 0; missing > 0 && i < order.size(); ++i, --missing) ++parts[order[i]];
  const FormatCode code(tenths ? "0.0%" : "0%");
  std::vector<std::string> texts;
  for (const long part : parts) {
    const double share = static_cast<double>(part) / static_cast<double>(whole);
    texts.push_back(code.text(real_cell(CellTag::float64, share), locale));
  }
  return texts;
}

}  // namespace pgexport
