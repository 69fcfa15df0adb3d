#include "server/freeze.h"

#include "server/walker.h"

extern "C" {
#include "catalog/namespace.h"
#include "executor/executor.h"
#include "lib/stringinfo.h"
#include "utils/lsyscache.h"
#include "utils/ruleutils.h"
}

namespace pgexport {

namespace {

const char *columns_of(const PlannedStmt *plan) {
  const TupleDesc desc = ExecCleanTypeFromTL(plan->planTree->targetlist);
  StringInfoData text;
  initStringInfo(&text);
  for (int i = 0; i < desc->natts; i++) {
    const FormData_pg_attribute *column = TupleDescAttr(desc, i);
    appendStringInfo(&text, "%s%s %s", i > 0 ? ", " : "",
                     quote_identifier(NameStr(column->attname)),
                     format_type_extended(column->atttypid, column->atttypmod,
                                          FORMAT_TYPE_TYPEMOD_GIVEN | FORMAT_TYPE_FORCE_QUALIFY));
  }
  return text.data;
}

const char *resolved_text(Query *query) {
  const int names = pin_names();
  const char *text = pg_get_querydef(query, false);
  unpin_names(names);
  return text;
}

const QueryArguments *typed(const QueryArguments *arguments, const Oid *types) {
  auto *result = static_cast<QueryArguments *>(palloc(sizeof(QueryArguments)));
  *result = *arguments;
  result->items = static_cast<QueryArgument *>(
      palloc0(sizeof(QueryArgument) * static_cast<Size>(Max(arguments->count, 1))));
  for (int i = 0; i < arguments->count; i++) {
    result->items[i] = arguments->items[i];
    result->items[i].type = types[i];
  }
  return result;
}

// A temporary table is gone by the time a job runs, and another session has none of it.
bool reads_temporary_table(Node *node, void *context) {
  if (!node) return false;
  if (IsA(node, RangeTblEntry)) {
    const auto *entry = reinterpret_cast<RangeTblEntry *>(node);
    return entry->rtekind == RTE_RELATION && isAnyTempNamespace(get_rel_namespace(entry->relid));
  }
  return walk_children(node, reads_temporary_table, context, QTW_EXAMINE_RTES_BEFORE);
}

}  // namespace

FrozenQuery freeze_query(const char *text, const QueryArguments *arguments,
                         const SandboxSettings *settings) {
  FrozenQuery frozen;
  // Everything that could be refused later is refused now.
  const PreparedQuery *prepared =
      prepare_query(text, nullptr, false, arguments, CURSOR_OPT_PARALLEL_OK, settings);
  frozen.columns = columns_of(prepared->plan);
  Oid *types;
  Query *query = analyse_query(text, nullptr, arguments, settings, &types);
  if (reads_temporary_table(reinterpret_cast<Node *>(query), nullptr)) {
    ereport(ERROR, (errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
                    errmsg("an export in the background cannot read a temporary table"),
                    errhint("Use export.run() in this session, or a table that stays.")));
  }
  frozen.text = resolved_text(query);
  frozen.arguments = typed(arguments, types);
  return frozen;
}

void require_same_columns(const PlannedStmt *plan, const char *columns) {
  const char *now = columns_of(plan);
  if (strcmp(now, columns) == 0) return;
  ereport(ERROR, (errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
                  errmsg("the query gives other columns than when it was submitted"),
                  errdetail("It gave: %s. It gives: %s.", columns, now),
                  errhint("Submit it again if that is what you want.")));
}

}  // namespace pgexport
