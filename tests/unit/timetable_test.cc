// Runs around changes of the clocks, ends of months and leap days, written down by hand.
#include <gtest/gtest.h>

#include <chrono>
#include <cstdio>
#include <string>
#include <vector>

#include "literal_zone.h"
#include "worker/schedule/timetable.h"

namespace pgexport::schedule {
namespace {

using namespace std::chrono;

Instant utc(const std::string &text) {
  int y = 0;
  int mo = 0;
  int d = 0;
  int h = 0;
  int mi = 0;
  EXPECT_EQ(std::sscanf(text.c_str(), "%d-%d-%d %d:%d", &y, &mo, &d, &h, &mi), 5) << text;
  const sys_days date{year(y) / mo / d};
  return Instant{date.time_since_epoch().count()} * kSecondsOfDay + h * 3600 + mi * 60;
}

std::string spell(Instant at) {
  const sys_seconds time{seconds(at)};
  const auto date_part = floor<days>(time);
  const year_month_day date{date_part};
  const auto of_day = (time - date_part).count();
  char text[64];
  std::snprintf(text, sizeof text, "%04d-%02u-%02u %02d:%02d", static_cast<int>(date.year()),
                static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                static_cast<int>(of_day / 3600), static_cast<int>(of_day / 60 % 60));
  return text;
}

struct Case {
  const char *zone;
  const char *text;
  const char *after;                  // UTC
  std::vector<std::string> expected;  // UTC
};

void check(const Case &c) {
  const Timetable table(parse_recurrence(c.text), literal_zone(c.zone));
  std::vector<std::string> forward;
  Instant at = utc(c.after);
  std::vector<Instant> runs;
  for (std::size_t i = 0; i < c.expected.size(); i++) {
    const auto next = table.next(at);
    ASSERT_TRUE(next) << c.text;
    runs.push_back(at = *next);
    forward.push_back(spell(at));
  }
  EXPECT_EQ(forward, c.expected) << c.zone << " " << c.text << " after " << c.after;
  // The same backwards.
  for (std::size_t i = runs.size(); i-- > 0;) {
    EXPECT_EQ(table.last(runs[i]), runs[i]) << c.zone << " " << c.text;
    if (i > 0) EXPECT_EQ(table.last(runs[i] - 1), runs[i - 1]) << c.zone << " " << c.text;
  }
}

// Berlin: 2026-03-29 01:00 UTC, 02:00 becomes 03:00; 2026-10-25 01:00 UTC, 03:00 becomes 02:00.
TEST(Timetable, Berlin) {
  check({"Europe/Berlin",
         "30 2 * * *",
         "2026-03-27 12:00",
         {"2026-03-28 01:30", "2026-03-29 01:00", "2026-03-30 00:30"}});
  check({"Europe/Berlin",
         "0,30 2 * * *",
         "2026-03-28 12:00",
         {"2026-03-29 01:00", "2026-03-30 00:00", "2026-03-30 00:30"}});
  check({"Europe/Berlin",
         "0 2,3 * * *",
         "2026-03-28 12:00",
         {"2026-03-29 01:00", "2026-03-30 00:00", "2026-03-30 01:00"}});
  check({"Europe/Berlin",
         "30 2 * * *",
         "2026-10-24 12:00",
         {"2026-10-25 00:30", "2026-10-26 01:30"}});
  check(
      {"Europe/Berlin", "0 3 * * *", "2026-10-24 12:00", {"2026-10-25 02:00", "2026-10-26 02:00"}});
  check({"Europe/Berlin",
         "0 * * * *",
         "2026-03-28 23:30",
         {"2026-03-29 00:00", "2026-03-29 01:00", "2026-03-29 02:00"}});
  check({"Europe/Berlin",
         "0 * * * *",
         "2026-10-24 22:30",
         {"2026-10-24 23:00", "2026-10-25 00:00", "2026-10-25 01:00", "2026-10-25 02:00"}});
  check({"Europe/Berlin",
         "0 */2 * * *",
         "2026-03-28 22:30",
         {"2026-03-28 23:00", "2026-03-29 02:00", "2026-03-29 04:00"}});
  check({"Europe/Berlin",
         "*/30 2 * * *",
         "2026-03-28 12:00",
         {"2026-03-30 00:00", "2026-03-30 00:30"}});
  check({"Europe/Berlin",
         "*/30 2 * * *",
         "2026-10-24 12:00",
         {"2026-10-25 00:00", "2026-10-25 00:30", "2026-10-25 01:00", "2026-10-25 01:30",
          "2026-10-26 01:00"}});
}

TEST(Timetable, NewYork) {
  check({"America/New_York",
         "30 2 * * *",
         "2026-03-07 12:00",
         {"2026-03-08 07:00", "2026-03-09 06:30"}});
  check({"America/New_York",
         "30 1 * * *",
         "2026-10-31 12:00",
         {"2026-11-01 05:30", "2026-11-02 06:30"}});
  check({"America/New_York",
         "weekly on sunday at 02:00",
         "2026-03-02 00:00",
         {"2026-03-08 07:00", "2026-03-15 06:00"}});
}

// Sao Paulo: 2018-11-04 00:00 became 01:00; 2018-02-18 00:00 became 23:00 of the 17th.
TEST(Timetable, SaoPauloChangesAtMidnight) {
  check({"America/Sao_Paulo",
         "@daily",
         "2018-11-03 00:00",
         {"2018-11-03 03:00", "2018-11-04 03:00", "2018-11-05 02:00"}});
  check({"America/Sao_Paulo",
         "30 23 * * *",
         "2018-02-17 12:00",
         {"2018-02-18 01:30", "2018-02-19 02:30"}});
  check({"America/Sao_Paulo",
         "@daily",
         "2018-02-17 12:00",
         {"2018-02-18 03:00", "2018-02-19 03:00"}});
}

// Lord Howe: 2026-04-04 15:00 UTC, 02:00 becomes 01:30; 2026-10-03 15:30 UTC, 02:00 becomes 02:30.
TEST(Timetable, LordHoweChangesByHalfAnHour) {
  check({"Australia/Lord_Howe",
         "15 2 * * *",
         "2026-10-02 23:00",
         {"2026-10-03 15:30", "2026-10-04 15:15"}});
  check({"Australia/Lord_Howe",
         "45 1 * * *",
         "2026-04-03 23:00",
         {"2026-04-04 14:45", "2026-04-05 15:15"}});
  check({"Australia/Lord_Howe",
         "0 * * * *",
         "2026-10-03 14:15",
         {"2026-10-03 14:30", "2026-10-03 16:00"}});
  check({"Australia/Lord_Howe",
         "*/30 * * * *",
         "2026-04-04 14:15",
         {"2026-04-04 14:30", "2026-04-04 15:00", "2026-04-04 15:30"}});
}

// Casablanca is put back for Ramadan: 2026-02-15 02:00 UTC, 03:00 becomes 02:00; 2026-03-22 02:00
// UTC, 02:00 becomes 03:00.
TEST(Timetable, CasablancaInRamadan) {
  check({"Africa/Casablanca",
         "30 2 * * *",
         "2026-02-14 12:00",
         {"2026-02-15 01:30", "2026-02-16 02:30"}});
  check({"Africa/Casablanca",
         "30 2 * * *",
         "2026-03-21 12:00",
         {"2026-03-22 02:00", "2026-03-23 01:30"}});
}

// Apia had no 30 December 2011: the clock went from the 29th, 24:00 (10:00 UTC of the 30th) to the
// 31st, 00:00.
TEST(Timetable, ApiaSkippedADay) {
  check({"Pacific/Apia",
         "0 7 * * *",
         "2011-12-29 00:00",
         {"2011-12-29 17:00", "2011-12-30 10:00", "2011-12-30 17:00"}});
  check(
      {"Pacific/Apia", "0 7 30 * *", "2011-12-01 00:00", {"2011-12-30 10:00", "2012-01-29 17:00"}});
  check({"Pacific/Apia", "0 * 30 12 *", "2011-12-01 00:00", {"2012-12-29 10:00"}});
}

TEST(Timetable, EndsOfMonths) {
  check({"UTC", "0 0 31 * *", "2026-01-31 00:00", {"2026-03-31 00:00", "2026-05-31 00:00"}});
  check({"UTC",
         "monthly on day 31 at 0:00",
         "2026-01-31 00:00",
         {"2026-02-28 00:00", "2026-03-31 00:00", "2026-04-30 00:00"}});
  check({"UTC", "0 0 L * *", "2028-01-31 00:00", {"2028-02-29 00:00", "2028-03-31 00:00"}});
  check({"UTC",
         "0 0 L-2 2 *",
         "2026-01-31 00:00",
         {"2026-02-26 00:00", "2027-02-26 00:00", "2028-02-27 00:00"}});
  check({"UTC", "0 0 29 2 *", "2026-01-01 00:00", {"2028-02-29 00:00", "2032-02-29 00:00"}});
  // A 29 February that is a Sunday: */6 is Sunday and Saturday, and a field with a star restricts.
  check({"UTC", "0 0 29 2 */6", "2024-03-01 00:00", {"2032-02-29 00:00", "2048-02-29 00:00"}});
}

TEST(Timetable, WeekdaysOfMonths) {
  // 15 August 2026 is a Saturday, 15 November a Sunday.
  check({"UTC", "0 0 15W 8,11 *", "2026-08-01 00:00", {"2026-08-14 00:00", "2026-11-16 00:00"}});
  // 1 August 2026 is a Saturday, 31 May a Sunday.
  check({"UTC", "0 0 1W 8 *", "2026-07-01 00:00", {"2026-08-03 00:00"}});
  check({"UTC", "0 0 31W 5 *", "2026-05-01 00:00", {"2026-05-29 00:00"}});
  check({"UTC", "0 0 LW 5,6 *", "2026-05-01 00:00", {"2026-05-29 00:00", "2026-06-30 00:00"}});
  check({"UTC", "0 0 * * 5L", "2026-05-01 00:00", {"2026-05-29 00:00", "2026-06-26 00:00"}});
  check({"UTC", "0 0 * * 5#5", "2026-05-01 12:00", {"2026-05-29 00:00", "2026-07-31 00:00"}});
  check({"UTC", "0 0 * * 1#1", "2026-05-01 00:00", {"2026-05-04 00:00", "2026-06-01 00:00"}});
  // Friday, or the 13th.
  check({"UTC",
         "0 0 13 * fri",
         "2026-05-02 00:00",
         {"2026-05-08 00:00", "2026-05-13 00:00", "2026-05-15 00:00"}});
  // An odd day that is a Friday.
  check({"UTC", "0 0 */2 * fri", "2026-05-02 00:00", {"2026-05-15 00:00", "2026-05-29 00:00"}});
}

TEST(Timetable, QuartersFromAnyMonth) {
  check({"UTC",
         "quarterly on the last day at 18:00",
         "2026-01-01 00:00",
         {"2026-03-31 18:00", "2026-06-30 18:00", "2026-09-30 18:00", "2026-12-31 18:00"}});
  check({"UTC",
         "quarterly from february on day 31 at 18:00",
         "2026-01-01 00:00",
         {"2026-02-28 18:00", "2026-05-31 18:00"}});
}

TEST(Timetable, NothingForTwentyEightYears) {
  for (const char *text : {"30 2 30 2 *", "0 0 31 4,6,9,11 *", "0 0 31W 2 *", "0 * 30 2 *"}) {
    const Timetable table(parse_recurrence(text), literal_zone("Europe/Berlin"));
    EXPECT_FALSE(table.next(utc("2026-01-01 00:00"))) << text;
    EXPECT_FALSE(table.last(utc("2026-01-01 00:00"))) << text;
  }
}

TEST(Timetable, BoundsArePartOfIt) {
  const Timetable table(parse_recurrence("@daily"), literal_zone("UTC"),
                        {utc("2026-01-10 00:00"), utc("2026-01-12 00:00")});
  EXPECT_EQ(table.next(utc("2026-01-01 00:00")), utc("2026-01-10 00:00"));
  EXPECT_EQ(table.next(utc("2026-01-11 00:00")), utc("2026-01-12 00:00"));
  EXPECT_FALSE(table.next(utc("2026-01-12 00:00")));
  EXPECT_EQ(table.last(utc("2027-01-01 00:00")), utc("2026-01-12 00:00"));
  EXPECT_FALSE(table.last(utc("2026-01-09 00:00")));
}

}  // namespace
}  // namespace pgexport::schedule
