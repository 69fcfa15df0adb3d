// The runs of a schedule by the server's time zone data.
#pragma once

#include "bridge/context_owned.h"

extern "C" {
#include "datatype/timestamp.h"
#include "pgtime.h"
}

namespace pgexport {

// Texts as the caller wrote them; zone nullptr: the session's.  Both bounds are part of it, absent
// ones are DT_NOBEGIN and DT_NOEND.
struct CalendarTerms {
  const char *recurrence;
  const char *time_zone;
  TimestampTz first;
  TimestampTz last;
};

struct Calendar;

// In `context`.  Raises 22023 for a text that is no schedule and a zone that is none of IANA's
// names, 22008 for bounds outside of the years 1 to 9999.
const Calendar *make_calendar(MemoryContext context, const CalendarTerms *terms);

// The same for workers, which must not fail: nullptr, and why, for a calendar that cannot be made.
const Calendar *find_calendar(MemoryContext context, const CalendarTerms *terms,
                              const char **fault);

const char *calendar_zone(const Calendar *calendar);

// Raises 22023 for a schedule without a run after `after`.
void require_runs(const Calendar *calendar, TimestampTz after);

// False if there is none.
bool next_run(const Calendar *calendar, TimestampTz after, TimestampTz *run);

struct DueRuns {
  int count;
  TimestampTz runs[schedule::kMaxCatchUp];
  bool left_out;  // some before them are not made
  bool has_next;
  TimestampTz next;
};

// See worker/schedule/catch_up.h.
DueRuns due_runs(const Calendar *calendar, TimestampTz due, TimestampTz now,
                 const schedule::MissedRuns *missed);

}  // namespace pgexport
