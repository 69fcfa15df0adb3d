#include "server/shared_memory.h"

#include "server/audit_ring.h"
#include "server/database_slots.h"
#include "server/job_news.h"
#include "server/progress.h"
#include "server/worker_slots.h"

extern "C" {
#include "catalog/pg_control.h"
#include "common/controldata_utils.h"
#include "storage/ipc.h"
#include "storage/shmem.h"
}

namespace pgexport {

namespace {

Boot *shared_boot = nullptr;
LWLockPadded *locks = nullptr;
shmem_request_hook_type previous_request = nullptr;
shmem_startup_hook_type previous_startup = nullptr;

constexpr const char *kLockTranche = "export";

// A server that was shut down says so in its control file; one that runs, or has crashed, does not.
bool died_before() {
  bool intact;
  const ControlFileData *control = get_controlfile(DataDir, &intact);
  return !intact ||
         (control->state != DB_SHUTDOWNED && control->state != DB_SHUTDOWNED_IN_RECOVERY);
}

Size boot_size() { return sizeof(Boot); }

void attach_boot(void *memory, bool fresh) {
  shared_boot = static_cast<Boot *>(memory);
  if (!fresh) return;
  if (!pg_strong_random(&shared_boot->epoch, sizeof shared_boot->epoch)) {
    ereport(FATAL, (errcode(ERRCODE_INTERNAL_ERROR), errmsg("could not generate random values")));
  }
  shared_boot->after_crash = died_before();
}

// The parts.  Add yours here.
constexpr SharedPart kParts[] = {
    {"export boot", boot_size, attach_boot},
    {"export databases", database_slots_size, attach_database_slots},
    {"export workers", worker_slots_size, attach_worker_slots},
    {"export audit", audit_rings_size, attach_audit_rings},
    {"export job waiters", job_waiters_size, attach_job_waiters},
    {"export progress", progress_size, attach_progress},
};

void request() {
  if (previous_request) previous_request();
  for (const SharedPart &part : kParts) RequestAddinShmemSpace(MAXALIGN(part.size()));
  RequestNamedLWLockTranche(kLockTranche, static_cast<int>(SharedLock::count));
}

void startup() {
  if (previous_startup) previous_startup();
  LWLockAcquire(AddinShmemInitLock, LW_EXCLUSIVE);
  for (const SharedPart &part : kParts) {
    bool found;
    void *memory = ShmemInitStruct(part.name, part.size(), &found);
    if (!found) memset(memory, 0, part.size());
    part.attach(memory, !found);
  }
  locks = GetNamedLWLockTranche(kLockTranche);
  LWLockRelease(AddinShmemInitLock);
}

}  // namespace

LWLock *shared_lock(SharedLock lock) { return &locks[static_cast<int>(lock)].lock; }

bool has_shared_memory() { return shared_boot != nullptr; }

void require_shared_memory(const char *what) {
  if (has_shared_memory()) return;
  ereport(ERROR, (errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
                  errmsg("%s needs the library to be loaded when the server starts", what),
                  errdetail("Work in the background is done by processes that the server starts."),
                  errhint("Add this line to postgresql.conf and restart the server: "
                          "shared_preload_libraries = 'export'")));
}

const Boot &boot() { return *shared_boot; }

void request_shared_memory() {
  previous_request = shmem_request_hook;
  shmem_request_hook = request;
  previous_startup = shmem_startup_hook;
  shmem_startup_hook = startup;
}

}  // namespace pgexport
