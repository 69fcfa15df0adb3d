#include "server/job.h"

#include "server/call.h"
#include "server/encoding.h"
#include "server/internal_sql.h"
#include "server/settings.h"
#include "server/template_call.h"

extern "C" {
#include "access/xact.h"
#include "catalog/pg_type.h"
#include "lib/stringinfo.h"
#include "utils/acl.h"
#include "utils/array.h"
#include "utils/guc.h"
#include "utils/json.h"
#include "utils/snapmgr.h"
#include "utils/varlena.h"
}

namespace pgexport {

namespace {

constexpr const char *kFind =
    "SELECT j.xmin, j.owner, j.owner_name::pg_catalog.text, s.state, s.attempt, j.query, "
    "j.document::pg_catalog.text, j.template_name, j.template_version, "
    "j.parameters::pg_catalog.text, j.format, j.options::pg_catalog.text, j.queries, j.arguments, "
    "j.columns, j.settings, j.notify, s.failures, s.crashes, j.max_attempts, "
    "EXISTS (SELECT FROM export._job_request r WHERE r.job OPERATOR(pg_catalog.=) j.id "
    "AND r.action OPERATOR(pg_catalog.=) 'retry') FROM export._job j JOIN export._job_state s ON "
    "s.job OPERATOR(pg_catalog.=) j.id "
    "WHERE j.id OPERATOR(pg_catalog.=) $1";

// What changes the text of a value or the meaning of a query, besides the search path.
constexpr const char *kSettings[] = {"TimeZone",   "DateStyle",   "lc_monetary",
                                     "lc_numeric", "lc_time",     "default_text_search_config",
                                     "xmloption",  "array_nulls", "search_path"};

const char *text_of(int number) {
  bool is_null;
  const Datum value = sql_result(0, number, &is_null);
  return is_null ? nullptr : text_to_cstring(DatumGetTextPP(value));
}

int integer_of(int number) {
  bool is_null;
  const Datum value = sql_result(0, number, &is_null);
  return is_null ? 0 : DatumGetInt32(value);
}

// The items of an array column, which has no nulls; none if it is null itself.
int items_of(int number, Oid type, Datum **items) {
  bool is_null;
  const Datum value = sql_result(0, number, &is_null);
  int count = 0;
  if (!is_null) {
    deconstruct_array(DatumGetArrayTypePCopy(value), type, -1, false, TYPALIGN_INT, items, nullptr,
                      &count);
  }
  return count;
}

const char **texts_of(int number) {
  Datum *items;
  const int count = items_of(number, TEXTOID, &items);
  auto **texts = static_cast<const char **>(palloc0(sizeof(char *) * static_cast<Size>(count + 1)));
  for (int i = 0; i < count; i++) texts[i] = text_to_cstring(DatumGetTextPP(items[i]));
  return texts;
}

void read_job_row(Job *job) {
  bool is_null;
  job->made_here =
      TransactionIdIsCurrentTransactionId(DatumGetTransactionId(sql_result(0, 1, &is_null)));
  job->owner = DatumGetObjectId(sql_result(0, 2, &is_null));
  job->owner_name = text_of(3);
  job->state = text_of(4);
  job->attempt = integer_of(5);
  job->query = text_of(6);
  job->document = text_of(7);
  job->template_name = text_of(8);
  job->template_version = integer_of(9);
  job->parameters = text_of(10);
  job->format = text_of(11);
  job->options = text_of(12);
  job->queries = texts_of(13);
  Datum *arguments;
  job->section_count = items_of(14, JSONBOID, &arguments);
  job->arguments =
      static_cast<Jsonb **>(palloc0(sizeof(Jsonb *) * static_cast<Size>(job->section_count + 1)));
  for (int i = 0; i < job->section_count; i++) job->arguments[i] = DatumGetJsonbPCopy(arguments[i]);
  job->columns = texts_of(15);
  job->settings = DatumGetJsonbPCopy(sql_result(0, 16, &is_null));
  job->notify = text_of(17);
  job->failures = integer_of(18);
  job->crashes = integer_of(19);
  job->max_attempts = integer_of(20);
  job->retry_asked = DatumGetBool(sql_result(0, 21, &is_null));
}

SectionSource *frozen_sources(const Job *job) {
  auto *sources = static_cast<SectionSource *>(
      palloc0(sizeof(SectionSource) * static_cast<Size>(Max(job->section_count, 1))));
  for (int i = 0; i < job->section_count; i++) {
    // A text among the sections has no query; it is kept as an empty one.
    if (*job->queries[i] == '\0') continue;
    sources[i].query = job->queries[i];
    sources[i].arguments = arguments_from_jsonb(job->arguments[i]);
    sources[i].frozen_columns = job->columns[i];
  }
  return sources;
}

void append_setting(StringInfo json, const char *name) {
  const char *value = GetConfigOption(name, true, false);
  if (!value) return;
  appendStringInfoString(json, json->len > 1 ? ", " : "");
  escape_json(json, name);
  appendStringInfoString(json, ": ");
  escape_json(json, value);
}

}  // namespace

const Job *find_job(const pg_uuid_t *id) {
  const MemoryContext caller = CurrentMemoryContext;
  auto *job = static_cast<Job *>(palloc0(sizeof(Job)));
  job->id = *id;
  // Under REPEATABLE READ the transaction's own snapshot is of the past.
  PushActiveSnapshot(GetLatestSnapshot());
  const InternalSql sql = open_internal_sql();
  const SqlParameter parameter = uuid_parameter(id);
  const bool found = run_internal_sql(kFind, &parameter, 1, true) > 0;
  if (found) {
    const MemoryContext old = MemoryContextSwitchTo(caller);
    read_job_row(job);
    MemoryContextSwitchTo(old);
  }
  close_internal_sql(sql);
  PopActiveSnapshot();
  return found ? job : nullptr;
}

const Job *require_job(const pg_uuid_t *id) {
  const Job *job = find_job(id);
  const Oid admins = get_role_oid("export_admin", true);
  const Oid user = GetUserId();
  if (job && (has_privs_of_role(user, job->owner) ||
              (OidIsValid(admins) && has_privs_of_role(user, admins)))) {
    return job;
  }
  ereport(ERROR, (errcode(ERRCODE_UNDEFINED_OBJECT),
                  errmsg("job \"%s\" does not exist",
                         DatumGetCString(DirectFunctionCall1(uuid_out, UUIDPGetDatum(id)))),
                  errhint("See export.jobs for the jobs you may see.")));
  pg_unreachable();
}

ExportRequest job_request(const Job *job) {
  if (job->template_name) {
    return template_request(job->template_name, job->template_version, job->parameters, job->format,
                            job->options, CurrentMemoryContext);
  }
  ExportRequest request{};
  if (job->document) {
    request.spec = parse_document(CurrentMemoryContext, to_utf8(job->document), job->format,
                                  to_utf8(job->options));
  } else {
    request.spec = parse_document_spec(CurrentMemoryContext, job->format, to_utf8(job->options));
  }
  request.sources = frozen_sources(job);
  request.query_text = job->query;
  request.document_text = job->document;
  request.options_text = job->options;
  return request;
}

Datum capture_settings() {
  StringInfoData json;
  initStringInfo(&json);
  appendStringInfoChar(&json, '{');
  for (const char *name : kSettings) append_setting(&json, name);
  List *names;
  if (SplitGUCList(pstrdup(setting_capture_settings), ',', &names)) {
    ListCell *cell;
    foreach (cell, names) append_setting(&json, static_cast<const char *>(lfirst(cell)));
  }
  appendStringInfoChar(&json, '}');
  return DirectFunctionCall1(jsonb_in, CStringGetDatum(json.data));
}

void apply_settings(Jsonb *settings) {
  JsonbIterator *iterator = JsonbIteratorInit(&settings->root);
  JsonbValue token;
  const char *name = nullptr;
  JsonbIteratorToken what;
  while ((what = JsonbIteratorNext(&iterator, &token, true)) != WJB_DONE) {
    if (what == WJB_KEY) name = pnstrdup(token.val.string.val, token.val.string.len);
    if (what != WJB_VALUE) continue;
    const char *value = pnstrdup(token.val.string.val, token.val.string.len);
    // A setting that is gone, or reserved by now, is no reason to fail.
    (void)set_config_option(name, value, superuser() ? PGC_SUSET : PGC_USERSET, PGC_S_SESSION,
                            GUC_ACTION_SET, true, WARNING, false);
  }
}

}  // namespace pgexport
