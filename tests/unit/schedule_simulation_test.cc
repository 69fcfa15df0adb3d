// Random schedules on a virtual clock that runs for years: each run is made once, none is missed.
// What should happen is found by looking at every day and every span of the zone.
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <queue>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "literal_zone.h"
#include "worker/schedule/catch_up.h"

namespace pgexport::schedule {
namespace {

using namespace std::chrono;

bool is_long() { return std::getenv("CHECK_LONG") != nullptr; }

unsigned seed() {
  const char *text = std::getenv("CHECK_SEED");
  return text ? static_cast<unsigned>(std::strtoul(text, nullptr, 10)) : 1;
}

class RandomText {
 public:
  explicit RandomText(std::mt19937 &random) : random_(random) {}

  std::string schedule() {
    if (one_in(5)) return in_words();
    return minutes() + " " + hours() + " " + days() + " " + months() + " " + weekdays();
  }

  unsigned below(unsigned n) { return std::uniform_int_distribution<unsigned>(0, n - 1)(random_); }
  bool one_in(unsigned n) { return below(n) == 0; }

 private:
  std::string number(unsigned low, unsigned high) {
    return std::to_string(low + below(high - low + 1));
  }
  std::string list(unsigned low, unsigned high, unsigned most) {
    std::string result = number(low, high);
    for (unsigned i = below(most); i > 0; i--) result += "," + number(low, high);
    return result;
  }
  std::string minutes() { return one_in(8) ? "*/" + number(15, 40) : list(0, 59, 2); }
  std::string hours() {
    switch (below(6)) {
      case 0: return "*";
      case 1: return "*/" + number(2, 12);
      case 2: return "0-" + number(1, 5);
      default: return list(0, 23, 3);
    }
  }
  std::string days() {
    switch (below(8)) {
      case 0: return "L";
      case 1: return "L-" + number(1, 28);
      case 2: return number(1, 31) + "W";
      case 3: return "LW";
      case 4: return list(1, 31, 4);
      case 5: return "*/" + number(2, 15);
      default: return "*";
    }
  }
  std::string months() {
    switch (below(4)) {
      case 0: return list(1, 12, 4);
      case 1: return "*/" + number(2, 6);
      default: return "*";
    }
  }
  std::string weekdays() {
    switch (below(8)) {
      case 0: return number(0, 7) + "L";
      case 1: return number(0, 7) + "#" + number(1, 5);
      case 2: return "1-5";
      case 3: return list(0, 7, 3);
      default: return "*";
    }
  }
  std::string in_words() {
    static const std::vector<std::string> kForms = {
        "daily",
        "weekdays",
        "weekly on friday",
        "monthly on day 31",
        "monthly on the last day",
        "quarterly on day 1",
        "quarterly from march on the last weekday",
    };
    return kForms[below(static_cast<unsigned>(kForms.size()))] + " at " + number(0, 23) + ":" +
           std::to_string(10 + below(50));
  }

  std::mt19937 &random_;
};

bool has(std::uint64_t bits, unsigned n) { return (bits >> n & 1) != 0; }

unsigned weekday_of(sys_days date) { return weekday(date).c_encoding(); }
bool is_working_day(sys_days date) { return weekday_of(date) % 6 != 0; }

// The working day with the smallest distance, the earlier of two, in the month of `date`.
sys_days nearest_working_day(sys_days date) {
  for (int distance = 0;; distance++) {
    for (const sys_days candidate : {date - days(distance), date + days(distance)}) {
      if (year_month_day(candidate).month() == year_month_day(date).month() &&
          is_working_day(candidate)) {
        return candidate;
      }
    }
  }
}

bool in_days_of_month(const DayRule &rule, sys_days date) {
  const year_month_day ymd{date};
  const sys_days first{ymd.year() / ymd.month() / 1};
  const sys_days last{ymd.year() / ymd.month() / std::chrono::last};
  const auto number = static_cast<unsigned>(ymd.day());
  if (has(rule.of_month, number)) return true;
  if (date == last && rule.clamp && std::uint64_t{rule.of_month} >> (number + 1) != 0) return true;
  if (has(rule.before_last, static_cast<unsigned>((last - date).count()))) return true;
  if (rule.last_weekday && date == nearest_working_day(last)) return true;
  for (sys_days named = first; named <= last; named += days(1)) {
    const auto n = static_cast<unsigned>(year_month_day(named).day());
    if (has(rule.nearest_weekday, n) && nearest_working_day(named) == date) return true;
  }
  return false;
}

bool in_days_of_week(const DayRule &rule, sys_days date) {
  const unsigned weekday = weekday_of(date);
  const year_month_day ymd{date};
  if (has(rule.of_week, weekday)) return true;
  if (has(rule.last_of_week, weekday) && year_month_day(date + days(7)).month() != ymd.month()) {
    return true;
  }
  return has(rule.nth.at((static_cast<unsigned>(ymd.day()) - 1) / 7), weekday);
}

bool matches(const Recurrence &recurrence, sys_days date) {
  if (!has(recurrence.months, static_cast<unsigned>(year_month_day(date).month()))) return false;
  const bool month = in_days_of_month(recurrence.days, date);
  const bool week = in_days_of_week(recurrence.days, date);
  return recurrence.days.either ? month || week : month && week;
}

// Adds the instants at which a time on the wall happens.
void add_instants(const Recurrence &recurrence, const LiteralZone &zone, WallSecond wall,
                  std::set<Instant> &out) {
  for (const ZoneSpan &span : zone.spans()) {
    const Instant at = wall - span.offset;
    if (recurrence.follows_clock) {
      if (at >= span.begin && at < span.end) out.insert(at);
    } else if (at < span.end) {
      out.insert(std::max(at, span.begin));
      return;
    }
  }
}

std::vector<Instant> expected_runs(const Recurrence &recurrence, const LiteralZone &zone,
                                   Instant after, Instant until) {
  std::set<Instant> runs;
  const sys_days first = floor<days>(sys_seconds(seconds(after))) - days(3);
  const sys_days last = floor<days>(sys_seconds(seconds(until))) + days(3);
  for (sys_days date = first; date <= last; date += days(1)) {
    if (!matches(recurrence, date)) continue;
    for (unsigned minute = 0; minute < 24 * 60; minute++) {
      if (!has(recurrence.hours, minute / 60) || !has(recurrence.minutes, minute % 60)) continue;
      add_instants(recurrence, zone,
                   date.time_since_epoch().count() * kSecondsOfDay + Instant{minute} * 60, runs);
    }
  }
  return {runs.upper_bound(after), runs.upper_bound(until)};
}

struct Simulated {
  std::string text;
  std::string_view zone;
  Recurrence recurrence;
  std::vector<Instant> runs;
};

std::vector<Simulated> random_schedules(std::size_t count, std::mt19937 &random) {
  RandomText texts(random);
  const auto &zones = literal_zone_names();
  std::vector<Simulated> schedules;
  while (schedules.size() < count) {
    Simulated made;
    made.text = texts.schedule();
    made.zone = zones[texts.below(static_cast<unsigned>(zones.size()))];
    made.recurrence = parse_recurrence(made.text);
    schedules.push_back(made);
  }
  return schedules;
}

constexpr Instant kStart = 1'136'073'600;  // 2006-01-01 00:00 UTC

TEST(Simulation, NoRunTwiceNoneMissed) {
  const std::size_t count = is_long() ? 1000 : 100;
  const Instant end = kStart + 20 * 366 * kSecondsOfDay;
  std::mt19937 random(seed());
  std::vector<Simulated> schedules = random_schedules(count, random);

  // The dispatcher: always the schedule that is due next, some seconds late.
  using Due = std::pair<Instant, std::size_t>;
  std::priority_queue<Due, std::vector<Due>, std::greater<>> queue;
  auto table = [&](const Simulated &s) { return Timetable(s.recurrence, literal_zone(s.zone)); };
  for (std::size_t i = 0; i < count; i++) {
    if (const auto next = table(schedules[i]).next(kStart)) queue.emplace(*next, i);
  }
  while (!queue.empty() && queue.top().first <= end) {
    const auto [due, i] = queue.top();
    queue.pop();
    const Instant now = due + static_cast<Instant>(random() % 45);
    const DueRuns runs = due_runs(table(schedules[i]), due, now, {MissedPolicy::all, 24});
    EXPECT_FALSE(runs.left_out);
    schedules[i].runs.insert(schedules[i].runs.end(), runs.runs.begin(), runs.runs.end());
    if (runs.next) queue.emplace(*runs.next, i);
  }

  std::size_t total = 0;
  for (const Simulated &s : schedules) {
    ASSERT_EQ(s.runs, expected_runs(s.recurrence, literal_zone(s.zone), kStart, end))
        << s.text << " in " << s.zone << ", seed " << seed();
    total += s.runs.size();
  }
  EXPECT_GT(total, count * 1000);
}

TEST(Simulation, BackwardsTheSameRuns) {
  const Instant end = kStart + 3 * 366 * kSecondsOfDay;
  std::mt19937 random(seed() + 1);
  for (const Simulated &s : random_schedules(is_long() ? 1000 : 100, random)) {
    const Timetable table(s.recurrence, literal_zone(s.zone));
    std::vector<Instant> runs;
    for (auto at = table.last(end); at && *at > kStart; at = table.last(*at - 1)) {
      runs.push_back(*at);
    }
    std::reverse(runs.begin(), runs.end());
    ASSERT_EQ(runs, expected_runs(s.recurrence, literal_zone(s.zone), kStart, end))
        << s.text << " in " << s.zone << ", seed " << seed();
  }
}

}  // namespace
}  // namespace pgexport::schedule
