// The databases that have the extension, in shared memory: what the launcher starts workers for.
//
// A database gets its slot when a committed CREATE EXTENSION, or a probe, says that the extension
// is there.  A slot is given back by the launcher, when the extension is gone and so are the
// workers. SharedLock::databases guards all of it.
#pragma once

#include "server/shared_memory.h"

extern "C" {
#include "storage/latch.h"
#include "utils/timestamp.h"
}

namespace pgexport {

// Workers that every database has, as long as it has the extension.  The functions they run are in
// the table of worker/server/launcher.cc.
enum class Resident : std::uint8_t { dispatcher, audit_writer, count };
constexpr int kResidents = static_cast<int>(Resident::count);

struct ResidentProcess {
  pid_t pid;  // 0: none
  Latch *latch;
  TimestampTz started_at;
};

struct DatabaseSlot {
  Oid database;   // InvalidOid: free
  bool present;   // false: the extension is gone, the workers are to leave
  int exclusive;  // sessions that need the database for themselves: workers are to leave for now
  ResidentProcess residents[kResidents];
};

Size database_slots_size();
void attach_database_slots(void *memory, bool fresh);
int database_slot_count();

// A copy of slot `number`.
DatabaseSlot read_database_slot(int number);
// Number of the database's slot, or -1.
int find_database_slot(Oid database);

// The extension is there; a slot is taken if it had none.  If no slot is free the launcher says so.
void database_has_extension(Oid database);
// The extension, or the database, is gone.
void database_lacks_extension(Oid database);
// A database was created: it may have the extension from its template.
void database_appeared();

// Workers of the database leave before this session goes on, and come back afterwards.
void claim_database(Oid database);
void yield_database(Oid database);

// Sets the latch of a resident worker, if it is there.
void wake_resident(Oid database, Resident kind);

// For the launcher.
void attach_launcher(Latch *latch);  // nullptr: it ends
pid_t launcher_pid();                // 0: it does not run
void wake_launcher();
struct LauncherNews {
  bool databases_appeared;
  Oid refused;  // a database for which no slot was free, or InvalidOid
};
LauncherNews take_launcher_news();
void free_database_slot(int number, Oid database);

// For a resident worker: takes its place in slot `number`, and gives it back.  False if the place
// is taken or the workers of the database are to leave.
bool enter_resident(int number, Oid database, Resident kind);
void leave_resident(int number, Resident kind);
bool resident_is_wanted(int number, Oid database);

}  // namespace pgexport
