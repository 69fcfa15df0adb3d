// export.preview: the first rows as they will be written, and what the planner expects.

#include "bridge/preview_text.h"
#include "server/audit.h"
#include "server/call.h"
#include "server/encoding.h"
#include "server/roles.h"
#include "server/template_call.h"

extern "C" {
#include "lib/stringinfo.h"
#include "mb/pg_wchar.h"
#include "utils/json.h"
#include "utils/jsonb.h"
}

namespace pgexport {

namespace {

// The rows of one section, as they come.
struct PreviewSection {
  const SectionRun *run;
  PreviewText *text;
  StringInfoData rows;
  int taken;
  bool more;
};

struct PreviewState {
  Export *run;
  MemoryContext context;
  PreviewSection *sections;
  int wanted;
  std::uint64_t bytes;
};

constexpr int kMaxPreviewRows = 1000;

// Text of the document's encoding as a JSON string in the server's.
void append_json_text(StringInfo json, const SectionRun *section, std::string_view text) {
  const char *copy = pnstrdup(text.data(), text.size());
  escape_json(json, pg_any_to_server(copy, static_cast<int>(text.size()),
                                     section->receiver->decode.encoding));
}

void append_utf8_text(StringInfo json, const std::string &text) {
  escape_json(json, from_utf8(text.c_str()));
}

void begin_text(const PreviewState *state, PreviewSection *section) {
  const ColumnHead *heads = column_heads(section->run->receiver);
  section->text = make_in_context<PreviewText>(state->context, *state->run->spec);
  pg_entry([=] {
    section->text->begin(state->run->facts, *section->run->section, heads,
                         section->run->receiver->count);
  });
}

bool take_cells(void *self, const Cell *cells) {
  auto *state = static_cast<PreviewState *>(self);
  PreviewSection *section = &state->sections[state->run->current];
  if (section->taken == state->wanted) {
    section->more = true;
    return false;
  }
  StringInfo rows = &section->rows;
  appendStringInfoString(rows, section->taken == 0 ? "[" : ", [");
  for (int i = 0; i < section->run->receiver->count; i++) {
    if (i > 0) appendStringInfoString(rows, ", ");
    if (cells[i].is_null()) {
      appendStringInfoString(rows, "null");
      continue;
    }
    const std::string_view text = pg_entry([&] { return section->text->cell(cells[i], i); });
    state->bytes += text.size();
    append_json_text(rows, section->run, text);
  }
  appendStringInfoChar(rows, ']');
  section->taken++;
  return true;
}

void append_columns(StringInfo json, const SectionRun *section) {
  for (int i = 0; i < section->receiver->count; i++) {
    const ReceiverColumn &column = section->receiver->columns[i];
    appendStringInfoString(json, i == 0 ? "{\"name\": " : ", {\"name\": ");
    escape_json(json, column.name);
    appendStringInfoString(json, ", \"type\": ");
    escape_json(json, column.type_name);
    appendStringInfoString(json, ", \"heading\": ");
    append_json_text(json, section, column.heading);
    appendStringInfoChar(json, '}');
  }
}

// The members that show the rows of a section.
void append_rows(StringInfo json, const PreviewSection *section) {
  const Plan *plan = section->run->query->plan->planTree;
  appendStringInfoString(json, "\"columns\": [");
  append_columns(json, section->run);
  appendStringInfo(json,
                   "], \"rows\": [%s], \"more\": %s, \"estimated_rows\": %.0f, "
                   "\"estimated_cost\": %.2f",
                   section->rows.data, section->more ? "true" : "false", plan->plan_rows,
                   plan->total_cost);
}

void append_section(StringInfo json, const PreviewSection *section) {
  appendStringInfoString(json, "{\"name\": ");
  append_utf8_text(json, section->run->section->name);
  appendStringInfo(json, ", \"kind\": \"%s\", ",
                   section_kind_name(section->run->section->kind).data());
  if (section->run->query) {
    append_rows(json, section);
  } else {
    appendStringInfoString(json, "\"text\": ");
    append_utf8_text(json, section->run->section->text);
  }
  appendStringInfoChar(json, '}');
}

// Of a plain query the members of its one section; of a document a list of sections.
Datum preview_result(const PreviewState *state) {
  StringInfoData json;
  initStringInfo(&json);
  appendStringInfoChar(&json, '{');
  if (state->run->spec->is_plain) {
    append_rows(&json, &state->sections[0]);
  } else {
    appendStringInfoString(&json, "\"title\": ");
    append_utf8_text(&json, state->run->spec->request.title);
    appendStringInfoString(&json, ", \"sections\": [");
    for (int i = 0; i < state->run->section_count; i++) {
      if (i > 0) appendStringInfoString(&json, ", ");
      append_section(&json, &state->sections[i]);
    }
    appendStringInfoChar(&json, ']');
  }
  appendStringInfo(&json, ", \"sheets\": %d}", state->run->section_count);
  return DirectFunctionCall1(jsonb_in, CStringGetDatum(json.data));
}

void begin_sections(PreviewState *state) {
  const int count = state->run->section_count;
  state->sections = static_cast<PreviewSection *>(palloc0(sizeof(PreviewSection) * count));
  for (int i = 0; i < count; i++) {
    PreviewSection *section = &state->sections[i];
    section->run = &state->run->sections[i];
    initStringInfo(&section->rows);
    if (section->run->query) begin_text(state, section);
  }
}

Datum show_preview(AuditEvent *event, ExportRequest request, int max_rows) {
  auto *state = static_cast<PreviewState *>(palloc0(sizeof(PreviewState)));
  state->context = CurrentMemoryContext;
  state->wanted = max_rows;
  request.take_cells = take_cells;
  request.take_state = state;
  audit_request(event, &request);
  begin_export_audit(event, "export.preview()");
  state->run = open_export(&request);
  begin_sections(state);
  audit_query(event, state->run);
  run_export(state->run);
  close_export(state->run);
  const Datum result = preview_result(state);
  std::uint64_t taken = 0;
  for (int i = 0; i < state->run->section_count; i++) {
    taken += static_cast<std::uint64_t>(state->sections[i].taken);
  }
  audit_progress(event, taken, state->bytes);
  audit_duration(event, elapsed_microseconds(state->run));
  complete_audit(event, "completed");
  return result;
}

AuditEvent *admit(const char *what) {
  AuditEvent *event = begin_attempt("preview");
  require_export_allowed(what);
  require_export_user();
  require_auditable(what, false);
  safe_owner_role();
  return event;
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
  AuditEvent *event = admit("export.preview()");
  const ExportRequest request = read_query_call(fcinfo, 4, CurrentMemoryContext);
  return show_preview(event, request, max_rows_argument(fcinfo, 3));
}

EXPORT_FUNCTION(export_preview_document) {
  AuditEvent *event = admit("export.preview_document()");
  const ExportRequest request = read_document_call(fcinfo, CurrentMemoryContext);
  return show_preview(event, request, max_rows_argument(fcinfo, 3));
}

EXPORT_FUNCTION(export_preview_template) {
  AuditEvent *event = admit("export.preview_template()");
  const ExportRequest request = read_template_call(fcinfo, CurrentMemoryContext);
  return show_preview(event, request, max_rows_argument(fcinfo, 4));
}
