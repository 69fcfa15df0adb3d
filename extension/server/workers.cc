#include "server/workers.h"

#include "bridge/prelude.h"

extern "C" {
#include "postmaster/bgworker.h"
}

namespace pgexport {

void register_launcher() {
  // pg_upgrade's server must do nothing of its own.
  if (IsBinaryUpgrade) return;
  BackgroundWorker worker{};
  strlcpy(worker.bgw_name, "export launcher", BGW_MAXLEN);
  strlcpy(worker.bgw_type, "export launcher", BGW_MAXLEN);
  strlcpy(worker.bgw_library_name, "export", BGW_MAXLEN);
  strlcpy(worker.bgw_function_name, "export_launcher_main", BGW_MAXLEN);
  worker.bgw_flags = BGWORKER_SHMEM_ACCESS | BGWORKER_BACKEND_DATABASE_CONNECTION;
  worker.bgw_start_time = BgWorkerStart_RecoveryFinished;
  worker.bgw_restart_time = 1;
  RegisterBackgroundWorker(&worker);
}

}  // namespace pgexport
