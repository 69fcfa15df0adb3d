// The launcher: one for the server, connected to no database.  It knows which databases have the
// extension (server/database_slots.h) and keeps their resident workers alive.
//
// A database that may have the extension is probed once: all of them after the start of the server,
// a new one when it has appeared.  After that the launcher is told.

#include "server/database_slots.h"
#include "server/worker_slots.h"
#include "worker/server/worker_process.h"

extern "C" {
#include "access/heapam.h"
#include "access/htup_details.h"
#include "access/table.h"
#include "access/tableam.h"
#include "access/xact.h"
#include "catalog/pg_database.h"
#include "pgstat.h"
#include "storage/ipc.h"
#include "storage/latch.h"
#include "utils/acl.h"
#include "utils/snapmgr.h"
}

extern "C" PGDLLEXPORT void export_launcher_main(Datum);

namespace pgexport {

namespace {

// What a database's workers are called and which function they run.  Add yours here.
struct ResidentKind {
  Resident kind;
  const char *name;
  const char *function;
};
constexpr ResidentKind kResidentKinds[] = {
    {Resident::dispatcher, "export dispatcher", "export_dispatcher_main"},
    {Resident::audit_writer, "export audit writer", "export_audit_writer_main"},
};
static_assert(std::size(kResidentKinds) == kResidents);

constexpr long kLookAround = 60 * 1000;
constexpr std::int64_t kFirstPause = 1000, kLongestPause = 60 * 1000;
// A worker that lives shorter than this has failed.
constexpr int kHealthyMs = 60 * 1000;

// What the launcher remembers of a worker beside what its slot says.
struct Charge {
  BackgroundWorkerHandle *handle;  // until it has come up
  TimestampTz started_at;          // 0: it does not run
  TimestampTz not_before;
  int failures;
};

struct Launcher {
  MemoryContext context;
  Charge *charges;  // [slot][kind]
  List *known;      // databases that were probed or have a slot
  List *to_probe;
  BackgroundWorkerHandle *probe;
  Oid refused;      // told in the log already
  bool no_process;  // likewise
  TimestampTz looked_at;
  long pause;  // until there may be something to do
};

Launcher self;

void look_again_in(long milliseconds) { self.pause = Min(self.pause, Max(milliseconds, 1)); }

bool start_worker(const ResidentKind *kind, const char *function, const WorkerPlace &place,
                  BackgroundWorkerHandle **handle) {
  BackgroundWorker worker = describe_worker(kind ? kind->name : "export probe", function, place);
  if (RegisterDynamicBackgroundWorker(&worker, handle)) {
    self.no_process = false;
    return true;
  }
  if (!self.no_process) {
    self.no_process = true;
    ereport(LOG, (errcode(ERRCODE_CONFIGURATION_LIMIT_EXCEEDED),
                  errmsg("export launcher: no background worker is free"),
                  errhint("Raise max_worker_processes.")));
  }
  look_again_in(kFirstPause);
  return false;
}

// ---- which databases there are

bool is_connectable(const FormData_pg_database *database) {
  return database->datallowconn && database->datconnlimit != -2;
}

List *connectable_databases() {
  List *databases = NIL;
  StartTransactionCommand();
  (void)GetTransactionSnapshot();
  Relation relation = table_open(DatabaseRelationId, AccessShareLock);
  TableScanDesc scan = table_beginscan_catalog(relation, 0, nullptr);
  HeapTuple tuple;
  while (HeapTupleIsValid(tuple = heap_getnext(scan, ForwardScanDirection))) {
    const auto *database = reinterpret_cast<Form_pg_database>(GETSTRUCT(tuple));
    if (!is_connectable(database)) continue;
    const MemoryContext old = MemoryContextSwitchTo(self.context);
    databases = lappend_oid(databases, database->oid);
    MemoryContextSwitchTo(old);
  }
  table_endscan(scan);
  table_close(relation, AccessShareLock);
  CommitTransactionCommand();
  MemoryContextSwitchTo(self.context);
  return databases;
}

// New ones are to be probed; slots of those that are gone are given up.
void look_around() {
  List *databases = connectable_databases();
  ListCell *cell;
  foreach (cell, databases) {
    const Oid database = lfirst_oid(cell);
    if (list_member_oid(self.known, database) || find_database_slot(database) >= 0) continue;
    self.to_probe = lappend_oid(self.to_probe, database);
  }
  for (int i = 0; i < database_slot_count(); i++) {
    const Oid database = read_database_slot(i).database;
    if (OidIsValid(database) && !list_member_oid(databases, database)) {
      database_lacks_extension(database);
    }
  }
  list_free(self.known);
  self.known = databases;
  self.looked_at = GetCurrentTimestamp();
}

void probe_next() {
  pid_t pid;
  if (self.probe) {
    if (GetBackgroundWorkerPid(self.probe, &pid) != BGWH_STOPPED) return;
    pfree(self.probe);
    self.probe = nullptr;
  }
  if (self.to_probe == NIL) return;
  const WorkerPlace place = {linitial_oid(self.to_probe), InvalidOid, 0, 0};
  if (!start_worker(nullptr, "export_probe_main", place, &self.probe)) return;
  self.to_probe = list_delete_first(self.to_probe);
}

void hear_news() {
  const LauncherNews news = take_launcher_news();
  if (news.databases_appeared) self.looked_at = 0;
  if (!OidIsValid(news.refused) || news.refused == self.refused) return;
  self.refused = news.refused;
  ereport(LOG, (errcode(ERRCODE_CONFIGURATION_LIMIT_EXCEEDED),
                errmsg("export launcher: no workers for the database with OID %u", news.refused),
                errdetail("%d databases have them already.", database_slot_count()),
                errhint("Raise export.max_databases and restart the server.")));
}

// ---- their workers

void note_end(Charge *charge, bool wanted) {
  const TimestampTz now = GetCurrentTimestamp();
  const bool healthy = !wanted || (charge->started_at != 0 &&
                                   TimestampDifferenceExceeds(charge->started_at, now, kHealthyMs));
  charge->started_at = 0;
  charge->failures = healthy ? 0 : charge->failures + 1;
  const std::int64_t pause =
      wanted ? backoff(Max(charge->failures, 1), kFirstPause, kLongestPause) : 0;
  charge->not_before = TimestampTzPlusMilliseconds(now, pause);
}

// Reads what has become of a worker that was started; returns false while it comes up.
bool settle_start(Charge *charge, bool wanted) {
  pid_t pid;
  if (!charge->handle) return true;
  if (GetBackgroundWorkerPid(charge->handle, &pid) != BGWH_STOPPED) return false;
  pfree(charge->handle);
  charge->handle = nullptr;
  note_end(charge, wanted);
  return true;
}

void start_resident(int number, const DatabaseSlot &slot, const ResidentKind &kind,
                    Charge *charge) {
  const long early = TimestampDifferenceMilliseconds(GetCurrentTimestamp(), charge->not_before);
  if (early > 0) {
    look_again_in(early);
    return;
  }
  StartTransactionCommand();
  const Oid owner = get_role_oid("export_owner", true);
  CommitTransactionCommand();
  MemoryContextSwitchTo(self.context);
  if (!OidIsValid(owner)) return;
  const WorkerPlace place = {slot.database, owner, number, 0};
  (void)start_worker(&kind, kind.function, place, &charge->handle);
}

void supervise(int number) {
  const DatabaseSlot slot = read_database_slot(number);
  if (!OidIsValid(slot.database)) return;
  const bool wanted = slot.present && slot.exclusive == 0;
  for (const ResidentKind &kind : kResidentKinds) {
    const int index = static_cast<int>(kind.kind);
    Charge *charge = &self.charges[number * kResidents + index];
    const ResidentProcess &process = slot.residents[index];
    if (process.pid != 0) {
      charge->started_at = process.started_at;
      if (charge->handle) pfree(charge->handle);
      charge->handle = nullptr;
      continue;
    }
    if (!settle_start(charge, wanted)) continue;
    if (charge->started_at != 0) note_end(charge, wanted);
    if (wanted) start_resident(number, slot, kind, charge);
  }
  if (!slot.present) {
    forget_lost_workers(slot.database);
    free_database_slot(number, slot.database);
  }
}

void leave(int, Datum) { attach_launcher(nullptr); }

}  // namespace

}  // namespace pgexport

void export_launcher_main(Datum) {
  using namespace pgexport;
  begin_worker();
  BackgroundWorkerInitializeConnection(nullptr, nullptr, 0);
  self.context = AllocSetContextCreate(TopMemoryContext, "export launcher", ALLOCSET_DEFAULT_SIZES);
  MemoryContextSwitchTo(self.context);
  self.charges = static_cast<Charge *>(
      palloc0(sizeof(Charge) * static_cast<Size>(database_slot_count() * kResidents)));
  attach_launcher(MyLatch);
  before_shmem_exit(leave, 0);
  pgstat_report_activity(STATE_IDLE, nullptr);
  for (;;) {
    self.pause = kLookAround;
    hear_news();
    const long since = TimestampDifferenceMilliseconds(self.looked_at, GetCurrentTimestamp());
    if (self.looked_at == 0 || since >= kLookAround) look_around();
    probe_next();
    for (int i = 0; i < database_slot_count(); i++) supervise(i);
    wait_for_work(self.pause);
  }
}
