#include "worker/schedule/timetable.h"

#include <algorithm>

#include "worker/schedule/wall_search.h"

namespace pgexport::schedule {

namespace {

constexpr std::int64_t kMinute = 60;

WallMinute floor_minute(WallSecond wall) {
  return (wall >= 0 ? wall : wall - kMinute + 1) / kMinute;
}
WallMinute ceil_minute(WallSecond wall) { return floor_minute(wall + kMinute - 1); }

}  // namespace

std::optional<Instant> Timetable::next(Instant after) const {
  if (bounds_.first > after) after = bounds_.first - 1;
  const auto found = recurrence_.follows_clock ? next_on_clock(after) : next_time_of_day(after);
  return found && *found <= bounds_.last ? found : std::nullopt;
}

std::optional<Instant> Timetable::last(Instant at) const {
  at = std::min(at, bounds_.last);
  const auto found = recurrence_.follows_clock ? last_on_clock(at) : last_time_of_day(at);
  return found && *found >= bounds_.first ? found : std::nullopt;
}

// The latest time that the clock has shown up to `at`: later than what it shows, if it was put
// back less than two days ago.
WallSecond Timetable::latest_shown(Instant at) const {
  WallSecond latest = at + zone_.span_at(at).offset;
  for (Instant from = at - 2 * kSecondsOfDay; from <= at;) {
    const ZoneSpan span = zone_.span_at(from);
    latest = std::max(latest, std::min(at, span.end - 1) + span.offset);
    from = span.end;
  }
  return latest;
}

// The first instant at which the clock shows `wall` or later.
Instant Timetable::first_showing(WallSecond wall) const {
  for (Instant from = wall - kSecondsOfDay;;) {
    const ZoneSpan span = zone_.span_at(from);
    const Instant candidate = std::max(from, wall - span.offset);
    if (candidate < span.end) return candidate;
    from = span.end;
  }
}

std::optional<Instant> Timetable::next_time_of_day(Instant after) const {
  const WallSecond shown = latest_shown(after);
  const auto match =
      first_match(recurrence_, floor_minute(shown) + 1, floor_minute(shown + kHorizon));
  if (!match) return std::nullopt;
  return first_showing(*match * kMinute);
}

std::optional<Instant> Timetable::last_time_of_day(Instant at) const {
  const WallSecond shown = latest_shown(at);
  const auto match = last_match(recurrence_, floor_minute(shown), floor_minute(shown - kHorizon));
  if (!match) return std::nullopt;
  return first_showing(*match * kMinute);
}

std::optional<Instant> Timetable::next_on_clock(Instant after) const {
  const Instant horizon = after + kHorizon;
  for (Instant from = after + 1; from < horizon;) {
    const ZoneSpan span = zone_.span_at(from);
    const Instant end = std::min(span.end, horizon);
    const auto match =
        first_match(recurrence_, ceil_minute(from + span.offset), ceil_minute(end + span.offset));
    if (match) return *match * kMinute - span.offset;
    from = end;
  }
  return std::nullopt;
}

std::optional<Instant> Timetable::last_on_clock(Instant at) const {
  const Instant horizon = at - kHorizon;
  for (Instant from = at; from > horizon;) {
    const ZoneSpan span = zone_.span_at(from);
    const Instant begin = std::max(span.begin, horizon);
    const auto match = last_match(recurrence_, floor_minute(from + span.offset),
                                  ceil_minute(begin + span.offset) - 1);
    if (match) return *match * kMinute - span.offset;
    from = begin - 1;
  }
  return std::nullopt;
}

}  // namespace pgexport::schedule
