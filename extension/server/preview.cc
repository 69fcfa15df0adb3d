// export.preview: the first rows as they will be written, and what the planner expects.

#include "bridge/preview_text.h"
#include "server/audit.h"
#include "server/call.h"
#include "server/roles.h"

extern "C" {
#include "lib/stringinfo.h"
#include "mb/pg_wchar.h"
#include "utils/json.h"
#include "utils/jsonb.h"
}

namespace pgexport {

namespace {

struct PreviewState {
  Export *run;
  PreviewText *text;
  MemoryContext context;
  StringInfoData rows;
  int wanted;
  int taken;
  bool more;
  std::uint64_t bytes;
};

constexpr int kMaxPreviewRows = 1000;

// Text of the document's encoding as a JSON string in the server's.
void append_json_text(StringInfo json, const PreviewState *state, std::string_view text) {
  const char *copy = pnstrdup(text.data(), text.size());
  escape_json(json, pg_any_to_server(copy, static_cast<int>(text.size()),
                                     state->run->receiver->decode.encoding));
}

void begin_text(PreviewState *state) {
  const ExportReceiver *receiver = state->run->receiver;
  auto *heads = static_cast<ColumnHead *>(palloc(sizeof(ColumnHead) * receiver->count));
  for (int i = 0; i < receiver->count; i++) {
    const ReceiverColumn &column = receiver->columns[i];
    heads[i] = {column.heading, column.type_name, decoder_tag(column.decoder)};
  }
  state->text = make_in_context<PreviewText>(state->context, *state->run->spec);
  pg_entry([=] { state->text->begin(state->run->document_time, heads, receiver->count); });
}

bool take_cells(void *self, const Cell *cells) {
  auto *state = static_cast<PreviewState *>(self);
  if (state->taken == state->wanted) {
    state->more = true;
    return false;
  }
  if (!state->text) begin_text(state);
  appendStringInfoString(&state->rows, state->taken == 0 ? "[" : ", [");
  for (int i = 0; i < state->run->receiver->count; i++) {
    if (i > 0) appendStringInfoString(&state->rows, ", ");
    if (cells[i].is_null()) {
      appendStringInfoString(&state->rows, "null");
      continue;
    }
    const std::string_view text = pg_entry([&] { return state->text->cell(cells[i], i); });
    state->bytes += text.size();
    append_json_text(&state->rows, state, text);
  }
  appendStringInfoChar(&state->rows, ']');
  state->taken++;
  return true;
}

void append_columns(StringInfo json, const PreviewState *state) {
  const ExportReceiver *receiver = state->run->receiver;
  for (int i = 0; i < receiver->count; i++) {
    const ReceiverColumn &column = receiver->columns[i];
    appendStringInfoString(json, i == 0 ? "{\"name\": " : ", {\"name\": ");
    escape_json(json, column.name);
    appendStringInfoString(json, ", \"type\": ");
    escape_json(json, column.type_name);
    appendStringInfoString(json, ", \"heading\": ");
    append_json_text(json, state, column.heading);
    appendStringInfoChar(json, '}');
  }
}

Datum preview_result(const PreviewState *state) {
  const Plan *plan = state->run->query->plan->planTree;
  StringInfoData json;
  initStringInfo(&json);
  appendStringInfoString(&json, "{\"columns\": [");
  append_columns(&json, state);
  appendStringInfo(&json,
                   "], \"rows\": [%s], \"more\": %s, \"estimated_rows\": %.0f, "
                   "\"estimated_cost\": %.2f, \"sheets\": 1}",
                   state->rows.data, state->more ? "true" : "false", plan->plan_rows,
                   plan->total_cost);
  return DirectFunctionCall1(jsonb_in, CStringGetDatum(json.data));
}

int max_rows_argument(FunctionCallInfo fcinfo, int number) {
  const int rows = PG_ARGISNULL(number) ? 20 : PG_GETARG_INT32(number);
  if (rows < 0 || rows > kMaxPreviewRows) {
    ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
                    errmsg("argument \"max_rows\" must be between 0 and %d", kMaxPreviewRows)));
  }
  return rows;
}

}  // namespace

}  // namespace pgexport

using namespace pgexport;

EXPORT_FUNCTION(export_preview) {
  require_export_allowed("export.preview()");
  require_export_user();
  require_auditable("export.preview()", false);
  safe_owner_role();
  const ExportCall call = read_export_call(fcinfo, 4, CurrentMemoryContext);
  auto *state = static_cast<PreviewState *>(palloc0(sizeof(PreviewState)));
  state->context = CurrentMemoryContext;
  state->wanted = max_rows_argument(fcinfo, 3);
  initStringInfo(&state->rows);
  ExportRequest request{};
  request.query = call.query;
  request.spec = call.spec;
  request.options_text = call.options_text;
  request.arguments = call.arguments;
  request.take_cells = take_cells;
  request.take_state = state;
  AuditEvent *event = begin_audit("preview");
  audit_request(event, call.query, call.spec);
  state->run = open_export(&request);
  audit_query(event, state->run);
  run_export(state->run);
  close_export(state->run);
  const Datum result = preview_result(state);
  audit_progress(event, static_cast<std::uint64_t>(state->taken), state->bytes);
  audit_duration(event, elapsed_microseconds(state->run));
  complete_audit(event, "completed");
  return result;
}
