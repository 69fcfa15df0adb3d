#include "server/audit.h"

extern "C" {
#include "access/xact.h"
#include "access/xlog.h"
#include "mb/pg_wchar.h"
#include "utils/snapmgr.h"
#include "utils/timestamp.h"
}

#include "server/audit_intent.h"
#include "server/audit_log.h"
#include "server/audit_query.h"
#include "server/database_slots.h"
#include "server/encoding.h"
#include "server/internal_sql.h"
#include "server/key_ring_file.h"
#include "server/new_uuid.h"
#include "server/settings.h"

namespace pgexport {

// How the outcome is recorded.
enum class AuditRecord : std::uint8_t { row, writer, log };

struct AuditEvent {
  AuditEvent *next;
  AuditRow row;  // without its outcome
  AuditTexts texts;
  AuditRecord record;
  bool attempt;                     // not begun: it may be refused yet
  Oid user;                         // who is refused
  const char *outcome;              // nullptr while under way
  SubTransactionId begun_in;        // 0: that was rolled back
  SubTransactionId subtransaction;  // that recorded the outcome; 0: no record stands
};

namespace {

AuditEvent *events = nullptr;  // of this transaction, in TopTransactionContext

AuditRow outcome_row(const AuditEvent *event, const char *outcome) {
  AuditRow row = event->row;
  strlcpy(row.outcome, outcome, sizeof row.outcome);
  // Of the error that ended it nothing is known here but that there was one.
  if (strcmp(outcome, "aborted") != 0) strlcpy(row.sqlstate, "00000", sizeof row.sqlstate);
  return row;
}

// What has become of an event that was not aborted by the transaction's own abort.
const char *outcome_at_commit(const AuditEvent *event) {
  if (event->outcome) {
    return event->subtransaction == InvalidSubTransactionId ? "rolled_back" : event->outcome;
  }
  return event->begun_in == InvalidSubTransactionId ? "aborted" : "incomplete";
}

const char *outcome_at_abort(const AuditEvent *event) {
  return event->outcome ? "rolled_back" : "aborted";
}

void write_row(const AuditEvent *event, const char *outcome) {
  AuditRow row = outcome_row(event, outcome);
  row.txid = GetTopFullTransactionId();
  const InternalSql sql = open_internal_sql();
  insert_audit_row(&row, &event->texts);
  close_internal_sql(sql);
}

// Cannot fail.
void tell_writer(const AuditEvent *event, const char *outcome) {
  const AuditRow row = outcome_row(event, outcome);
  post_notice(&row);
}

// Just before commit: streams left early, and rows that a rolled-back savepoint took away.
void settle_events() {
  bool pushed = false;
  for (AuditEvent *event = events; event; event = event->next) {
    if (event->subtransaction != InvalidSubTransactionId) continue;
    if (event->record == AuditRecord::row && !pushed) {
      PushActiveSnapshot(GetTransactionSnapshot());
      pushed = true;
    }
    const char *outcome = outcome_at_commit(event);
    if (event->record == AuditRecord::row) write_row(event, outcome);
    log_audit_event(&event->row, outcome);
  }
  if (pushed) PopActiveSnapshot();
}

void tell_committed_events() {
  // There are rows to be sealed.
  if (events && has_shared_memory() && *setting_keyring != '\0') {
    wake_resident(MyDatabaseId, Resident::audit_writer);
  }
  for (const AuditEvent *event = events; event; event = event->next) {
    if (event->record == AuditRecord::writer) tell_writer(event, outcome_at_commit(event));
  }
}

void refuse(AuditEvent *event) {
  AuditRow row = event->row;
  row.phase = AuditPhase::denied;
  post_refusal(&row, event->user);
}

void settle_aborted_events() {
  abandon_intent();
  for (AuditEvent *event = events; event; event = event->next) {
    if (event->attempt) {
      if (has_shared_memory()) refuse(event);
      continue;
    }
    if (event->row.has_intent) tell_writer(event, outcome_at_abort(event));
    log_audit_event(&event->row, outcome_at_abort(event));
  }
}

void transaction_callback(XactEvent event, void *) {
  switch (event) {
    case XACT_EVENT_PRE_COMMIT:
    case XACT_EVENT_PRE_PREPARE: settle_events(); break;
    case XACT_EVENT_ABORT:
      settle_aborted_events();
      events = nullptr;
      break;
    case XACT_EVENT_COMMIT:
    case XACT_EVENT_PREPARE:
      tell_committed_events();
      events = nullptr;
      break;
    default: break;
  }
}

// An attempt that was refused in it is over, whatever becomes of the rest.
void settle_refused_attempts(SubTransactionId aborted) {
  for (AuditEvent **link = &events; *link;) {
    AuditEvent *event = *link;
    if (event->attempt && event->begun_in == aborted) {
      if (has_shared_memory()) refuse(event);
      *link = event->next;
      pfree(event);
    } else {
      link = &event->next;
    }
  }
}

void subtransaction_callback(SubXactEvent what, SubTransactionId self, SubTransactionId parent,
                             void *) {
  if (what != SUBXACT_EVENT_ABORT_SUB && what != SUBXACT_EVENT_COMMIT_SUB) return;
  if (what == SUBXACT_EVENT_ABORT_SUB) {
    abandon_intent();
    settle_refused_attempts(self);
  }
  const SubTransactionId heir = what == SUBXACT_EVENT_COMMIT_SUB ? parent : InvalidSubTransactionId;
  for (AuditEvent *event = events; event; event = event->next) {
    if (event->begun_in == self) event->begun_in = heir;
    if (event->subtransaction == self) event->subtransaction = heir;
  }
}

AuditRecord record_for_now() {
  if (!XactReadOnly && !RecoveryInProgress()) return AuditRecord::row;
  return has_audit_writer() ? AuditRecord::writer : AuditRecord::log;
}

// Cut where a character ends.
void copy_query(char *to, std::size_t size, const char *query) {
  const std::size_t length = strlen(query);
  const std::size_t fits =
      length < size ? length
                    : static_cast<std::size_t>(pg_mbcliplen(
                          query, static_cast<int>(Min(length, size)), static_cast<int>(size - 1)));
  memcpy(to, query, fits);
  to[fits] = '\0';
}

}  // namespace

void require_auditable(const char *what, bool writes) {
  if (!XactReadOnly && !RecoveryInProgress()) return;
  if (!writes && (has_audit_writer() || setting_audit_read_only == kAuditReadOnlyLog)) return;
  ereport(ERROR, (errcode(ERRCODE_READ_ONLY_SQL_TRANSACTION),
                  errmsg("cannot execute %s in a read-only transaction", what),
                  errdetail("Its audit row could not be written."),
                  writes ? errhint("Use a read-write transaction on the primary server.")
                         : errhint("Use a read-write transaction on the primary server, or have a "
                                   "superuser set export.audit_read_only to \"log\".")));
}

AuditEvent *begin_audit(const char *kind) {
  auto *event =
      static_cast<AuditEvent *>(MemoryContextAllocZero(TopTransactionContext, sizeof(AuditEvent)));
  AuditRow *row = &event->row;
  new_uuid(&row->event_id);
  row->phase = AuditPhase::outcome;
  strlcpy(row->kind, kind, sizeof row->kind);
  row->duration = -1;
  describe_caller(row);
  event->user = GetUserId();
  event->begun_in = GetCurrentSubTransactionId();
  event->record = record_for_now();
  event->next = events;
  events = event;
  return event;
}

AuditEvent *begin_attempt(const char *kind) {
  AuditEvent *event = begin_audit(kind);
  event->attempt = true;
  return event;
}

void audit_request(AuditEvent *event, const ExportRequest *request) {
  AuditRow *row = &event->row;
  const char *query = MemoryContextStrdup(TopTransactionContext, audited_queries(request));
  event->texts.query = query;
  const std::string_view text = to_utf8(query);
  row->has_query = true;
  row->query_sha256 = pg_entry([&] { return sha256(text); });
  strlcpy(row->format, request->spec->name.c_str(), sizeof row->format);
  row->has_template = request->source != nullptr;
  if (!row->has_template) return;
  row->template_id = request->source->id;
  row->template_version = request->source->version;
}

void audit_query(AuditEvent *event, const Export *run) {
  const MemoryContext old = MemoryContextSwitchTo(TopTransactionContext);
  event->texts.relations = audited_relations(run);
  event->texts.settings = audited_settings(run);
  MemoryContextSwitchTo(old);
}

void begin_export_audit(AuditEvent *event, const char *what) {
  require_intent_if_set(what);
  // Its outcome will need the keys: better to find out now that they cannot be read.
  if (event->record == AuditRecord::row) (void)key_ring();
  if (has_audit_writer()) {
    AuditRow *row = &event->row;
    new_uuid(&row->intent_id);
    row->asked_intent = true;
    row->txid = GetTopFullTransactionIdIfAny();
    auto *intent = static_cast<Intent *>(palloc0(sizeof(Intent)));
    intent->row = *row;
    intent->row.event_id = row->intent_id;
    intent->row.phase = AuditPhase::intent;
    intent->row.has_intent = true;
    if (event->texts.query) copy_query(intent->query, sizeof intent->query, event->texts.query);
    make_intent_durable(intent);
    pfree(intent);
    row->has_intent = true;
  }
  event->attempt = false;
}

void audit_artifact(AuditEvent *event, const pg_uuid_t *artifact) {
  event->row.has_artifact = true;
  event->row.artifact = *artifact;
}

void audit_job(AuditEvent *event, const pg_uuid_t *job) {
  event->row.has_job = true;
  event->row.job = *job;
}

void audit_grantee(AuditEvent *event, Oid role) {
  const char *name = GetUserNameFromId(role, true);
  namestrcpy(&event->row.grantee, name ? name : "");
}

void audit_progress(AuditEvent *event, std::uint64_t rows, std::uint64_t bytes) {
  event->row.has_counts = true;
  event->row.rows = static_cast<std::int64_t>(rows);
  event->row.bytes = static_cast<std::int64_t>(bytes);
}

void audit_digest(AuditEvent *event, const Sha256 &digest) {
  event->row.has_digest = true;
  event->row.digest = digest;
}

void audit_duration(AuditEvent *event, std::int64_t microseconds) {
  event->row.duration = microseconds;
}

void complete_audit(AuditEvent *event, const char *outcome) {
  if (event->outcome) return;
  event->outcome = outcome;
  if (event->record == AuditRecord::row) write_row(event, outcome);
  log_audit_event(&event->row, outcome);
  event->subtransaction = GetCurrentSubTransactionId();
}

void register_audit_callbacks() {
  RegisterXactCallback(transaction_callback, nullptr);
  RegisterSubXactCallback(subtransaction_callback, nullptr);
}

}  // namespace pgexport
