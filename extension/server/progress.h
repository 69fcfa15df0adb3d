// How far the exports of all sessions have come, in shared memory: one slot for each process.
//
// A process writes to its own slot without a lock, row by row; readers may see numbers that are a
// moment apart.  Without shared memory the numbers go to a place that nobody reads.
#pragma once

#include "server/shared_memory.h"

extern "C" {
#include "utils/timestamp.h"
}

namespace pgexport {

enum class ProgressPhase : std::uint8_t { planning, running, storing };

struct Progress {
  bool active;
  ProgressPhase phase;
  Oid database;
  Oid role;
  pid_t pid;
  bool has_job;
  pg_uuid_t job;
  char format[16];
  TimestampTz started_at;
  double estimated_rows;  // of all sections; 0: not known yet
  volatile std::uint64_t rows;
  volatile std::uint64_t bytes;
};

Size progress_size();
void attach_progress(void *memory, bool fresh);

// The slot of a new export of this process; of two at the same time the first one is shown.
Progress *begin_progress(Oid role, const char *format);
void end_progress(Progress *progress);

// The job that this process runs from now on, or nullptr.
void set_progress_job(const pg_uuid_t *job);

// Called once, when the library is preloaded.
void register_progress();

}  // namespace pgexport
