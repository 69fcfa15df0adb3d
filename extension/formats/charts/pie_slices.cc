#include "formats/charts/pie_slices.h"

#include <algorithm>
#include <iterator>

#include "core/text/locale.h"
#include "formats/charts/palette.h"

namespace pgexport {

namespace {

constexpr Colour kGathered = {0xB4, 0xB4, 0xB4};

std::vector<std::size_t> shown_categories(const std::vector<double> &values) {
  std::vector<std::size_t> shown;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (values[i] > 0) shown.push_back(i);
  }
  return shown;
}

// Takes the smallest out and returns their sum.
double take_smallest(std::vector<std::size_t> &shown, const std::vector<double> &values,
                     std::size_t n) {
  std::vector<std::size_t> by_size = shown;
  std::stable_sort(by_size.begin(), by_size.end(),
                   [&values](std::size_t a, std::size_t b) { return values[a] > values[b]; });
  long double sum = 0;  // so that a sum of a thousand decimals has all its digits
  for (std::size_t i = by_size.size() - n; i < by_size.size(); ++i) sum += values[by_size[i]];
  by_size.resize(by_size.size() - n);
  std::sort(by_size.begin(), by_size.end());
  shown = std::move(by_size);
  return static_cast<double>(sum);
}

void set_angles(std::vector<Slice> &slices) {
  double sum = 0;
  for (const Slice &slice : slices) sum += slice.value;
  double reached = 0;
  for (Slice &slice : slices) {
    slice.start = reached / sum * 360;
    reached += slice.value;
    slice.sweep = reached / sum * 360 - slice.start;
  }
}

void set_shares(std::vector<Slice> &slices, const Locale &locale) {
  std::vector<double> values;
  values.reserve(slices.size());
  for (const Slice &slice : slices) values.push_back(slice.value);
  const std::vector<std::string> shares = percentages(values, locale);
  for (std::size_t i = 0; i < slices.size(); ++i) slices[i].share = shares[i];
}

}  // namespace

std::size_t slice_count(const PlotData &plot) {
  return shown_categories(plot.series[0].values).size();
}

std::size_t next_gathered(const PlotData &plot, std::size_t at_least) {
  const std::vector<double> &values = plot.series[0].values;
  std::vector<double> ascending;
  std::copy_if(values.begin(), values.end(), std::back_inserter(ascending),
               [](double value) { return value > 0; });
  std::sort(ascending.begin(), ascending.end());
  std::size_t n = std::max<std::size_t>(at_least, 2);
  while (n < ascending.size() && ascending[n] == ascending[n - 1]) ++n;
  return std::min(n, ascending.size());
}

std::vector<Slice> pie_slices(const PlotData &plot, const Locale &locale, Colour accent,
                              std::size_t gathered) {
  const std::vector<double> &values = plot.series[0].values;
  std::vector<std::size_t> shown = shown_categories(values);
  const double rest = take_smallest(shown, values, gathered);
  const auto colours = chart_palette(accent, static_cast<int>(shown.size()));
  std::vector<Slice> slices;
  slices.reserve(shown.size() + 1);
  for (const std::size_t i : shown) {
    slices.push_back(
        {plot.categories[i], values[i], 0, 0, colours[slices.size()], std::string(), false});
  }
  if (gathered > 0) {
    const std::string name =
        std::string(locale.words.other) + " (" + std::to_string(gathered) + ")";
    slices.push_back({name, rest, 0, 0, kGathered, std::string(), true});
  }
  set_angles(slices);
  set_shares(slices, locale);
  return slices;
}

}  // namespace pgexport
