// What every background worker of the extension does alike.
#pragma once

#include "bridge/prelude.h"

extern "C" {
#include "postmaster/bgworker.h"
}

namespace pgexport {

// Told to a worker by the one that starts it, in bgw_extra.
struct WorkerPlace {
  Oid database;
  Oid role;
  int slot;
  std::uint32_t generation;  // of a worker slot
};

// A worker of this library that the server never restarts by itself.
BackgroundWorker describe_worker(const char *name, const char *function, const WorkerPlace &place);
WorkerPlace my_place();

// Signals: TERM ends the process, HUP reloads the configuration.
void begin_worker();

// One transaction with an active snapshot.  `activity` is what pg_stat_activity shows.
void begin_work(const char *activity);
void end_work();

// Sleeps until the latch is set or the time has passed, holding nothing; serves interrupts and
// reloads the configuration.  Negative: no limit.
void wait_for_work(long milliseconds);

}  // namespace pgexport
