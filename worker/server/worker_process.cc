#include "worker/server/worker_process.h"

extern "C" {
#include "access/xact.h"
#include "pgstat.h"
#include "postmaster/interrupt.h"
#include "storage/ipc.h"
#include "storage/latch.h"
#include "storage/proc.h"
#include "tcop/tcopprot.h"
#include "utils/guc.h"
#include "utils/snapmgr.h"
#include "utils/wait_event.h"
}

namespace pgexport {

BackgroundWorker describe_worker(const char *name, const char *function, const WorkerPlace &place) {
  static_assert(sizeof place <= BGW_EXTRALEN);
  BackgroundWorker worker{};
  strlcpy(worker.bgw_name, name, BGW_MAXLEN);
  strlcpy(worker.bgw_type, name, BGW_MAXLEN);
  strlcpy(worker.bgw_library_name, "export", BGW_MAXLEN);
  strlcpy(worker.bgw_function_name, function, BGW_MAXLEN);
  worker.bgw_flags = BGWORKER_SHMEM_ACCESS | BGWORKER_BACKEND_DATABASE_CONNECTION;
  worker.bgw_start_time = BgWorkerStart_RecoveryFinished;
  worker.bgw_restart_time = BGW_NEVER_RESTART;
  worker.bgw_notify_pid = MyProcPid;
  memcpy(worker.bgw_extra, &place, sizeof place);
  return worker;
}

WorkerPlace my_place() {
  WorkerPlace place;
  memcpy(&place, MyBgworkerEntry->bgw_extra, sizeof place);
  return place;
}

void begin_worker() {
  pqsignal(SIGTERM, die);
  pqsignal(SIGHUP, SignalHandlerForConfigReload);
  BackgroundWorkerUnblockSignals();
}

void begin_work(const char *activity) {
  SetCurrentStatementStartTimestamp();
  StartTransactionCommand();
  PushActiveSnapshot(GetTransactionSnapshot());
  pgstat_report_activity(STATE_RUNNING, activity);
}

void end_work() {
  PopActiveSnapshot();
  CommitTransactionCommand();
  // Otherwise autovacuum never hears of our writes.
  pgstat_report_stat(false);
  pgstat_report_activity(STATE_IDLE, nullptr);
}

void wait_for_work(long milliseconds) {
  const int events = WL_LATCH_SET | WL_EXIT_ON_PM_DEATH | (milliseconds >= 0 ? WL_TIMEOUT : 0);
  (void)WaitLatch(MyLatch, events, milliseconds, PG_WAIT_EXTENSION);
  ResetLatch(MyLatch);
  CHECK_FOR_INTERRUPTS();
  if (ConfigReloadPending) {
    ConfigReloadPending = false;
    ProcessConfigFile(PGC_SIGHUP);
  }
}

}  // namespace pgexport
