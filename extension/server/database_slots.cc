#include "server/database_slots.h"

#include "server/settings.h"

namespace pgexport {

namespace {

struct Databases {
  Latch *launcher;
  pid_t launcher_pid;
  LauncherNews news;
  DatabaseSlot slots[FLEXIBLE_ARRAY_MEMBER];
};

Databases *shared = nullptr;

void lock(LWLockMode mode) { LWLockAcquire(shared_lock(SharedLock::databases), mode); }
void unlock() { LWLockRelease(shared_lock(SharedLock::databases)); }

// All of these REQUIRE: locked.

int find_slot(Oid database) {
  for (int i = 0; i < setting_max_databases; i++) {
    if (shared->slots[i].database == database) return i;
  }
  return -1;
}

void tell_launcher() {
  if (shared->launcher) SetLatch(shared->launcher);
}

void tell_residents(const DatabaseSlot *slot) {
  for (const ResidentProcess &process : slot->residents) {
    if (process.pid != 0) SetLatch(process.latch);
  }
}

}  // namespace

Size database_slots_size() {
  return add_size(offsetof(Databases, slots),
                  mul_size(sizeof(DatabaseSlot), static_cast<Size>(setting_max_databases)));
}

void attach_database_slots(void *memory, bool) { shared = static_cast<Databases *>(memory); }

int database_slot_count() { return setting_max_databases; }

DatabaseSlot read_database_slot(int number) {
  lock(LW_SHARED);
  const DatabaseSlot slot = shared->slots[number];
  unlock();
  return slot;
}

int find_database_slot(Oid database) {
  lock(LW_SHARED);
  const int number = find_slot(database);
  unlock();
  return number;
}

void database_has_extension(Oid database) {
  lock(LW_EXCLUSIVE);
  int number = find_slot(database);
  if (number < 0) number = find_slot(InvalidOid);
  if (number < 0) {
    shared->news.refused = database;
  } else {
    shared->slots[number].database = database;
    shared->slots[number].present = true;
  }
  tell_launcher();
  unlock();
}

void database_lacks_extension(Oid database) {
  lock(LW_EXCLUSIVE);
  const int number = find_slot(database);
  if (number >= 0) {
    shared->slots[number].present = false;
    tell_residents(&shared->slots[number]);
    tell_launcher();
  }
  unlock();
}

void database_appeared() {
  lock(LW_EXCLUSIVE);
  shared->news.databases_appeared = true;
  tell_launcher();
  unlock();
}

void claim_database(Oid database) {
  lock(LW_EXCLUSIVE);
  const int number = find_slot(database);
  if (number >= 0) {
    shared->slots[number].exclusive++;
    tell_residents(&shared->slots[number]);
  }
  unlock();
}

void yield_database(Oid database) {
  lock(LW_EXCLUSIVE);
  const int number = find_slot(database);
  if (number >= 0 && shared->slots[number].exclusive > 0) shared->slots[number].exclusive--;
  tell_launcher();
  unlock();
}

void wake_resident(Oid database, Resident kind) {
  lock(LW_SHARED);
  const int number = find_slot(database);
  if (number >= 0) {
    const ResidentProcess &process = shared->slots[number].residents[static_cast<int>(kind)];
    if (process.pid != 0) SetLatch(process.latch);
  }
  unlock();
}

void attach_launcher(Latch *latch) {
  lock(LW_EXCLUSIVE);
  shared->launcher = latch;
  shared->launcher_pid = latch ? MyProcPid : 0;
  unlock();
}

pid_t launcher_pid() {
  lock(LW_SHARED);
  const pid_t pid = shared->launcher_pid;
  unlock();
  return pid;
}

void wake_launcher() {
  lock(LW_SHARED);
  tell_launcher();
  unlock();
}

LauncherNews take_launcher_news() {
  lock(LW_EXCLUSIVE);
  const LauncherNews news = shared->news;
  shared->news = {};
  unlock();
  return news;
}

void free_database_slot(int number, Oid database) {
  lock(LW_EXCLUSIVE);
  DatabaseSlot *slot = &shared->slots[number];
  bool empty = slot->database == database && !slot->present;
  for (const ResidentProcess &process : slot->residents) empty = empty && process.pid == 0;
  if (empty) *slot = {};
  unlock();
}

bool enter_resident(int number, Oid database, Resident kind) {
  lock(LW_EXCLUSIVE);
  DatabaseSlot *slot = &shared->slots[number];
  ResidentProcess *process = &slot->residents[static_cast<int>(kind)];
  const bool entered =
      slot->database == database && slot->present && slot->exclusive == 0 && process->pid == 0;
  if (entered) *process = {MyProcPid, MyLatch, GetCurrentTimestamp()};
  unlock();
  return entered;
}

void leave_resident(int number, Resident kind) {
  lock(LW_EXCLUSIVE);
  ResidentProcess *process = &shared->slots[number].residents[static_cast<int>(kind)];
  if (process->pid == MyProcPid) *process = {};
  tell_launcher();
  unlock();
}

bool resident_is_wanted(int number, Oid database) {
  const DatabaseSlot slot = read_database_slot(number);
  return slot.database == database && slot.present && slot.exclusive == 0;
}

}  // namespace pgexport
