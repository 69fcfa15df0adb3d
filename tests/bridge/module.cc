// The SQL functions of the bridge's tests; functions.sql declares them.

#include <malloc.h>
#include <sys/resource.h>

#include "scenarios.h"
#include "witness.h"

extern "C" {
#include "access/xact.h"
#include "lib/stringinfo.h"
#include "utils/json.h"
#include "utils/jsonb.h"

PG_MODULE_MAGIC;
}

namespace pgexport::bridge_test {

namespace {

Scenario scenario_argument(FunctionCallInfo fcinfo) {
  const char *name = text_to_cstring(PG_GETARG_TEXT_PP(0));
  const Scenario scenario = find_scenario(name);
  if (scenario) return scenario;
  ereport(ERROR, (errcode(ERRCODE_UNDEFINED_OBJECT), errmsg("no scenario \"%s\"", name)));
  pg_unreachable();
}

ScenarioArguments scenario_arguments(FunctionCallInfo fcinfo) {
  return {text_to_cstring(PG_GETARG_TEXT_PP(1)), text_to_cstring(PG_GETARG_TEXT_PP(2)),
          text_to_cstring(PG_GETARG_TEXT_PP(3)), PG_GETARG_INT32(4), PG_GETARG_INT32(5)};
}

void append_text(StringInfo json, const char *name, const char *value) {
  appendStringInfo(json, ", \"%s\": ", name);
  if (value) {
    escape_json(json, value);
  } else {
    appendStringInfoString(json, "null");
  }
}

// Every field of the record, except where in memory it lives.
void append_error(StringInfo json, const ErrorData *e) {
  appendStringInfo(json,
                   ", \"elevel\": %d, \"to_server\": %d, \"to_client\": %d, \"hide_stmt\": %d, "
                   "\"hide_ctx\": %d, \"line\": %d, \"cursorpos\": %d, \"internalpos\": %d, "
                   "\"saved_errno\": %d",
                   e->elevel, e->output_to_server, e->output_to_client, e->hide_stmt, e->hide_ctx,
                   e->lineno, e->cursorpos, e->internalpos, e->saved_errno);
  append_text(json, "sqlstate", unpack_sql_state(e->sqlerrcode));
  append_text(json, "file", e->filename);
  append_text(json, "function", e->funcname);
  append_text(json, "domain", e->domain);
  append_text(json, "context_domain", e->context_domain);
  append_text(json, "message", e->message);
  append_text(json, "message_id", e->message_id);
  append_text(json, "detail", e->detail);
  append_text(json, "detail_log", e->detail_log);
  append_text(json, "hint", e->hint);
  append_text(json, "context", e->context);
  append_text(json, "backtrace", e->backtrace);
  append_text(json, "schema", e->schema_name);
  append_text(json, "table", e->table_name);
  append_text(json, "column", e->column_name);
  append_text(json, "datatype", e->datatype_name);
  append_text(json, "constraint", e->constraint_name);
  append_text(json, "internalquery", e->internalquery);
}

// Runs a scenario in a subtransaction and returns its error; nullptr: it raised none.
ErrorData *error_of(Scenario scenario, const ScenarioArguments *arguments) {
  const MemoryContext context = CurrentMemoryContext;
  const ResourceOwner owner = CurrentResourceOwner;
  ErrorData *volatile error = nullptr;
  BeginInternalSubTransaction(nullptr);
  MemoryContextSwitchTo(context);
  PG_TRY();
  {
    scenario(arguments);
    ReleaseCurrentSubTransaction();
  }
  PG_CATCH();
  {
    MemoryContextSwitchTo(context);
    error = CopyErrorData();
    FlushErrorState();
    RollbackAndReleaseCurrentSubTransaction();
  }
  PG_END_TRY();
  MemoryContextSwitchTo(context);
  CurrentResourceOwner = owner;
  return error;
}

}  // namespace

}  // namespace pgexport::bridge_test

using namespace pgexport;
using namespace pgexport::bridge_test;

// What is left of a scenario: its whole error and whether anything was not put back.
EXPORT_FUNCTION(bridge_test_error) {
  const Scenario scenario = scenario_argument(fcinfo);
  const ScenarioArguments arguments = scenario_arguments(fcinfo);
  const int broken = broken_states();
  const MemoryContext errors_go_to = entry_context;
  const ErrorData *error = error_of(scenario, &arguments);
  StringInfoData json;
  initStringInfo(&json);
  appendStringInfo(&json, "{\"raised\": %s, \"alive\": %d, \"broken\": %d, \"holdoff\": %u",
                   error ? "true" : "false", Witness::alive(),
                   broken_states() - broken + (entry_context != errors_go_to),
                   InterruptHoldoffCount + QueryCancelHoldoffCount + CritSectionCount);
  if (error) append_error(&json, error);
  appendStringInfoChar(&json, '}');
  return DirectFunctionCall1(jsonb_in, CStringGetDatum(json.data));
}

EXPORT_FUNCTION(bridge_test_fail) {
  const ScenarioArguments arguments = scenario_arguments(fcinfo);
  scenario_argument(fcinfo)(&arguments);
  PG_RETURN_VOID();
}

// Values through both doors.
EXPORT_FUNCTION(bridge_test_add) {
  const int a = PG_GETARG_INT32(0);
  const int b = PG_GETARG_INT32(1);
  PG_RETURN_INT32(pg_entry([=] {
    const Witness witness;
    return pg_call([=] {
      return DatumGetInt32(DirectFunctionCall2(int4pl, Int32GetDatum(a), Int32GetDatum(b)));
    });
  }));
}

// An object that lives as long as the current subtransaction.
EXPORT_FUNCTION(bridge_test_keep) {
  make_in_context<Diarist>(CurTransactionContext, PG_GETARG_INT32(0));
  PG_RETURN_VOID();
}

EXPORT_FUNCTION(bridge_test_diary) {
  text *diary = cstring_to_text(Diarist::diary());
  Diarist::forget();
  PG_RETURN_TEXT_P(diary);
}

EXPORT_FUNCTION(bridge_test_alive) { PG_RETURN_INT32(Witness::alive()); }

// Bytes that malloc has given out and not got back, in this process.
EXPORT_FUNCTION(bridge_test_malloc_bytes) {
  const struct mallinfo2 info = mallinfo2();
  PG_RETURN_INT64(static_cast<std::int64_t>(info.uordblks + info.hblkhd));
}

// Limits the address space of this process; a negative number lifts the limit.
EXPORT_FUNCTION(bridge_test_limit_memory) {
  const std::int64_t bytes = PG_GETARG_INT64(0);
  struct rlimit limit;
  if (getrlimit(RLIMIT_AS, &limit) != 0) elog(ERROR, "unexpected failure of getrlimit: %m");
  limit.rlim_cur = bytes < 0 ? limit.rlim_max : static_cast<rlim_t>(bytes);
  if (setrlimit(RLIMIT_AS, &limit) != 0) elog(ERROR, "unexpected failure of setrlimit: %m");
  PG_RETURN_VOID();
}
