// export.submit, submit_document, submit_template: exports that run later, in the background.

#include "server/audit.h"
#include "server/background_owner.h"
#include "server/call.h"
#include "server/database_slots.h"
#include "server/encoding.h"
#include "server/freeze.h"
#include "server/internal_sql.h"
#include "server/job.h"
#include "server/job_news.h"
#include "server/new_uuid.h"
#include "server/roles.h"
#include "server/shared_memory.h"
#include "server/template_call.h"

extern "C" {
#include "access/xact.h"
#include "catalog/pg_type.h"
#include "utils/array.h"
#include "utils/snapmgr.h"
#include "utils/timestamp.h"
}

namespace pgexport {

namespace {

constexpr int kMaxPriority = 1000;
constexpr int kMaxAttempts = 100;

struct JobTerms {
  int priority;
  bool waits;
  TimestampTz not_before;
  const char *title;
  const char *idempotency_key;
  const char *notify;
  int max_attempts;
  Interval time_limit;
};

JobTerms default_terms() {
  JobTerms terms{};
  terms.max_attempts = 5;
  terms.time_limit.time = USECS_PER_HOUR;
  return terms;
}

void require_between(const char *name, int value, int low, int high) {
  if (value >= low && value <= high) return;
  ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
                  errmsg("argument \"%s\" must be between %d and %d", name, low, high)));
}

void require_time_limit(const Interval *limit) {
  if (limit->month == 0 && limit->day >= 0 && limit->day <= 30 && limit->time >= 0 &&
      limit->day * USECS_PER_DAY + limit->time > 0) {
    return;
  }
  ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
                  errmsg("argument \"time_limit\" must be positive and at most 30 days")));
}

const char *optional_text(FunctionCallInfo fcinfo, int number, const char *name, Size most) {
  if (PG_ARGISNULL(number)) return nullptr;
  const char *given = text_to_cstring(PG_GETARG_TEXT_PP(number));
  if (*given == '\0' || strlen(given) > most) {
    ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
                    errmsg("argument \"%s\" must have between 1 and %zu bytes", name, most)));
  }
  return given;
}

// The arguments from number `first` on: time_limit, max_attempts, priority, not_before, title,
// idempotency_key, notify.  Null is the default.
JobTerms read_terms(FunctionCallInfo fcinfo, int first) {
  JobTerms terms = default_terms();
  if (!PG_ARGISNULL(first)) terms.time_limit = *PG_GETARG_INTERVAL_P(first);
  require_time_limit(&terms.time_limit);
  if (!PG_ARGISNULL(first + 1)) terms.max_attempts = PG_GETARG_INT32(first + 1);
  require_between("max_attempts", terms.max_attempts, 1, kMaxAttempts);
  if (!PG_ARGISNULL(first + 2)) terms.priority = PG_GETARG_INT32(first + 2);
  require_between("priority", terms.priority, -kMaxPriority, kMaxPriority);
  terms.waits = !PG_ARGISNULL(first + 3);
  if (terms.waits) terms.not_before = PG_GETARG_TIMESTAMPTZ(first + 3);
  if (terms.waits && TIMESTAMP_NOT_FINITE(terms.not_before)) {
    ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
                    errmsg("argument \"not_before\" must be finite")));
  }
  terms.title = optional_text(fcinfo, first + 4, "title", 1000);
  terms.idempotency_key = optional_text(fcinfo, first + 5, "idempotency_key", 200);
  terms.notify = optional_text(fcinfo, first + 6, "notify", NAMEDATALEN - 1);
  return terms;
}

// What the sections' queries mean now.
struct FrozenSections {
  int count;
  Datum *queries;
  Datum *arguments;
  Datum *columns;
};

FrozenSections freeze_sections(const ExportRequest *request) {
  FrozenSections frozen{};
  frozen.count = static_cast<int>(request->spec->request.sections.size());
  const Size bytes = sizeof(Datum) * static_cast<Size>(frozen.count);
  frozen.queries = static_cast<Datum *>(palloc0(bytes));
  frozen.arguments = static_cast<Datum *>(palloc0(bytes));
  frozen.columns = static_cast<Datum *>(palloc0(bytes));
  const SandboxSettings *settings = capture_sandbox(request->spec);
  const Sandbox sandbox = enter_sandbox(settings);
  CommandCounterIncrement();
  PushActiveSnapshot(GetTransactionSnapshot());
  for (int i = 0; i < frozen.count; i++) {
    const SectionSource *source = &request->sources[i];
    FrozenQuery query = {"", nullptr, ""};
    if (source->query) query = freeze_query(source->query, source->arguments, settings);
    frozen.queries[i] = CStringGetTextDatum(query.text);
    frozen.columns[i] = CStringGetTextDatum(query.columns);
    frozen.arguments[i] = query.arguments ? arguments_to_jsonb(query.arguments)
                                          : DirectFunctionCall1(jsonb_in, CStringGetDatum("[]"));
  }
  PopActiveSnapshot();
  leave_sandbox(sandbox);
  return frozen;
}

SqlParameter array_parameter(Oid type, Oid item, Datum *items, int count) {
  if (count == 0) return null_parameter(type);
  return {type, PointerGetDatum(construct_array(items, count, item, -1, false, TYPALIGN_INT)),
          false};
}

// The job that the owner has submitted with this key, or nullptr.  Raises 22023 if it was another
// request.
pg_uuid_t *submitted_before(const SqlParameter *request, int count) {
  if (run_internal_sql("SELECT j.id, j.format OPERATOR(pg_catalog.=) $9 "
                       "AND j.options OPERATOR(pg_catalog.=) $10::pg_catalog.jsonb "
                       "AND j.query IS NOT DISTINCT FROM $4 "
                       "AND j.document IS NOT DISTINCT FROM $5::pg_catalog.jsonb "
                       "AND j.template_name IS NOT DISTINCT FROM $6 "
                       "AND j.parameters IS NOT DISTINCT FROM $8::pg_catalog.jsonb "
                       "AND j.arguments IS NOT DISTINCT FROM $12 "
                       "FROM export._job j WHERE j.owner OPERATOR(pg_catalog.=) $2 "
                       "AND j.idempotency_key OPERATOR(pg_catalog.=) $17",
                       request, count, false) == 0) {
    return nullptr;
  }
  bool is_null;
  if (!DatumGetBool(sql_result(0, 2, &is_null))) {
    ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
                    errmsg("the idempotency key belongs to another request"),
                    errdetail("A job with this key was submitted for another query, document, "
                              "template, format, options or arguments.")));
  }
  auto *id = static_cast<pg_uuid_t *>(SPI_palloc(sizeof(pg_uuid_t)));
  *id = *DatumGetUUIDP(sql_result(0, 1, &is_null));
  return id;
}

constexpr const char *kInsert =
    "INSERT INTO export._job (id, owner, owner_name, query, document, template_name, "
    "template_version, parameters, format, options, queries, arguments, columns, settings, "
    "priority, not_before, idempotency_key, notify, max_attempts, time_limit, title, created_at) "
    "VALUES ($1, $2, $3, $4, $5::pg_catalog.jsonb, $6, $7, $8::pg_catalog.jsonb, $9, "
    "$10::pg_catalog.jsonb, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, "
    "pg_catalog.clock_timestamp()) ON CONFLICT (owner, idempotency_key) "
    "WHERE idempotency_key IS NOT NULL DO NOTHING";

constexpr const char *kInsertState =
    "INSERT INTO export._job_state (job, owner, state, due, not_before, rank) "
    "SELECT $1, $2, 'queued', t.at OPERATOR(pg_catalog.<=) t.now, t.at, "
    "t.at OPERATOR(pg_catalog.-) pg_catalog.make_interval(mins => $3) "
    "FROM (SELECT pg_catalog.clock_timestamp() AS now, "
    "coalesce($4, pg_catalog.clock_timestamp()) AS at) t";

void insert_state(const pg_uuid_t *id, Oid owner, const JobTerms *terms) {
  const SqlParameter parameters[] = {
      uuid_parameter(id),
      oid_parameter(owner),
      int4_parameter(terms->priority),
      terms->waits ? time_parameter(terms->not_before) : null_parameter(TIMESTAMPTZOID),
  };
  run_internal_sql(kInsertState, parameters, lengthof(parameters), false);
}

const char *title_of(const ExportRequest *request, const JobTerms *terms) {
  if (terms->title) return terms->title;
  const std::string &title = request->spec->request.title;
  return title.empty() ? nullptr : pstrdup(from_utf8(title.c_str()));
}

// Returns the id; another one than `id` if the key was used before.
pg_uuid_t *insert_job(pg_uuid_t *id, const ExportRequest *request, const char *format,
                      const JobTerms *terms) {
  const TemplateUse *source = request->source;
  FrozenSections frozen{};
  if (!source) frozen = freeze_sections(request);
  const Datum settings = capture_settings();
  const Oid owner = GetUserId();
  const InternalSql sql = open_internal_sql();
  const SqlParameter parameters[] = {
      uuid_parameter(id),
      oid_parameter(owner),
      text_parameter(GetUserNameFromId(owner, false)),
      text_parameter(request->query_text),
      text_parameter(request->document_text),
      text_parameter(source ? source->name : nullptr),
      source ? int4_parameter(source->version) : null_parameter(INT4OID),
      text_parameter(source ? source->parameters : nullptr),
      text_parameter(format),
      text_parameter(request->options_text),
      array_parameter(TEXTARRAYOID, TEXTOID, frozen.queries, frozen.count),
      array_parameter(JSONBARRAYOID, JSONBOID, frozen.arguments, frozen.count),
      array_parameter(TEXTARRAYOID, TEXTOID, frozen.columns, frozen.count),
      jsonb_parameter(settings),
      int4_parameter(terms->priority),
      terms->waits ? time_parameter(terms->not_before) : null_parameter(TIMESTAMPTZOID),
      text_parameter(terms->idempotency_key),
      text_parameter(terms->notify),
      int4_parameter(terms->max_attempts),
      {INTERVALOID, IntervalPGetDatum(&terms->time_limit), false},
      text_parameter(title_of(request, terms)),
  };
  constexpr int count = lengthof(parameters);
  pg_uuid_t *before = nullptr;
  if (run_internal_sql(kInsert, parameters, count, false) == 0) {
    before = submitted_before(parameters, count);
  } else {
    insert_state(id, owner, terms);
  }
  close_internal_sql(sql);
  return before ? before : id;
}

Datum submit(const ExportRequest *request, const char *format, const JobTerms *terms) {
  auto *fresh = static_cast<pg_uuid_t *>(palloc(sizeof(pg_uuid_t)));
  new_uuid(fresh);
  pg_uuid_t *id = insert_job(fresh, request, format, terms);
  if (id == fresh) {
    AuditEvent *event = begin_audit("submit");
    audit_job(event, id);
    audit_request(event, request);
    complete_audit(event, "completed");
    tell_job_state(id, "queued", nullptr);
    wake_dispatcher_at_commit();
  }
  return UUIDPGetDatum(id);
}

void require_workers() {
  require_shared_memory("an export in the background");
  if (find_database_slot(MyDatabaseId) >= 0) return;
  // CREATE EXTENSION in a transaction that somebody prepared: the launcher has not heard of it.
  database_has_extension(MyDatabaseId);
  if (find_database_slot(MyDatabaseId) >= 0) return;
  ereport(ERROR,
          (errcode(ERRCODE_CONFIGURATION_LIMIT_EXCEEDED), errmsg("this database has no workers"),
           errdetail("%d databases have them already.", database_slot_count()),
           errhint("Raise export.max_databases and restart the server.")));
}

void admit(const char *what) {
  require_persisting_allowed(what);
  require_export_user();
  require_auditable(what, true);
  require_workers();
  safe_owner_role();
  require_background_owner(GetUserId());
}

}  // namespace

}  // namespace pgexport

using namespace pgexport;

EXPORT_FUNCTION(export_submit) {
  admit("export.submit()");
  const ExportRequest request = read_query_call(fcinfo, PG_NARGS(), CurrentMemoryContext);
  const JobTerms terms = read_terms(fcinfo, 3);
  return submit(&request, text_argument(fcinfo, 1, "format"), &terms);
}

EXPORT_FUNCTION(export_submit_variadic) {
  admit("export.submit()");
  const ExportRequest request = read_query_call(fcinfo, 3, CurrentMemoryContext);
  const JobTerms terms = default_terms();
  return submit(&request, text_argument(fcinfo, 1, "format"), &terms);
}

EXPORT_FUNCTION(export_submit_document) {
  admit("export.submit_document()");
  const ExportRequest request = read_document_call(fcinfo, CurrentMemoryContext);
  const JobTerms terms = read_terms(fcinfo, 3);
  return submit(&request, text_argument(fcinfo, 1, "format"), &terms);
}

EXPORT_FUNCTION(export_submit_template) {
  admit("export.submit_template()");
  const ExportRequest request = read_template_call(fcinfo, CurrentMemoryContext);
  const JobTerms terms = read_terms(fcinfo, 4);
  return submit(&request, text_argument(fcinfo, 2, "format"), &terms);
}
