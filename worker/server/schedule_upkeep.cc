#include "worker/server/schedule_upkeep.h"

#include "server/internal_sql.h"
#include "server/schedule.h"

extern "C" {
#include "utils/timestamp.h"
}

namespace pgexport {

namespace {

constexpr int kMaxFailures = 5;

}  // namespace

void stop_unasked(const pg_uuid_t *id, const char *state, const char *reason) {
  stop_schedule(id, state, reason);
  ereport(LOG, (errmsg("export dispatcher: schedule %s is %s",
                       DatumGetCString(DirectFunctionCall1(uuid_out, UUIDPGetDatum(id))), state),
                errdetail("The reason is \"%s\".", reason),
                errhint("When that is settled, use export.resume_schedule().")));
}

void stop_strangers() {
  const Home home = current_home();
  const SqlParameter parameters[] = {int8_parameter(home.system_identifier),
                                     oid_parameter(home.database), int4_parameter(home.timeline)};
  const std::uint64_t count = run_internal_sql(
      "SELECT s.id, s.home OPERATOR(pg_catalog.<>) h.id "
      "OR s.system_identifier OPERATOR(pg_catalog.<>) $1 OR s.database OPERATOR(pg_catalog.<>) $2 "
      "FROM export._schedule s CROSS JOIN export._home h "
      "WHERE s.state OPERATOR(pg_catalog.=) 'active' AND (s.home OPERATOR(pg_catalog.<>) h.id "
      "OR s.system_identifier OPERATOR(pg_catalog.<>) $1 OR s.database OPERATOR(pg_catalog.<>) $2 "
      "OR s.timeline OPERATOR(pg_catalog.<>) $3) FOR UPDATE OF s SKIP LOCKED",
      parameters, lengthof(parameters), false);
  auto *ids = static_cast<pg_uuid_t *>(palloc(sizeof(pg_uuid_t) * (count + 1)));
  auto *restored = static_cast<bool *>(palloc(sizeof(bool) * (count + 1)));
  for (std::uint64_t i = 0; i < count; i++) {
    bool is_null;
    ids[i] = *DatumGetUUIDP(sql_result(i, 1, &is_null));
    restored[i] = DatumGetBool(sql_result(i, 2, &is_null));
  }
  for (std::uint64_t i = 0; i < count; i++) {
    stop_unasked(&ids[i], "paused", restored[i] ? "restored" : "promoted");
  }
}

void settle_fires() {
  struct Ended {
    pg_uuid_t schedule;
    TimestampTz at;
    const char *state;
  };
  const std::uint64_t count = run_internal_sql(
      "SELECT f.schedule, f.fire_at, j.state FROM export._schedule_fire f "
      "JOIN export._job_state j ON j.job OPERATOR(pg_catalog.=) f.job "
      "JOIN export._schedule s ON s.id OPERATOR(pg_catalog.=) f.schedule "
      "WHERE f.state OPERATOR(pg_catalog.=) 'submitted' AND j.state OPERATOR(pg_catalog.=) "
      "ANY (ARRAY['succeeded', 'failed', 'cancelled', 'dead']) "
      "ORDER BY j.finished_at FOR UPDATE OF f, s SKIP LOCKED",
      nullptr, 0, false);
  auto *ended = static_cast<Ended *>(palloc(sizeof(Ended) * (count + 1)));
  for (std::uint64_t i = 0; i < count; i++) {
    bool is_null;
    ended[i] = {*DatumGetUUIDP(sql_result(i, 1, &is_null)),
                DatumGetTimestampTz(sql_result(i, 2, &is_null)),
                TextDatumGetCString(sql_result(i, 3, &is_null))};
  }
  for (std::uint64_t i = 0; i < count; i++) {
    const SqlParameter parameters[] = {uuid_parameter(&ended[i].schedule),
                                       time_parameter(ended[i].at), text_parameter(ended[i].state)};
    run_internal_sql(
        "UPDATE export._schedule_fire f SET state = $3 WHERE f.schedule OPERATOR(pg_catalog.=) $1 "
        "AND f.fire_at OPERATOR(pg_catalog.=) $2",
        parameters, 3, false);
    const SqlParameter counted[] = {parameters[0], parameters[2], int4_parameter(kMaxFailures)};
    const bool enough =
        run_internal_sql(
            "UPDATE export._schedule s SET failures = CASE $2 WHEN 'succeeded' THEN 0 "
            "WHEN 'cancelled' THEN s.failures ELSE s.failures OPERATOR(pg_catalog.+) 1 END "
            "WHERE s.id OPERATOR(pg_catalog.=) $1 RETURNING "
            "s.failures OPERATOR(pg_catalog.>=) $3 AND s.state OPERATOR(pg_catalog.=) 'active'",
            counted, lengthof(counted), false) > 0;
    bool is_null;
    if (enough && DatumGetBool(sql_result(0, 1, &is_null))) {
      stop_unasked(&ended[i].schedule, "suspended", "failures");
    }
  }
}

// Once in the life of the process, which has read the rules of the time zones anew: a government
// may have moved the time that a schedule waits for.
void plan_again(TimestampTz now) {
  const SqlParameter parameter = time_parameter(now);
  const auto count =
      run_internal_sql("SELECT " SCHEDULE_COLUMNS
                       " FROM export._schedule s WHERE s.state OPERATOR(pg_catalog.=) 'active' "
                       "AND s.next_fire OPERATOR(pg_catalog.>) $1 FOR UPDATE OF s SKIP LOCKED",
                       &parameter, 1, false);
  auto *schedules = static_cast<Schedule *>(palloc(sizeof(Schedule) * (count + 1)));
  for (std::uint64_t i = 0; i < count; i++) schedules[i] = read_schedule(i);
  for (std::uint64_t i = 0; i < count; i++) {
    const char *fault;
    const Calendar *calendar = find_calendar(CurrentMemoryContext, &schedules[i].terms, &fault);
    TimestampTz run;
    // One without a calendar is stopped when it is due.
    if (!calendar || !next_run(calendar, now, &run) || run == schedules[i].next_fire) continue;
    set_next_run(&schedules[i], calendar, now);
  }
}

}  // namespace pgexport
