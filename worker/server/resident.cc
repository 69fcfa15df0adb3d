#include "worker/server/resident.h"

#include "server/roles.h"

extern "C" {
#include "access/xact.h"
#include "commands/extension.h"
#include "pgstat.h"
#include "storage/ipc.h"
#include "utils/guc.h"
}

namespace pgexport {

namespace {

// The kind is in the upper part, the slot in the lower: a Datum is all that an exit callback gets.
constexpr int kKindShift = 16;

void leave(int, Datum place) {
  const int packed = DatumGetInt32(place);
  leave_resident(packed & ((1 << kKindShift) - 1), static_cast<Resident>(packed >> kKindShift));
}

// The extension may have gone before anybody could tell us.
void require_extension(Oid database) {
  StartTransactionCommand();
  const bool present = OidIsValid(get_extension_oid("export", true));
  if (present) safe_owner_role();
  CommitTransactionCommand();
  if (present) return;
  database_lacks_extension(database);
  proc_exit(0);
}

}  // namespace

Residence begin_resident(Resident kind) {
  const WorkerPlace place = my_place();
  begin_worker();
  if (!enter_resident(place.slot, place.database, kind)) proc_exit(0);
  before_shmem_exit(leave, Int32GetDatum((static_cast<int>(kind) << kKindShift) | place.slot));
  BackgroundWorkerInitializeConnectionByOid(place.database, place.role, 0);
  // Nobody waits for a replica here: a lost one must not hang the queue or the server's shutdown.
  SetConfigOption("synchronous_commit", "local", PGC_USERSET, PGC_S_OVERRIDE);
  SetConfigOption("default_transaction_isolation", "read committed", PGC_USERSET, PGC_S_OVERRIDE);
  SetConfigOption("default_transaction_read_only", "off", PGC_USERSET, PGC_S_OVERRIDE);
  // Where a worker and a session are in each other's way, as at DROP EXTENSION, the worker gives
  // way: it finds out first, and begins anew.
  SetConfigOption("deadlock_timeout", "10ms", PGC_SUSET, PGC_S_OVERRIDE);
  require_extension(place.database);
  pgstat_report_activity(STATE_IDLE, nullptr);
  return {place.slot, place.database};
}

bool resident_may_stay(const Residence &home) {
  return resident_is_wanted(home.slot, home.database);
}

}  // namespace pgexport
