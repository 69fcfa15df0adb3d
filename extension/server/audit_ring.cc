#include "server/audit_ring.h"

extern "C" {
#include "storage/proc.h"
#include "utils/timestamp.h"
}

#include "server/database_slots.h"
#include "server/settings.h"

namespace pgexport {

namespace {

constexpr int kMaxNotices = 256;
constexpr int kRoles = 32;
constexpr int kRefusalsPerMinute = 20;
constexpr int kMinuteMs = 60 * 1000;

enum class PlaceState : std::uint8_t { free, filling, posted, taken, answered, abandoned };

struct Place {
  PlaceState state;
  pid_t pid;
  Latch *latch;
  Intent intent;
  IntentAnswer answer;
};

// The refusals of one role in one minute.
struct Refusals {
  Oid role;  // InvalidOid: free
  TimestampTz since;
  std::int64_t posted;
  std::int64_t counted;
  AuditRow last;
};

struct Ring {
  Oid database;
  Place places[kMaxIntents];
  AuditRow notices[kMaxNotices];  // [first .. first + count), round
  int first;
  int count;
  std::int64_t lost;
  Refusals refusals[kRoles];
};

Ring *rings = nullptr;

// The place of this session.
struct {
  int ring;
  int place;
} mine = {-1, -1};

void lock(LWLockMode mode = LW_EXCLUSIVE) { LWLockAcquire(shared_lock(SharedLock::audit), mode); }
void unlock() { LWLockRelease(shared_lock(SharedLock::audit)); }

// The ring that this database's writer has opened, or nullptr.
Ring *my_ring() {
  const int number = find_database_slot(MyDatabaseId);
  return number >= 0 && rings[number].database == MyDatabaseId ? &rings[number] : nullptr;
}

void wake_writer() { wake_resident(MyDatabaseId, Resident::audit_writer); }

// REQUIRES: locked.
void append_notice(Ring *ring, const AuditRow *row) {
  if (ring->count == kMaxNotices) {
    ring->lost++;
    return;
  }
  ring->notices[(ring->first + ring->count) % kMaxNotices] = *row;
  ring->count++;
}

// REQUIRES: locked.
int find_free_place(const Ring *ring) {
  for (int i = 0; i < kMaxIntents; i++) {
    if (ring->places[i].state == PlaceState::free) return i;
  }
  return -1;
}

bool is_past(const Refusals *refusals, TimestampTz now) {
  return TimestampDifferenceExceeds(refusals->since, now, kMinuteMs);
}

AuditRow refusal_count(const Refusals *refusals) {
  AuditRow row = refusals->last;
  row.attempts = refusals->counted;
  return row;
}

// The entry of a role, or that of the role which is waited for least.  REQUIRES: locked.
Refusals *refusals_of(Ring *ring, Oid role, TimestampTz now) {
  Refusals *oldest = &ring->refusals[0];
  for (Refusals &refusals : ring->refusals) {
    if (refusals.role == role) {
      oldest = &refusals;
      break;
    }
    if (refusals.since < oldest->since) oldest = &refusals;
  }
  if (oldest->role == role && !is_past(oldest, now)) return oldest;
  if (oldest->counted > 0) {
    const AuditRow row = refusal_count(oldest);
    append_notice(ring, &row);
  }
  *oldest = {};
  oldest->role = role;
  oldest->since = now;
  return oldest;
}

}  // namespace

Size audit_rings_size() { return mul_size(sizeof(Ring), static_cast<Size>(setting_max_databases)); }

void attach_audit_rings(void *memory, bool) { rings = static_cast<Ring *>(memory); }

PostResult post_intent(const Intent *intent) {
  const int number = find_database_slot(MyDatabaseId);
  if (number < 0) return PostResult::no_slot;
  Ring *ring = &rings[number];
  lock();
  const bool open = ring->database == MyDatabaseId;
  const int free = open ? find_free_place(ring) : -1;
  if (free >= 0) {
    ring->places[free].state = PlaceState::filling;
    ring->places[free].pid = MyProcPid;
    ring->places[free].latch = MyLatch;
    mine = {number, free};
  }
  unlock();
  if (free < 0) return open ? PostResult::full : PostResult::no_writer;
  ring->places[free].intent = *intent;
  lock();
  ring->places[free].state = PlaceState::posted;
  unlock();
  wake_writer();
  return PostResult::posted;
}

bool take_answer(IntentAnswer *answer) {
  Place *place = &rings[mine.ring].places[mine.place];
  lock();
  const bool answered = place->state == PlaceState::answered;
  if (answered) {
    *answer = place->answer;
    place->state = PlaceState::free;
    mine = {-1, -1};
  }
  unlock();
  return answered;
}

void abandon_intent() {
  if (mine.ring < 0) return;
  Place *place = &rings[mine.ring].places[mine.place];
  lock();
  const bool awaited = place->state == PlaceState::posted || place->state == PlaceState::taken;
  // It may have been written, or be under way: the writer finishes it.
  place->state = awaited ? PlaceState::abandoned : PlaceState::free;
  unlock();
  mine = {-1, -1};
}

void post_notice(const AuditRow *row) {
  Ring *ring = my_ring();
  if (!ring) return;
  lock();
  append_notice(ring, row);
  unlock();
  wake_writer();
}

void post_refusal(const AuditRow *row, Oid role) {
  Ring *ring = my_ring();
  if (!ring) return;
  const TimestampTz now = GetCurrentTimestamp();
  lock();
  Refusals *refusals = refusals_of(ring, role, now);
  refusals->last = *row;
  const bool told = refusals->posted < kRefusalsPerMinute;
  if (told) {
    refusals->posted++;
    append_notice(ring, row);
  } else {
    refusals->counted++;
  }
  unlock();
  if (told) wake_writer();
}

void open_audit_ring(int number, Oid database) {
  Ring *ring = &rings[number];
  lock();
  if (ring->database != database) {
    // Of another database that had the slot: its sessions are gone, and so is its extension.
    memset(static_cast<void *>(ring), 0, sizeof *ring);
    ring->database = database;
  }
  for (Place &place : ring->places) {
    // Taken by a writer that has ended, and perhaps written: writing it again changes nothing.
    if (place.state == PlaceState::taken) place.state = PlaceState::posted;
  }
  unlock();
}

int take_intents(int number, Intent *intents, int *places) {
  Ring *ring = &rings[number];
  int count = 0;
  lock();
  for (int i = 0; i < kMaxIntents; i++) {
    Place *place = &ring->places[i];
    if (place->state == PlaceState::abandoned) place->state = PlaceState::free;
    if (place->state != PlaceState::posted) continue;
    place->state = PlaceState::taken;
    intents[count] = place->intent;
    places[count++] = i;
  }
  unlock();
  return count;
}

void answer_intents(int number, const int *places, int count, const IntentAnswer *answer) {
  Ring *ring = &rings[number];
  lock();
  for (int i = 0; i < count; i++) {
    Place *place = &ring->places[places[i]];
    if (place->state == PlaceState::abandoned) place->state = PlaceState::free;
    if (place->state != PlaceState::taken) continue;
    place->answer = *answer;
    place->state = PlaceState::answered;
    SetLatch(place->latch);
  }
  unlock();
}

int read_notices(int number, AuditRow *notices, int most) {
  const Ring *ring = &rings[number];
  lock(LW_SHARED);
  const int count = Min(ring->count, most);
  for (int i = 0; i < count; i++) notices[i] = ring->notices[(ring->first + i) % kMaxNotices];
  unlock();
  return count;
}

void drop_notices(int number, int count) {
  Ring *ring = &rings[number];
  lock();
  ring->first = (ring->first + count) % kMaxNotices;
  ring->count -= count;
  unlock();
}

int take_refusal_counts(int number, AuditRow *rows, int most) {
  Ring *ring = &rings[number];
  const TimestampTz now = GetCurrentTimestamp();
  int count = 0;
  lock();
  for (Refusals &refusals : ring->refusals) {
    if (!OidIsValid(refusals.role) || !is_past(&refusals, now) || count == most) continue;
    if (refusals.counted > 0) rows[count++] = refusal_count(&refusals);
    refusals = {};
  }
  unlock();
  return count;
}

std::int64_t take_lost_notices(int number) {
  Ring *ring = &rings[number];
  lock();
  const std::int64_t lost = ring->lost;
  ring->lost = 0;
  unlock();
  return lost;
}

}  // namespace pgexport
