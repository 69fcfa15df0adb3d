// A job's change of state, told when the transaction commits: to those who LISTEN, to those who
// wait() for it, to the dispatcher.
#pragma once

#include "server/shared_memory.h"

namespace pgexport {

// NOTIFY export_job, and `channel` (unless it is nullptr) if the state is a last one.  `state` is a
// constant.
void tell_job_state(const pg_uuid_t *job, const char *state, const char *channel);

// The dispatcher has something to do once this transaction has committed.
void wake_dispatcher_at_commit();

bool is_last_state(const char *state);

// Sleeps until another process has told of a last state of the job, or the time is over; returns
// whether it was told.  A change is heard from begin_job_wait() on.
void begin_job_wait(const pg_uuid_t *job);
bool await_job(long milliseconds, const char **state);
void end_job_wait();

Size job_waiters_size();
void attach_job_waiters(void *memory, bool fresh);

// Called once, when the library is preloaded.
void register_job_news();

}  // namespace pgexport
