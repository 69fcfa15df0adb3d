// Whose turn it is: the dispatcher's choice among the jobs that wait.
//
// The owner with the fewest running jobs is next; owners with equally many take turns.  Of one
// owner the job comes first that has been due longest, each step of priority counting as a minute.
#pragma once

#include "server/worker_slots.h"

namespace pgexport {

// A job that has a slot; to be handed over once that is committed.
struct Claim {
  JobAttempt what;
  Oid owner;
  int slot;
  bool lingering;  // the runner is there, else it is to be started
};

struct Claims {
  Oid database;
  Oid last_served;  // the owner whose turn was last: the round goes on behind it
  Claim *items;     // of this turn, one for each slot at most
  int count;
};

// Claims as many jobs as there is room for; true if jobs were set aside whose owners cannot run, so
// that there may be others behind them.  REQUIRES: a transaction with an active snapshot.
bool claim_jobs(Claims *claims);

}  // namespace pgexport
