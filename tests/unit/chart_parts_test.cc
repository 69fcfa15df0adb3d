// The parts of charts that can be judged by themselves: ticks, colours, texts, slices, spreading.
#include <gtest/gtest.h>

#include <cmath>
#include <numeric>
#include <random>

#include "chart_surface.h"
#include "core/text/locale.h"
#include "formats/charts/palette.h"
#include "formats/charts/pie_slices.h"
#include "formats/charts/plot_data.h"
#include "formats/charts/spread.h"
#include "formats/charts/text_fit.h"
#include "formats/charts/ticks.h"
#include "formats/charts/value_labels.h"

namespace pgexport {
namespace {

using Texts = std::vector<std::string>;

ChartData one_series(std::vector<std::optional<double>> values) {
  ChartData data;
  for (std::size_t i = 0; i < values.size(); ++i) data.categories.push_back(std::to_string(i));
  data.series.push_back({"S", std::move(values)});
  return data;
}

TEST(Ticks, AreNice) {
  const Ticks hundreds = nice_ticks(0, 437, 5, -9);
  EXPECT_EQ(hundreds.mantissa, 1);
  EXPECT_EQ(hundreds.exponent, 2);
  EXPECT_EQ(hundreds.low(), 0);
  EXPECT_EQ(hundreds.high(), 500);
  const Ticks quarters = nice_ticks(-0.9, 1.9, 12, -9);
  EXPECT_EQ(quarters.mantissa, 2.5);
  EXPECT_EQ(quarters.low(), -1);
  EXPECT_EQ(quarters.high(), 2);
  EXPECT_EQ(nice_ticks(0, 0.9, 10, -9).at(3), 0.3) << "no error of a tenth adds up";
}

TEST(Ticks, AreMultiplesOfTheLeastStep) {
  const Ticks whole = nice_ticks(0, 2, 8, 0);
  EXPECT_EQ(whole.mantissa, 1);
  EXPECT_EQ(whole.exponent, 0);
  EXPECT_EQ(nice_ticks(0, 9, 4, 0).mantissa, 5) << "2.5 is no whole number";
  EXPECT_EQ(nice_ticks(0, 90, 4, 0).mantissa, 2.5);
}

TEST(Ticks, CoverWhateverTheRange) {
  std::mt19937 random(1);
  std::uniform_real_distribution<double> exponent(-280, 300);
  std::uniform_real_distribution<double> part(-1, 1);
  for (int i = 0; i < 20000; ++i) {
    const double scale = std::pow(10, exponent(random));
    const double a = part(random) * scale;
    const double b = i % 3 == 0 ? a * (1 + 1e-15) : part(random) * scale;
    const int most = 2 + i % 9;
    const Ticks ticks = nice_ticks(std::min(a, b), std::max(a, b), most, -400);
    const double rounding = 1e-15 * std::max(std::fabs(a), std::fabs(b));
    ASSERT_LE(ticks.low(), std::min(a, b) + rounding);
    ASSERT_GE(ticks.high(), std::max(a, b) - rounding);
    ASSERT_LE(ticks.last - ticks.first, most);
    ASSERT_LT(ticks.first, ticks.last);
    ASSERT_LT(ticks.at(ticks.first), ticks.at(ticks.first + 1));
  }
}

double grey(Colour colour) { return 0.3 * colour.red + 0.59 * colour.green + 0.11 * colour.blue; }

TEST(Palette, BeginsWithTheAccentAndStaysVisible) {
  const Colour accent = {0x1F, 0x4E, 0x79};
  EXPECT_TRUE(same(chart_palette(accent, 5)[0], accent));
  EXPECT_EQ(chart_palette(accent, 24).size(), 24u);
  for (const Colour given : {Colour{255, 255, 255}, {255, 255, 0}, {0, 0, 0}, {128, 128, 128}}) {
    for (const Colour colour : chart_palette(given, 12)) EXPECT_LT(grey(colour), 215);
  }
}

TEST(Palette, IsOrderedInGrey) {
  for (int red = 0; red < 256; red += 51) {
    for (int green = 0; green < 256; green += 51) {
      for (int blue = 0; blue < 256; blue += 51) {
        const Colour accent = {static_cast<std::uint8_t>(red), static_cast<std::uint8_t>(green),
                               static_cast<std::uint8_t>(blue)};
        const auto colours = chart_palette(accent, 5);
        const double direction = grey(colours[4]) - grey(colours[0]);
        for (std::size_t i = 1; i < colours.size(); ++i) {
          const double step = grey(colours[i]) - grey(colours[i - 1]);
          ASSERT_GT(step * direction > 0 ? std::fabs(step) : 0, 8)
              << red << ' ' << green << ' ' << blue << " step " << i;
        }
      }
    }
  }
}

TEST(Palette, TextCanBeReadOnIt) {
  EXPECT_TRUE(same(text_colour_on({0x1F, 0x4E, 0x79}), {255, 255, 255}));
  EXPECT_TRUE(same(text_colour_on({0xF3, 0x9C, 0x12}), {0, 0, 0}));
  EXPECT_TRUE(same(tint({100, 0, 255}, 0), {255, 255, 255}));
  EXPECT_TRUE(same(tint({100, 0, 255}, 1), {100, 0, 255}));
}

class TextFit : public testing::Test {
 protected:
  ChartSurface surface_{{0, 0, 100, 100}};
  const TextStyle style_ = {Face::regular, 10, {0, 0, 0}};

  double width(std::string_view text) { return surface_.text_width(text, style_); }
};

TEST_F(TextFit, LabelIsOneLine) {
  EXPECT_EQ(label_line("  a\n\tb\xC2\xA0"
                       "c\x7F\xE2\x80\xA8 d "),
            "a b\xC2\xA0"
            "c d");
  EXPECT_EQ(label_line("\x01\x02"), "");
  EXPECT_EQ(character_count(label_line(std::string(100000, 'x'))), 200u);
  EXPECT_EQ(label_line(std::string(200, 'x')), std::string(200, 'x'));
}

TEST_F(TextFit, ShortensByWidth) {
  EXPECT_EQ(shortened(surface_, "Hours", width("Hours"), style_), "Hours");
  EXPECT_EQ(shortened(surface_, "Hours of work", width("Hours…"), style_), "Hours…");
  EXPECT_EQ(shortened(surface_, "Hours of work", width("Hours …"), style_), "Hours…");
  EXPECT_EQ(shortened(surface_, "Hours", width("…"), style_), "");
  EXPECT_EQ(shortened(surface_, "Hours", -1, style_), "");
  EXPECT_EQ(shortened(surface_, "", -1, style_), "");
}

TEST_F(TextFit, KeepsMarksWithTheirLetters) {
  const std::string accented = "e\u0301e\u0301e\u0301";
  for (double room = 0; room < width(accented); room += 0.5) {
    const std::string text = shortened(surface_, accented, room, style_);
    EXPECT_TRUE(text.empty() || text == "e\u0301…" || text == "e\u0301e\u0301…") << text;
  }
}

TEST_F(TextFit, KeepsDifferentTextsApart) {
  const Texts names = {"Customer number 1", "Customer number 2"};
  const std::vector<double> room(2, width("Customer…"));
  const Texts cut = shortened_apart(surface_, names, room, style_);
  EXPECT_NE(cut[0], cut[1]);
  EXPECT_TRUE(cut[0].starts_with("Cu") && cut[0].ends_with("1")) << cut[0];
  EXPECT_LE(width(cut[0]), room[0] + 1e-5);
  const Texts others = {"Alpha and more", "Beta and more"};
  EXPECT_EQ(shortened_apart(surface_, others, room, style_)[0], "Alpha an…");
}

TEST_F(TextFit, WrapsAtSpaces) {
  EXPECT_EQ(wrapped(surface_, "one two three", width("one two"), 3, style_),
            (Texts{"one two", "three"}));
  EXPECT_EQ(wrapped(surface_, "one two three four", width("three…"), 2, style_),
            (Texts{"one", "two t…"}))
      << "what is left is shortened";
  EXPECT_EQ(wrapped(surface_, "extraordinary a", width("extra…"), 2, style_),
            (Texts{"extra…", "a"}));
  EXPECT_TRUE(wrapped(surface_, "", 10, 2, style_).empty());
}

TEST(Percentages, AddUpToAHundred) {
  const Locale &en = default_locale();
  EXPECT_EQ(percentages({1, 1, 1}, en), (Texts{"34%", "33%", "33%"}));
  EXPECT_EQ(percentages({1}, en), Texts{"100%"});
  EXPECT_EQ(percentages({999, 1}, en), (Texts{"99.9%", "0.1%"}));
  EXPECT_EQ(percentages({999, 1}, *find_locale("de")), (Texts{"99,9%", "0,1%"}));
  std::mt19937 random(2);
  std::exponential_distribution<double> size(1);
  for (int round = 0; round < 2000; ++round) {
    std::vector<double> values;
    for (int i = 0; i <= round % 60; ++i) values.push_back(size(random));
    double sum = 0;
    for (const std::string &text : percentages(values, en)) sum += std::stod(text);
    ASSERT_NEAR(sum, 100, 1e-6);
  }
}

TEST(PieSlices, SumToTheCircle) {
  const ChartData data = one_series({5, 0, std::nullopt, 20, 1, 2, 7});
  const PlotData plot = plot_data(data);
  EXPECT_EQ(slice_count(plot), 5u);
  for (const std::size_t gathered : {0, 2, 3, 5}) {
    const auto slices = pie_slices(plot, default_locale(), data.accent, gathered);
    double sweep = 0;
    double value = 0;
    for (const Slice &slice : slices) {
      EXPECT_DOUBLE_EQ(slice.start, sweep);
      EXPECT_NEAR(slice.sweep, slice.value / 35 * 360, 1e-9);
      sweep += slice.sweep;
      value += slice.value;
    }
    EXPECT_NEAR(sweep, 360, 1e-9);
    EXPECT_EQ(value, 35) << "nothing gets lost";
  }
}

TEST(PieSlices, GatherTheSmallest) {
  const ChartData data = one_series({5, 20, 1, 2, 0.1, 0.2, 7});
  const auto slices = pie_slices(plot_data(data), default_locale(), data.accent, 4);
  ASSERT_EQ(slices.size(), 4u);
  EXPECT_EQ(slices[0].name, "0");
  EXPECT_EQ(slices[1].name, "1");
  EXPECT_EQ(slices[2].name, "6");
  EXPECT_EQ(slices[3].name, "Other (4)");
  EXPECT_EQ(slices[3].value, 3.3);
  const PlotData ties = plot_data(one_series({1, 1, 1, 1, 9, 9, 30}));
  EXPECT_EQ(next_gathered(ties, 2), 4u) << "equal slices go together";
  EXPECT_EQ(next_gathered(ties, 5), 6u);
  EXPECT_EQ(next_gathered(ties, 7), 7u);
}

TEST(Spread, KeepsOrderAndRoom) {
  std::vector<Spread> two = {{50, 10}, {52, 10}};
  ASSERT_TRUE(spread(two, 0, 100));
  EXPECT_EQ(two[0].middle, 46);
  EXPECT_EQ(two[1].middle, 56);
  std::vector<Spread> far = {{20, 10}, {80, 10}};
  ASSERT_TRUE(spread(far, 0, 100));
  EXPECT_EQ(far[0].middle, 20);
  EXPECT_EQ(far[1].middle, 80);
  std::vector<Spread> high = {{50, 60}, {50, 60}};
  EXPECT_FALSE(spread(high, 0, 100));
  std::mt19937 random(3);
  std::uniform_real_distribution<double> place(-20, 120);
  for (int round = 0; round < 3000; ++round) {
    std::vector<Spread> things;
    things.reserve(12);
    for (int i = 0; i < 12; ++i) things.push_back({place(random), 2.0 + i % 5});
    std::sort(things.begin(), things.end(),
              [](const Spread &a, const Spread &b) { return a.wanted < b.wanted; });
    ASSERT_TRUE(spread(things, 0, 100));
    double reached = 0;
    for (const Spread &thing : things) {
      ASSERT_GE(thing.middle - thing.height / 2, reached - 1e-9);
      reached = thing.middle + thing.height / 2;
    }
    ASSERT_LE(reached, 100 + 1e-9);
  }
}

TEST(ValueLabels, HaveTheDecimalsTheyNeed) {
  const auto label = [](std::vector<std::optional<double>> values, double value) {
    const ChartData data = one_series(std::move(values));
    const PlotData plot = plot_data(data);
    return ValueLabels(data, plot).value(value);
  };
  EXPECT_EQ(label({1200, 3}, 1200), "1,200");
  EXPECT_EQ(label({0.1, 0.25}, 0.1), "0.10");
  EXPECT_EQ(label({100.0 / 3}, 100.0 / 3), "33.3");
  EXPECT_EQ(label({2.5e-12}, 2.5e-12), "2.50E-12");
}

TEST(ValueLabels, TicksSayTheTruth) {
  ChartData data = one_series({0, 0.4, 1});
  data.label = [](double value) { return std::to_string(std::lround(value)); };
  const PlotData plot = plot_data(data);
  const ValueLabels labels(data, plot);
  const Ticks whole = labels.ticks(value_range(plot, ChartKind::bar, false), 8);
  EXPECT_EQ(labels.labels(whole), (Texts{"0", "1"})) << "no half that reads 1 or 0";
  const ChartData small = [&] {
    ChartData copy = one_series({0.1, 0.4});
    copy.label = data.label;
    return copy;
  }();
  const PlotData small_plot = plot_data(small);
  const ValueLabels own(small, small_plot);
  EXPECT_EQ(own.labels(own.ticks(value_range(small_plot, ChartKind::bar, false), 4)),
            (Texts{"0", "0.1", "0.2", "0.3", "0.4"}))
      << "better another spelling than equal labels";
}

}  // namespace
}  // namespace pgexport
