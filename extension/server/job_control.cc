// export.cancel, retry and wait.

#include "server/audit.h"
#include "server/internal_sql.h"
#include "server/job.h"
#include "server/job_news.h"
#include "server/roles.h"
#include "server/shared_memory.h"

extern "C" {
#include "utils/timestamp.h"
}

namespace pgexport {

namespace {

// The dispatcher acts on it: a session that has not committed yet must hold no lock on the state of
// a job that runs.
void request_action(const pg_uuid_t *job, const char *action) {
  const InternalSql sql = open_internal_sql();
  const SqlParameter parameters[] = {uuid_parameter(job), text_parameter(action),
                                     text_parameter(GetUserNameFromId(sql.nest.user, false))};
  run_internal_sql(
      "INSERT INTO export._job_request (job, action, requested_by, requested_at) "
      "VALUES ($1, $2, $3, pg_catalog.clock_timestamp())",
      parameters, lengthof(parameters), false);
  close_internal_sql(sql);
  AuditEvent *event = begin_audit(action);
  audit_job(event, job);
  complete_audit(event, "completed");
  wake_dispatcher_at_commit();
}

void admit(const char *what) {
  require_persisting_allowed(what);
  require_auditable(what, true);
  require_shared_memory(what);
}

[[noreturn]] void refuse(const char *message, const char *state, const char *hint) {
  ereport(ERROR, (errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE), errmsg("%s", message),
                  errdetail("Its state is \"%s\".", state), errhint("%s", hint)));
  pg_unreachable();
}

// Milliseconds, of at most 30 days.
long wait_time(const Interval *timeout) {
  constexpr std::int64_t kMost = std::int64_t{30} * SECS_PER_DAY * 1000;
  const std::int64_t days = timeout->month * std::int64_t{DAYS_PER_MONTH} + timeout->day;
  if (days < 0 || timeout->time < 0) {
    ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
                    errmsg("argument \"timeout\" must not be negative")));
  }
  if (days > 30) return kMost;
  return static_cast<long>(Min(kMost, days * SECS_PER_DAY * 1000 + timeout->time / 1000));
}

}  // namespace

}  // namespace pgexport

using namespace pgexport;

EXPORT_FUNCTION(export_cancel) {
  admit("export.cancel()");
  const Job *job = require_job(PG_GETARG_UUID_P(0));
  if (is_last_state(job->state)) {
    refuse("the job has ended", job->state, "There is nothing to cancel.");
  }
  request_action(&job->id, "cancel");
  PG_RETURN_VOID();
}

EXPORT_FUNCTION(export_retry) {
  admit("export.retry()");
  const Job *job = require_job(PG_GETARG_UUID_P(0));
  if (!is_last_state(job->state) || strcmp(job->state, "succeeded") == 0) {
    refuse("only a job that has failed, was cancelled or is dead can be retried", job->state,
           "For another document of the same job use export.rerun() with its artifact.");
  }
  request_action(&job->id, "retry");
  PG_RETURN_VOID();
}

EXPORT_FUNCTION(export_wait) {
  require_export_allowed("export.wait()");
  require_shared_memory("export.wait()");
  const pg_uuid_t *id = PG_GETARG_UUID_P(0);
  const long milliseconds = wait_time(PG_GETARG_INTERVAL_P(1));
  // From here on a change is heard; what was before it, the table says.
  begin_job_wait(id);
  const Job *job = require_job(id);
  if (job->made_here) {
    refuse("a job cannot be waited for in the transaction that submitted it", job->state,
           "It starts when the transaction commits. Commit first.");
  }
  const char *state = job->state;
  if (!is_last_state(state) || job->retry_asked) {
    const char *told;
    if (await_job(milliseconds, &told)) state = told;
  }
  end_job_wait();
  PG_RETURN_TEXT_P(cstring_to_text(state));
}
