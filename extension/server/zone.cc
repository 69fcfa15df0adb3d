#include "server/zone.h"

extern "C" {
#include "datatype/timestamp.h"
}

namespace pgexport {

namespace {

constexpr std::int64_t kEpochShift =
    static_cast<std::int64_t>(POSTGRES_EPOCH_JDATE - UNIX_EPOCH_JDATE) * SECS_PER_DAY;

constexpr std::int64_t from_unix(pg_time_t seconds) {
  return (static_cast<std::int64_t>(seconds) - kEpochShift) * USECS_PER_SEC;
}

constexpr pg_time_t kFirst = -2208988800;  // 1900-01-01 00:00 UTC
constexpr pg_time_t kEnd = 4102444800;     // 2100-01-01 00:00 UTC

// Zones change at most a few times a year; beyond this many windows the rest is asked per value.
constexpr std::size_t kMaxWindows = 1000;

ZoneWindow windows[kMaxWindows];
ZoneTable cached{windows, 0, 0};
pg_tz *cached_zone = nullptr;

}  // namespace

ZoneTable zone_table(pg_tz *zone) {
  if (zone == cached_zone) return cached;
  std::size_t count = 0;
  pg_time_t at = kFirst;
  cached.end = from_unix(kEnd);
  for (;;) {
    long before, after;
    int before_dst, after_dst;
    pg_time_t boundary;
    const int found =
        pg_next_dst_boundary(&at, &before, &before_dst, &boundary, &after, &after_dst, zone);
    if (found < 0 || count == kMaxWindows) {
      cached.end = from_unix(at);
      break;
    }
    windows[count++] = {from_unix(at), static_cast<std::int32_t>(before)};
    if (found == 0 || boundary >= kEnd) break;
    at = boundary;
  }
  cached.count = count;
  cached_zone = zone;
  return cached;
}

std::int32_t zone_offset(pg_tz *zone, std::int64_t microseconds) {
  std::int64_t seconds = microseconds / USECS_PER_SEC;
  if (microseconds % USECS_PER_SEC < 0) --seconds;
  const pg_time_t at = seconds + kEpochShift;
  const pg_tm *local = pg_localtime(&at, zone);
  return local ? static_cast<std::int32_t>(local->tm_gmtoff) : 0;
}

}  // namespace pgexport
