// Instants and the zone that turns them into the time of a clock on the wall.
#pragma once

#include <cstdint>

#include "core/no_postgres.h"

namespace pgexport::schedule {

// Seconds since 1970-01-01 00:00 UTC.
using Instant = std::int64_t;

// What a clock on the wall shows, as if it were UTC: instant + offset.
using WallSecond = std::int64_t;

inline constexpr std::int64_t kSecondsOfDay = 86'400;

// [begin, end) in which the offset, seconds east of UTC, does not change.
struct ZoneSpan {
  Instant begin;
  Instant end;
  std::int32_t offset;
};

class TimeZone {
 public:
  TimeZone() = default;
  TimeZone(const TimeZone &) = delete;
  TimeZone &operator=(const TimeZone &) = delete;
  virtual ~TimeZone() = default;

  // A span that contains `at`; it need not be the longest one, but should last months.
  // Offsets are less than a day.
  virtual ZoneSpan span_at(Instant at) const = 0;
};

}  // namespace pgexport::schedule
