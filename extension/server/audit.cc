#include "server/audit.h"

extern "C" {
#include "access/xact.h"
#include "access/xlog.h"
#include "catalog/pg_type.h"
#include "commands/dbcommands.h"
#include "lib/stringinfo.h"
#include "libpq/libpq-be.h"
#include "parser/parsetree.h"
#include "utils/acl.h"
#include "utils/json.h"
#include "utils/jsonb.h"
#include "utils/lsyscache.h"
#include "utils/rls.h"
#include "utils/snapmgr.h"
#include "utils/timestamp.h"
}

#include "server/internal_sql.h"
#include "server/new_uuid.h"
#include "server/settings.h"

namespace pgexport {

struct AuditEvent {
  AuditEvent *next;
  pg_uuid_t id;
  const char *kind;
  const char *outcome;              // nullptr while under way
  SubTransactionId begun_in;        // 0: that was rolled back
  SubTransactionId subtransaction;  // that recorded the outcome; 0: no record stands
  bool log_only;

  // Names, because nothing can be looked up when the transaction has failed.
  const char *session_user;
  const char *outer_user;  // differs from the effective one in a definer function
  const char *effective_user;
  int security_context;
  const char *query;
  Datum relations;  // jsonb, 0: none
  Datum settings;   // jsonb, 0: none
  const char *format;
  bool has_artifact;
  pg_uuid_t artifact;
  bool has_job;
  pg_uuid_t job;
  const char *grantee;
  bool has_template;
  pg_uuid_t template_id;
  int template_version;
  bool has_counts;
  std::int64_t rows;
  std::int64_t bytes;
  bool has_digest;
  Sha256 digest;
  std::int64_t duration;  // microseconds, -1: unknown
  TimestampTz at;
};

namespace {

AuditEvent *events = nullptr;  // of this transaction, in TopTransactionContext

// In TopTransactionContext.
const char *role_name(Oid role) {
  const char *name = GetUserNameFromId(role, true);
  return MemoryContextStrdup(TopTransactionContext, name ? name : "");
}

const char *uuid_text(const pg_uuid_t *id) {
  return DatumGetCString(DirectFunctionCall1(uuid_out, UUIDPGetDatum(id)));
}

void append_field(StringInfo json, const char *name, const char *value) {
  if (!value) return;
  appendStringInfo(json, "%s\"%s\": ", json->len > 1 ? ", " : "", name);
  escape_json(json, value);
}

const char *row_security_of(Oid relation, Oid user) {
  switch (check_enable_rls(relation, user, true)) {
    case RLS_ENABLED: return "enforced";
    case RLS_NONE_ENV: return "bypassed";
    default: return "none";
  }
}

// Adds those of `table` that `seen` does not have, and returns both.
List *append_relations(StringInfo json, List *table, List *seen, Oid run_as) {
  ListCell *cell;
  foreach (cell, table) {
    const auto *entry = static_cast<RangeTblEntry *>(lfirst(cell));
    if (entry->rtekind != RTE_RELATION || list_member_oid(seen, entry->relid)) continue;
    const char *name = get_rel_name(entry->relid);
    if (!name) continue;
    seen = lappend_oid(seen, entry->relid);
    const Oid reader = OidIsValid(entry->checkAsUser) ? entry->checkAsUser : run_as;
    appendStringInfo(json, "%s{\"oid\": %u, \"name\": ", json->len > 1 ? ", " : "", entry->relid);
    escape_json(json, quote_qualified_identifier(
                          get_namespace_name(get_rel_namespace(entry->relid)), name));
    appendStringInfo(json, ", \"row_security\": \"%s\"}", row_security_of(entry->relid, reader));
  }
  return seen;
}

// Tables and views that the plans read, with the state of row security for the role that reads
// them: the view's owner, for tables behind a view.
Datum relations_read(const Export *run) {
  StringInfoData json;
  initStringInfo(&json);
  appendStringInfoChar(&json, '[');
  List *seen = NIL;
  for (int i = 0; i < run->section_count; i++) {
    if (!run->sections[i].query) continue;
    seen =
        append_relations(&json, run->sections[i].query->plan->rtable, seen, run->settings->run_as);
  }
  appendStringInfoChar(&json, ']');
  return DirectFunctionCall1(jsonb_in, CStringGetDatum(json.data));
}

// The queries of a document, without their arguments.
const char *queries_of(const ExportRequest *request) {
  StringInfoData text;
  initStringInfo(&text);
  for (std::size_t i = 0; i < request->spec->request.sections.size(); i++) {
    if (!request->sources[i].query) continue;
    appendStringInfo(&text, "%s%s", text.len > 0 ? ";\n" : "", request->sources[i].query);
  }
  return text.data;
}

Datum settings_used(const Export *run) {
  StringInfoData json;
  initStringInfo(&json);
  appendStringInfoChar(&json, '{');
  append_field(&json, "search_path", run->settings->search_path);
  append_field(&json, "time_zone", run->settings->time_zone);
  appendStringInfoChar(&json, '}');
  return DirectFunctionCall1(jsonb_in, CStringGetDatum(json.data));
}

// One line of JSON, without values of the query's rows or parameters.
void log_event(const AuditEvent *event, const char *outcome) {
  StringInfoData json;
  initStringInfo(&json);
  appendStringInfoChar(&json, '{');
  append_field(&json, "event_id", uuid_text(&event->id));
  append_field(&json, "kind", event->kind);
  append_field(&json, "outcome", outcome);
  append_field(&json, "session_user", event->session_user);
  append_field(&json, "current_user", event->effective_user);
  if (MyProcPort && MyProcPort->remote_host) {
    append_field(&json, "client", MyProcPort->remote_host);
  }
  append_field(&json, "format", event->format);
  if (event->has_artifact) append_field(&json, "artifact", uuid_text(&event->artifact));
  if (event->has_job) append_field(&json, "job", uuid_text(&event->job));
  if (event->has_counts) {
    appendStringInfo(&json, ", \"rows\": " INT64_FORMAT ", \"bytes\": " INT64_FORMAT, event->rows,
                     event->bytes);
  }
  if (event->has_digest) {
    char hex[65] = {};
    hex_encode(reinterpret_cast<const char *>(event->digest.data()), event->digest.size(), hex);
    append_field(&json, "sha256", hex);
  }
  appendStringInfoChar(&json, '}');
  ereport(LOG_SERVER_ONLY,
          (errmsg("export audit: %s", json.data), errhidestmt(true), errhidecontext(true)));
  pfree(json.data);
}

SqlParameter optional_jsonb(Datum value) {
  return value ? jsonb_parameter(value) : null_parameter(JSONBOID);
}

void write_row(AuditEvent *event, const char *outcome) {
  const InternalSql sql = open_internal_sql();
  const SqlParameter parameters[] = {
      uuid_parameter(&event->id),
      text_parameter(event->kind),
      text_parameter(outcome),
      text_parameter(event->outer_user),
      text_parameter(event->effective_user),
      int4_parameter(event->security_context),
      text_parameter(event->query),
      optional_jsonb(event->relations),
      optional_jsonb(event->settings),
      text_parameter(event->format),
      event->has_counts ? int8_parameter(event->rows) : null_parameter(INT8OID),
      event->has_counts ? int8_parameter(event->bytes) : null_parameter(INT8OID),
      event->has_digest ? bytes_parameter(event->digest.data(), event->digest.size())
                        : null_parameter(BYTEAOID),
      uuid_parameter(event->has_artifact ? &event->artifact : nullptr),
      text_parameter(event->grantee),
      uuid_parameter(event->has_template ? &event->template_id : nullptr),
      event->has_template ? int4_parameter(event->template_version) : null_parameter(INT4OID),
      event->duration >= 0 ? int8_parameter(event->duration) : null_parameter(INT8OID),
      time_parameter(event->at),
      time_parameter(MyStartTimestamp),
      int8_parameter(static_cast<std::int64_t>(GetSystemIdentifier())),
      // Of the error that ended it nothing is known here but that there was one.
      text_parameter(event->outcome || event->begun_in != InvalidSubTransactionId ? "00000"
                                                                                  : nullptr),
      uuid_parameter(event->has_job ? &event->job : nullptr),
  };
  run_internal_sql(
      "INSERT INTO export._audit (event_id, kind, outcome, outer_user, effective_user, "
      "security_context, query, query_sha256, relations, settings, format, rows, bytes, sha256, "
      "artifact_id, grantee, template, template_version, duration, at, backend_start, "
      "system_identifier, sqlstate, job_id) "
      "VALUES ($1, $2, $3, $4, $5, $6, $7, "
      "pg_catalog.sha256(pg_catalog.convert_to($7, 'UTF8')), $8, $9, $10, $11, $12, $13, $14, $15, "
      "$16, $17, pg_catalog.make_interval(secs => $18 / 1000000.0), $19, $20, $21, $22, $23)",
      parameters, lengthof(parameters), false);
  close_internal_sql(sql);
}

// Just before commit: streams left early, and rows that a rolled-back savepoint took away.
void settle_events() {
  bool pushed = false;
  for (AuditEvent *event = events; event; event = event->next) {
    if (event->subtransaction != InvalidSubTransactionId) continue;
    if (!event->log_only && !pushed) {
      PushActiveSnapshot(GetTransactionSnapshot());
      pushed = true;
    }
    const bool aborted = event->begun_in == InvalidSubTransactionId;
    const char *outcome = event->outcome ? "rolled_back" : aborted ? "aborted" : "incomplete";
    if (!event->log_only) write_row(event, outcome);
    log_event(event, outcome);
  }
  if (pushed) PopActiveSnapshot();
}

void log_aborted_events() {
  for (const AuditEvent *event = events; event; event = event->next) {
    log_event(event, event->outcome ? "rolled_back" : "aborted");
  }
}

void transaction_callback(XactEvent event, void *) {
  switch (event) {
    case XACT_EVENT_PRE_COMMIT:
    case XACT_EVENT_PRE_PREPARE: settle_events(); break;
    case XACT_EVENT_ABORT:
      log_aborted_events();
      events = nullptr;
      break;
    case XACT_EVENT_COMMIT:
    case XACT_EVENT_PREPARE: events = nullptr; break;
    default: break;
  }
}

void subtransaction_callback(SubXactEvent what, SubTransactionId self, SubTransactionId parent,
                             void *) {
  if (what != SUBXACT_EVENT_ABORT_SUB && what != SUBXACT_EVENT_COMMIT_SUB) return;
  const SubTransactionId heir = what == SUBXACT_EVENT_COMMIT_SUB ? parent : InvalidSubTransactionId;
  for (AuditEvent *event = events; event; event = event->next) {
    if (event->begun_in == self) event->begun_in = heir;
    if (event->subtransaction == self) event->subtransaction = heir;
  }
}

}  // namespace

void require_auditable(const char *what, bool writes) {
  if (!XactReadOnly && !RecoveryInProgress()) return;
  if (!writes && setting_audit_read_only == kAuditReadOnlyLog) return;
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
  new_uuid(&event->id);
  event->kind = kind;
  event->duration = -1;
  event->begun_in = GetCurrentSubTransactionId();
  event->at = GetCurrentTimestamp();
  Oid effective_user;
  GetUserIdAndSecContext(&effective_user, &event->security_context);
  event->session_user = role_name(GetSessionUserId());
  event->outer_user = role_name(GetOuterUserId());
  event->effective_user = role_name(effective_user);
  event->log_only = XactReadOnly || RecoveryInProgress();
  event->next = events;
  events = event;
  return event;
}

void audit_request(AuditEvent *event, const ExportRequest *request) {
  event->query = MemoryContextStrdup(
      TopTransactionContext, request->query_text ? request->query_text : queries_of(request));
  event->format = MemoryContextStrdup(TopTransactionContext, request->spec->name.c_str());
  event->has_template = request->source != nullptr;
  if (!event->has_template) return;
  event->template_id = request->source->id;
  event->template_version = request->source->version;
}

void audit_query(AuditEvent *event, const Export *run) {
  const MemoryContext old = MemoryContextSwitchTo(TopTransactionContext);
  event->relations = relations_read(run);
  event->settings = settings_used(run);
  MemoryContextSwitchTo(old);
}

void audit_artifact(AuditEvent *event, const pg_uuid_t *artifact) {
  event->has_artifact = true;
  event->artifact = *artifact;
}

void audit_job(AuditEvent *event, const pg_uuid_t *job) {
  event->has_job = true;
  event->job = *job;
}

void audit_grantee(AuditEvent *event, Oid role) { event->grantee = role_name(role); }

void audit_progress(AuditEvent *event, std::uint64_t rows, std::uint64_t bytes) {
  event->has_counts = true;
  event->rows = static_cast<std::int64_t>(rows);
  event->bytes = static_cast<std::int64_t>(bytes);
}

void audit_digest(AuditEvent *event, const Sha256 &digest) {
  event->has_digest = true;
  event->digest = digest;
}

void audit_duration(AuditEvent *event, std::int64_t microseconds) {
  event->duration = microseconds;
}

void complete_audit(AuditEvent *event, const char *outcome) {
  if (event->outcome) return;
  event->outcome = outcome;
  if (!event->log_only) write_row(event, outcome);
  log_event(event, outcome);
  event->subtransaction = GetCurrentSubTransactionId();
}

void register_audit_callbacks() {
  RegisterXactCallback(transaction_callback, nullptr);
  RegisterSubXactCallback(subtransaction_callback, nullptr);
}

}  // namespace pgexport
