#include "server/job_news.h"

#include "server/database_slots.h"

extern "C" {
#include "access/xact.h"
#include "commands/async.h"
#include "storage/backendid.h"
#include "storage/ipc.h"
#include "storage/latch.h"
#include "utils/memutils.h"
#include "utils/timestamp.h"
#include "utils/wait_event.h"
}

namespace pgexport {

namespace {

constexpr const char *kChannel = "export_job";
constexpr const char *kLastStates[] = {"succeeded", "failed", "cancelled", "dead"};

// One for each backend, which waits for one job at most.
struct Waiter {
  Latch *latch;  // nullptr: does not wait
  pg_uuid_t job;
  const char *state;  // a constant of this library, at the same address in every process
};
Waiter *waiters = nullptr;

// Of this transaction, in TopTransactionContext.
struct News {
  News *next;
  pg_uuid_t job;
  const char *state;
};
News *news = nullptr;
bool wake_dispatcher = false;

const char *as_constant(const char *state) {
  for (const char *known : kLastStates) {
    if (strcmp(known, state) == 0) return known;
  }
  return nullptr;
}

void tell_waiters() {
  if (!news) return;
  LWLockAcquire(shared_lock(SharedLock::progress), LW_EXCLUSIVE);
  for (int i = 0; i < MaxBackends; i++) {
    Waiter *waiter = &waiters[i];
    if (!waiter->latch) continue;
    for (const News *item = news; item; item = item->next) {
      if (memcmp(item->job.data, waiter->job.data, sizeof item->job.data) != 0) continue;
      waiter->state = item->state;
      SetLatch(waiter->latch);
    }
  }
  LWLockRelease(shared_lock(SharedLock::progress));
}

void transaction_callback(XactEvent event, void *) {
  switch (event) {
    case XACT_EVENT_COMMIT:
      tell_waiters();
      if (wake_dispatcher) wake_resident(MyDatabaseId, Resident::dispatcher);
      end_job_wait();
      break;
    case XACT_EVENT_ABORT: end_job_wait(); break;
    // The dispatcher looks around once a minute.
    case XACT_EVENT_PREPARE: break;
    default: return;
  }
  news = nullptr;
  wake_dispatcher = false;
}

void leave(int, Datum) { end_job_wait(); }

Waiter *my_waiter() { return &waiters[MyBackendId - 1]; }

}  // namespace

bool is_last_state(const char *state) { return as_constant(state) != nullptr; }

void tell_job_state(const pg_uuid_t *job, const char *state, const char *channel) {
  const char *text =
      psprintf("{\"job\": \"%s\", \"state\": \"%s\"}",
               DatumGetCString(DirectFunctionCall1(uuid_out, UUIDPGetDatum(job))), state);
  Async_Notify(kChannel, text);
  const char *last = as_constant(state);
  if (!last) return;
  if (channel) Async_Notify(channel, text);
  auto *item = static_cast<News *>(MemoryContextAlloc(TopTransactionContext, sizeof(News)));
  *item = {news, *job, last};
  news = item;
}

void wake_dispatcher_at_commit() { wake_dispatcher = true; }

void begin_job_wait(const pg_uuid_t *job) {
  static bool registered = false;
  if (!registered) before_shmem_exit(leave, 0);
  registered = true;
  LWLockAcquire(shared_lock(SharedLock::progress), LW_EXCLUSIVE);
  *my_waiter() = {MyLatch, *job, nullptr};
  LWLockRelease(shared_lock(SharedLock::progress));
}

bool await_job(long milliseconds, const char **state) {
  const TimestampTz end = TimestampTzPlusMilliseconds(GetCurrentTimestamp(), milliseconds);
  for (;;) {
    LWLockAcquire(shared_lock(SharedLock::progress), LW_SHARED);
    *state = my_waiter()->state;
    LWLockRelease(shared_lock(SharedLock::progress));
    if (*state) return true;
    const long left = TimestampDifferenceMilliseconds(GetCurrentTimestamp(), end);
    if (left <= 0) return false;
    (void)WaitLatch(MyLatch, WL_LATCH_SET | WL_TIMEOUT | WL_EXIT_ON_PM_DEATH, left,
                    PG_WAIT_EXTENSION);
    ResetLatch(MyLatch);
    CHECK_FOR_INTERRUPTS();
  }
}

void end_job_wait() {
  if (!waiters || !my_waiter()->latch) return;
  LWLockAcquire(shared_lock(SharedLock::progress), LW_EXCLUSIVE);
  *my_waiter() = {};
  LWLockRelease(shared_lock(SharedLock::progress));
}

Size job_waiters_size() { return mul_size(sizeof(Waiter), static_cast<Size>(MaxBackends)); }

void attach_job_waiters(void *memory, bool) { waiters = static_cast<Waiter *>(memory); }

void register_job_news() { RegisterXactCallback(transaction_callback, nullptr); }

}  // namespace pgexport
