// export.submit, submit_document, submit_template: exports that run later, in the background.

#include "server/submit.h"

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

// The arguments from number `first` on: time_limit, max_attempts, priority, not_before, title,
// idempotency_key, notify.  Null is the default.
JobTerms read_terms(FunctionCallInfo fcinfo, int first) {
  JobTerms terms = default_terms();
  terms.time_limit = time_limit_argument(fcinfo, first);
  terms.max_attempts = max_attempts_argument(fcinfo, first + 1);
  terms.priority = priority_argument(fcinfo, first + 2);
  terms.waits = !PG_ARGISNULL(first + 3);
  if (terms.waits) terms.not_before = PG_GETARG_TIMESTAMPTZ(first + 3);
  if (terms.waits && TIMESTAMP_NOT_FINITE(terms.not_before)) {
    ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
                    errmsg("argument \"not_before\" must be finite")));
  }
  terms.title = bounded_text_argument(fcinfo, first + 4, "title", 1000);
  terms.idempotency_key = bounded_text_argument(fcinfo, first + 5, "idempotency_key", 200);
  terms.notify = bounded_text_argument(fcinfo, first + 6, "notify", NAMEDATALEN - 1);
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

constexpr const char *kInsertState =
    "INSERT INTO export._job_state (job, owner, state, due, not_before, rank) "
    "SELECT $1, $2, 'queued', t.at OPERATOR(pg_catalog.<=) t.now, t.at, "
    "t.at OPERATOR(pg_catalog.-) pg_catalog.make_interval(mins => $3) "
    "FROM (SELECT pg_catalog.clock_timestamp() AS now, "
    "coalesce($4, pg_catalog.clock_timestamp()) AS at) t";

const char *title_of(const ExportRequest *request, const JobTerms *terms) {
  if (terms->title) return terms->title;
  const std::string &title = request->spec->request.title;
  return title.empty() ? nullptr : pstrdup(from_utf8(title.c_str()));
}

// Returns the id; another one than `id` if the key was used before.
pg_uuid_t *insert_job(pg_uuid_t *id, const ExportRequest *request, const char *format,
                      const JobTerms *terms) {
  const JobRow row = make_job_row(id, request, format, terms);
  const InternalSql sql = open_internal_sql();
  pg_uuid_t *before = nullptr;
  if (insert_job_row("_job", &row,
                     " ON CONFLICT (owner, idempotency_key) WHERE idempotency_key IS NOT NULL "
                     "DO NOTHING")) {
    insert_job_state(id, sql.nest.user, terms->priority,
                     terms->waits ? &terms->not_before : nullptr);
  } else {
    before = submitted_before(row.values, lengthof(row.values));
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
    // No NOTIFY: a transaction with one cannot be prepared.
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

}  // namespace

JobTerms default_terms() {
  JobTerms terms{};
  terms.max_attempts = 5;
  terms.time_limit.time = USECS_PER_HOUR;
  return terms;
}

int priority_argument(FunctionCallInfo fcinfo, int number) {
  const int priority = PG_ARGISNULL(number) ? 0 : PG_GETARG_INT32(number);
  require_between("priority", priority, -kMaxPriority, kMaxPriority);
  return priority;
}

int max_attempts_argument(FunctionCallInfo fcinfo, int number) {
  const int attempts =
      PG_ARGISNULL(number) ? default_terms().max_attempts : PG_GETARG_INT32(number);
  require_between("max_attempts", attempts, 1, kMaxAttempts);
  return attempts;
}

Interval time_limit_argument(FunctionCallInfo fcinfo, int number) {
  const Interval limit =
      PG_ARGISNULL(number) ? default_terms().time_limit : *PG_GETARG_INTERVAL_P(number);
  require_time_limit(&limit);
  return limit;
}

const char *bounded_text_argument(FunctionCallInfo fcinfo, int number, const char *name,
                                  Size most) {
  if (PG_ARGISNULL(number)) return nullptr;
  const char *given = text_to_cstring(PG_GETARG_TEXT_PP(number));
  if (*given == '\0' || strlen(given) > most) {
    ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
                    errmsg("argument \"%s\" must have between 1 and %zu bytes", name, most)));
  }
  return given;
}

void admit_job(const char *what) {
  require_persisting_allowed(what);
  require_export_user();
  require_auditable(what, true);
  require_workers();
  safe_owner_role();
  require_background_owner(GetUserId());
}

JobRow make_job_row(const pg_uuid_t *id, const ExportRequest *request, const char *format,
                    const JobTerms *terms) {
  const TemplateUse *source = request->source;
  FrozenSections frozen{};
  if (!source) frozen = freeze_sections(request);
  auto *limit = static_cast<Interval *>(palloc(sizeof(Interval)));
  *limit = terms->time_limit;
  return {{
      uuid_parameter(id),
      oid_parameter(GetUserId()),
      text_parameter(GetUserNameFromId(GetUserId(), false)),
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
      jsonb_parameter(capture_settings()),
      int4_parameter(terms->priority),
      terms->waits ? time_parameter(terms->not_before) : null_parameter(TIMESTAMPTZOID),
      text_parameter(terms->idempotency_key),
      text_parameter(terms->notify),
      int4_parameter(terms->max_attempts),
      {INTERVALOID, IntervalPGetDatum(limit), false},
      text_parameter(title_of(request, terms)),
  }};
}

bool insert_job_row(const char *table, const JobRow *row, const char *on_conflict) {
  const char *statement = psprintf(
      "INSERT INTO export.%s (id, owner, owner_name, query, document, template_name, "
      "template_version, parameters, format, options, queries, arguments, columns, settings, "
      "priority, not_before, idempotency_key, notify, max_attempts, time_limit, title, created_at) "
      "VALUES ($1, $2, $3, $4, $5::pg_catalog.jsonb, $6, $7, $8::pg_catalog.jsonb, $9, "
      "$10::pg_catalog.jsonb, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, "
      "pg_catalog.clock_timestamp())%s",
      table, on_conflict);
  return run_internal_sql(statement, row->values, lengthof(row->values), false) > 0;
}

void insert_job_state(const pg_uuid_t *job, Oid owner, int priority,
                      const TimestampTz *not_before) {
  const SqlParameter parameters[] = {
      uuid_parameter(job),
      oid_parameter(owner),
      int4_parameter(priority),
      not_before ? time_parameter(*not_before) : null_parameter(TIMESTAMPTZOID),
  };
  run_internal_sql(kInsertState, parameters, lengthof(parameters), false);
}

}  // namespace pgexport

using namespace pgexport;

EXPORT_FUNCTION(export_submit) {
  admit_job("export.submit()");
  const ExportRequest request = read_query_call(fcinfo, PG_NARGS(), CurrentMemoryContext);
  const JobTerms terms = read_terms(fcinfo, 3);
  return submit(&request, text_argument(fcinfo, 1, "format"), &terms);
}

EXPORT_FUNCTION(export_submit_variadic) {
  admit_job("export.submit()");
  const ExportRequest request = read_query_call(fcinfo, 3, CurrentMemoryContext);
  const JobTerms terms = default_terms();
  return submit(&request, text_argument(fcinfo, 1, "format"), &terms);
}

EXPORT_FUNCTION(export_submit_document) {
  admit_job("export.submit_document()");
  const ExportRequest request = read_document_call(fcinfo, CurrentMemoryContext);
  const JobTerms terms = read_terms(fcinfo, 3);
  return submit(&request, text_argument(fcinfo, 1, "format"), &terms);
}

EXPORT_FUNCTION(export_submit_template) {
  admit_job("export.submit_template()");
  const ExportRequest request = read_template_call(fcinfo, CurrentMemoryContext);
  const JobTerms terms = read_terms(fcinfo, 4);
  return submit(&request, text_argument(fcinfo, 2, "format"), &terms);
}
