// Days, periods and constants: what is known before a query runs.
#include <gtest/gtest.h>

#include "dsl/constants.h"
#include "dsl/periods.h"
#include "dsl/words.h"
#include "literal_catalog.h"

namespace pgexport::dsl {
namespace {

int day(const char *text) { return parse_day(text).value(); }

std::string text_of(const DayRange &range) {
  return day_text(range.from.value()) + ".." + day_text(range.end.value());
}

TEST(Days, AreReadAndWritten) {
  EXPECT_EQ(parse_day("2000-01-01"), 0);
  EXPECT_EQ(parse_day("2026-11-15"), 9815);
  EXPECT_EQ(parse_day("1999-12-31"), -1);
  for (const char *text : {"0001-01-01", "2024-02-29", "9999-12-31"}) {
    EXPECT_EQ(day_text(day(text)), text);
  }
  for (const char *text : {"", "2026-1-1", "2026-02-29", "2026-13-01", "2026-00-01", "0000-01-01",
                           "10000-01-01", "2026/01/01", "infinity", "2026-01-01 ", "2o26-01-01"}) {
    EXPECT_FALSE(parse_day(text)) << text;
  }
}

struct PresetCase {
  const char *today;
  Preset preset;
  const char *range;
};

TEST(Periods, PresetsAreWholeDays) {
  const PresetCase cases[] = {
      {"2026-11-15", Preset::today, "2026-11-15..2026-11-16"},
      {"2026-11-15", Preset::yesterday, "2026-11-14..2026-11-15"},
      {"2026-11-15", Preset::last_7_days, "2026-11-08..2026-11-15"},
      {"2026-11-15", Preset::last_30_days, "2026-10-16..2026-11-15"},
      {"2026-11-15", Preset::this_week, "2026-11-09..2026-11-16"},  // a Sunday
      {"2026-11-16", Preset::this_week, "2026-11-16..2026-11-23"},  // a Monday
      {"2026-11-15", Preset::last_week, "2026-11-02..2026-11-09"},
      {"1999-12-31", Preset::this_week, "1999-12-27..2000-01-03"},  // before day 0
      {"2026-11-15", Preset::this_month, "2026-11-01..2026-12-01"},
      {"2026-01-31", Preset::last_month, "2025-12-01..2026-01-01"},
      {"2024-03-31", Preset::last_month, "2024-02-01..2024-03-01"},
      {"2026-11-15", Preset::this_quarter, "2026-10-01..2027-01-01"},
      {"2026-03-31", Preset::this_quarter, "2026-01-01..2026-04-01"},
      {"2026-02-01", Preset::last_quarter, "2025-10-01..2026-01-01"},
      {"2026-11-15", Preset::this_year, "2026-01-01..2027-01-01"},
      {"2024-02-29", Preset::last_year, "2023-01-01..2024-01-01"},
  };
  for (const PresetCase &c : cases) {
    EXPECT_EQ(text_of(preset_range(c.preset, day(c.today))), c.range)
        << word_of(c.preset) << " on " << c.today;
  }
}

TEST(Periods, SumsStayInTheMonth) {
  const auto sum = [](const char *from, std::int64_t count, DurationUnit unit) {
    const auto result = add_to_day(day(from), count, unit);
    return result ? day_text(*result) : "none";
  };
  EXPECT_EQ(sum("2026-01-31", 1, DurationUnit::month), "2026-02-28");
  EXPECT_EQ(sum("2024-01-31", 1, DurationUnit::month), "2024-02-29");
  EXPECT_EQ(sum("2026-03-31", -1, DurationUnit::month), "2026-02-28");
  EXPECT_EQ(sum("2024-02-29", 1, DurationUnit::year), "2025-02-28");
  EXPECT_EQ(sum("2026-11-15", -3, DurationUnit::month), "2026-08-15");
  EXPECT_EQ(sum("2026-11-15", 1, DurationUnit::quarter), "2027-02-15");
  EXPECT_EQ(sum("2026-11-15", -2, DurationUnit::week), "2026-11-01");
  EXPECT_EQ(sum("2026-12-31", 1, DurationUnit::day), "2027-01-01");
  EXPECT_EQ(sum("9999-12-31", 1, DurationUnit::day), "none");
  EXPECT_EQ(sum("0001-01-01", -1, DurationUnit::month), "none");
  EXPECT_EQ(sum("2026-01-01", 1, DurationUnit::hour), "none");
  for (const DurationUnit unit : {DurationUnit::day, DurationUnit::week, DurationUnit::month,
                                  DurationUnit::quarter, DurationUnit::year}) {
    EXPECT_EQ(sum("2026-01-01", 4294967295, unit), "none");
    EXPECT_EQ(sum("2026-01-01", -4294967295, unit), "none");
  }
}

TEST(Periods, ThePeriodBeforeIsAsLong) {
  const auto before = [](const char *from, const char *end) {
    const auto result = period_before({day(from), day(end)});
    return result ? text_of(*result) : "none";
  };
  EXPECT_EQ(before("2026-10-01", "2026-11-01"), "2026-09-01..2026-10-01") << "a month";
  EXPECT_EQ(before("2026-01-01", "2027-01-01"), "2025-01-01..2026-01-01") << "a year";
  EXPECT_EQ(before("2026-03-01", "2026-04-01"), "2026-02-01..2026-03-01") << "28 days before 31";
  EXPECT_EQ(before("2026-11-09", "2026-11-16"), "2026-11-02..2026-11-09") << "a week";
  EXPECT_EQ(before("2026-11-15", "2026-11-16"), "2026-11-14..2026-11-15") << "a day";
  EXPECT_EQ(before("0001-01-01", "0002-01-01"), "none");
  EXPECT_FALSE(period_before({day("2026-01-01"), std::nullopt}));
  EXPECT_FALSE(period_before({std::nullopt, day("2026-01-01")}));
}

class ConstantsTest : public testing::Test {
 protected:
  std::string read(std::string_view text, Kind kind) {
    return constants_.read(text, {kind}).value_or("refused");
  }

  LiteralClock clock_;
  Constants constants_{clock_};
};

TEST_F(ConstantsTest, TodayIsOfTheZone) { EXPECT_EQ(day_text(constants_.today()), "2026-11-15"); }

TEST_F(ConstantsTest, DaysBeginAtLocalMidnight) {
  const auto start = [&](const char *text) {
    return constants_.start_of_day(day(text), Kind::timestamptz);
  };
  EXPECT_EQ(start("2026-01-01"), "2025-12-31 23:00:00+00");
  EXPECT_EQ(start("2026-03-29"), "2026-03-28 23:00:00+00") << "winter's last midnight";
  EXPECT_EQ(start("2026-03-30"), "2026-03-29 22:00:00+00") << "summer's first";
  EXPECT_EQ(start("2026-10-26"), "2026-10-25 23:00:00+00");
  EXPECT_EQ(constants_.start_of_day(day("2026-03-30"), Kind::timestamp), "2026-03-30 00:00:00");
}

TEST_F(ConstantsTest, TimesAreReadInTheZone) {
  EXPECT_EQ(read("2026-07-01 12:00", Kind::timestamptz), "2026-07-01 10:00:00+00");
  EXPECT_EQ(read("2026-07-01T12:00:30.5", Kind::timestamptz), "2026-07-01 10:00:30.5+00");
  EXPECT_EQ(read("2026-07-01T12:00Z", Kind::timestamptz), "2026-07-01 12:00:00+00");
  EXPECT_EQ(read("2026-07-01 12:00-05:30", Kind::timestamptz), "2026-07-01 17:30:00+00");
  EXPECT_EQ(read("2026-07-01", Kind::timestamptz), "2026-06-30 22:00:00+00");
  EXPECT_EQ(read("2026-03-29 02:30", Kind::timestamptz), "2026-03-29 01:00:00+00")
      << "never was: the first instant after";
  EXPECT_EQ(read("2026-10-25 02:30", Kind::timestamptz), "2026-10-25 00:30:00+00")
      << "was twice: the first";
  EXPECT_EQ(read("2026-07-01 12:00", Kind::timestamp), "2026-07-01 12:00:00");
  EXPECT_EQ(read("2026-07-01 12:00Z", Kind::timestamp), "refused");
  for (const char *text :
       {"2026-07-01 24:00", "2026-07-01 1:00", "2026-07-01x", "now", "2026-07-01 12:00:60",
        "2026-07-01 12:00 Mars", "2026-07-01 12:00+", "2026-07-01 12:00:00.1234567"}) {
    EXPECT_EQ(read(text, Kind::timestamptz), "refused") << text;
  }
}

TEST_F(ConstantsTest, NumbersAreExact) {
  EXPECT_EQ(read("9223372036854775807", Kind::int8), "9223372036854775807");
  EXPECT_EQ(read("9223372036854775808", Kind::int8), "refused");
  EXPECT_EQ(read("-9223372036854775808", Kind::int8), "-9223372036854775808");
  EXPECT_EQ(read("70000", Kind::int2), "refused");
  EXPECT_EQ(read("-32768", Kind::int2), "-32768");
  EXPECT_EQ(read("0.10", Kind::numeric), "0.10") << "every digit stays";
  EXPECT_EQ(read("1e400", Kind::numeric), "1e400");
  EXPECT_EQ(read("1e400", Kind::float8), "refused");
  EXPECT_EQ(read("1e1001", Kind::numeric), "refused") << "a long value of a short text";
  for (const char *text : {"", "NaN", "Infinity", "0x10", "1_000", "1,5", "--1", "1e", ".", "e1"}) {
    EXPECT_EQ(read(text, Kind::numeric), "refused") << text;
    EXPECT_EQ(read(text, Kind::int8), "refused") << text;
  }
}

TEST_F(ConstantsTest, OtherTypes) {
  EXPECT_EQ(read("true", Kind::boolean), "true");
  EXPECT_EQ(read("yes", Kind::boolean), "refused");
  EXPECT_EQ(read("23:59:59.999999", Kind::time), "23:59:59.999999");
  EXPECT_EQ(read("24:00", Kind::time), "refused");
  EXPECT_EQ(read("2 hours 30 minutes", Kind::interval), "2 hours 30 minutes");
  EXPECT_EQ(read("1 quarter", Kind::interval), "3 months");
  EXPECT_EQ(read("1 fortnight", Kind::interval), "refused");
  EXPECT_EQ(read("P1M", Kind::interval), "refused");
  EXPECT_EQ(read("00000000-0000-0000-0000-00000000000A", Kind::uuid),
            "00000000-0000-0000-0000-00000000000A");
  EXPECT_EQ(read("00000000-0000-0000-0000-00000000000G", Kind::uuid), "refused");
  EXPECT_EQ(read(R"({"a": [1]})", Kind::jsonb), R"({"a": [1]})");
  EXPECT_EQ(read("{", Kind::jsonb), "refused");
  EXPECT_EQ(read("x", Kind::bytea), "refused");
}

}  // namespace
}  // namespace pgexport::dsl
