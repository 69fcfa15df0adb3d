// The audit writer: one for each database that has the extension.  It writes what sessions tell it
// (server/audit_ring.h) in transactions of its own, as many rows in one commit as are waiting, and
// answers an intent when its row is on disk.

#include "server/audit_ring.h"
#include "server/audit_seal.h"
#include "server/internal_sql.h"
#include "server/new_uuid.h"
#include "server/settings.h"
#include "worker/server/resident.h"

extern "C" {
#include "access/xact.h"
#include "access/xlog.h"
#include "pgstat.h"
#include "storage/latch.h"
#include "utils/guc.h"
#include "utils/memutils.h"
#include "utils/timestamp.h"
}

extern "C" PGDLLEXPORT void export_audit_writer_main(Datum);

namespace pgexport {

namespace {

constexpr int kMaxRows = 256;
constexpr long kLookAround = 60 * 1000;
// After a failure, until it tries again to write what nobody waits for.
constexpr long kPause = 1000;

struct Writer {
  int slot;
  Intent intents[kMaxIntents];
  int places[kMaxIntents];
  int intent_count;
  AuditRow notices[kMaxRows];
  int notice_count;
  AuditRow counts[kMaxRows];  // of refusals; kept until they are written
  int count_count;
  TimestampTz sealed_at;
  bool sealed;  // something, the last time
};

Writer *self;

bool take_work() {
  self->intent_count = take_intents(self->slot, self->intents, self->places);
  self->notice_count = read_notices(self->slot, self->notices, kMaxRows);
  if (self->count_count == 0) {
    self->count_count = take_refusal_counts(self->slot, self->counts, kMaxRows);
    for (int i = 0; i < self->count_count; i++) new_uuid(&self->counts[i].event_id);
  }
  return self->intent_count + self->notice_count + self->count_count > 0;
}

void insert_rows(const AuditRow *rows, int count) {
  constexpr AuditTexts kNoTexts = {};
  for (int i = 0; i < count; i++) insert_audit_row(&rows[i], &kNoTexts);
}

// A lock on the audit table must not keep sessions from their answer.
void limit_lock_wait() {
  char milliseconds[16];
  pg_ltoa(Max(setting_audit_timeout / 2, 1), milliseconds);
  SetConfigOption("lock_timeout", milliseconds, PGC_SUSET, PGC_S_OVERRIDE);
}

void write_rows() {
  limit_lock_wait();
  begin_work("writing audit rows");
  const InternalSql sql = open_internal_sql_on("_audit");
  for (int i = 0; i < self->intent_count; i++) {
    const Intent &intent = self->intents[i];
    const AuditTexts texts = {intent.query[0] == '\0' ? nullptr : intent.query, 0, 0};
    insert_audit_row(&intent.row, &texts);
  }
  insert_rows(self->notices, self->notice_count);
  insert_rows(self->counts, self->count_count);
  close_internal_sql(sql);
  end_work();
  XLogFlush(XactLastCommitEnd);
}

void answer_all(const char *sqlstate, const char *message) {
  IntentAnswer answer{};
  strlcpy(answer.sqlstate, sqlstate, sizeof answer.sqlstate);
  strlcpy(answer.message, message, sizeof answer.message);
  answer_intents(self->slot, self->places, self->intent_count, &answer);
}

void settle_success() {
  answer_all("00000", "");
  drop_notices(self->slot, self->notice_count);
  self->count_count = 0;
}

// Whoever waits is told now.  What nobody waits for stays, and is tried again.
void settle_failure(MemoryContext context) {
  MemoryContextSwitchTo(context);
  ErrorData *error = CopyErrorData();
  EmitErrorReport();
  FlushErrorState();
  AbortCurrentTransaction();
  pgstat_report_activity(STATE_IDLE, nullptr);
  MemoryContextSwitchTo(context);
  answer_all(unpack_sql_state(error->sqlerrcode), error->message);
  FreeErrorData(error);
}

void seal_rows() {
  begin_work("sealing audit rows");
  self->sealed = seal_audit_rows();
  end_work();
  publish_checkpoint();
}

// False if it failed.
bool try_to(void (*work)(), MemoryContext context) {
  volatile bool done = false;
  PG_TRY();
  {
    work();
    done = true;
  }
  PG_CATCH();
  { settle_failure(context); }
  PG_END_TRY();
  MemoryContextSwitchTo(context);
  return done;
}

void report_losses() {
  const std::int64_t lost = take_lost_notices(self->slot);
  if (lost == 0) return;
  ereport(LOG, (errmsg("export audit writer: " INT64_FORMAT " outcomes were lost", lost),
                errdetail("Sessions had more to tell than there is room for. The intents are in "
                          "export.audit_unresolved once their sessions have ended.")));
}

bool write_what_is_told(MemoryContext context) {
  while (take_work()) {
    const bool done = try_to(write_rows, context);
    if (done) settle_success();
    MemoryContextReset(context);
    if (!done) return false;
  }
  report_losses();
  return true;
}

// Somebody has written, or it has not been looked for some time.  Returns how long the next turn
// may take: whoever wakes us may have a row of his own that is not committed yet.
long seal_when_due(MemoryContext context) {
  const TimestampTz now = GetCurrentTimestamp();
  if (!TimestampDifferenceExceeds(self->sealed_at, now, kPause)) return kPause;
  self->sealed_at = now;
  self->intent_count = 0;
  self->sealed = false;
  const bool done = try_to(seal_rows, context);
  MemoryContextReset(context);
  return done && self->sealed ? kPause : kLookAround;
}

// How long there is nothing to do, unless somebody says otherwise.
long work_until_done(MemoryContext context) {
  if (!write_what_is_told(context)) return kPause;
  return *setting_keyring == '\0' ? kLookAround : seal_when_due(context);
}

}  // namespace

}  // namespace pgexport

void export_audit_writer_main(Datum) {
  using namespace pgexport;
  const Residence home = begin_resident(Resident::audit_writer);
  self = static_cast<Writer *>(MemoryContextAllocZero(TopMemoryContext, sizeof(Writer)));
  self->slot = home.slot;
  open_audit_ring(home.slot, home.database);
  const MemoryContext context =
      AllocSetContextCreate(TopMemoryContext, "export audit writer", ALLOCSET_DEFAULT_SIZES);
  MemoryContextSwitchTo(context);
  while (resident_may_stay(home)) wait_for_work(work_until_done(context));
}
