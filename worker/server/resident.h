// A resident worker: one of its kind for each database that has the extension, started and kept
// alive by the launcher.
//
//   extern "C" void export_NAME_main(Datum) {
//     Residence home = begin_resident(Resident::NAME);
//     while (resident_may_stay(home)) { …one short transaction…; wait_for_work(…); }
//   }
//
// To add one: a name in server/database_slots.h, Resident, and a line in the table of launcher.cc.
#pragma once

#include "server/database_slots.h"
#include "worker/server/worker_process.h"

namespace pgexport {

struct Residence {
  int slot;
  Oid database;
};

// Takes the worker's place and connects as export_owner.  Ends the process, quietly, if the place
// is taken or the workers are to leave; with an error if export_owner is not safe.
Residence begin_resident(Resident kind);

// False once the extension is gone, or a session needs the database for itself.
bool resident_may_stay(const Residence &home);

}  // namespace pgexport
