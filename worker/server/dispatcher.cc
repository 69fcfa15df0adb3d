// The dispatcher: one for each database that has the extension.

#include "worker/server/resident.h"

extern "C" PGDLLEXPORT void export_dispatcher_main(Datum);

void export_dispatcher_main(Datum) {
  using namespace pgexport;
  const Residence home = begin_resident(Resident::dispatcher);
  while (resident_may_stay(home)) wait_for_work(60 * 1000);
}
