// The dispatcher: one for each database that has the extension.  It hands out jobs to runners and
// knows what has become of every one of them.
//
// A turn: what has ended, what sessions ask for, whose time has come, who is next; all in one
// transaction.  Then, with the claims committed, the runners get their jobs.  It sleeps until it is
// told of something, or a time comes, or a minute has passed.

#include "server/fault.h"
#include "server/worker_slots.h"
#include "worker/server/claims.h"
#include "worker/server/job_states.h"
#include "worker/server/resident.h"
#include "worker/server/schedule_fires.h"

#include <signal.h>

#include <utility>

extern "C" {
#include "pgstat.h"
#include "storage/fd.h"
#include "storage/latch.h"
#include "utils/inval.h"
#include "utils/syscache.h"
#include "utils/timestamp.h"
}

extern "C" PGDLLEXPORT void export_dispatcher_main(Datum);

namespace pgexport {

namespace {

constexpr long kLookAround = 60 * 1000;
constexpr long kNoProcessPause = 1000;
// How long a runner has to obey before it is ended.
constexpr int kPatienceMs = 5000;

struct Dispatcher {
  MemoryContext context;  // of a turn
  Oid database;
  BackgroundWorkerHandle **handles;  // [slot], of runners that were started and have not come up
  Claims claims;
  bool no_process;         // told in the log already
  TimestampTz hold_until;  // no runner could be started: not before this
  TimestampTz looked_at;
  long pause;
};

Dispatcher self;
bool roles_changed = false;  // heard when a transaction begins

void note_role_change(Datum, int, uint32) { roles_changed = true; }

void watch_roles() {
  CacheRegisterSyscacheCallback(AUTHOID, note_role_change, 0);
  CacheRegisterSyscacheCallback(AUTHMEMMEMROLE, note_role_change, 0);
  CacheRegisterSyscacheCallback(DATABASEOID, note_role_change, 0);
}

void look_again_in(long milliseconds) { self.pause = Min(self.pause, Max(milliseconds, 1)); }

// Whether the server is shutting down, and with it every runner: then a runner's end is nobody's
// doing.
bool server_is_stopping() {
  constexpr int kStatusLine = 8;
  FILE *file = AllocateFile("postmaster.pid", "r");
  if (!file) return true;
  char line[MAXPGPATH] = "";
  for (int i = 0; i < kStatusLine; i++) {
    if (!fgets(line, sizeof line, file)) break;
  }
  FreeFile(file);
  return strncmp(line, "stopping", 8) == 0;
}

bool is_mine(const WorkerSlot &slot) {
  return slot.state != WorkerState::free && slot.database == self.database;
}

// ---- what has ended

void settle_lost(const Job *job, const WorkerSlot &slot) {
  if (slot.order == WorkerOrder::dismiss || slot.loss == WorkerLoss::not_begun) {
    record_returned(&job->id, slot.attempt);
  } else if (slot.order == WorkerOrder::time_limit) {
    const AttemptError error = {ERRCODE_QUERY_CANCELED, "the time limit of the job was reached",
                                "Submit it with a larger time_limit, or make the query faster."};
    record_error(job, slot.attempt, &error);
  } else if (slot.order == WorkerOrder::cancel) {
    record_cancelled(&job->id, slot.attempt, "cancelled by export.cancel()");
  } else if (slot.loss == WorkerLoss::terminated) {
    record_cancelled(&job->id, slot.attempt, "terminated by pg_terminate_backend()");
  } else {
    const AttemptError error = {ERRCODE_CONNECTION_FAILURE,
                                "the process of the job ended unexpectedly",
                                "See the log of the server."};
    record_error(job, slot.attempt, &error);
  }
}

bool never_came_up(int number, const WorkerSlot &slot) {
  pid_t pid;
  if (slot.state != WorkerState::starting || !self.handles[number]) return false;
  return GetBackgroundWorkerPid(self.handles[number], &pid) == BGWH_STOPPED;
}

void reap(int number) {
  WorkerSlot slot = read_worker_slot(number);
  if (!is_mine(slot)) return;
  if (slot.state != WorkerState::starting && self.handles[number]) {
    pfree(self.handles[number]);
    self.handles[number] = nullptr;
  }
  if (never_came_up(number, slot)) {
    // Unless it has come and gone in between.
    slot = read_worker_slot(number);
    if (slot.state == WorkerState::starting) slot.loss = WorkerLoss::not_begun;
  } else if (slot.state != WorkerState::lost) {
    return;
  }
  if (slot.loss == WorkerLoss::terminated && server_is_stopping()) return;
  const Job *job = find_job(&slot.job);
  if (job && job->attempt == slot.attempt) settle_lost(job, slot);
  free_worker_slot(number, slot.generation);
}

// A job that is said to run, and does not.
void look_at_running(const pg_uuid_t *job, int attempt, int number) {
  const WorkerSlot slot =
      number >= 0 && number < worker_slot_count() ? read_worker_slot(number) : WorkerSlot{};
  if (is_mine(slot) && slot.state != WorkerState::idle && slot.attempt == attempt &&
      memcmp(slot.job.data, job->data, sizeof job->data) == 0) {
    return;
  }
  record_returned(job, attempt);
}

void stop_running(const pg_uuid_t *job, int slot) {
  if (slot >= 0) (void)order_worker(slot, job, WorkerOrder::cancel, SIGINT);
}

// Time limits, and orders that were not obeyed.
void enforce(int number) {
  const WorkerSlot slot = read_worker_slot(number);
  if (!is_mine(slot) || slot.state != WorkerState::busy) return;
  const TimestampTz now = GetCurrentTimestamp();
  if (slot.order == WorkerOrder::none) {
    if (slot.deadline > now) {
      look_again_in(TimestampDifferenceMilliseconds(now, slot.deadline));
      return;
    }
    (void)order_worker(number, &slot.job, WorkerOrder::time_limit, SIGINT);
    look_again_in(kPatienceMs);
    return;
  }
  const TimestampTz until = TimestampTzPlusMilliseconds(slot.ordered_at, kPatienceMs);
  if (until > now) {
    look_again_in(TimestampDifferenceMilliseconds(now, until));
  } else {
    (void)order_worker(number, &slot.job, slot.order, SIGTERM);
  }
}

// ---- handing over

void give_back(const Claim &claim) {
  begin_work("export dispatcher: taking a job back");
  record_returned(&claim.what.job, claim.what.attempt);
  end_work();
  look_again_in(1);
}

void note_no_process() {
  self.hold_until = TimestampTzPlusMilliseconds(GetCurrentTimestamp(), kNoProcessPause);
  look_again_in(kNoProcessPause);
  if (self.no_process) return;
  self.no_process = true;
  ereport(LOG, (errcode(ERRCODE_CONFIGURATION_LIMIT_EXCEEDED),
                errmsg("export dispatcher: no background worker is free for a job"),
                errhint("Raise max_worker_processes, or lower export.max_workers.")));
}

void hand_over(const Claim &claim) {
  if (claim.lingering) {
    if (!give_job(claim.slot, self.database, claim.owner, claim.what)) give_back(claim);
    return;
  }
  const std::uint32_t generation = read_worker_slot(claim.slot).generation;
  const WorkerPlace place = {self.database, claim.owner, claim.slot, generation};
  BackgroundWorker worker = describe_worker("export runner", "export_runner_main", place);
  const MemoryContext old = MemoryContextSwitchTo(TopMemoryContext);
  const bool started = RegisterDynamicBackgroundWorker(&worker, &self.handles[claim.slot]);
  MemoryContextSwitchTo(old);
  if (started) {
    self.no_process = false;
    return;
  }
  self.handles[claim.slot] = nullptr;
  free_worker_slot(claim.slot, generation);
  note_no_process();
  give_back(claim);
}

void claim_next() {
  self.claims.count = 0;
  const TimestampTz now = GetCurrentTimestamp();
  if (self.hold_until > now) {
    look_again_in(TimestampDifferenceMilliseconds(now, self.hold_until));
  } else if (claim_jobs(&self.claims)) {
    look_again_in(1);
  }
}

void take_turn() {
  const TimestampTz now = GetCurrentTimestamp();
  const bool look_around =
      self.looked_at == 0 || TimestampDifferenceExceeds(self.looked_at, now, kLookAround);
  begin_work("export dispatcher: looking for work");
  MemoryContextSwitchTo(self.context);
  for (int i = 0; i < worker_slot_count(); i++) reap(i);
  if (look_around) {
    recover_orphans();
    for_each_running(look_at_running);
    self.looked_at = now;
  }
  take_requests(stop_running);
  // Cleared before looking: a change that is heard meanwhile may be younger than what is seen.
  const bool look_at_owners = look_around || std::exchange(roles_changed, false);
  release_waiting(look_at_owners);
  const long next_run = make_schedule_runs(look_around);
  claim_next();
  const long next = next_release();
  if (self.claims.count > 0) fault_point("claimed");
  end_work();
  if (self.claims.count > 0) fault_point("claim_committed");
  if (next >= 0) look_again_in(next);
  if (roles_changed) look_again_in(1);
  if (next_run >= 0) look_again_in(next_run);
  for (int i = 0; i < self.claims.count; i++) hand_over(self.claims.items[i]);
  for (int i = 0; i < worker_slot_count(); i++) enforce(i);
}

}  // namespace

}  // namespace pgexport

void export_dispatcher_main(Datum) {
  using namespace pgexport;
  const Residence home = begin_resident(Resident::dispatcher);
  const auto slots = static_cast<Size>(worker_slot_count());
  self.database = home.database;
  self.context =
      AllocSetContextCreate(TopMemoryContext, "export dispatcher", ALLOCSET_DEFAULT_SIZES);
  self.handles = static_cast<BackgroundWorkerHandle **>(
      MemoryContextAllocZero(TopMemoryContext, sizeof(BackgroundWorkerHandle *) * slots));
  self.claims.database = home.database;
  self.claims.items =
      static_cast<Claim *>(MemoryContextAllocZero(TopMemoryContext, sizeof(Claim) * slots));
  revoke_starting(home.database);
  watch_roles();
  while (resident_may_stay(home)) {
    self.pause = kLookAround;
    MemoryContextReset(self.context);
    take_turn();
    wait_for_work(self.pause);
  }
}
