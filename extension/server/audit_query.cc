#include "server/audit_query.h"

extern "C" {
#include "catalog/namespace.h"
#include "lib/stringinfo.h"
#include "parser/parsetree.h"
#include "utils/json.h"
#include "utils/jsonb.h"
#include "utils/lsyscache.h"
#include "utils/rls.h"
}

namespace pgexport {

namespace {

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

}  // namespace

const char *audited_queries(const ExportRequest *request) {
  if (request->query_text) return request->query_text;
  StringInfoData text;
  initStringInfo(&text);
  for (std::size_t i = 0; i < request->spec->request.sections.size(); i++) {
    if (!request->sources[i].query) continue;
    appendStringInfo(&text, "%s%s", text.len > 0 ? ";\n" : "", request->sources[i].query);
  }
  return text.data;
}

Datum audited_relations(const Export *run) {
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

Datum audited_settings(const Export *run) {
  StringInfoData json;
  initStringInfo(&json);
  appendStringInfoString(&json, "{\"search_path\": ");
  escape_json(&json, run->settings->search_path);
  appendStringInfoString(&json, ", \"time_zone\": ");
  escape_json(&json, run->settings->time_zone);
  appendStringInfoChar(&json, '}');
  return DirectFunctionCall1(jsonb_in, CStringGetDatum(json.data));
}

}  // namespace pgexport
