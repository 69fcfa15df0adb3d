#include "formats/charts/ticks.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace pgexport {

namespace {

// Below it a double loses digits; a range that small is drawn as if it were this.
constexpr int kSmallestExponent = -300;
// A step is at least this part of the largest value: a double has no more digits.
constexpr double kResolution = 1e-13;

// One rounding only, so that 3 * 0.1 is written 0.3.
double times_power_of_ten(double x, int exponent) {
  return exponent >= 0 ? x * std::pow(10.0, exponent) : x / std::pow(10.0, -exponent);
}

}  // namespace

double Ticks::at(long long i) const {
  return times_power_of_ten(static_cast<double>(i) * mantissa, exponent);
}

Ticks nice_ticks(double low, double high, int max_intervals, int least_exponent) {
  constexpr std::array<double, 4> kMantissas = {1, 2, 2.5, 5};
  max_intervals = std::max(max_intervals, 2);
  const double largest = std::max(std::fabs(low), std::fabs(high));
  const double range = std::max(high - low, largest * kResolution * max_intervals);
  int exponent = std::max(least_exponent, kSmallestExponent);
  if (range > 0) {
    exponent = std::max(exponent, static_cast<int>(std::floor(std::log10(range / max_intervals))));
  }
  for (;; ++exponent) {
    for (const double mantissa : kMantissas) {
      if (mantissa == 2.5 && exponent <= least_exponent) continue;
      const double step = times_power_of_ten(mantissa, exponent);
      const double first = std::floor(low / step);
      const double last = std::max(std::ceil(high / step), first + 1);
      if (last - first <= max_intervals) {
        return {static_cast<long long>(first), static_cast<long long>(last), mantissa, exponent};
      }
    }
  }
}

}  // namespace pgexport
