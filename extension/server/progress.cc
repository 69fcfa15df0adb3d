// Also what export.progress and export.workers are made of.

#include "server/progress.h"

#include "server/database_slots.h"
#include "server/roles.h"
#include "server/worker_slots.h"

extern "C" {
#include "access/xact.h"
#include "catalog/pg_type.h"
#include "commands/dbcommands.h"
#include "funcapi.h"
#include "storage/backendid.h"
#include "utils/acl.h"
#include "utils/tuplestore.h"
}

namespace pgexport {

namespace {

Progress *slots = nullptr;
Progress unseen;  // of an export that is not shown
bool has_current_job = false;
pg_uuid_t current_job;

constexpr const char *kPhases[] = {"planning", "running", "storing"};
constexpr const char *kWorkerStates[] = {"free", "starting", "busy", "idle", "lost"};
constexpr const char *kResidentNames[] = {"dispatcher", "audit writer"};
static_assert(lengthof(kResidentNames) == kResidents);

void transaction_callback(XactEvent event, void *) {
  if (event != XACT_EVENT_COMMIT && event != XACT_EVENT_ABORT && event != XACT_EVENT_PREPARE)
    return;
  if (MyBackendId != InvalidBackendId) slots[MyBackendId - 1].active = false;
}

Datum name_of_role(Oid role, bool *is_null) {
  const char *name = GetUserNameFromId(role, true);
  *is_null = name == nullptr;
  return name ? CStringGetTextDatum(name) : 0;
}

Datum name_of_database(Oid database, bool *is_null) {
  const char *name = OidIsValid(database) ? get_database_name(database) : nullptr;
  *is_null = name == nullptr;
  return name ? CStringGetTextDatum(name) : 0;
}

bool may_see_all() {
  const Oid admins = get_role_oid("export_admin", true);
  return OidIsValid(admins) && acts_for(admins);
}

void put_progress(ReturnSetInfo *result, const Progress &slot) {
  Datum values[10];
  bool nulls[10] = {};
  values[0] = UUIDPGetDatum(&slot.job);
  nulls[0] = !slot.has_job;
  values[1] = Int32GetDatum(slot.pid);
  values[2] = name_of_role(slot.role, &nulls[2]);
  values[3] = name_of_database(slot.database, &nulls[3]);
  values[4] = CStringGetTextDatum(slot.format);
  values[5] = CStringGetTextDatum(kPhases[static_cast<int>(slot.phase)]);
  values[6] = TimestampTzGetDatum(slot.started_at);
  values[7] = Int64GetDatum(static_cast<std::int64_t>(slot.rows));
  values[8] = Int64GetDatum(static_cast<std::int64_t>(slot.bytes));
  values[9] = Int64GetDatum(static_cast<std::int64_t>(slot.estimated_rows));
  nulls[9] = slot.estimated_rows <= 0;
  tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
}

struct WorkerRow {
  const char *kind;
  const char *state;
  pid_t pid;
  Oid database;
  Oid role;
  const pg_uuid_t *job;
  TimestampTz since;
  TimestampTz deadline;
  std::int64_t jobs;
};

void put_worker(ReturnSetInfo *result, const WorkerRow &row) {
  Datum values[9];
  bool nulls[9] = {};
  values[0] = CStringGetTextDatum(row.kind);
  values[1] = CStringGetTextDatum(row.state);
  values[2] = Int32GetDatum(row.pid);
  nulls[2] = row.pid == 0;
  values[3] = name_of_database(row.database, &nulls[3]);
  values[4] = name_of_role(row.role, &nulls[4]);
  values[5] = row.job ? UUIDPGetDatum(row.job) : 0;
  nulls[5] = row.job == nullptr;
  values[6] = TimestampTzGetDatum(row.since);
  nulls[6] = row.since == 0;
  values[7] = TimestampTzGetDatum(row.deadline);
  nulls[7] = row.deadline == 0;
  values[8] = Int64GetDatum(row.jobs);
  tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
}

void put_residents(ReturnSetInfo *result, const DatabaseSlot &slot) {
  for (int kind = 0; kind < kResidents; kind++) {
    const ResidentProcess &process = slot.residents[kind];
    const char *state = process.pid != 0 ? "running" : slot.exclusive > 0 ? "away" : "stopped";
    put_worker(result, {kResidentNames[kind], state, process.pid, slot.database,
                        get_role_oid("export_owner", true), nullptr, process.started_at, 0, 0});
  }
}

void put_runner(ReturnSetInfo *result, const WorkerSlot &slot) {
  const bool has_job = slot.state != WorkerState::idle;
  put_worker(result, {"runner", kWorkerStates[static_cast<int>(slot.state)], slot.pid,
                      slot.database, slot.owner, has_job ? &slot.job : nullptr, slot.since,
                      has_job ? slot.deadline : 0, slot.jobs});
}

}  // namespace

Size progress_size() { return mul_size(sizeof(Progress), static_cast<Size>(MaxBackends)); }

void attach_progress(void *memory, bool) { slots = static_cast<Progress *>(memory); }

Progress *begin_progress(Oid role, const char *format) {
  Progress *slot = &unseen;
  if (slots && MyBackendId != InvalidBackendId && !slots[MyBackendId - 1].active) {
    slot = &slots[MyBackendId - 1];
  }
  *slot = {};
  slot->database = MyDatabaseId;
  slot->role = role;
  slot->pid = MyProcPid;
  slot->has_job = has_current_job;
  slot->job = current_job;
  strlcpy(slot->format, format, sizeof slot->format);
  slot->started_at = GetCurrentTimestamp();
  slot->active = true;
  return slot;
}

void end_progress(Progress *progress) { progress->active = false; }

void set_progress_job(const pg_uuid_t *job) {
  has_current_job = job != nullptr;
  if (job) current_job = *job;
}

void register_progress() { RegisterXactCallback(transaction_callback, nullptr); }

}  // namespace pgexport

using namespace pgexport;

EXPORT_FUNCTION(export_progress) {
  InitMaterializedSRF(fcinfo, 0);
  auto *result = reinterpret_cast<ReturnSetInfo *>(fcinfo->resultinfo);
  if (!has_shared_memory()) return 0;
  const bool all = may_see_all();
  for (int i = 0; i < MaxBackends; i++) {
    const Progress slot = slots[i];
    if (slot.active && (all || acts_for(slot.role))) put_progress(result, slot);
  }
  return 0;
}

EXPORT_FUNCTION(export_workers) {
  InitMaterializedSRF(fcinfo, 0);
  auto *result = reinterpret_cast<ReturnSetInfo *>(fcinfo->resultinfo);
  require_export_admin();
  if (!has_shared_memory()) return 0;
  const pid_t launcher = launcher_pid();
  put_worker(result, {"launcher", launcher != 0 ? "running" : "stopped", launcher, InvalidOid,
                      InvalidOid, nullptr, 0, 0, 0});
  for (int i = 0; i < database_slot_count(); i++) {
    const DatabaseSlot slot = read_database_slot(i);
    if (OidIsValid(slot.database)) put_residents(result, slot);
  }
  for (int i = 0; i < worker_slot_count(); i++) {
    const WorkerSlot slot = read_worker_slot(i);
    if (slot.state != WorkerState::free) put_runner(result, slot);
  }
  return 0;
}
