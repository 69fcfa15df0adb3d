// What sessions tell the audit writer of their database, in shared memory: one ring for each
// database slot (server/database_slots.h).
//
// Two kinds of message.  An intent has a place of its own, which its session keeps until it is
// answered:
//
//   free ─▶ filling ─▶ posted ─▶ taken ─▶ answered ─▶ free
//                         └────────┴─▶ abandoned ─▶ free     the session has stopped waiting
//
// A notice (how an attempt has ended, or that it was refused) goes round in a ring and is not
// waited for: its session may be in the middle of an abort, where nothing may fail.  Where the ring
// is full the notice is lost, and counted; the intent without an outcome still tells of it.
//
// SharedLock::audit guards all of it but the content of a place that is being filled.
#pragma once

#include "server/audit_row.h"
#include "server/shared_memory.h"

extern "C" {
#include "storage/latch.h"
}

namespace pgexport {

// Bytes of a query's text that an intent holds; the digest is that of the whole.
constexpr std::size_t kIntentQuery = 4096;

struct Intent {
  AuditRow row;
  char query[kIntentQuery];  // "": none
};

// What the writer says to an intent.
struct IntentAnswer {
  char sqlstate[6];  // "00000": it is durable
  char message[256];
};

Size audit_rings_size();
void attach_audit_rings(void *memory, bool fresh);

// ---- for sessions

enum class PostResult : std::uint8_t {
  posted,
  no_slot,    // the database has none
  no_writer,  // the writer of the database has not come up
  full,       // as many intents as there is room for are waiting
};
// REQUIRES: this session has no place.
PostResult post_intent(const Intent *intent);
// True once there is an answer.  The place is free then.
bool take_answer(IntentAnswer *answer);
// Gives up the place of this session, if it has one.  Cannot fail.
void abandon_intent();

// Neither can fail.
void post_notice(const AuditRow *row);
// The first refusals of a role in a minute are notices; the others are counted.
void post_refusal(const AuditRow *row, Oid role);

// ---- for the writer of database slot `number`

// True if the slot's ring is that of the database already; makes it so.
void open_audit_ring(int number, Oid database);

constexpr int kMaxIntents = 64;
// Copies what waits into `intents`; returns how many, and their places.
int take_intents(int number, Intent *intents, int *places);
void answer_intents(int number, const int *places, int count, const IntentAnswer *answer);

// Copies the oldest notices; they stay until they are dropped.
int read_notices(int number, AuditRow *notices, int most);
void drop_notices(int number, int count);

// Refusals of minutes that have passed, as a row for each role.
int take_refusal_counts(int number, AuditRow *rows, int most);

// Notices lost since the last call.
std::int64_t take_lost_notices(int number);

}  // namespace pgexport
