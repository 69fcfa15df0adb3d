// What a schedule's text becomes, and what is said of one that is wrong.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "core/error.h"
#include "worker/schedule/recurrence.h"

namespace pgexport::schedule {
namespace {

constexpr std::uint64_t kAllMinutes = (std::uint64_t{1} << 60) - 1;
constexpr std::uint32_t kAllHours = (1U << 24) - 1;
constexpr std::uint32_t kAllMonths = 0x1FFE;

std::string fault_of(std::string_view text) {
  try {
    (void)parse_recurrence(text);
  } catch (const Error &error) {
    return std::string(error.state()) + " " + error.detail();
  }
  return "accepted";
}

std::uint64_t minutes(std::string_view field) {
  return parse_recurrence(std::string(field) + " * * * *").minutes;
}
DayRule days(std::string_view of_month, std::string_view of_week) {
  return parse_recurrence("0 0 " + std::string(of_month) + " * " + std::string(of_week)).days;
}
std::uint32_t months(std::string_view field) {
  return parse_recurrence("0 0 1 " + std::string(field) + " *").months;
}

TEST(CronParse, Stars) {
  const Recurrence every = parse_recurrence("* * * * *");
  EXPECT_EQ(every.minutes, kAllMinutes);
  EXPECT_EQ(every.hours, kAllHours);
  EXPECT_EQ(every.months, kAllMonths);
  EXPECT_EQ(every.days.of_month, kEveryDay);
  EXPECT_EQ(every.days.of_week, kEveryWeekday);
  EXPECT_FALSE(every.days.either);
  EXPECT_TRUE(every.follows_clock);
}

TEST(CronParse, ListsRangesSteps) {
  EXPECT_EQ(minutes("0"), 1U);
  EXPECT_EQ(minutes("05"), 1U << 5);
  EXPECT_EQ(minutes("1,3,59"), (1U << 1) | (1U << 3) | (std::uint64_t{1} << 59));
  EXPECT_EQ(minutes("1-4"), 0b11110U);
  EXPECT_EQ(minutes("1-9/4"), (1U << 1) | (1U << 5) | (1U << 9));
  EXPECT_EQ(minutes("*/20"), 1U | (1U << 20) | (std::uint64_t{1} << 40));
  EXPECT_EQ(minutes("*/59"), 1U | (std::uint64_t{1} << 59));
  EXPECT_EQ(minutes("1-2,5-6"), 0b1100110U);
  EXPECT_EQ(minutes("0-59"), kAllMinutes);
}

TEST(CronParse, Names) {
  EXPECT_EQ(months("jan,DEC"), (1U << 1) | (1U << 12));
  EXPECT_EQ(months("mar-MAY"), 0b111000U);
  EXPECT_EQ(months("september"), 1U << 9);
  EXPECT_EQ(days("?", "mon-fri").of_week, 0b0111110);
  EXPECT_EQ(days("*", "SUN").of_week, 1);
  EXPECT_EQ(days("*", "7").of_week, 1);
  EXPECT_EQ(days("*", "5-7").of_week, 0b1100001);
  EXPECT_EQ(days("*", "sat-sun").of_week, 0b1000001);
}

TEST(CronParse, DaysCountedInTheMonth) {
  EXPECT_EQ(days("L", "*").before_last, 1U);
  EXPECT_EQ(days("l-3,15", "*").before_last, 1U << 3);
  EXPECT_EQ(days("l-3,15", "*").of_month, 1U << 15);
  EXPECT_EQ(days("15W", "*").nearest_weekday, 1U << 15);
  EXPECT_TRUE(days("LW", "*").last_weekday);
  EXPECT_EQ(days("*", "5L").last_of_week, 1U << 5);
  EXPECT_EQ(days("*", "friL").last_of_week, 1U << 5);
  EXPECT_EQ(days("*", "fri#2").nth[1], 1U << 5);
  EXPECT_EQ(days("*", "7#5").nth[4], 1U);
  EXPECT_EQ(days("*", "1#1,3#1").nth[0], 0b1010);
}

TEST(CronParse, TwoNamedDayFieldsAreAlternatives) {
  EXPECT_TRUE(days("13", "fri").either);
  EXPECT_FALSE(days("13", "*").either);
  EXPECT_FALSE(days("?", "fri").either);
  EXPECT_FALSE(days("*/2", "fri").either);
  EXPECT_FALSE(days("13", "*/2").either);
}

TEST(CronParse, FollowsTheClockIfHourOrMinuteHasAStar) {
  EXPECT_TRUE(parse_recurrence("0 * * * *").follows_clock);
  EXPECT_TRUE(parse_recurrence("0 */2 * * *").follows_clock);
  EXPECT_TRUE(parse_recurrence("*/15 2 * * *").follows_clock);
  EXPECT_FALSE(parse_recurrence("0 0-23 * * *").follows_clock);
  EXPECT_FALSE(parse_recurrence("30 2 * * *").follows_clock);
}

TEST(CronParse, AtNames) {
  for (const auto &[name, expression] :
       std::vector<std::pair<std::string_view, std::string_view>>{{"@hourly", "0 * * * *"},
                                                                  {"@daily", "0 0 * * *"},
                                                                  {"@midnight", "0 0 * * *"},
                                                                  {" @weekly ", "0 0 * * 0"},
                                                                  {"@monthly", "0 0 1 * *"},
                                                                  {"@quarterly", "0 0 1 */3 *"},
                                                                  {"@yearly", "0 0 1 1 *"},
                                                                  {"@annually", "0 0 1 1 *"}}) {
    EXPECT_EQ(parse_recurrence(name), parse_recurrence(expression)) << name;
  }
}

TEST(CronParse, SpacesAroundAndBetween) {
  EXPECT_EQ(parse_recurrence(" \t1  2\t3 4 5 "), parse_recurrence("1 2 3 4 5"));
}

struct Fault {
  std::string text;
  std::string detail;
};

TEST(CronParse, Faults) {
  const std::vector<Fault> faults = {
      {"", "Character 1: There are 0 fields instead of five."},
      {"* * * *", "Character 1: There are 4 fields instead of five."},
      {"0 * * * * *", "Character 1: There are 6 fields instead of five."},
      {"0 * * * * * 2026", "Character 1: There are 7 fields instead of five."},
      {"60 * * * *", "Character 1, field \"minute\": 60 is not between 0 and 59."},
      {"0 24 * * *", "Character 3, field \"hour\": 24 is not between 0 and 23."},
      {"0 0 0 * *", "Character 5, field \"day of month\": 0 is not between 1 and 31."},
      {"0 0 32 * *", "Character 5, field \"day of month\": 32 is not between 1 and 31."},
      {"0 0 1 13 *", "Character 7, field \"month\": 13 is not between 1 and 12."},
      {"0 0 * * 8", "Character 9, field \"day of week\": 8 is not between 0 and 7."},
      {"*/0 * * * *", "Character 3, field \"minute\": A step of 0 never gets anywhere."},
      {"1-5/0 * * * *", "Character 5, field \"minute\": A step of 0 never gets anywhere."},
      {"*/60 * * * *", "Character 3, field \"minute\": The step 60 leaves only the first value."},
      {"1-5/5 * * * *", "Character 5, field \"minute\": The step 5 leaves only the first value."},
      {"5-1 * * * *", "Character 1, field \"minute\": The range 5-1 runs backwards."},
      {"0 0 * * fri-mon", "Character 9, field \"day of week\": The range 5-1 runs backwards."},
      {"5/15 * * * *", "Character 2, field \"minute\": A step follows * or a range."},
      {"-5 * * * *", "Character 1, field \"minute\": This character cannot be here."},
      {"1-- * * * *", "Character 3, field \"minute\": This character cannot be here."},
      {"1, * * * *", "Character 3, field \"minute\": A value is missing."},
      {"1,,2 * * * *", "Character 3, field \"minute\": This character cannot be here."},
      {"*/ * * * *", "Character 3, field \"minute\": A number is expected."},
      {"** * * * *", "Character 2, field \"minute\": This character cannot be here."},
      {"005 * * * *", "Character 1, field \"minute\": A number has at most two digits."},
      {"4294967296 * * * *", "Character 1, field \"minute\": A number has at most two digits."},
      {"? * * * *", "Character 1, field \"minute\": This character cannot be here."},
      {"\xD9\xA3 * * * *", "Character 1, field \"minute\": This character cannot be here."},
      {"1,\xD9\xA3,\xD9 * * * *", "Character 3, field \"minute\": This character cannot be here."},
      {"mon * * * *", "Character 1, field \"minute\": \"mon\" is no name here."},
      {"0 0 1 foo *", "Character 7, field \"month\": \"foo\" is no name here."},
      {"0 0 * * L", "Character 9, field \"day of week\": \"l\" is no name here."},
      {"0 0 * * 5#0", "Character 11, field \"day of week\": 0 is not between 1 and 5."},
      {"0 0 * * 5#6", "Character 11, field \"day of week\": 6 is not between 1 and 5."},
      {"0 0 * * 1-5L", "Character 12, field \"day of week\": This character cannot be here."},
      {"0 0 L-31 * *", "Character 7, field \"day of month\": 31 is not between 1 and 30."},
      {"0 0 W * *", "Character 5, field \"day of month\": \"w\" is no name here."},
      {"0 0 1-5W * *", "Character 8, field \"day of month\": This character cannot be here."},
      {"@reboot", "Character 1: A schedule has times, and a start of the server is none."},
      {"@fortnightly", "Character 1: This name is not known."},
      {"@daily 5", "Character 1: This name is not known."},
  };
  for (const Fault &fault : faults) EXPECT_EQ(fault_of(fault.text), "22023 " + fault.detail);
}

TEST(CronParse, PlacesCountCharacters) {
  EXPECT_EQ(fault_of("0 0 1 \xC3\xA4\xC3\xB6 *"),
            "22023 Character 7, field \"month\": This character cannot be here.");
  EXPECT_EQ(fault_of("daily \xC3\xA4t 1:00"), "22023 Character 7: The word \"at\" is expected.");
}

TEST(CronParse, TooLong) {
  EXPECT_EQ(fault_of(std::string(1024, '1')), "54000 It has 1024 bytes; the limit is 512.");
}

TEST(Words, BecomeTheSameForm) {
  EXPECT_EQ(parse_recurrence("daily at 07:30"), parse_recurrence("30 7 * * *"));
  EXPECT_EQ(parse_recurrence("Weekly ON Monday at 0:05"), parse_recurrence("5 0 * * 1"));
  EXPECT_EQ(parse_recurrence("weekly on mon , thu and sunday at 23:59"),
            parse_recurrence("59 23 * * 0,1,4"));
  EXPECT_EQ(parse_recurrence("weekdays at 8:00"), parse_recurrence("0 8 * * 1-5"));
  EXPECT_EQ(parse_recurrence("monthly on the first day at 8:00"), parse_recurrence("0 8 1 * *"));
  EXPECT_EQ(parse_recurrence("monthly on last day at 8:00"), parse_recurrence("0 8 L * *"));
  EXPECT_EQ(parse_recurrence("monthly on the first weekday at 8:00"),
            parse_recurrence("0 8 1W * *"));
  EXPECT_EQ(parse_recurrence("monthly on the last weekday at 8:00"),
            parse_recurrence("0 8 LW * *"));
  EXPECT_EQ(parse_recurrence("monthly on the second friday at 8:00"),
            parse_recurrence("0 8 * * 5#2"));
  EXPECT_EQ(parse_recurrence("monthly on the last friday at 8:00"), parse_recurrence("0 8 * * 5L"));
  EXPECT_EQ(parse_recurrence("quarterly on the first day at 6:00"),
            parse_recurrence("0 6 1 1,4,7,10 *"));
  EXPECT_EQ(parse_recurrence("quarterly from february on the first day at 6:00"),
            parse_recurrence("0 6 1 2,5,8,11 *"));
  EXPECT_EQ(parse_recurrence("quarterly on the last day at 6:00"),
            parse_recurrence("0 6 L 3,6,9,12 *"));
  EXPECT_EQ(parse_recurrence("quarterly from december on the last friday at 6:00"),
            parse_recurrence("0 6 * 2,5,8,11 5L"));
}

TEST(Words, ADayThatAMonthHasNotIsItsLast) {
  const Recurrence by_words = parse_recurrence("monthly on day 31 at 8:00");
  Recurrence by_cron = parse_recurrence("0 8 31 * *");
  EXPECT_TRUE(by_words.days.clamp && !by_cron.days.clamp);
  by_cron.days.clamp = true;
  EXPECT_EQ(by_words, by_cron);
}

TEST(Words, Faults) {
  const std::vector<Fault> faults = {
      {"daily", "Character 6: The word \"at\" is expected."},
      {"daily at", "Character 9: A number is expected."},
      {"daily at 24:00", "Character 10: 24 is not between 0 and 23."},
      {"daily at 7:60", "Character 12: 60 is not between 0 and 59."},
      {"daily at 7:5", "Character 12: A time is written as 07:30."},
      {"daily at 7", "Character 11: A time is written as 07:30."},
      {"daily at 7:30 pm", "Character 15: Nothing can follow the time."},
      {"weekly at 7:30", "Character 8: The word \"on\" is expected."},
      {"weekly on moonday at 7:30", "Character 11: A weekday is expected."},
      {"weekly on monday, at 7:30", "Character 19: A weekday is expected."},
      {"monthly on 5 at 7:30", "Character 12: A day of the month is expected."},
      {"monthly on day 32 at 7:30", "Character 16: 32 is not between 1 and 31."},
      {"monthly on the sixth monday at 7:30", "Character 16: A day of the month is expected."},
      {"quarterly from monday on day 1 at 7:30", "Character 16: A month is expected."},
  };
  for (const Fault &fault : faults) EXPECT_EQ(fault_of(fault.text), "22023 " + fault.detail);
}

}  // namespace
}  // namespace pgexport::schedule
