// Schedules as the tables have them.
//
//   active ─▶ ended          no run is left
//     ▲ │
//     │ ├───▶ paused         by pause_schedule(), or because the database was restored or promoted
//     │ └───▶ suspended      its owner cannot run anything, or five jobs in a row have failed
//     └───────┘              resume_schedule()
//
// The dispatcher makes their jobs (worker/server/schedule_fires.h); sessions do the rest.
#pragma once

#include "server/calendar.h"
#include "server/internal_sql.h"

namespace pgexport {

struct Schedule {
  pg_uuid_t id;
  Oid owner;
  const char *owner_name;
  const char *state;
  CalendarTerms terms;
  int jitter;
  bool fires;
  TimestampTz next_fire;  // if it `fires`
};

// A row of a statement that selects SCHEDULE_COLUMNS first; in the current memory context.
#define SCHEDULE_COLUMNS                                                                         \
  "s.id, s.owner::pg_catalog.oid, s.owner_name::pg_catalog.text, s.state, s.cron, s.time_zone, " \
  "s.start_at, s.end_at, s.jitter, s.next_fire"
constexpr int kScheduleColumns = 10;
Schedule read_schedule(std::uint64_t row);

// Raises the same 42704 for a schedule that does not exist and for somebody else's.  Locks it.
// Administrators pass if `admins_too`.
const Schedule *require_schedule(const pg_uuid_t *id, bool admins_too);
// The same without the lock, for administrators too.
const Schedule *find_schedule(const pg_uuid_t *id);

// The state 'active' with this run, 'ended' without one.  REQUIRES: inside internal SQL.
void set_run(const Schedule *schedule, const TimestampTz *run);
// The same with the next run after `after`.
void set_next_run(const Schedule *schedule, const Calendar *calendar, TimestampTz after);

// Not active any more.  REQUIRES: inside internal SQL.
void stop_schedule(const pg_uuid_t *id, const char *state, const char *reason);

// Where a schedule is told to run: this installation, on this server, in this database, on this
// timeline.
struct Home {
  std::int64_t system_identifier;
  Oid database;
  int timeline;
};
Home current_home();

}  // namespace pgexport
