// The state of a job in its table.  Only the workers change it:
//
//   queued ─▶ running ─▶ succeeded | failed | cancelled | dead
//     ▲  ▲       │
//     │  └───────┴─▶ retry_wait            an error that may pass; then queued again
//     └─ blocked                           the owner cannot run in the background; asked each
//     minute
//
// Each change names the attempt it is about, and changes nothing if the job has moved on.
#pragma once

#include "server/internal_sql.h"
#include "server/job.h"

namespace pgexport {

// For an error that ended an attempt.
struct AttemptError {
  int sqlstate;
  const char *message;
  const char *hint;
};

// True for errors that may be gone at the next attempt.
bool may_pass(int sqlstate);

// Runs an UPDATE of export._job_state s, without RETURNING, and tells of each row that it has
// changed; false if there was none.
bool change_job_states(const char *update, const SqlParameter *parameters, int count);

// All of these REQUIRE: a transaction with an active snapshot.  They tell those who listen.

// False if the attempt is no longer the job's.
bool record_success(const Job *job, int attempt, const pg_uuid_t *artifact);
void record_cancelled(const pg_uuid_t *job, int attempt, const char *by);
// retry_wait if the error may pass and attempts are left, else failed.
void record_error(const Job *job, int attempt, const AttemptError *error);
void record_blocked(const pg_uuid_t *job, int attempt, const char *reason);
// Back to the queue, as if the attempt had not been.
void record_returned(const pg_uuid_t *job, int attempt);

// Of the dispatcher.

// A job that waits for its turn, first of its owner's.
struct Candidate {
  pg_uuid_t job;
  Oid owner;
  const char *owner_name;
  int attempt;  // the last one
  int crashes;
  std::int64_t time_limit;  // microseconds
};

// Of the owners whose OIDs are above `after` and not above `upto`, in their order: of so many
// owners at most, of each so many jobs at most.
int find_candidates(Oid after, Oid upto, int owners, int each, Candidate **candidates);
// Whether a job runs that has run before when the server crashed.
bool suspect_runs();
void record_claim(const pg_uuid_t *job, int attempt, int slot);
void record_owner_fault(const pg_uuid_t *job, const char *reason);

// Running jobs of another boot: back to the queue, or dead if they have seen too many crashes.
void recover_orphans();
// Calls back for each job that is said to run here.
void for_each_running(void (*look)(const pg_uuid_t *job, int attempt, int slot));

// Jobs whose time has come, and jobs whose owner can run again; the latter only if `blocked_too`.
void release_waiting(bool blocked_too);
// Milliseconds until the next job's time comes; -1 if none waits.
long next_release();

// What sessions have asked for since the last call; `stop` is told of a running job to be
// cancelled.
void take_requests(void (*stop)(const pg_uuid_t *job, int slot));

}  // namespace pgexport
