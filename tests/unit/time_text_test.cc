// The texts of style `postgres` and all intervals are PostgreSQL 15's.
#include "core/text/time_text.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <string>

namespace pgexport::spell {
namespace {

constexpr std::int64_t kUsPerDay = 86400000000;

std::string date(std::int64_t days, TimeStyle style) {
  char buffer[kMaxTimeText];
  DateCache cache;
  return {buffer, write_date(buffer, days, style, cache)};
}

std::string timestamp(std::int64_t us, TimeStyle style) {
  char buffer[kMaxTimeText];
  DateCache cache;
  return {buffer, write_timestamp(buffer, us, style, cache)};
}

std::string timestamptz(std::int64_t us, std::int32_t utc_offset, TimeStyle style) {
  char buffer[kMaxTimeText];
  DateCache cache;
  return {buffer, write_timestamptz(buffer, us, utc_offset, style, cache)};
}

std::string time_of_day(std::int64_t us) {
  char buffer[kMaxTimeText];
  return {buffer, write_time(buffer, us)};
}

std::string timetz(std::int64_t us, std::int32_t utc_offset) {
  char buffer[kMaxTimeText];
  return {buffer, write_timetz(buffer, us, utc_offset)};
}

std::string interval(const IntervalValue &value, TimeStyle style) {
  char buffer[kMaxTimeText];
  return {buffer, write_interval(buffer, value, style)};
}

constexpr TimeStyle kPostgres = TimeStyle::postgres;
constexpr TimeStyle kIso = TimeStyle::iso;

TEST(TimeText, Dates) {
  for (TimeStyle style : {kPostgres, kIso}) {
    EXPECT_EQ(date(0, style), "2000-01-01");
    EXPECT_EQ(date(-10957, style), "1970-01-01");
    EXPECT_EQ(date(59, style), "2000-02-29");
    EXPECT_EQ(date(-36466, style), "1900-02-28");
    EXPECT_EQ(date(-36465, style), "1900-03-01");
    EXPECT_EQ(date(-152384, style), "1582-10-15");
    EXPECT_EQ(date(-730119, style), "0001-01-01");
    EXPECT_EQ(date(2921939, style), "9999-12-31");
    EXPECT_EQ(date(2921940, style), "10000-01-01");
    EXPECT_EQ(date(2145031948, style), "5874897-12-31");
    EXPECT_EQ(date(kDateInfinity, style), "infinity");
    EXPECT_EQ(date(kDateMinusInfinity, style), "-infinity");
  }
}

TEST(TimeText, DatesBeforeChrist) {
  EXPECT_EQ(date(-730120, kPostgres), "0001-12-31 BC");
  EXPECT_EQ(date(-746117, kPostgres), "0044-03-15 BC");
  EXPECT_EQ(date(-2451179, kPostgres), "4713-11-24 BC");
  EXPECT_EQ(date(-730120, kIso), "0000-12-31");
  EXPECT_EQ(date(-746117, kIso), "-0043-03-15");
  EXPECT_EQ(date(-2451179, kIso), "-4712-11-24");
}

TEST(TimeText, EveryDayOfFourHundredYearsFollowsTheOther) {
  CivilDate last = civil_from_days(-1);
  for (std::int64_t day = 0; day < 146097; ++day) {
    const CivilDate now = civil_from_days(day);
    if (now.day == 1) {
      EXPECT_GE(last.day, 28U);
      EXPECT_EQ(now.month, last.month % 12 + 1);
      EXPECT_EQ(now.year, last.year + (now.month == 1));
    } else {
      EXPECT_EQ(now.day, last.day + 1);
      EXPECT_EQ(now.month, last.month);
    }
    last = now;
  }
  EXPECT_EQ(civil_from_days(146096).year, 2399);
}

TEST(TimeText, CacheServesChangingDatesAndBothStyles) {
  DateCache cache;
  char buffer[kMaxTimeText];
  const auto write = [&](std::int64_t days, TimeStyle style) {
    return std::string(buffer, write_date(buffer, days, style, cache));
  };
  EXPECT_EQ(write(0, kPostgres), "2000-01-01");
  EXPECT_EQ(write(0, kIso), "2000-01-01");
  EXPECT_EQ(write(2145031948, kIso), "5874897-12-31");
  EXPECT_EQ(write(-746117, kPostgres), "0044-03-15 BC");
  EXPECT_EQ(write(-746117, kIso), "-0043-03-15");
  EXPECT_EQ(write(kDateInfinity, kIso), "infinity");
  EXPECT_EQ(write(2145031948, kIso), "5874897-12-31");
  EXPECT_EQ(write(1, kPostgres), "2000-01-02");
}

TEST(TimeText, Times) {
  EXPECT_EQ(time_of_day(0), "00:00:00");
  EXPECT_EQ(time_of_day(86399999999), "23:59:59.999999");
  EXPECT_EQ(time_of_day(86400000000), "24:00:00");
  EXPECT_EQ(time_of_day(47229001050), "13:07:09.00105");
}

TEST(TimeText, TimesWithOffset) {
  EXPECT_EQ(timetz(1, 0), "00:00:00.000001+00");
  EXPECT_EQ(timetz(0, 19800), "00:00:00+05:30");
  EXPECT_EQ(timetz(0, -57599), "00:00:00-15:59:59");
  EXPECT_EQ(timetz(0, -59), "00:00:00-00:00:59");
  EXPECT_EQ(timetz(0, 3600), "00:00:00+01");
}

TEST(TimeText, Timestamps) {
  EXPECT_EQ(timestamp(0, kPostgres), "2000-01-01 00:00:00");
  EXPECT_EQ(timestamp(0, kIso), "2000-01-01T00:00:00");
  EXPECT_EQ(timestamp(-1, kPostgres), "1999-12-31 23:59:59.999999");
  EXPECT_EQ(timestamp(762527229001050, kIso), "2024-02-29T13:07:09.00105");
  EXPECT_EQ(timestamp(9223371331199999999, kPostgres), "294276-12-31 23:59:59.999999");
  EXPECT_EQ(timestamp(-211781865600000000, kPostgres), "4713-11-24 00:00:00 BC");
  EXPECT_EQ(timestamp(-64464463503300000, kIso), "-0043-03-15T12:34:56.7");
  for (TimeStyle style : {kPostgres, kIso}) {
    EXPECT_EQ(timestamp(kTimeInfinity, style), "infinity");
    EXPECT_EQ(timestamp(kTimeMinusInfinity, style), "-infinity");
    EXPECT_EQ(timestamptz(kTimeInfinity, 3600, style), "infinity");
    EXPECT_EQ(timestamptz(kTimeMinusInfinity, 3600, style), "-infinity");
  }
}

TEST(TimeText, TimestampsWithOffset) {
  EXPECT_EQ(timestamptz(0, 0, kPostgres), "2000-01-01 00:00:00+00");
  EXPECT_EQ(timestamptz(0, 0, kIso), "2000-01-01T00:00:00+00:00");
  EXPECT_EQ(timestamptz(0, -12600, kPostgres), "1999-12-31 20:30:00-03:30");
  EXPECT_EQ(timestamptz(0, -12600, kIso), "1999-12-31T20:30:00-03:30");
  EXPECT_EQ(timestamptz(kUsPerDay - 1, 19815, kIso), "2000-01-02T05:30:14.999999+05:30:15");
  EXPECT_EQ(timestamptz(-64464463503300000, 0, kPostgres), "0044-03-15 12:34:56.7+00 BC");
}

TEST(TimeText, OffsetBeyondTheRangeIsDefined) {
  EXPECT_FALSE(timestamptz(kTimeInfinity - 1, 57599, kPostgres).empty());
  EXPECT_FALSE(timestamptz(kTimeMinusInfinity + 1, -57599, kIso).empty());
}

struct IntervalCase {
  IntervalValue value;
  const char *postgres;
  const char *iso;
};

TEST(TimeText, Intervals) {
  const IntervalCase cases[] = {
      {{0, 0, 0}, "00:00:00", "PT0S"},
      {{0, 0, 1}, "1 mon", "P1M"},
      {{14706700000, -3, 14}, "1 year 2 mons -3 days +04:05:06.7", "P1Y2M-3DT4H5M6.7S"},
      {{-14706000000, 2, -12}, "-1 years +2 days -04:05:06", "P-1Y2DT-4H-5M-6S"},
      {{1000000, -1, 0}, "-1 days +00:00:01", "P-1DT1S"},
      {{-1, 0, 0}, "-00:00:00.000001", "PT-0.000001S"},
      {{360000000000, 0, 0}, "100:00:00", "PT100H"},
      {{-500000, 1, 0}, "1 day -00:00:00.5", "P1DT-0.5S"},
      {{INT64_MAX, INT32_MAX, INT32_MAX},
       "178956970 years 7 mons 2147483647 days 2562047788:00:54.775807",
       "P178956970Y7M2147483647DT2562047788H54.775807S"},
      {{INT64_MIN, INT32_MIN, INT32_MIN},
       "-178956970 years -8 mons -2147483648 days -2562047788:00:54.775808",
       "P-178956970Y-8M-2147483648DT-2562047788H-54.775808S"},
  };
  for (const IntervalCase &c : cases) {
    EXPECT_EQ(interval(c.value, kPostgres), c.postgres);
    EXPECT_EQ(interval(c.value, kIso), c.iso);
  }
}

}  // namespace
}  // namespace pgexport::spell
