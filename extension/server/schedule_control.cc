// export.pause_schedule, resume_schedule, drop_schedule.

#include "server/audit.h"
#include "server/background_owner.h"
#include "server/job_news.h"
#include "server/roles.h"
#include "server/schedule.h"
#include "server/shared_memory.h"

extern "C" {
#include "utils/timestamp.h"
}

namespace pgexport {

namespace {

void admit(const char *what) {
  require_persisting_allowed(what);
  require_auditable(what, true);
  require_shared_memory(what);
  safe_owner_role();
}

void record(const char *kind) {
  complete_audit(begin_audit(kind), "completed");
  wake_dispatcher_at_commit();
}

// The owner as of now: a role with the name of one that was dropped is not that role.
void require_runnable_owner(const Schedule *schedule) {
  const OwnerFault fault = background_fault(schedule->owner, schedule->owner_name);
  if (!fault.reason) return;
  ereport(ERROR,
          (errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
           errmsg("exports of role \"%s\" cannot run in the background", schedule->owner_name),
           errdetail("%s", fault.detail), fault.hint ? errhint("%s", fault.hint) : 0));
}

constexpr const char *kTellHome =
    "UPDATE export._schedule s SET failures = 0, home = h.id, system_identifier = $2, "
    "database = $3, timeline = $4 FROM export._home h WHERE s.id OPERATOR(pg_catalog.=) $1";

}  // namespace

}  // namespace pgexport

using namespace pgexport;

EXPORT_FUNCTION(export_pause_schedule) {
  admit("export.pause_schedule()");
  const Schedule *schedule = require_schedule(PG_GETARG_UUID_P(0), true);
  const InternalSql sql = open_internal_sql();
  stop_schedule(&schedule->id, "paused", nullptr);
  close_internal_sql(sql);
  record("pause_schedule");
  PG_RETURN_VOID();
}

EXPORT_FUNCTION(export_resume_schedule) {
  admit("export.resume_schedule()");
  const Schedule *schedule = require_schedule(PG_GETARG_UUID_P(0), true);
  // Running already, and perhaps due at this moment.
  if (strcmp(schedule->state, "active") == 0) PG_RETURN_VOID();
  require_runnable_owner(schedule);
  const Calendar *calendar = make_calendar(CurrentMemoryContext, &schedule->terms);
  const TimestampTz now = GetCurrentTimestamp();
  require_runs(calendar, now);
  const Home home = current_home();
  const SqlParameter parameters[] = {uuid_parameter(&schedule->id),
                                     int8_parameter(home.system_identifier),
                                     oid_parameter(home.database), int4_parameter(home.timeline)};
  const InternalSql sql = open_internal_sql();
  run_internal_sql(kTellHome, parameters, lengthof(parameters), false);
  set_next_run(schedule, calendar, now);
  close_internal_sql(sql);
  record("resume_schedule");
  PG_RETURN_VOID();
}

EXPORT_FUNCTION(export_drop_schedule) {
  admit("export.drop_schedule()");
  const Schedule *schedule = require_schedule(PG_GETARG_UUID_P(0), true);
  const SqlParameter parameter = uuid_parameter(&schedule->id);
  const InternalSql sql = open_internal_sql();
  run_internal_sql("DELETE FROM export._schedule_fire f WHERE f.schedule OPERATOR(pg_catalog.=) $1",
                   &parameter, 1, false);
  run_internal_sql("DELETE FROM export._schedule_request r WHERE r.id OPERATOR(pg_catalog.=) $1",
                   &parameter, 1, false);
  run_internal_sql("DELETE FROM export._schedule s WHERE s.id OPERATOR(pg_catalog.=) $1",
                   &parameter, 1, false);
  close_internal_sql(sql);
  record("drop_schedule");
  PG_RETURN_VOID();
}
