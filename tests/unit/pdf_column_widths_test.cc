#include "formats/pdf/column_widths.h"

#include <gtest/gtest.h>

#include <random>
#include <set>

namespace pgexport::pdf {
namespace {

constexpr double kPortrait = 510, kLandscape = 757;
constexpr double kRounding = 1e-6;

FitLimits limits() {
  FitLimits limits;
  limits.portrait_width = kPortrait;
  limits.landscape_width = kLandscape;
  return limits;
}

ColumnMeasure number(double width) {
  ColumnMeasure measure;
  measure.widest = measure.typical = measure.longest_word = width;
  measure.wraps = false;
  return measure;
}

ColumnMeasure prose(double width) {
  ColumnMeasure measure;
  measure.widest = width;
  measure.typical = width;
  measure.longest_word = 3;
  return measure;
}

// What holds for every table: no column is lost, and no band is wider than the page.
void expect_sound(const TableFit &fit, std::size_t columns, const FitLimits &given) {
  const double width = fit.landscape ? given.landscape_width : given.portrait_width;
  EXPECT_LE(fit.font_size, given.font_size);
  EXPECT_GE(fit.font_size, std::min(given.smallest_size, given.font_size));
  std::set<int> seen;
  for (const Band &band : fit.bands) {
    ASSERT_EQ(band.columns.size(), band.widths.size());
    EXPECT_LE(band.width(), width + kRounding);
    std::size_t fresh = 0;
    for (std::size_t i = 0; i < band.columns.size(); ++i) {
      EXPECT_GT(band.widths[i], 0);
      if (i > 0) {
        EXPECT_GT(band.columns[i], band.columns[i - 1]);
      }
      if (seen.insert(band.columns[i]).second) ++fresh;
    }
    EXPECT_GT(fresh, 0U);
  }
  EXPECT_EQ(seen.size(), columns);
}

TEST(ColumnWidths, FewColumnsKeepTheSizeAndThePage) {
  const std::vector<ColumnMeasure> columns{prose(12), number(6), number(7)};
  const TableFit fit = fit_columns(columns, limits());
  expect_sound(fit, 3, limits());
  EXPECT_EQ(fit.bands.size(), 1U);
  EXPECT_EQ(fit.font_size, 9);
  EXPECT_FALSE(fit.landscape);
}

TEST(ColumnWidths, ANarrowTableIsNotStretchedOverThePage) {
  const std::vector<ColumnMeasure> columns{number(5), number(5)};
  const TableFit fit = fit_columns(columns, limits());
  EXPECT_NEAR(fit.bands[0].width(), 1.6 * 2 * (5 + 2 * 0.45) * 9, kRounding);
}

TEST(ColumnWidths, ATableThatFitsFillsThePage) {
  const std::vector<ColumnMeasure> columns{prose(30), number(10)};
  EXPECT_NEAR(fit_columns(columns, limits()).bands[0].width(), kPortrait, kRounding);
}

TEST(ColumnWidths, LongTextWrapsBeforeNumbersDo) {
  const std::vector<ColumnMeasure> columns{prose(300), number(10), prose(8)};
  const TableFit fit = fit_columns(columns, limits());
  EXPECT_FALSE(fit.landscape);
  EXPECT_EQ(fit.font_size, 9);
  EXPECT_GE(fit.bands[0].widths[1], (10 + 0.9) * 9 - kRounding);
  EXPECT_GE(fit.bands[0].widths[2], (8 + 0.9) * 9 - kRounding);
}

TEST(ColumnWidths, TheLongerOfTwoTextsGetsMoreButNotAll) {
  const std::vector<ColumnMeasure> columns{prose(400), prose(100)};
  const Band band = fit_columns(columns, limits()).bands[0];
  EXPECT_GT(band.widths[0], 1.5 * band.widths[1]);
  EXPECT_GE(band.widths[1], (20 + 0.9) * 9 - kRounding);
}

TEST(ColumnWidths, AWideTableTurnsThePage) {
  const std::vector<ColumnMeasure> columns(10, number(6));
  const TableFit fit = fit_columns(columns, limits());
  EXPECT_TRUE(fit.landscape);
  EXPECT_EQ(fit.font_size, 9);
  EXPECT_EQ(fit.bands.size(), 1U);
}

TEST(ColumnWidths, ThePageStaysAsItIsIfItMustNotTurn) {
  FitLimits upright = limits();
  upright.landscape_width = 0;
  const std::vector<ColumnMeasure> columns(10, number(6));
  const TableFit fit = fit_columns(columns, upright);
  EXPECT_FALSE(fit.landscape);
  EXPECT_LT(fit.font_size, 9);
  expect_sound(fit, 10, upright);
}

TEST(ColumnWidths, AWiderTableIsSetSmaller) {
  const std::vector<ColumnMeasure> columns(14, number(6));
  const TableFit fit = fit_columns(columns, limits());
  EXPECT_TRUE(fit.landscape);
  EXPECT_LT(fit.font_size, 9);
  EXPECT_EQ(fit.bands.size(), 1U);
}

TEST(ColumnWidths, TheWidestTablesAreCutIntoBandsThatRepeatTheFirstColumn) {
  std::vector<ColumnMeasure> columns(40, number(6));
  columns[0] = prose(10);
  const TableFit fit = fit_columns(columns, limits());
  expect_sound(fit, 40, limits());
  ASSERT_GT(fit.bands.size(), 1U);
  for (const Band &band : fit.bands) {
    EXPECT_EQ(band.columns[0], 0);
    EXPECT_EQ(band.widths[0], fit.bands[0].widths[0]);
  }
}

TEST(ColumnWidths, BandsHoldAboutTheSameNumberOfColumns) {
  const std::vector<ColumnMeasure> columns(41, number(6));
  const TableFit fit = fit_columns(columns, limits());
  ASSERT_GT(fit.bands.size(), 1U);
  std::size_t least = 1000, most = 0;
  for (const Band &band : fit.bands) {
    least = std::min(least, band.columns.size());
    most = std::max(most, band.columns.size());
  }
  EXPECT_LE(most - least, 2U);
}

TEST(ColumnWidths, BandsNeedNotRepeatAnything) {
  FitLimits bare = limits();
  bare.repeated_columns = 0;
  const std::vector<ColumnMeasure> columns(60, number(6));
  const TableFit fit = fit_columns(columns, bare);
  std::size_t all = 0;
  for (const Band &band : fit.bands) all += band.columns.size();
  EXPECT_EQ(all, 60U);
}

TEST(ColumnWidths, AColumnWiderThanThePageIsAsWideAsThePage) {
  const std::vector<ColumnMeasure> columns{number(3), number(500), number(3)};
  const TableFit fit = fit_columns(columns, limits());
  expect_sound(fit, 3, limits());
}

TEST(ColumnWidths, AGivenWidthHolds) {
  std::vector<ColumnMeasure> columns(10, number(8));
  columns[3].fixed = 20;
  columns[4] = prose(300);
  const TableFit fit = fit_columns(columns, limits());
  EXPECT_NEAR(fit.bands[0].widths[3], (20 + 0.9) * fit.font_size, kRounding);
}

TEST(ColumnWidths, SixteenHundredColumns) {
  const std::vector<ColumnMeasure> columns(1600, number(5));
  const TableFit fit = fit_columns(columns, limits());
  expect_sound(fit, 1600, limits());
}

TEST(ColumnWidths, AnyTableIsSound) {
  std::mt19937 random(7);
  const auto below = [&](double limit) {
    return std::uniform_real_distribution<double>(0, limit)(random);
  };
  for (int table = 0; table < 3000; ++table) {
    std::vector<ColumnMeasure> columns(1 + random() % (table % 10 == 0 ? 200 : 20));
    for (ColumnMeasure &column : columns) {
      const double scale = random() % 10 == 0 ? 500 : 15;
      column.widest = below(scale);
      column.typical = below(column.widest);
      column.longest_word = below(column.widest);
      column.wraps = random() % 2 == 0;
      column.heading = below(20);
      column.heading_word = below(column.heading);
      column.fixed = random() % 12 == 0 ? below(120) : 0;
    }
    FitLimits given = limits();
    given.repeated_columns = static_cast<int>(random() % 4);
    if (random() % 4 == 0)
      given.portrait_width = 0;
    else if (random() % 3 == 0)
      given.landscape_width = 0;
    given.font_size = 6 + static_cast<double>(random() % 9);
    const TableFit fit = fit_columns(columns, given);
    expect_sound(fit, columns.size(), given);
    if (testing::Test::HasFailure()) FAIL() << "table " << table;
  }
}

TEST(ColumnWidths, AHalfOfThePageIsOneBandOrNone) {
  const std::vector<ColumnMeasure> few(4, number(5)), many(12, number(8));
  EXPECT_EQ(fit_columns_within(few, 246, limits()).bands.size(), 1U);
  EXPECT_TRUE(fit_columns_within(many, 246, limits()).bands.empty());
}

}  // namespace
}  // namespace pgexport::pdf
