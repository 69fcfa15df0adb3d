#include "worker/server/claims.h"

#include "server/background_owner.h"
#include "server/settings.h"
#include "worker/server/job_states.h"

extern "C" {
#include "utils/timestamp.h"
}

namespace pgexport {

namespace {

// What is known of the server's slots while claims are made.
struct Capacity {
  WorkerSlot *slots;
  bool *used;  // by a claim of this turn
  bool suspect_runs;
};

Capacity read_capacity() {
  Capacity capacity{};
  const auto count = static_cast<Size>(worker_slot_count());
  capacity.slots = static_cast<WorkerSlot *>(palloc0(sizeof(WorkerSlot) * count));
  capacity.used = static_cast<bool *>(palloc0(sizeof(bool) * count));
  for (int i = 0; i < worker_slot_count(); i++) capacity.slots[i] = read_worker_slot(i);
  return capacity;
}

int running_of(const Claims *claims, const Capacity &capacity, Oid owner) {
  int running = 0;
  for (int i = 0; i < worker_slot_count(); i++) {
    const WorkerState state = capacity.slots[i].state;
    const bool works = state == WorkerState::busy || state == WorkerState::starting;
    if (works && capacity.slots[i].owner == owner) running++;
  }
  for (int i = 0; i < claims->count; i++) {
    if (claims->items[i].owner == owner) running++;
  }
  return running;
}

// A runner of the owner that has nothing to do, or -1.
int lingering_runner(Oid database, const Capacity &capacity, Oid owner) {
  for (int i = 0; i < worker_slot_count(); i++) {
    const WorkerSlot &slot = capacity.slots[i];
    if (slot.state == WorkerState::idle && slot.order == WorkerOrder::none &&
        slot.database == database && slot.owner == owner && !capacity.used[i]) {
      return i;
    }
  }
  return -1;
}

// Sends somebody away who has nothing to do, so that there is room for another.
void make_room(const Capacity &capacity) {
  for (int i = 0; i < worker_slot_count(); i++) {
    if (capacity.slots[i].state != WorkerState::idle || capacity.used[i]) continue;
    if (capacity.slots[i].order == WorkerOrder::none) dismiss_idle(i);
    return;
  }
}

// False if there is no room.
bool claim(Claims *claims, const Candidate &candidate, const Capacity &capacity) {
  Claim claim{};
  claim.owner = candidate.owner;
  claim.what = {candidate.job, candidate.attempt + 1, GetCurrentTimestamp() + candidate.time_limit};
  claim.slot = lingering_runner(claims->database, capacity, candidate.owner);
  claim.lingering = claim.slot >= 0;
  if (!claim.lingering)
    claim.slot = take_worker_slot(claims->database, candidate.owner, claim.what);
  if (claim.slot < 0) {
    make_room(capacity);
    return false;
  }
  capacity.used[claim.slot] = true;
  record_claim(&candidate.job, claim.what.attempt, claim.slot);
  claims->items[claims->count++] = claim;
  claims->last_served = candidate.owner;
  return true;
}

// Who waits for a turn, in the order of the round.
struct Round {
  Candidate *candidates;
  int count;
};

// As many owners as there can be with all the jobs that they may run, and more.
Round next_round(Oid last_served) {
  const int each = worker_slot_count();
  const int owners = 2 * each + 1;
  Candidate *behind, *before;
  const int count = find_candidates(last_served, PG_UINT32_MAX, owners, each, &behind);
  const int more = find_candidates(InvalidOid, last_served, owners, each, &before);
  Round round;
  round.count = count + more;
  round.candidates =
      static_cast<Candidate *>(palloc0(sizeof(Candidate) * static_cast<Size>(round.count + 1)));
  memcpy(round.candidates, behind, sizeof(Candidate) * static_cast<Size>(count));
  memcpy(round.candidates + count, before, sizeof(Candidate) * static_cast<Size>(more));
  return round;
}

// The candidate whose turn it is: of the owner with the fewest running jobs, and of those the first
// in the round.  nullptr if no more may run.  Taken ones have no owner.
Candidate *whose_turn(const Claims *claims, const Round &round, const Capacity &capacity) {
  Candidate *best = nullptr;
  int best_running = 0;
  Oid seen = InvalidOid;
  for (int i = 0; i < round.count; i++) {
    Candidate *candidate = &round.candidates[i];
    // The first one of each owner.
    if (!OidIsValid(candidate->owner) || candidate->owner == seen) continue;
    if (candidate->crashes > 0 && capacity.suspect_runs) continue;
    seen = candidate->owner;
    const int running = running_of(claims, capacity, candidate->owner);
    if (running >= setting_max_jobs_per_owner || (best && running >= best_running)) continue;
    best = candidate;
    best_running = running;
  }
  return best;
}

// Jobs of owners who cannot run now are set aside; returns whether there were any.
bool block_faulty(const Round &round) {
  bool blocked = false;
  for (int i = 0; i < round.count; i++) {
    Candidate *candidate = &round.candidates[i];
    const OwnerFault fault = background_fault(candidate->owner, candidate->owner_name);
    if (!fault.reason) continue;
    record_owner_fault(&candidate->job, fault.reason);
    candidate->owner = InvalidOid;
    blocked = true;
  }
  return blocked;
}

}  // namespace

bool claim_jobs(Claims *claims) {
  const Round round = next_round(claims->last_served);
  if (round.count == 0) return false;
  const bool blocked = block_faulty(round);
  Capacity capacity = read_capacity();
  // A job that ran when the server crashed is a suspect: one of them at a time, so that the
  // innocent are not counted with the guilty.
  capacity.suspect_runs = suspect_runs();
  while (claims->count < worker_slot_count()) {
    Candidate *next = whose_turn(claims, round, capacity);
    if (!next || !claim(claims, *next, capacity)) break;
    if (next->crashes > 0) capacity.suspect_runs = true;
    next->owner = InvalidOid;
  }
  return blocked;
}

}  // namespace pgexport
