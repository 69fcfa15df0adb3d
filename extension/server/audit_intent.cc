#include "server/audit_intent.h"

extern "C" {
#include "access/genam.h"
#include "access/htup_details.h"
#include "access/table.h"
#include "access/xact.h"
#include "access/xlog.h"
#include "catalog/namespace.h"
#include "catalog/pg_extension.h"
#include "storage/lmgr.h"
#include "storage/lock.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"
#include "utils/timestamp.h"
#include "utils/wait_event.h"
}

#include "server/database_slots.h"
#include "server/internal_sql.h"
#include "server/settings.h"

namespace pgexport {

namespace {

// How soon to look again for something of which no latch tells: a writer, or room in the ring.
constexpr long kLookAgainMs = 10;

// CREATE EXTENSION in a transaction that is not committed.
bool extension_is_new() {
  Relation relation = table_open(ExtensionRelationId, AccessShareLock);
  ScanKeyData key;
  ScanKeyInit(&key, Anum_pg_extension_extname, BTEqualStrategyNumber, F_NAMEEQ,
              CStringGetDatum("export"));
  SysScanDesc scan = systable_beginscan(relation, ExtensionNameIndexId, true, nullptr, 1, &key);
  HeapTuple tuple = systable_getnext(scan);
  const bool is_new = HeapTupleIsValid(tuple) &&
                      TransactionIdIsCurrentTransactionId(HeapTupleHeaderGetXmin(tuple->t_data));
  systable_endscan(scan);
  table_close(relation, AccessShareLock);
  return is_new;
}

void require_extension_committed() {
  if (!extension_is_new()) return;
  ereport(ERROR, (errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
                  errmsg("cannot export in the transaction that created the extension"),
                  errdetail("The audit writer does not see the extension yet."),
                  errhint("Commit first.")));
}

// The writer inserts; what keeps it from that in the hands of this transaction would never end.
void require_audit_table_unlocked() {
  const Oid schema = get_namespace_oid("export", true);
  const Oid table = OidIsValid(schema) ? get_relname_relid("_audit", schema) : InvalidOid;
  if (!OidIsValid(table)) return;
  LOCKTAG tag;
  SET_LOCKTAG_RELATION(tag, MyDatabaseId, table);
  for (int mode = ShareLock; mode <= AccessExclusiveLock; mode++) {
    if (!LockHeldByMe(&tag, mode)) continue;
    require_extension_committed();
    // The lock may be that of a change which is no better.
    close_internal_sql(open_internal_sql_on("_audit"));
    ereport(
        ERROR,
        (errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
         errmsg("cannot export in a transaction that holds a lock on the audit table"),
         errdetail("The audit writer could not record the intent while export._audit is locked."),
         errhint("Commit first.")));
  }
}

// The launcher may not have heard of this database yet; it may also have no room for it.
void require_database_slot() {
  database_has_extension(MyDatabaseId);
  if (find_database_slot(MyDatabaseId) >= 0) return;
  ereport(ERROR,
          (errcode(ERRCODE_CONFIGURATION_LIMIT_EXCEEDED),
           errmsg("the intent to export could not be recorded"),
           errdetail("This database has no workers: %d others have them already. Nothing was "
                     "exported.",
                     database_slot_count()),
           errhint("Raise export.max_databases and restart the server.")));
}

[[noreturn]] void raise_unrecorded(PostResult result) {
  const char *fact;
  const char *hint;
  switch (result) {
    case PostResult::no_slot:
    case PostResult::no_writer:
      fact = "The audit writer of this database does not run.";
      hint = "The server log says why. Each worker needs one of max_worker_processes.";
      break;
    case PostResult::full:
      fact = "Too many exports are waiting for the audit writer.";
      hint = "Try again later.";
      break;
    case PostResult::posted:
    default:
      fact = "The audit writer has not answered.";
      hint =
          "See the process \"export audit writer\" in pg_stat_activity: it may wait for a lock, "
          "for the disk, or be stopped.";
  }
  ereport(ERROR,
          (errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
           errmsg("the intent to export could not be recorded within %d ms", setting_audit_timeout),
           errdetail("%s Nothing was exported.", fact), errhint("%s", hint)));
  pg_unreachable();
}

void raise_refused(const IntentAnswer *answer) {
  int state = 0;
  if (answer->sqlstate[0] != '\0') {
    state = MAKE_SQLSTATE(answer->sqlstate[0], answer->sqlstate[1], answer->sqlstate[2],
                          answer->sqlstate[3], answer->sqlstate[4]);
  }
  ereport(ERROR, (errcode(state), errmsg("the intent to export could not be recorded"),
                  errdetail("The audit writer says: %s. Nothing was exported.", answer->message),
                  state == ERRCODE_LOCK_NOT_AVAILABLE
                      ? errhint("Somebody has locked export._audit: see pg_locks.")
                      : errhint("See the server log.")));
}

void wait_until(TimestampTz deadline, PostResult result) {
  long wait = TimestampDifferenceMilliseconds(GetCurrentTimestamp(), deadline);
  if (wait <= 0) raise_unrecorded(result);
  if (result != PostResult::posted) wait = Min(wait, kLookAgainMs);
  (void)WaitLatch(MyLatch, WL_LATCH_SET | WL_TIMEOUT | WL_EXIT_ON_PM_DEATH, wait,
                  PG_WAIT_EXTENSION);
  ResetLatch(MyLatch);
  CHECK_FOR_INTERRUPTS();
}

}  // namespace

bool has_audit_writer() { return has_shared_memory() && !RecoveryInProgress(); }

void require_intent_if_set(const char *what) {
  if (!setting_require_intent || has_audit_writer()) return;
  const bool standby = RecoveryInProgress();
  ereport(ERROR,
          (errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
           errmsg("cannot execute %s without a durable intent", what),
           errdetail("export.require_intent is on, and %s.",
                     standby ? "a standby records nothing" : "the library was not preloaded"),
           standby ? errhint("Use the primary server.")
                   : errhint("Add this line to postgresql.conf and restart the server: "
                             "shared_preload_libraries = 'export'")));
}

void make_intent_durable(const Intent *intent) {
  require_audit_table_unlocked();
  const TimestampTz deadline =
      TimestampTzPlusMilliseconds(GetCurrentTimestamp(), setting_audit_timeout);
  PostResult result;
  while ((result = post_intent(intent)) != PostResult::posted) {
    if (result == PostResult::no_slot) require_database_slot();
    wait_until(deadline, result);
  }
  IntentAnswer answer;
  while (!take_answer(&answer)) wait_until(deadline, PostResult::posted);
  if (strcmp(answer.sqlstate, "00000") != 0) raise_refused(&answer);
}

}  // namespace pgexport
