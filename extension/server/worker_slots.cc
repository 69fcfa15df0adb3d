#include "server/worker_slots.h"

#include <signal.h>

#include "server/settings.h"

namespace pgexport {

namespace {

WorkerSlot *slots = nullptr;

void lock(LWLockMode mode) { LWLockAcquire(shared_lock(SharedLock::workers), mode); }
void unlock() { LWLockRelease(shared_lock(SharedLock::workers)); }

// All of these REQUIRE: locked.

void enter_state(WorkerSlot *slot, WorkerState state) {
  slot->state = state;
  slot->since = GetCurrentTimestamp();
}

void empty_slot(WorkerSlot *slot) {
  const std::uint32_t generation = slot->generation;
  *slot = {};
  slot->generation = generation;
}

void assign(WorkerSlot *slot, const JobAttempt &what) {
  slot->job = what.job;
  slot->attempt = what.attempt;
  slot->deadline = what.deadline;
  slot->order = WorkerOrder::none;
  slot->ordered_at = 0;
}

void dismiss(WorkerSlot *slot) {
  slot->order = WorkerOrder::dismiss;
  slot->ordered_at = GetCurrentTimestamp();
  switch (slot->state) {
    case WorkerState::starting:
      slot->generation++;  // it will find its place taken
      slot->loss = WorkerLoss::not_begun;
      enter_state(slot, WorkerState::lost);
      break;
    case WorkerState::busy: kill(slot->pid, SIGTERM); break;
    case WorkerState::idle: SetLatch(slot->latch); break;
    default: break;
  }
}

}  // namespace

Size worker_slots_size() {
  return mul_size(sizeof(WorkerSlot), static_cast<Size>(setting_max_workers));
}

void attach_worker_slots(void *memory, bool) { slots = static_cast<WorkerSlot *>(memory); }

int worker_slot_count() { return setting_max_workers; }

WorkerSlot read_worker_slot(int number) {
  lock(LW_SHARED);
  const WorkerSlot slot = slots[number];
  unlock();
  return slot;
}

void dismiss_runners(Oid database) {
  lock(LW_EXCLUSIVE);
  for (int i = 0; i < setting_max_workers; i++) {
    if (slots[i].database == database) dismiss(&slots[i]);
  }
  unlock();
}

int take_worker_slot(Oid database, Oid owner, const JobAttempt &what) {
  int number = -1;
  lock(LW_EXCLUSIVE);
  for (int i = 0; i < setting_max_workers && number < 0; i++) {
    if (slots[i].state == WorkerState::free) number = i;
  }
  if (number >= 0) {
    WorkerSlot *slot = &slots[number];
    slot->generation++;
    slot->database = database;
    slot->owner = owner;
    assign(slot, what);
    enter_state(slot, WorkerState::starting);
  }
  unlock();
  return number;
}

bool give_job(int number, Oid database, Oid owner, const JobAttempt &what) {
  lock(LW_EXCLUSIVE);
  WorkerSlot *slot = &slots[number];
  const bool takes = slot->state == WorkerState::idle && slot->order == WorkerOrder::none &&
                     slot->database == database && slot->owner == owner;
  if (takes) {
    assign(slot, what);
    enter_state(slot, WorkerState::busy);
    SetLatch(slot->latch);
  }
  unlock();
  return takes;
}

bool order_worker(int number, const pg_uuid_t *job, WorkerOrder order, int signal) {
  lock(LW_EXCLUSIVE);
  WorkerSlot *slot = &slots[number];
  const bool runs_it =
      slot->state == WorkerState::busy && memcmp(slot->job.data, job->data, sizeof job->data) == 0;
  if (runs_it) {
    if (slot->order == WorkerOrder::none) slot->order = order;
    kill(slot->pid, signal);
  }
  unlock();
  return runs_it;
}

void dismiss_idle(int number) {
  lock(LW_EXCLUSIVE);
  if (slots[number].state == WorkerState::idle) dismiss(&slots[number]);
  unlock();
}

void revoke_starting(Oid database) {
  lock(LW_EXCLUSIVE);
  for (int i = 0; i < setting_max_workers; i++) {
    WorkerSlot *slot = &slots[i];
    if (slot->database == database && slot->state == WorkerState::starting) dismiss(slot);
  }
  unlock();
}

void forget_lost_workers(Oid database) {
  lock(LW_EXCLUSIVE);
  for (int i = 0; i < setting_max_workers; i++) {
    WorkerSlot *slot = &slots[i];
    if (slot->database == database && slot->state == WorkerState::lost) empty_slot(slot);
  }
  unlock();
}

void free_worker_slot(int number, std::uint32_t generation) {
  lock(LW_EXCLUSIVE);
  WorkerSlot *slot = &slots[number];
  const bool empty = slot->state == WorkerState::starting || slot->state == WorkerState::lost;
  if (empty && slot->generation == generation) {
    slot->generation++;
    empty_slot(slot);
  }
  unlock();
}

bool enter_worker(int number, std::uint32_t generation) {
  lock(LW_EXCLUSIVE);
  WorkerSlot *slot = &slots[number];
  const bool entered = slot->state == WorkerState::starting && slot->generation == generation;
  if (entered) {
    slot->pid = MyProcPid;
    slot->latch = MyLatch;
    enter_state(slot, WorkerState::busy);
  }
  unlock();
  return entered;
}

void settle_job(int number) {
  lock(LW_EXCLUSIVE);
  WorkerSlot *slot = &slots[number];
  // An order that was not given in time was for the job; one to leave still holds.
  if (slot->order != WorkerOrder::dismiss) slot->order = WorkerOrder::none;
  slot->jobs++;
  enter_state(slot, WorkerState::idle);
  unlock();
}

bool retire_worker(int number) {
  lock(LW_EXCLUSIVE);
  const bool retired = slots[number].state == WorkerState::idle;
  if (retired) empty_slot(&slots[number]);
  unlock();
  return retired;
}

void leave_worker(int number, WorkerLoss loss) {
  lock(LW_EXCLUSIVE);
  WorkerSlot *slot = &slots[number];
  if (slot->pid == MyProcPid) {
    if (slot->state == WorkerState::busy) {
      slot->pid = 0;
      slot->latch = nullptr;
      slot->loss = loss;
      enter_state(slot, WorkerState::lost);
    } else {
      empty_slot(slot);
    }
  }
  unlock();
}

}  // namespace pgexport
