#include "server/schedule.h"

#include "server/roles.h"

extern "C" {
#include "access/xlog.h"
#include "catalog/pg_type.h"
#include "utils/acl.h"
#include "utils/timestamp.h"
}

namespace pgexport {

namespace {

const char *text_of(std::uint64_t row, int number) {
  bool is_null;
  return text_to_cstring(DatumGetTextPP(sql_result(row, number, &is_null)));
}

// When the dispatcher is to make the run.
TimestampTz due_time(const Schedule *schedule, TimestampTz run) {
  return run + schedule::jitter_seconds(schedule->id.data, schedule->jitter) * USECS_PER_SEC;
}

bool may_touch(const Schedule *schedule, bool admins_too, Oid user) {
  if (has_privs_of_role(user, schedule->owner)) return true;
  const Oid admins = get_role_oid("export_admin", true);
  return admins_too && OidIsValid(admins) && has_privs_of_role(user, admins);
}

const Schedule *look_up(const pg_uuid_t *id, bool admins_too, bool lock) {
  const Oid user = GetUserId();
  auto *schedule = static_cast<Schedule *>(palloc0(sizeof(Schedule)));
  const InternalSql sql = open_internal_sql();
  const SqlParameter parameter = uuid_parameter(id);
  const bool found =
      run_internal_sql(psprintf("SELECT " SCHEDULE_COLUMNS " FROM export._schedule s "
                                "WHERE s.id OPERATOR(pg_catalog.=) $1 %s",
                                lock ? "FOR UPDATE" : ""),
                       &parameter, 1, !lock) > 0;
  if (found) {
    const MemoryContext old = MemoryContextSwitchTo(sql.caller);
    *schedule = read_schedule(0);
    MemoryContextSwitchTo(old);
  }
  close_internal_sql(sql);
  if (found && may_touch(schedule, admins_too, user)) return schedule;
  ereport(ERROR, (errcode(ERRCODE_UNDEFINED_OBJECT),
                  errmsg("schedule \"%s\" does not exist",
                         DatumGetCString(DirectFunctionCall1(uuid_out, UUIDPGetDatum(id)))),
                  errhint("See export.schedules for the schedules you may see.")));
  pg_unreachable();
}

}  // namespace

Schedule read_schedule(std::uint64_t row) {
  Schedule schedule{};
  bool is_null;
  schedule.id = *DatumGetUUIDP(sql_result(row, 1, &is_null));
  schedule.owner = DatumGetObjectId(sql_result(row, 2, &is_null));
  schedule.owner_name = text_of(row, 3);
  schedule.state = text_of(row, 4);
  schedule.terms.recurrence = text_of(row, 5);
  schedule.terms.time_zone = text_of(row, 6);
  schedule.terms.first = DatumGetTimestampTz(sql_result(row, 7, &is_null));
  schedule.terms.last = DatumGetTimestampTz(sql_result(row, 8, &is_null));
  schedule.jitter = DatumGetInt32(sql_result(row, 9, &is_null));
  schedule.next_fire = DatumGetTimestampTz(sql_result(row, 10, &is_null));
  schedule.fires = !is_null;
  return schedule;
}

const Schedule *require_schedule(const pg_uuid_t *id, bool admins_too) {
  return look_up(id, admins_too, true);
}

const Schedule *find_schedule(const pg_uuid_t *id) { return look_up(id, true, false); }

void set_run(const Schedule *schedule, const TimestampTz *run) {
  if (!run) {
    stop_schedule(&schedule->id, "ended", nullptr);
    return;
  }
  const SqlParameter parameters[] = {uuid_parameter(&schedule->id), time_parameter(*run),
                                     time_parameter(due_time(schedule, *run))};
  run_internal_sql(
      "UPDATE export._schedule s SET state = 'active', reason = NULL, next_fire = $2, due_at = $3 "
      "WHERE s.id OPERATOR(pg_catalog.=) $1",
      parameters, lengthof(parameters), false);
}

void set_next_run(const Schedule *schedule, const Calendar *calendar, TimestampTz after) {
  TimestampTz run;
  set_run(schedule, next_run(calendar, after, &run) ? &run : nullptr);
}

void stop_schedule(const pg_uuid_t *id, const char *state, const char *reason) {
  const SqlParameter parameters[] = {uuid_parameter(id), text_parameter(state),
                                     text_parameter(reason)};
  run_internal_sql(
      "UPDATE export._schedule s SET state = $2, reason = $3, next_fire = NULL, due_at = NULL "
      "WHERE s.id OPERATOR(pg_catalog.=) $1",
      parameters, lengthof(parameters), false);
}

Home current_home() {
  return {static_cast<std::int64_t>(GetSystemIdentifier()), MyDatabaseId,
          static_cast<int>(GetWALInsertionTimeLine())};
}

}  // namespace pgexport
