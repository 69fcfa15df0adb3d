// Runs that are late, clocks that jump, schedules that are due together.
#include <gtest/gtest.h>

#include <set>

#include "literal_zone.h"
#include "worker/schedule/catch_up.h"
#include "worker/schedule/clock_watch.h"
#include "worker/schedule/jitter.h"

namespace pgexport::schedule {
namespace {

constexpr Instant kMidnight = 1'767'225'600;  // 2026-01-01 00:00 UTC

Timetable daily(Bounds bounds = {}) {
  return {parse_recurrence("@daily"), literal_zone("UTC"), bounds};
}

Instant day(int n) { return kMidnight + n * kSecondsOfDay; }

TEST(CatchUp, InTime) {
  for (const MissedPolicy policy : {MissedPolicy::skip, MissedPolicy::once, MissedPolicy::all}) {
    const DueRuns due = due_runs(daily(), day(0), day(0) + 30, {policy, 24});
    EXPECT_EQ(due.runs, std::vector<Instant>{day(0)});
    EXPECT_EQ(due.next, day(1));
    EXPECT_FALSE(due.left_out);
  }
}

TEST(CatchUp, FiveDaysLate) {
  const Instant now = day(5) + 3600;
  const DueRuns skipped = due_runs(daily(), day(0), now, {MissedPolicy::skip, 24});
  EXPECT_TRUE(skipped.runs.empty() && skipped.left_out);
  EXPECT_EQ(skipped.next, day(6));
  const DueRuns once = due_runs(daily(), day(0), now, {MissedPolicy::once, 24});
  EXPECT_EQ(once.runs, std::vector<Instant>{day(5)});
  EXPECT_TRUE(once.left_out);
  const DueRuns all = due_runs(daily(), day(0), now, {MissedPolicy::all, 24});
  EXPECT_EQ(all.runs, (std::vector<Instant>{day(0), day(1), day(2), day(3), day(4), day(5)}));
  EXPECT_FALSE(all.left_out);
  const DueRuns three = due_runs(daily(), day(0), now, {MissedPolicy::all, 3});
  EXPECT_EQ(three.runs, (std::vector<Instant>{day(3), day(4), day(5)}));
  EXPECT_TRUE(three.left_out);
}

TEST(CatchUp, SkipMakesTheRunThatIsInTime) {
  const DueRuns due = due_runs(daily(), day(0), day(5) + 10, {MissedPolicy::skip, 24});
  EXPECT_EQ(due.runs, std::vector<Instant>{day(5)});
  EXPECT_TRUE(due.left_out);
}

// A schedule of every minute that was down for five years is no work.
TEST(CatchUp, FiveYearsLate) {
  const Timetable table(parse_recurrence("* * * * *"), literal_zone("Europe/Berlin"));
  const Instant now = day(5 * 365) + 7200;
  EXPECT_EQ(due_runs(table, day(0), now, {MissedPolicy::once, 24}).runs.size(), 1U);
  const DueRuns all = due_runs(table, day(0), now, {MissedPolicy::all, 1000});
  EXPECT_EQ(all.runs.size(), 24U);
  EXPECT_EQ(all.runs.back(), now);
  EXPECT_EQ(all.next, now + 60);
}

TEST(CatchUp, EndsWithTheBounds) {
  const DueRuns due = due_runs(daily({day(0), day(2)}), day(1), day(9), {MissedPolicy::all, 24});
  EXPECT_EQ(due.runs, (std::vector<Instant>{day(1), day(2)}));
  EXPECT_FALSE(due.next);
}

// The zone's rules have changed since the run was planned.
TEST(CatchUp, ARunThatIsNoneAnyMoreIsNotMade) {
  const DueRuns due = due_runs(daily(), day(0) + 3600, day(0) + 7200, {MissedPolicy::once, 24});
  EXPECT_TRUE(due.runs.empty());
  EXPECT_EQ(due.next, day(1));
}

TEST(ClockWatch, BelievesAJumpAfterAMinute) {
  ClockWatch watch;
  EXPECT_TRUE(watch.accept({day(0), 100}));
  EXPECT_TRUE(watch.accept({day(0) + 3600, 3700}));
  EXPECT_TRUE(watch.accept({day(1) + 3600, 3710})) << "a day is allowed";
  EXPECT_FALSE(watch.accept({day(2) + 3611, 3711}));
  EXPECT_FALSE(watch.accept({day(2) + 3670, 3770}));
  EXPECT_TRUE(watch.accept({day(2) + 3671, 3771}));
  EXPECT_TRUE(watch.accept({day(0), 3772})) << "backwards is harmless";
}

TEST(ClockWatch, AMachineThatSleptIsNoJump) {
  ClockWatch watch;
  EXPECT_TRUE(watch.accept({day(0), 0}));
  EXPECT_TRUE(watch.accept({day(30), 30 * kSecondsOfDay}));
}

TEST(Jitter, SpreadsEvenly) {
  std::vector<int> counts(31);
  for (unsigned i = 0; i < 31'000; i++) {
    const unsigned char id[] = {static_cast<unsigned char>(i), static_cast<unsigned char>(i >> 8)};
    counts.at(static_cast<std::size_t>(jitter_seconds(id, 30)))++;
  }
  for (const int count : counts) EXPECT_NEAR(count, 1000, 200);
}

TEST(Jitter, StaysInItsLimit) {
  std::set<int> seen;
  for (unsigned char i = 0; i < 255; i++) seen.insert(jitter_seconds({&i, 1}, 3));
  EXPECT_EQ(seen, (std::set<int>{0, 1, 2, 3}));
  const unsigned char id = 7;
  EXPECT_EQ(jitter_seconds({&id, 1}, 0), 0);
  EXPECT_LE(jitter_seconds({&id, 1}, 1'000'000), 30);
}

}  // namespace
}  // namespace pgexport::schedule
