#include "worker/server/job_states.h"

#include "server/job_news.h"

extern "C" {
#include "catalog/pg_type.h"
#include "common/pg_prng.h"
}

namespace pgexport {

namespace {

constexpr std::int64_t kFirstRetryMs = 15 * 1000, kLongestRetryMs = 3600 * 1000;

constexpr const char *kReturnNews =
    " RETURNING s.job, s.state, "
    "(SELECT j.notify FROM export._job j WHERE j.id OPERATOR(pg_catalog.=) s.job)";

// The end of an UPDATE for $1 and $2.
#define OF_ATTEMPT                                                                  \
  " WHERE s.job OPERATOR(pg_catalog.=) $1 AND s.attempt OPERATOR(pg_catalog.=) $2 " \
  "AND s.state OPERATOR(pg_catalog.=) 'running'"

}  // namespace

bool change_job_states(const char *update, const SqlParameter *parameters, int count) {
  const InternalSql sql = open_internal_sql();
  const std::uint64_t rows =
      run_internal_sql(psprintf("%s%s", update, kReturnNews), parameters, count, false);
  for (std::uint64_t i = 0; i < rows; i++) {
    bool is_null;
    const pg_uuid_t *job = DatumGetUUIDP(sql_result(i, 1, &is_null));
    const char *state = text_to_cstring(DatumGetTextPP(sql_result(i, 2, &is_null)));
    const Datum channel = sql_result(i, 3, &is_null);
    tell_job_state(job, state, is_null ? nullptr : text_to_cstring(DatumGetTextPP(channel)));
  }
  close_internal_sql(sql);
  return rows > 0;
}

bool may_pass(int sqlstate) {
  switch (sqlstate) {
    case ERRCODE_T_R_SERIALIZATION_FAILURE:
    case ERRCODE_T_R_DEADLOCK_DETECTED:
    case ERRCODE_LOCK_NOT_AVAILABLE:
    case ERRCODE_ADMIN_SHUTDOWN:
    case ERRCODE_CRASH_SHUTDOWN:
    case ERRCODE_CANNOT_CONNECT_NOW:
    case ERRCODE_IO_ERROR: return true;
    default: break;
  }
  const int category = ERRCODE_TO_CATEGORY(sqlstate);
  return category == ERRCODE_INSUFFICIENT_RESOURCES || category == ERRCODE_CONNECTION_EXCEPTION;
}

bool record_success(const Job *job, int attempt, const pg_uuid_t *artifact) {
  const SqlParameter parameters[] = {uuid_parameter(&job->id), int4_parameter(attempt),
                                     uuid_parameter(artifact)};
  return change_job_states(
      "UPDATE export._job_state s SET state = 'succeeded', artifact = $3, slot = NULL, "
      "sqlstate = NULL, message = NULL, hint = NULL, "
      "finished_at = pg_catalog.clock_timestamp()" OF_ATTEMPT,
      parameters, lengthof(parameters));
}

void record_cancelled(const pg_uuid_t *job, int attempt, const char *by) {
  const SqlParameter parameters[] = {uuid_parameter(job), int4_parameter(attempt),
                                     text_parameter(by)};
  change_job_states(
      "UPDATE export._job_state s SET state = 'cancelled', slot = NULL, sqlstate = '57014', "
      "message = $3, hint = NULL, finished_at = pg_catalog.clock_timestamp()" OF_ATTEMPT,
      parameters, lengthof(parameters));
}

void record_error(const Job *job, int attempt, const AttemptError *error) {
  const int failures = job->failures + 1;
  const bool again = may_pass(error->sqlstate) && failures < job->max_attempts;
  const std::int64_t pause = with_jitter(backoff(failures, kFirstRetryMs, kLongestRetryMs),
                                         pg_prng_uint32(&pg_global_prng_state));
  const SqlParameter parameters[] = {
      uuid_parameter(&job->id),
      int4_parameter(attempt),
      text_parameter(again ? "retry_wait" : "failed"),
      text_parameter(unpack_sql_state(error->sqlstate)),
      text_parameter(error->message),
      text_parameter(error->hint),
      int4_parameter(failures),
      int8_parameter(again ? pause : 0),
  };
  change_job_states(
      "UPDATE export._job_state s SET state = $3, due = ($3 OPERATOR(pg_catalog.=) 'failed'), "
      "not_before = pg_catalog.clock_timestamp() OPERATOR(pg_catalog.+) "
      "pg_catalog.make_interval(secs => $8 / 1000.0), slot = NULL, sqlstate = $4, message = $5, "
      "hint = $6, failures = $7, finished_at = CASE WHEN $3 OPERATOR(pg_catalog.=) 'failed' "
      "THEN pg_catalog.clock_timestamp() END" OF_ATTEMPT,
      parameters, lengthof(parameters));
}

void record_blocked(const pg_uuid_t *job, int attempt, const char *reason) {
  const SqlParameter parameters[] = {uuid_parameter(job), int4_parameter(attempt),
                                     text_parameter(reason)};
  change_job_states(
      "UPDATE export._job_state s SET state = 'blocked', reason = $3, slot = NULL" OF_ATTEMPT,
      parameters, lengthof(parameters));
}

void record_returned(const pg_uuid_t *job, int attempt) {
  const SqlParameter parameters[] = {uuid_parameter(job), int4_parameter(attempt)};
  change_job_states(
      "UPDATE export._job_state s SET state = 'queued', slot = NULL, started_at = NULL" OF_ATTEMPT,
      parameters, lengthof(parameters));
}

}  // namespace pgexport
