// The processes that run jobs, in shared memory: one slot for each, export.max_workers of them.
//
//   free ─▶ starting ─▶ busy ◀─▶ idle ─▶ free          the usual life of a runner
//              └─────────┴─▶ lost ─▶ free              it ended and had not settled its job
//
// The dispatcher of a database takes slots, hands out jobs and gives orders; a runner moves its own
// slot on.  A job is known to run, or not to run, from here, never from the time that has passed.
// SharedLock::workers guards all of it.
#pragma once

#include "server/shared_memory.h"

extern "C" {
#include "storage/latch.h"
#include "utils/timestamp.h"
}

namespace pgexport {

enum class WorkerState : std::uint8_t { free, starting, busy, idle, lost };

// Why the dispatcher, or a session, interrupts a runner.
enum class WorkerOrder : std::uint8_t { none, cancel, time_limit, dismiss };

// How a process ended that had not settled its job.
enum class WorkerLoss : std::uint8_t { died, terminated, not_begun };

struct WorkerSlot {
  WorkerState state;
  WorkerOrder order;
  WorkerLoss loss;  // of a slot that is lost
  std::uint32_t generation;
  Oid database;
  Oid owner;
  pid_t pid;  // 0: not yet started, or ended
  Latch *latch;
  pg_uuid_t job;  // of a slot that is starting, busy or lost
  int attempt;
  TimestampTz since;     // of this state
  TimestampTz deadline;  // of the job
  TimestampTz ordered_at;
  std::int64_t jobs;  // that this process has run
};

Size worker_slots_size();
void attach_worker_slots(void *memory, bool fresh);
int worker_slot_count();
WorkerSlot read_worker_slot(int number);

// Sends the runners of a database away; their jobs are theirs no longer.
void dismiss_runners(Oid database);

// For the dispatcher.  Each names the slot and what it believes of it, and returns whether that
// was so.
struct JobAttempt {
  pg_uuid_t job;
  int attempt;
  TimestampTz deadline;
};
int take_worker_slot(Oid database, Oid owner, const JobAttempt &what);  // -1: none is free
bool give_job(int number, Oid database, Oid owner, const JobAttempt &what);
bool order_worker(int number, const pg_uuid_t *job, WorkerOrder order, int signal);
void dismiss_idle(int number);
// A worker that never came up, or one that is lost.
void free_worker_slot(int number, std::uint32_t generation);
// Those that nobody will look at any more.
void forget_lost_workers(Oid database);
// Workers that another dispatcher has started, and that have not come up, will not.
void revoke_starting(Oid database);

// For a runner.  `enter` is false if the slot is somebody else's by now.
bool enter_worker(int number, std::uint32_t generation);
void settle_job(int number);
// Gives an idle slot back; false if a job has come.
bool retire_worker(int number);
// Gives the slot back; a job that is not settled is lost.
void leave_worker(int number, WorkerLoss loss);

}  // namespace pgexport
