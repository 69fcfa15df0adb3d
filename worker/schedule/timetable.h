// The runs of a schedule: a recurrence on the clock of a time zone, between two bounds.
//
// A time of day happens at the first instant at which the clock shows it or a later time.  So one
// that is skipped when clocks go forward happens at the moment they do, and one that is shown twice
// when they go back happens the first time.  A recurrence that follows the clock happens whenever
// the clock shows one of its times: never while that is skipped, twice if it is shown twice.
#pragma once

#include <limits>
#include <optional>

#include "worker/schedule/recurrence.h"
#include "worker/schedule/time_zone.h"

#include "core/no_postgres.h"

namespace pgexport::schedule {

// A recurrence without a run for so long is taken to have none: 28 years is a whole cycle of
// leap years and weekdays.
inline constexpr std::int64_t kHorizon = 28 * 366 * kSecondsOfDay;

// Both are part of it.
struct Bounds {
  Instant first = std::numeric_limits<Instant>::min();
  Instant last = std::numeric_limits<Instant>::max();
};

class Timetable {
 public:
  // `zone` must live as long as the timetable.
  Timetable(const Recurrence &recurrence, const TimeZone &zone, Bounds bounds = {})
      : recurrence_(recurrence), zone_(zone), bounds_(bounds) {}

  // The first run later than `after`, the last one not later than `at`.
  std::optional<Instant> next(Instant after) const;
  std::optional<Instant> last(Instant at) const;

 private:
  std::optional<Instant> next_time_of_day(Instant after) const;
  std::optional<Instant> last_time_of_day(Instant at) const;
  std::optional<Instant> next_on_clock(Instant after) const;
  std::optional<Instant> last_on_clock(Instant at) const;
  WallSecond latest_shown(Instant at) const;
  Instant first_showing(WallSecond wall) const;

  Recurrence recurrence_;
  const TimeZone &zone_;
  Bounds bounds_;
};

}  // namespace pgexport::schedule
