// Looks once whether a database has the extension.  No SQL runs here: one look into one catalog.

#include "server/database_slots.h"
#include "worker/server/worker_process.h"

extern "C" {
#include "access/xact.h"
#include "commands/extension.h"
#include "storage/ipc.h"
}

extern "C" PGDLLEXPORT void export_probe_main(Datum);

void export_probe_main(Datum) {
  using namespace pgexport;
  const WorkerPlace place = my_place();
  begin_worker();
  BackgroundWorkerInitializeConnectionByOid(place.database, InvalidOid, 0);
  StartTransactionCommand();
  const bool present = OidIsValid(get_extension_oid("export", true));
  CommitTransactionCommand();
  if (present) database_has_extension(place.database);
  proc_exit(0);
}
