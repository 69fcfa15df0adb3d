#include "worker/server/schedule_fires.h"

#include "server/background_owner.h"
#include "server/fault.h"
#include "server/job_news.h"
#include "server/new_uuid.h"
#include "server/schedule.h"
#include "server/submit.h"
#include "worker/server/schedule_upkeep.h"

#include <time.h>

extern "C" {
#include "catalog/pg_type.h"
#include "utils/timestamp.h"
}

namespace pgexport {

namespace {

// At most so many in one transaction.
constexpr int kBatch = 100;
constexpr long kLockedPause = 1000;

struct DueSchedule {
  Schedule schedule;
  schedule::MissedRuns missed;
  const char *overlap;
  int priority;
};

struct Fire {
  const pg_uuid_t *schedule;
  TimestampTz at;
  Oid owner;
  const char *owner_name;
  const char *time_zone;
  int priority;
};

schedule::ClockWatch clock_watch;

// False while the clock of the machine is not to be believed.
bool clock_is_sane(TimestampTz now) {
  timespec boot;
  if (clock_gettime(CLOCK_BOOTTIME, &boot) != 0) return true;
  static bool told = false;
  const bool sane = clock_watch.accept({now / USECS_PER_SEC, boot.tv_sec});
  if (!sane && !told) {
    ereport(LOG, (errmsg("export dispatcher: the clock was put forward by more than a day"),
                  errdetail("Schedules wait for a minute, in case it is put back."),
                  errhint("Look at the time synchronisation of the machine.")));
  }
  told = !sane;
  return sane;
}

// ---- jobs

// False if the run is there already.
bool insert_fire(const Fire &fire, const char *state, const pg_uuid_t *job) {
  const SqlParameter parameters[] = {uuid_parameter(fire.schedule), time_parameter(fire.at),
                                     text_parameter(state),
                                     job ? uuid_parameter(job) : null_parameter(UUIDOID)};
  return run_internal_sql(
             "INSERT INTO export._schedule_fire (schedule, fire_at, fired_at, state, job) "
             "VALUES ($1, $2, pg_catalog.clock_timestamp(), $3, $4) "
             "ON CONFLICT (schedule, fire_at) DO NOTHING",
             parameters, lengthof(parameters), false) > 0;
}

// The document is that of the time in the calendar, however late its job runs.
void insert_job(const Fire &fire, const pg_uuid_t *job) {
  const SqlParameter parameters[] = {uuid_parameter(job),       uuid_parameter(fire.schedule),
                                     oid_parameter(fire.owner), text_parameter(fire.owner_name),
                                     time_parameter(fire.at),   text_parameter(fire.time_zone)};
  run_internal_sql(
      "INSERT INTO export._job (id, owner, owner_name, title, query, document, template_name, "
      "template_version, parameters, format, options, queries, arguments, columns, settings, "
      "priority, not_before, idempotency_key, notify, max_attempts, time_limit, created_at) "
      "SELECT $1, $3, $4, r.title, r.query, r.document, r.template_name, r.template_version, "
      "r.parameters, r.format, pg_catalog.jsonb_build_object('document_time', "
      "$5::pg_catalog.timestamptz, 'time_zone', $6::pg_catalog.text) OPERATOR(pg_catalog.||) "
      "r.options, r.queries, r.arguments, r.columns, r.settings, r.priority, NULL, NULL, r.notify, "
      "r.max_attempts, r.time_limit, pg_catalog.clock_timestamp() "
      "FROM export._schedule_request r WHERE r.id OPERATOR(pg_catalog.=) $2",
      parameters, lengthof(parameters), false);
  insert_job_state(job, fire.owner, fire.priority, nullptr);
  tell_job_state(job, "queued", nullptr);
}

void make_job(const Fire &fire) {
  pg_uuid_t job;
  new_uuid(&job);
  if (insert_fire(fire, "submitted", &job)) insert_job(fire, &job);
}

void make_waiting_job(const Fire &fire) {
  pg_uuid_t job;
  new_uuid(&job);
  const SqlParameter parameters[] = {uuid_parameter(fire.schedule), time_parameter(fire.at),
                                     uuid_parameter(&job)};
  run_internal_sql(
      "UPDATE export._schedule_fire f SET state = 'submitted', job = $3 "
      "WHERE f.schedule OPERATOR(pg_catalog.=) $1 AND f.fire_at OPERATOR(pg_catalog.=) $2",
      parameters, lengthof(parameters), false);
  insert_job(fire, &job);
}

// Runs that wait for an earlier one of their schedule, whose turn has come.
void release_fires() {
  const std::uint64_t count = run_internal_sql(
      "SELECT f.schedule, f.fire_at, s.owner::pg_catalog.oid, s.owner_name::pg_catalog.text, "
      "s.time_zone, r.priority FROM export._schedule_fire f "
      "JOIN export._schedule s ON s.id OPERATOR(pg_catalog.=) f.schedule "
      "JOIN export._schedule_request r ON r.id OPERATOR(pg_catalog.=) f.schedule "
      "WHERE f.state OPERATOR(pg_catalog.=) 'waiting' "
      "AND s.state OPERATOR(pg_catalog.=) ANY (ARRAY['active', 'ended']) "
      "AND NOT EXISTS (SELECT FROM export._schedule_fire e "
      "WHERE e.schedule OPERATOR(pg_catalog.=) f.schedule "
      "AND e.state OPERATOR(pg_catalog.=) ANY (ARRAY['waiting', 'submitted']) "
      "AND (e.state OPERATOR(pg_catalog.=) 'submitted' "
      "OR e.fire_at OPERATOR(pg_catalog.<) f.fire_at)) FOR UPDATE OF f, s SKIP LOCKED",
      nullptr, 0, false);
  auto *fires = static_cast<Fire *>(palloc(sizeof(Fire) * (count + 1)));
  for (std::uint64_t i = 0; i < count; i++) {
    bool is_null;
    auto *id = static_cast<pg_uuid_t *>(palloc(sizeof(pg_uuid_t)));
    *id = *DatumGetUUIDP(sql_result(i, 1, &is_null));
    fires[i] = {id,
                DatumGetTimestampTz(sql_result(i, 2, &is_null)),
                DatumGetObjectId(sql_result(i, 3, &is_null)),
                TextDatumGetCString(sql_result(i, 4, &is_null)),
                TextDatumGetCString(sql_result(i, 5, &is_null)),
                DatumGetInt32(sql_result(i, 6, &is_null))};
  }
  for (std::uint64_t i = 0; i < count; i++) make_waiting_job(fires[i]);
}

// ---- what is due

// Runs of the schedule that have not ended: running or queued ones, and ones that wait for them.
struct OpenFires {
  std::int64_t submitted;
  std::int64_t waiting;
};

OpenFires count_open(const pg_uuid_t *schedule) {
  const SqlParameter parameter = uuid_parameter(schedule);
  run_internal_sql(
      "SELECT pg_catalog.count(*) FILTER (WHERE f.state OPERATOR(pg_catalog.=) 'submitted'), "
      "pg_catalog.count(*) FILTER (WHERE f.state OPERATOR(pg_catalog.=) 'waiting') "
      "FROM export._schedule_fire f WHERE f.schedule OPERATOR(pg_catalog.=) $1 "
      "AND f.state OPERATOR(pg_catalog.=) ANY (ARRAY['waiting', 'submitted'])",
      &parameter, 1, false);
  bool is_null;
  return {DatumGetInt64(sql_result(0, 1, &is_null)), DatumGetInt64(sql_result(0, 2, &is_null))};
}

// `makes_up`: one of several that are made up for, which follow one another.
void fire_once(const DueSchedule &due, const Fire &fire, bool makes_up) {
  const OpenFires open = count_open(fire.schedule);
  const bool busy = open.submitted + open.waiting > 0;
  if (!busy || (!makes_up && strcmp(due.overlap, "allow") == 0)) {
    make_job(fire);
  } else if (makes_up || (strcmp(due.overlap, "queue") == 0 && open.waiting == 0)) {
    (void)insert_fire(fire, "waiting", nullptr);
  } else {
    (void)insert_fire(fire, "skipped", nullptr);
  }
}

void fire_due(const DueSchedule &due, TimestampTz now) {
  const Schedule &schedule = due.schedule;
  const OwnerFault owner_fault = background_fault(schedule.owner, schedule.owner_name);
  if (owner_fault.reason) {
    stop_unasked(&schedule.id, "suspended", owner_fault.reason);
    return;
  }
  const char *fault;
  const Calendar *calendar = find_calendar(CurrentMemoryContext, &schedule.terms, &fault);
  if (!calendar) {
    stop_unasked(&schedule.id, "suspended", fault);
    return;
  }
  const DueRuns runs = due_runs(calendar, schedule.next_fire, now, &due.missed);
  Fire fire = {&schedule.id,        schedule.next_fire,       schedule.owner,
               schedule.owner_name, schedule.terms.time_zone, due.priority};
  if (runs.left_out) (void)insert_fire(fire, "missed", nullptr);
  for (int i = 0; i < runs.count; i++) {
    fire.at = runs.runs[i];
    fire_once(due, fire, runs.count > 1);
  }
  set_run(&schedule, runs.has_next ? &runs.next : nullptr);
}

schedule::MissedPolicy policy_of(const char *word) {
  if (strcmp(word, "skip") == 0) return schedule::MissedPolicy::skip;
  return strcmp(word, "all") == 0 ? schedule::MissedPolicy::all : schedule::MissedPolicy::once;
}

// Returns how many were due.
int fire_all_due(TimestampTz now) {
  const SqlParameter parameters[] = {time_parameter(now), int4_parameter(kBatch)};
  const auto count =
      static_cast<int>(run_internal_sql(
          "SELECT " SCHEDULE_COLUMNS ", s.missed, s.max_missed, s.overlap, r.priority "
          "FROM export._schedule s "
          "JOIN export._schedule_request r ON r.id OPERATOR(pg_catalog.=) s.id "
          "WHERE s.state OPERATOR(pg_catalog.=) 'active' AND s.due_at OPERATOR(pg_catalog.<=) $1 "
          "ORDER BY s.due_at LIMIT $2 FOR UPDATE OF s SKIP LOCKED",
          parameters, lengthof(parameters), false));
  auto *due = static_cast<DueSchedule *>(palloc0(sizeof(DueSchedule) * (count + 1)));
  for (int i = 0; i < count; i++) {
    bool is_null;
    due[i].schedule = read_schedule(i);
    due[i].missed.policy =
        policy_of(TextDatumGetCString(sql_result(i, kScheduleColumns + 1, &is_null)));
    due[i].missed.limit = DatumGetInt32(sql_result(i, kScheduleColumns + 2, &is_null));
    due[i].overlap = TextDatumGetCString(sql_result(i, kScheduleColumns + 3, &is_null));
    due[i].priority = DatumGetInt32(sql_result(i, kScheduleColumns + 4, &is_null));
  }
  for (int i = 0; i < count; i++) fire_due(due[i], now);
  return count;
}

// When a schedule is due next; DT_NOEND if none is active.
TimestampTz next_due() {
  run_internal_sql(
      "SELECT pg_catalog.min(s.due_at) FROM export._schedule s "
      "WHERE s.state OPERATOR(pg_catalog.=) 'active'",
      nullptr, 0, false);
  bool is_null;
  const TimestampTz next = DatumGetTimestampTz(sql_result(0, 1, &is_null));
  return is_null ? DT_NOEND : next;
}

// What is still due when all have been looked at is locked by a session, or waits for the clock.
long milliseconds_to(TimestampTz next, TimestampTz now) {
  if (TIMESTAMP_IS_NOEND(next)) return -1;
  return next <= now ? kLockedPause : TimestampDifferenceMilliseconds(now, next);
}

}  // namespace

long make_schedule_runs(bool look_around) {
  const TimestampTz now = GetCurrentTimestamp();
  const InternalSql sql = open_internal_sql();
  static bool planned = false;
  if (!planned) plan_again(now);
  planned = true;
  settle_fires();
  const bool is_due = next_due() <= now;
  if (look_around || is_due) stop_strangers();
  release_fires();
  const bool sane = clock_is_sane(now);
  const int fired = is_due && sane ? fire_all_due(now) : 0;
  if (fired > 0) fault_point("fired");
  const long next = fired == kBatch ? 1 : milliseconds_to(next_due(), now);
  close_internal_sql(sql);
  return next;
}

}  // namespace pgexport
