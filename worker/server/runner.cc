// A runner: runs jobs of one role in one database, connected as that role, one after the other.
//
// The job that it is to run is in its slot (server/worker_slots.h).  Between two jobs everything
// that DISCARD ALL drops is dropped.  It leaves when nothing has come for a while, when it is sent
// away, and when the role's attributes or memberships have changed.

#include "server/background_owner.h"
#include "server/database_slots.h"
#include "server/fault.h"
#include "server/make_artifact.h"
#include "server/worker_slots.h"
#include "worker/server/job_states.h"
#include "worker/server/session_reset.h"
#include "worker/server/worker_process.h"

extern "C" {
#include "access/xact.h"
#include "pgstat.h"
#include "postmaster/interrupt.h"
#include "storage/ipc.h"
#include "tcop/tcopprot.h"
#include "utils/guc.h"
#include "utils/inval.h"
#include "utils/snapmgr.h"
#include "utils/syscache.h"
}

extern "C" PGDLLEXPORT void export_runner_main(Datum);

namespace pgexport {

namespace {

constexpr long kLingerMs = 5000;
// Then a new process takes the next job: what only a new connection sees is seen in the end.
constexpr int kLongestLifeMs = 10 * 60 * 1000;

volatile sig_atomic_t told_to_end = false;
bool role_changed = false;
bool job_begun = true;

void handle_term(SIGNAL_ARGS) {
  told_to_end = true;
  die(postgres_signal_arg);
}

void note_role_change(Datum, int, uint32) { role_changed = true; }

void watch_role() {
  CacheRegisterSyscacheCallback(AUTHOID, note_role_change, 0);
  CacheRegisterSyscacheCallback(AUTHMEMMEMROLE, note_role_change, 0);
  CacheRegisterSyscacheCallback(DATABASEOID, note_role_change, 0);
}

void leave(int, Datum slot) {
  leave_worker(DatumGetInt32(slot), !job_begun    ? WorkerLoss::not_begun
                                    : told_to_end ? WorkerLoss::terminated
                                                  : WorkerLoss::died);
  wake_resident(MyDatabaseId, Resident::dispatcher);
}

// ---- one attempt

void publish(const Job *job, int attempt, const pg_uuid_t *artifact) {
  if (record_success(job, attempt, artifact)) return;
  ereport(ERROR, (errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
                  errmsg("attempt %d of the job is no longer the current one", attempt)));
}

// The job, if it is still to run: read in a transaction of its own, so that no lock on our tables
// is held while the query runs.
const Job *load_job(const WorkerSlot &slot, MemoryContext context) {
  begin_work("export runner: reading the job");
  const MemoryContext old = MemoryContextSwitchTo(context);
  const Job *job = find_job(&slot.job);
  MemoryContextSwitchTo(old);
  if (job && (job->attempt != slot.attempt || strcmp(job->state, "running") != 0)) job = nullptr;
  if (job) {
    const OwnerFault fault = background_fault(GetUserId(), job->owner_name);
    if (fault.reason || job->owner != GetUserId()) {
      record_blocked(&job->id, slot.attempt, fault.reason ? fault.reason : "role_missing");
      job = nullptr;
    }
  }
  end_work();
  fault_point("loaded");
  return job;
}

// REQUIRES: the current context is the job's.
void run_attempt(const Job *job, int attempt) {
  const char *activity = psprintf(
      "export job %s", DatumGetCString(DirectFunctionCall1(uuid_out, UUIDPGetDatum(&job->id))));
  StartTransactionCommand();
  apply_settings(job->settings);
  CommitTransactionCommand();
  begin_work(activity);
  set_progress_job(&job->id);
  AuditEvent *event = begin_attempt("job");
  audit_job(event, &job->id);
  const ExportRequest request = job_request(job);
  const pg_uuid_t *artifact = make_artifact(event, &request);
  publish(job, attempt, artifact);
  fault_point("published");
  end_work();
  fault_point("committed");
}

// What an error means depends on who caused it: a cancel may be an order.
void record_end(int number, const Job *job, int attempt, const ErrorData *error) {
  const WorkerOrder order = read_worker_slot(number).order;
  AttemptError what = {error->sqlerrcode, error->message, error->hint};
  if (error->sqlerrcode == ERRCODE_QUERY_CANCELED) {
    if (order == WorkerOrder::time_limit) {
      what.message = "the time limit of the job was reached";
      what.hint = "Submit it with a larger time_limit, or make the query faster.";
    } else {
      record_cancelled(&job->id, attempt,
                       order == WorkerOrder::cancel ? "cancelled by export.cancel()"
                                                    : "cancelled by pg_cancel_backend()");
      return;
    }
  }
  record_error(job, attempt, &what);
}

void record_failure(int number, const Job *job, int attempt, ErrorData *error) {
  fault_point("failed");
  begin_work("export runner: recording an error");
  record_end(number, job, attempt, error);
  end_work();
}

// An error ends the attempt, not the process; the transaction is aborted before anything else.
void run_job(int number, MemoryContext context) {
  const WorkerSlot slot = read_worker_slot(number);
  const Job *volatile job = nullptr;
  ErrorData *volatile error = nullptr;
  PG_TRY();
  {
    job = load_job(slot, context);
    MemoryContextSwitchTo(context);
    if (job && slot.order == WorkerOrder::cancel) {
      ereport(ERROR, (errcode(ERRCODE_QUERY_CANCELED), errmsg("the job was cancelled")));
    }
    if (job) run_attempt(job, slot.attempt);
  }
  PG_CATCH();
  {
    MemoryContextSwitchTo(context);
    error = CopyErrorData();
    EmitErrorReport();
    FlushErrorState();
    AbortCurrentTransaction();
    QueryCancelPending = false;
  }
  PG_END_TRY();
  MemoryContextSwitchTo(context);
  if (!error) return;
  // Without the job nothing can be said of it here; the dispatcher sees that it was lost.
  if (!job) proc_exit(1);
  record_failure(number, job, slot.attempt, error);
}

// ---- the process

// Whether the connection is still what a new one would be.
bool role_is_unchanged() {
  StartTransactionCommand();
  AcceptInvalidationMessages();
  CommitTransactionCommand();
  return !role_changed;
}

// Waits for the next job; false if the runner is to leave.
bool next_job(int number) {
  job_begun = false;
  const TimestampTz end = TimestampTzPlusMilliseconds(GetCurrentTimestamp(), kLingerMs);
  for (;;) {
    const WorkerSlot slot = read_worker_slot(number);
    if (slot.state == WorkerState::busy) {
      // Who ended the process while it was idle did not mean the job that has come since.
      CHECK_FOR_INTERRUPTS();
      job_begun = role_is_unchanged();
      return job_begun;
    }
    const long left = TimestampDifferenceMilliseconds(GetCurrentTimestamp(), end);
    const bool is_old =
        TimestampDifferenceExceeds(MyStartTimestamp, GetCurrentTimestamp(), kLongestLifeMs);
    if (slot.order == WorkerOrder::dismiss || is_old || left <= 0) {
      if (retire_worker(number)) return false;
      continue;  // a job has come in the meantime
    }
    wait_for_work(left);
  }
}

void connect(const WorkerPlace &place) {
  remember_settings();
  watch_role();
  BackgroundWorkerInitializeConnectionByOid(place.database, place.role, 0);
  discard_injected_settings();
  SetConfigOption("default_transaction_read_only", "off", PGC_USERSET, PGC_S_OVERRIDE);
  // Who waits longer than this for a table is better off trying again later.
  SetConfigOption("lock_timeout", "30s", PGC_USERSET, PGC_S_OVERRIDE);
  // What somebody else has made runs with the rights of the one who looks at it.
  if (superuser()) {
    SetConfigOption("restrict_nonsystem_relation_kind", "view, foreign-table", PGC_USERSET,
                    PGC_S_OVERRIDE);
  }
  pgstat_report_appname("export");
}

}  // namespace

}  // namespace pgexport

void export_runner_main(Datum) {
  using namespace pgexport;
  const WorkerPlace place = my_place();
  pqsignal(SIGTERM, handle_term);
  pqsignal(SIGINT, StatementCancelHandler);
  pqsignal(SIGHUP, SignalHandlerForConfigReload);
  if (!enter_worker(place.slot, place.generation)) proc_exit(0);
  before_shmem_exit(leave, Int32GetDatum(place.slot));
  BackgroundWorkerUnblockSignals();
  connect(place);
  const MemoryContext context =
      AllocSetContextCreate(TopMemoryContext, "export job", ALLOCSET_DEFAULT_SIZES);
  role_changed = false;
  do {
    MemoryContextReset(context);
    run_job(place.slot, context);
    discard_session();
    settle_job(place.slot);
    QueryCancelPending = false;
    wake_resident(MyDatabaseId, Resident::dispatcher);
  } while (next_job(place.slot));
  proc_exit(0);
}
