#include "server/calendar.h"

#include "server/encoding.h"

extern "C" {
#include "mb/pg_wchar.h"
#include "utils/timestamp.h"
}

namespace pgexport {

namespace {

using schedule::Instant;

constexpr Instant kEpochShift =
    static_cast<Instant>(POSTGRES_EPOCH_JDATE - UNIX_EPOCH_JDATE) * SECS_PER_DAY;
constexpr Instant kFirstInstant = -62135596800;  // 0001-01-01 00:00 UTC
constexpr Instant kLastInstant = 253402300799;   // 9999-12-31 23:59:59 UTC

// Whole seconds, rounded down.
Instant to_instant(TimestampTz time) {
  Instant seconds = time / USECS_PER_SEC;
  if (time % USECS_PER_SEC < 0) --seconds;
  return seconds + kEpochShift;
}

TimestampTz from_instant(Instant at) { return (at - kEpochShift) * USECS_PER_SEC; }

// Nothing that it calls raises.
class ServerZone final : public schedule::TimeZone {
 public:
  explicit ServerZone(pg_tz *zone) : zone_(zone) {}

  schedule::ZoneSpan span_at(Instant at) const override {
    // The server looks for changes forwards only.
    constexpr Instant kLookBack = 400 * schedule::kSecondsOfDay;
    for (pg_time_t from = at - kLookBack;;) {
      long before = 0, after;
      int before_dst, after_dst;
      pg_time_t boundary;
      const int found =
          pg_next_dst_boundary(&from, &before, &before_dst, &boundary, &after, &after_dst, zone_);
      const auto offset = static_cast<std::int32_t>(before);
      if (found <= 0) return {from, std::numeric_limits<Instant>::max(), offset};
      if (boundary > at) return {from, boundary, offset};
      from = boundary;
    }
  }

 private:
  pg_tz *const zone_;
};

// IANA's names with digits.  Others with digits are POSIX rules, whose sign is reversed and which
// no table of the server knows.
bool is_numbered_zone(const char *name) {
  for (const char *known :
       {"EST5EDT", "CST6CDT", "MST7MDT", "PST8PDT", "GMT0", "GMT+0", "GMT-0", "Etc/GMT0"}) {
    if (pg_strcasecmp(name, known) == 0) return true;
  }
  int hours = 0, used = 0;
  return pg_strncasecmp(name, "Etc/GMT", 7) == 0 && (name[7] == '+' || name[7] == '-') &&
         isdigit(static_cast<unsigned char>(name[8])) &&
         sscanf(name + 8, "%2d%n", &hours, &used) == 1 && name[8 + used] == '\0' && hours <= 14;
}

bool is_zone_name(const char *name) {
  if (*name == '\0' || strlen(name) > TZ_STRLEN_MAX) return false;
  for (const char *c = name; *c; c++) {
    if (!isalpha(static_cast<unsigned char>(*c)) && !strchr("_/-+", *c)) {
      return isdigit(static_cast<unsigned char>(*c)) && is_numbered_zone(name);
    }
  }
  return true;
}

// nullptr for what is none of IANA's names.
pg_tz *find_zone(const char *name) {
  pg_tz *zone = is_zone_name(name) ? pg_tzset(name) : nullptr;
  return zone && pg_tz_acceptable(zone) ? zone : nullptr;
}

pg_tz *require_zone(const char *name) {
  if (!name) name = pg_get_timezone_name(session_timezone);
  pg_tz *zone = find_zone(name);
  if (zone) return zone;
  ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
                  errmsg("\"%s\" is not the name of a time zone",
                         pnstrdup(name, pg_mbcliplen(name, strlen(name), 64))),
                  errhint("Use a name of pg_timezone_names, such as Europe/Berlin.")));
  pg_unreachable();
}

bool is_in_range(TimestampTz time) {
  if (TIMESTAMP_NOT_FINITE(time)) return true;
  return to_instant(time) >= kFirstInstant && to_instant(time) <= kLastInstant;
}

Instant bound(TimestampTz time, Instant absent) {
  if (TIMESTAMP_NOT_FINITE(time)) return absent;
  if (!is_in_range(time)) {
    ereport(ERROR, (errcode(ERRCODE_DATETIME_FIELD_OVERFLOW),
                    errmsg("times of a schedule are in the years 1 to 9999")));
  }
  return to_instant(time);
}

schedule::Bounds bounds_of(const CalendarTerms *terms) {
  return {bound(terms->first, kFirstInstant), bound(terms->last, kLastInstant)};
}

}  // namespace

struct Calendar {
  Calendar(const schedule::Recurrence &recurrence, pg_tz *tz, schedule::Bounds bounds)
      : name(pg_get_timezone_name(tz)), zone(tz), table(recurrence, zone, bounds) {}

  const char *name;
  ServerZone zone;
  schedule::Timetable table;
};

const Calendar *make_calendar(MemoryContext context, const CalendarTerms *terms) {
  pg_tz *zone = require_zone(terms->time_zone);
  const schedule::Bounds bounds = bounds_of(terms);
  const char *text_form = to_utf8(terms->recurrence);
  const auto recurrence = pg_entry([&] { return schedule::parse_recurrence(text_form); });
  return make_in_context<Calendar>(context, recurrence, zone, bounds);
}

const Calendar *find_calendar(MemoryContext context, const CalendarTerms *terms,
                              const char **fault) {
  pg_tz *zone = find_zone(terms->time_zone);
  *fault = "unknown_time_zone";
  if (!zone) return nullptr;
  const char *text_form = terms->recurrence;
  schedule::Recurrence recurrence;
  const bool valid = is_in_range(terms->first) && is_in_range(terms->last) && pg_entry([&] {
                       try {
                         recurrence = schedule::parse_recurrence(text_form);
                         return true;
                       } catch (const Error &) {
                         return false;
                       }
                     });
  *fault = "invalid_schedule";
  if (!valid) return nullptr;
  return make_in_context<Calendar>(context, recurrence, zone, bounds_of(terms));
}

const char *calendar_zone(const Calendar *calendar) { return calendar->name; }

bool next_run(const Calendar *calendar, TimestampTz after, TimestampTz *run) {
  const Instant at = bound(after, kLastInstant);
  return pg_entry([&] {
    const std::optional<Instant> next = calendar->table.next(at);
    if (next) *run = from_instant(*next);
    return next.has_value();
  });
}

void require_runs(const Calendar *calendar, TimestampTz after) {
  TimestampTz run;
  if (next_run(calendar, after, &run)) return;
  ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("the schedule never runs"),
                  errdetail("It has no time in the next 28 years, or none before its end.")));
}

DueRuns due_runs(const Calendar *calendar, TimestampTz due, TimestampTz now,
                 const schedule::MissedRuns *missed) {
  DueRuns result{};
  pg_entry([&] {
    const schedule::DueRuns found =
        schedule::due_runs(calendar->table, to_instant(due), to_instant(now), *missed);
    for (const Instant run : found.runs) result.runs[result.count++] = from_instant(run);
    result.left_out = found.left_out;
    result.has_next = found.next.has_value();
    if (found.next) result.next = from_instant(*found.next);
  });
  return result;
}

}  // namespace pgexport
