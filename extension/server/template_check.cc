// export.check_template, format_template, template_to_json, template_from_json, diff_template,
// broken_templates: what is said of templates without running them.

#include "server/audit.h"
#include "server/call.h"
#include "server/encoding.h"
#include "server/internal_sql.h"
#include "server/roles.h"
#include "server/template.h"
#include "server/template_catalog.h"

extern "C" {
#include "access/xact.h"
#include "catalog/pg_type.h"
#include "funcapi.h"
#include "utils/array.h"
#include "utils/jsonb.h"
#include "utils/timestamp.h"
#include "utils/tuplestore.h"
}

namespace pgexport {

namespace {

TemplateFaults check(const char *source) {
  dsl::Catalog *catalog = make_template_catalog(CurrentMemoryContext);
  dsl::Clock *clock =
      make_template_clock(CurrentMemoryContext, GetCurrentTransactionStartTimestamp(), "");
  return check_template_text(to_utf8(source), catalog, clock);
}

Datum optional_text(const char *utf8, bool *is_null) {
  *is_null = *utf8 == '\0';
  return *is_null ? static_cast<Datum>(0) : CStringGetTextDatum(from_utf8(utf8));
}

// Columns of check_template() from `first` on: severity, line, column, state, message, hint,
// excerpt.
void put_fault(const TemplateFault &fault, Datum *values, bool *nulls) {
  values[0] = CStringGetTextDatum(fault.is_error ? "error" : "warning");
  values[1] = Int32GetDatum(fault.line);
  values[2] = Int32GetDatum(fault.column);
  values[3] = CStringGetTextDatum(fault.state);
  values[4] = CStringGetTextDatum(from_utf8(fault.message));
  values[5] = optional_text(fault.hint, &nulls[5]);
  values[6] = optional_text(fault.excerpt, &nulls[6]);
}

struct NamedSource {
  const char *name;
  int version;
  const char *source;
};

// The current versions of all templates that the user may view.
NamedSource *viewable_templates(int *count) {
  const MemoryContext caller = CurrentMemoryContext;
  const InternalSql sql = open_internal_sql();
  const std::uint64_t rows =
      run_internal_sql("SELECT t.name FROM export._template t ORDER BY t.name", nullptr, 0, true);
  const MemoryContext old = MemoryContextSwitchTo(caller);
  auto *names = static_cast<const char **>(palloc(sizeof(char *) * Max(rows, 1)));
  for (std::uint64_t i = 0; i < rows; i++) {
    bool is_null;
    names[i] = TextDatumGetCString(sql_result(i, 1, &is_null));
  }
  MemoryContextSwitchTo(old);
  close_internal_sql(sql);
  auto *found = static_cast<NamedSource *>(palloc(sizeof(NamedSource) * Max(rows, 1)));
  *count = 0;
  for (std::uint64_t i = 0; i < rows; i++) {
    const StoredTemplate *stored = find_template(names[i], 0);
    if (!stored || !stored->source) continue;
    found[(*count)++] = {stored->name, stored->source_version, stored->source};
  }
  return found;
}

void admit(const char *what) {
  require_export_allowed(what);
  require_export_user();
  safe_owner_role();
}

}  // namespace

}  // namespace pgexport

using namespace pgexport;

EXPORT_FUNCTION(export_check_template) {
  admit("export.check_template()");
  InitMaterializedSRF(fcinfo, 0);
  const TemplateFaults faults = check(text_to_cstring(PG_GETARG_TEXT_PP(0)));
  auto *result = reinterpret_cast<ReturnSetInfo *>(fcinfo->resultinfo);
  for (int i = 0; i < faults.count; i++) {
    Datum values[7];
    bool nulls[7] = {};
    put_fault(faults.faults[i], values, nulls);
    tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
  }
  return static_cast<Datum>(0);
}

EXPORT_FUNCTION(export_broken_templates) {
  admit("export.broken_templates()");
  InitMaterializedSRF(fcinfo, 0);
  auto *result = reinterpret_cast<ReturnSetInfo *>(fcinfo->resultinfo);
  int count;
  const NamedSource *sources = viewable_templates(&count);
  for (int i = 0; i < count; i++) {
    const TemplateFaults faults = check(sources[i].source);
    for (int j = 0; j < faults.count; j++) {
      if (!faults.faults[j].is_error) continue;
      Datum values[9];
      bool nulls[9] = {};
      values[0] = CStringGetTextDatum(sources[i].name);
      values[1] = Int32GetDatum(sources[i].version);
      put_fault(faults.faults[j], values + 2, nulls + 2);
      // Without the severity: all are errors.
      memmove(&values[2], &values[3], sizeof(Datum) * 6);
      memmove(&nulls[2], &nulls[3], sizeof(bool) * 6);
      tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
    }
  }
  return static_cast<Datum>(0);
}

EXPORT_FUNCTION(export_format_template) {
  const char *source = to_utf8(text_to_cstring(PG_GETARG_TEXT_PP(0)));
  PG_RETURN_TEXT_P(cstring_to_text(from_utf8(format_template_text(source))));
}

EXPORT_FUNCTION(export_template_to_json) {
  const char *source = to_utf8(text_to_cstring(PG_GETARG_TEXT_PP(0)));
  return DirectFunctionCall1(jsonb_in, CStringGetDatum(from_utf8(template_to_json_text(source))));
}

EXPORT_FUNCTION(export_template_from_json) {
  Jsonb *given = PG_GETARG_JSONB_P(0);
  const char *json = JsonbToCString(nullptr, &given->root, static_cast<int>(VARSIZE(given)));
  PG_RETURN_TEXT_P(cstring_to_text(from_utf8(template_from_json_text(to_utf8(json)))));
}

EXPORT_FUNCTION(export_diff_template) {
  admit("export.diff_template()");
  InitMaterializedSRF(fcinfo, 0);
  auto *result = reinterpret_cast<ReturnSetInfo *>(fcinfo->resultinfo);
  const char *name = text_to_cstring(PG_GETARG_TEXT_PP(0));
  const StoredTemplate *before = require_template(name, PG_GETARG_INT32(1), TemplateRight::view);
  const StoredTemplate *after = require_template(name, PG_GETARG_INT32(2), TemplateRight::view);
  const Diff diff = diff_texts(before->source, after->source);
  for (int i = 0; i < diff.count; i++) {
    const char sign[2] = {diff.lines[i].sign, '\0'};
    Datum values[2] = {CStringGetTextDatum(sign), CStringGetTextDatum(diff.lines[i].text)};
    bool nulls[2] = {};
    tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
  }
  return static_cast<Datum>(0);
}

EXPORT_FUNCTION(export_compile_template) {
  admit("export.compile_template()");
  InitMaterializedSRF(fcinfo, 0);
  auto *result = reinterpret_cast<ReturnSetInfo *>(fcinfo->resultinfo);
  const char *name = text_to_cstring(PG_GETARG_TEXT_PP(0));
  const char *parameters = optional_jsonb_argument(fcinfo, 1);
  const StoredTemplate *stored = require_template(name, 0, TemplateRight::view);
  dsl::Catalog *catalog = make_template_catalog(CurrentMemoryContext);
  dsl::Clock *clock = make_template_clock(CurrentMemoryContext, GetCurrentTimestamp(), "");
  const DocumentSpec *spec = compile_template(CurrentMemoryContext, to_utf8(stored->source),
                                              to_utf8(parameters), "pdf", "{}", catalog, clock);
  for (const SectionRequest &section : spec->request.sections) {
    if (section.section.kind == SectionKind::text) continue;
    auto *args = static_cast<Datum *>(palloc(sizeof(Datum) * Max(section.args.size(), 1)));
    auto *nulls = static_cast<bool *>(palloc0(sizeof(bool) * Max(section.args.size(), 1)));
    for (std::size_t i = 0; i < section.args.size(); i++) {
      nulls[i] = !section.args[i].has_value();
      if (!nulls[i]) args[i] = CStringGetTextDatum(from_utf8(section.args[i]->c_str()));
    }
    int dims[1] = {static_cast<int>(section.args.size())}, bounds[1] = {1};
    ArrayType *array = construct_md_array(args, nulls, dims[0] > 0 ? 1 : 0, dims, bounds, TEXTOID,
                                          -1, false, TYPALIGN_INT);
    Datum values[3] = {CStringGetTextDatum(from_utf8(section.section.name.c_str())),
                       CStringGetTextDatum(from_utf8(section.query.c_str())),
                       PointerGetDatum(array)};
    bool row_nulls[3] = {};
    tuplestore_putvalues(result->setResult, result->setDesc, values, row_nulls);
  }
  return static_cast<Datum>(0);
}
