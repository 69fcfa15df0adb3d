// What charts show is what the data say.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

#include "chart_surface.h"
#include "core/error.h"
#include "core/text/locale.h"
#include "formats/charts/chart.h"
#include "formats/charts/palette.h"

namespace pgexport {
namespace {

using Values = std::vector<std::optional<double>>;

constexpr Rect kArea = {40, 60, 420, 220};
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();

ChartData chart(ChartKind kind, std::vector<Values> series) {
  ChartData data;
  data.spec.kind = kind;
  for (std::size_t i = 0; i < series[0].size(); ++i) {
    data.categories.push_back("C" + std::to_string(i));
  }
  for (Values &values : series) {
    data.series.push_back({"S" + std::to_string(data.series.size()), std::move(values)});
  }
  return data;
}

ChartSurface drawn(const ChartData &data, const Rect &area = kArea) {
  ChartSurface surface(area);
  draw_chart(surface, area, data);
  EXPECT_EQ(surface.problems(), "");
  return surface;
}

bool shows(const ChartSurface &surface, std::string_view text) {
  return std::any_of(surface.texts.begin(), surface.texts.end(),
                     [text](const DrawnText &drawn) { return drawn.text == text; });
}

// The bars of the series' colour, in the order of the data; the legend's swatches left out.
std::vector<Rect> bars_of(const ChartSurface &surface, const ChartData &data, std::size_t series) {
  const auto colours = chart_palette(data.accent, static_cast<int>(data.series.size()));
  std::vector<Rect> bars;
  for (const DrawnRect &drawn : surface.rects) {
    if (same(drawn.colour, colours[series])) bars.push_back(drawn.rect);
  }
  if (data.series.size() > 1) bars.erase(bars.begin());
  return bars;
}

TEST(ChartBars, AreAsHighAsTheirValues) {
  const ChartData data = chart(ChartKind::bar, {{10, 20, -5, std::nullopt, 0, 40}});
  const auto bars = bars_of(drawn(data), data, 0);
  ASSERT_EQ(bars.size(), 4u) << "nothing is drawn for NULL and zero";
  const double unit = bars[0].height / 10;
  EXPECT_NEAR(bars[1].height, 20 * unit, 1e-9);
  EXPECT_NEAR(bars[2].height, 5 * unit, 1e-9);
  EXPECT_NEAR(bars[3].height, 40 * unit, 1e-9);
  const double zero = bars[0].y + bars[0].height;
  EXPECT_NEAR(bars[3].y + bars[3].height, zero, 1e-9);
  EXPECT_NEAR(bars[2].y, zero, 1e-9) << "negative ones hang";
}

TEST(ChartBars, LieAsLongAsTheirValues) {
  ChartData data = chart(ChartKind::bar, {{10, -20, 40}, {5, 30, 1}});
  data.spec.horizontal = true;
  const ChartSurface surface = drawn(data);
  const auto first = bars_of(surface, data, 0);
  const auto second = bars_of(surface, data, 1);
  ASSERT_EQ(first.size(), 3u);
  const double unit = first[0].width / 10;
  EXPECT_NEAR(first[1].width, 20 * unit, 1e-9);
  EXPECT_NEAR(second[1].width, 30 * unit, 1e-9);
  EXPECT_NEAR(first[1].x + first[1].width, first[0].x, 1e-9);
  EXPECT_LT(first[0].y, first[1].y) << "the first category is on top";
  EXPECT_LE(first[0].y + first[0].height, second[0].y);
}

TEST(ChartBars, StackApartAboveAndBelowZero) {
  ChartData data = chart(ChartKind::bar, {{10, -4}, {-6, -3}, {20, 5}});
  data.spec.stacked = true;
  const ChartSurface surface = drawn(data);
  const Rect a = bars_of(surface, data, 0)[0];
  const Rect b = bars_of(surface, data, 1)[0];
  const Rect c = bars_of(surface, data, 2)[0];
  EXPECT_NEAR(c.y + c.height, a.y, 1e-9) << "20 stands on 10";
  EXPECT_NEAR(b.y, a.y + a.height, 1e-9) << "-6 hangs from zero";
  EXPECT_NEAR(c.height / a.height, 2, 1e-9);
  EXPECT_NEAR(b.height / a.height, 0.6, 1e-9);
}

TEST(ChartBars, CarryTheirValuesIfThereIsRoom) {
  ChartData data = chart(ChartKind::bar, {{1234, 567}});
  EXPECT_TRUE(shows(drawn(data), "1,234"));
  data.locale = find_locale("de");
  EXPECT_TRUE(shows(drawn(data), "1.234"));
  data.label = [](double value) { return "<" + std::to_string(std::lround(value)) + ">"; };
  EXPECT_TRUE(shows(drawn(data), "<567>"));
  EXPECT_FALSE(shows(drawn(chart(ChartKind::bar, {Values(200, 123456)})), "123,456"));
}

TEST(ChartAxis, CoversTheData) {
  for (const ChartKind kind : {ChartKind::bar, ChartKind::line, ChartKind::area}) {
    const ChartSurface surface = drawn(chart(kind, {{3.7, 11.2, -8.4}}));
    double top = kArea.y + kArea.height;
    double bottom = kArea.y;
    for (const DrawnPath &line : surface.lines) {
      top = std::min(top, line.points[0].y);
      bottom = std::max(bottom, line.points[0].y);
    }
    for (const DrawnPath &line : surface.polylines) {
      for (const Point &point : line.points) {
        EXPECT_GE(point.y, top);
        EXPECT_LE(point.y, bottom);
      }
    }
    EXPECT_TRUE(shows(surface, "0"));
    EXPECT_TRUE(shows(surface, "-10"));
    EXPECT_TRUE(shows(surface, "15"));
  }
}

TEST(ChartAxis, OfALineMayLeaveZeroOut) {
  EXPECT_FALSE(shows(drawn(chart(ChartKind::line, {{1000, 1010, 1005}})), "0"));
  EXPECT_TRUE(shows(drawn(chart(ChartKind::line, {{1000, 400, 700}})), "0"));
  EXPECT_TRUE(shows(drawn(chart(ChartKind::area, {{1000, 1010, 1005}})), "0"));
}

TEST(ChartAxis, HasTitles) {
  ChartData data = chart(ChartKind::bar, {{1, 2}});
  EXPECT_TRUE(shows(drawn(data), "S0")) << "the only series gives its name";
  data.spec.value_title = "EUR";
  data.spec.category_title = "Month";
  EXPECT_TRUE(shows(drawn(data), "EUR"));
  EXPECT_TRUE(shows(drawn(data), "Month"));
  EXPECT_FALSE(shows(drawn(data), "S0"));
  data.spec.horizontal = true;
  EXPECT_TRUE(shows(drawn(data), "EUR"));
  EXPECT_TRUE(shows(drawn(data), "Month"));
}

TEST(ChartLines, HaveGaps) {
  const ChartSurface surface =
      drawn(chart(ChartKind::line, {{1, 2, std::nullopt, 4, kNaN, 5, 6, kInfinity}}));
  ASSERT_EQ(surface.polylines.size(), 2u);
  EXPECT_EQ(surface.polylines[0].points.size(), 2u);
  EXPECT_EQ(surface.polylines[1].points.size(), 2u);
  EXPECT_EQ(surface.circles.size(), 1u) << "a value alone is a marker";
}

TEST(ChartLines, AreToldApartWithoutColour) {
  std::vector<Values> series(kMaxChartSeries, {1, 2, 3, 4});
  const ChartData data = chart(ChartKind::line, series);
  const ChartSurface surface = drawn(data, {0, 0, 700, 300});
  std::map<double, int> dashes;
  for (const DrawnPath &line : surface.polylines) ++dashes[line.dash_on];
  EXPECT_EQ(dashes.size(), 5u);
}

TEST(ChartLines, KeepAllOfAThousandPoints) {
  Values values;
  for (int i = 0; i < kMaxChartPoints; ++i) values.emplace_back(std::sin(i * 0.1));
  const ChartSurface surface = drawn(chart(ChartKind::line, {values}));
  ASSERT_EQ(surface.polylines.size(), 1u);
  EXPECT_EQ(surface.polylines[0].points.size(), values.size());
}

double area_of(const std::vector<Point> &polygon) {
  double sum = 0;
  for (std::size_t i = 0; i < polygon.size(); ++i) {
    const Point a = polygon[i];
    const Point b = polygon[(i + 1) % polygon.size()];
    sum += a.x * b.y - b.x * a.y;
  }
  return std::fabs(sum) / 2;
}

TEST(ChartAreas, AreAsLargeAsTheirValues) {
  ChartData data = chart(ChartKind::area, {{10, 20, 30}, {5, 10, 15}});
  data.spec.stacked = true;
  const ChartSurface surface = drawn(data);
  ASSERT_EQ(surface.polygons.size(), 2u);
  EXPECT_NEAR(area_of(surface.polygons[0].points) / area_of(surface.polygons[1].points), 2, 1e-9);
  ChartData mixed = chart(ChartKind::area, {{10, -10}});
  mixed.spec.stacked = true;
  const ChartSurface both = drawn(mixed);
  ASSERT_EQ(both.polygons.size(), 2u);
  EXPECT_NEAR(area_of(both.polygons[0].points), area_of(both.polygons[1].points), 1e-9);
}

TEST(ChartPies, SumToTheCircle) {
  for (const ChartKind kind : {ChartKind::pie, ChartKind::doughnut}) {
    const ChartSurface surface = drawn(chart(kind, {{1, 2, 3, std::nullopt, 0, 6}}));
    ASSERT_EQ(surface.slices.size(), 4u);
    double sweep = 0;
    for (const DrawnSlice &slice : surface.slices) {
      EXPECT_EQ(slice.inner > 0, kind == ChartKind::doughnut);
      sweep += slice.sweep;
    }
    EXPECT_NEAR(sweep, 360, 1e-9);
    EXPECT_NEAR(surface.slices[3].sweep, 180, 1e-9);
    EXPECT_TRUE(shows(surface, "6 · 50%"));
    EXPECT_EQ(shows(surface, "12"), kind == ChartKind::doughnut) << "the ring has the total";
  }
}

TEST(ChartPies, GatherWhatCannotBeLabelled) {
  Values values = {500, 300};
  for (int i = 1; i <= 40; ++i) values.emplace_back(i * 0.1);
  const ChartSurface surface = drawn(chart(ChartKind::pie, {values}));
  double gathered = 0;
  for (const DrawnText &text : surface.texts) {
    if (text.text.starts_with("Other (")) gathered = std::stod(text.text.substr(7));
  }
  ASSERT_GT(gathered, 1);
  EXPECT_NEAR(static_cast<double>(surface.slices.size()), 42 - gathered + 1, 0);
  const double sum = gathered * (gathered + 1) / 2 * 0.1;
  const auto states_sum = [sum](const DrawnText &text) {
    return text.text.find(" · ") != std::string::npos &&
           std::fabs(std::stod(text.text) - sum) < 1e-9;
  };
  EXPECT_TRUE(std::any_of(surface.texts.begin(), surface.texts.end(), states_sum)) << sum;
}

Error error_of(const ChartData &data) {
  try {
    ChartSurface surface(kArea);
    draw_chart(surface, kArea, data);
  } catch (const Error &error) {
    return error;
  }
  ADD_FAILURE() << "no error";
  return {"", ""};
}

TEST(ChartErrors, OfPies) {
  const Error negative = error_of(chart(ChartKind::pie, {{1, -2}}));
  EXPECT_STREQ(negative.state(), sqlstate::invalid_parameter_value);
  EXPECT_EQ(negative.message(), "a pie chart cannot show negative values");
  EXPECT_EQ(negative.detail(), "The value of \"C1\" is negative.");
  EXPECT_NE(negative.hint(), "");
  const Error several = error_of(chart(ChartKind::doughnut, {{1}, {2}}));
  EXPECT_EQ(several.message(), "a doughnut chart shows one column of values");
  EXPECT_NE(several.hint(), "");
}

TEST(ChartErrors, OfLimitsAndMisuse) {
  EXPECT_STREQ(error_of(chart(ChartKind::line, {Values(kMaxChartPoints + 1, 1)})).state(),
               sqlstate::program_limit_exceeded);
  ChartData uneven = chart(ChartKind::line, {{1, 2}});
  uneven.categories.pop_back();
  EXPECT_STREQ(error_of(uneven).state(), sqlstate::internal_error);
  ChartSurface surface({0, 0, 100, 100});
  EXPECT_THROW(draw_chart(surface, {0, 0, 100, 100}, chart(ChartKind::bar, {{1}})), Error);
}

TEST(ChartData, WithoutValuesSaysSo) {
  for (const ChartKind kind : {ChartKind::bar, ChartKind::line, ChartKind::area, ChartKind::pie}) {
    EXPECT_TRUE(shows(drawn(chart(kind, {Values(3)})), "No data"));
    EXPECT_TRUE(shows(drawn(chart(kind, {{}})), "No data"));
    EXPECT_TRUE(shows(drawn(chart(kind, {{kNaN, 1e301}})), "No data"));
  }
}

TEST(ChartDrawing, IsTheSameEachTime) {
  ChartData data = chart(ChartKind::bar, {{3, 1, 2}, {2, 2, 2}, {1, 4, 3}});
  EXPECT_EQ(drawn(data).operations(), drawn(data).operations());
}

TEST(ChartHeight, GrowsWithTheRowsOfLyingBars) {
  ChartData data = chart(ChartKind::bar, {Values(30, 1)});
  EXPECT_EQ(chart_height(data, 520), 260);
  EXPECT_EQ(chart_height(data, 250), 180);
  data.spec.horizontal = true;
  EXPECT_GT(chart_height(data, 520), 30 * 14);
  data.categories.resize(1000);
  EXPECT_EQ(chart_height(data, 520), 640);
}

}  // namespace
}  // namespace pgexport
