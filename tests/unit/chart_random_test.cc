// Whatever the data, the drawing is sound.
#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <limits>
#include <random>

#include "chart_surface.h"
#include "core/error.h"
#include "core/text/locale.h"
#include "formats/charts/chart.h"

namespace pgexport {
namespace {

class RandomCharts {
 public:
  explicit RandomCharts(unsigned seed) : random_(seed) {}

  int upto(int n) { return std::uniform_int_distribution<int>(0, n)(random_); }
  bool one_in(int n) { return upto(n - 1) == 0; }
  double part() { return std::uniform_real_distribution<double>(0, 1)(random_); }

  Rect area() {
    return {part() * 100, part() * 100, kMinChartWidth + part() * 620,
            kMinChartHeight + part() * 240};
  }

  std::string text() {
    static const char *const kWords[] = {"Project",   "data", "é",      "a",  "客户",
                                         "Überlänge", "2024", "Umsatz", "\n", "e\u0301"};
    std::string text;
    for (int i = upto(one_in(10) ? 40 : 4); i > 0; --i) {
      text += kWords[upto(9)];
      if (!one_in(5)) text += ' ';
    }
    return text;
  }

  ChartData chart() {
    ChartData data;
    data.spec.kind = static_cast<ChartKind>(upto(4));
    const bool round = data.spec.kind == ChartKind::pie || data.spec.kind == ChartKind::doughnut;
    data.spec.stacked = one_in(2);
    data.spec.horizontal = one_in(2);
    if (!one_in(3)) data.spec.title = text();
    if (one_in(3)) data.spec.category_title = text();
    if (one_in(3)) data.spec.value_title = text();
    data.sequence = one_in(2);
    data.accent = {byte(), byte(), byte()};
    data.locale = find_locale(one_in(2) ? "de" : "fr");
    if (one_in(4)) data.label = [](double value) { return std::to_string(std::lround(value)); };
    const int points = one_in(30) ? upto(kMaxChartPoints) : one_in(3) ? upto(60) : upto(12);
    const int series = round ? 1 : one_in(10) ? upto(kMaxChartSeries) : 1 + upto(4);
    for (int i = 0; i < points; ++i) data.categories.push_back(text());
    const double scale = one_in(3) ? std::pow(10, part() * 600 - 300) : 1000;
    const double shift = one_in(4) ? scale * part() * 1000 : 0;
    for (int i = 0; i < series; ++i) {
      ChartSeries values = {text(), {}};
      for (int k = 0; k < points; ++k) values.values.push_back(value(scale, shift, round));
      data.series.push_back(std::move(values));
    }
    return data;
  }

 private:
  std::uint8_t byte() { return static_cast<std::uint8_t>(upto(255)); }

  std::optional<double> value(double scale, double shift, bool positive) {
    if (one_in(15)) return std::nullopt;
    if (one_in(60)) return std::numeric_limits<double>::quiet_NaN();
    if (one_in(60)) return std::numeric_limits<double>::infinity();
    if (one_in(15)) return 0;
    const double spread = one_in(4) ? std::exp(8 * part() - 8) : part();
    return (positive || one_in(2) ? 1 : -1) * spread * scale + shift;
  }

  std::mt19937 random_;
};

TEST(ChartRandom, TenThousandAreSound) {
  const char *given = std::getenv("CHECK_SEED");
  const auto seed = given == nullptr ? 1U : static_cast<unsigned>(std::strtoul(given, nullptr, 10));
  RandomCharts random(seed);
  for (int i = 0; i < 10000; ++i) {
    const ChartData data = random.chart();
    const Rect area = random.area();
    ChartSurface surface(area);
    ASSERT_NO_THROW(draw_chart(surface, area, data)) << "chart " << i << " of seed " << seed;
    ASSERT_EQ(surface.problems(), "") << "chart " << i << " of seed " << seed << "\n"
                                      << surface.svg().substr(0, 3000);
  }
}

}  // namespace
}  // namespace pgexport
