// Dates, times and intervals as text, each with one spelling per style whatever the session says.
//
// Style `postgres` is byte for byte PostgreSQL's output with DateStyle ISO and IntervalStyle
// postgres.  Style `iso` is ISO 8601: a `T` between date and time, offsets as +hh:mm, years before
// 1 as astronomical years (44 BC is -0043; PostgreSQL's own JSON encoder writes "0044 … BC"), and
// intervals as PostgreSQL's IntervalStyle iso_8601.  In both styles infinity and -infinity are
// those words, years have at least four digits, fractions lose trailing zeros.
//
// Each function writes at `out`, without a terminator, at most kMaxTimeText bytes, and returns
// the end.  Offsets are seconds east of UTC; seconds of an offset are written if not zero.
#pragma once

#include <cstdint>

#include "core/cell.h"

#include "core/no_postgres.h"

namespace pgexport::spell {

inline constexpr int kMaxTimeText = 128;

enum class TimeStyle : std::uint8_t { postgres, iso };

// Remembers the text of the last date: rows tend to repeat it.  Years before 1, which the styles
// write differently, are not remembered, so one cache serves both styles.
struct DateCache {
  std::int64_t day = INT64_MAX;
  int length = 0;
  char text[16];
};

struct CivilDate {
  std::int64_t year;  // astronomical: 0 is 1 BC
  unsigned month;     // 1 to 12
  unsigned day;       // 1 to 31
};

// `days` since 2000-01-01, proleptic Gregorian calendar, whole range of PostgreSQL's date.
CivilDate civil_from_days(std::int64_t days);

char *write_date(char *out, std::int64_t days, TimeStyle style, DateCache &cache);
char *write_time(char *out, std::int64_t microseconds);
// In both styles PostgreSQL's timetz_out: hh:mm:ss[.ffffff]+hh[:mm[:ss]], which is ISO 8601 too.
char *write_timetz(char *out, std::int64_t microseconds, std::int32_t utc_offset);
char *write_timestamp(char *out, std::int64_t microseconds, TimeStyle style, DateCache &cache);
char *write_timestamptz(char *out, std::int64_t microseconds, std::int32_t utc_offset,
                        TimeStyle style, DateCache &cache);
char *write_interval(char *out, const IntervalValue &value, TimeStyle style);

}  // namespace pgexport::spell
