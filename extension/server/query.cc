#include "server/query.h"

extern "C" {
#include "catalog/pg_type.h"
#include "parser/analyze.h"
#include "tcop/tcopprot.h"
}

#include "server/trust.h"
#include "server/walker.h"

namespace pgexport {

namespace {

[[noreturn]] void refuse(const char *what) {
  ereport(ERROR, (errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
                  errmsg("an export takes one SELECT, not %s", what),
                  errhint("Use SELECT, VALUES, TABLE or WITH queries that only read.")));
  pg_unreachable();
}

// Errors inside the query carry a position in it, not in the statement that called us.
void query_error_callback(void *arg) {
  const char *text = static_cast<const char *>(arg);
  const int position = geterrposition();
  if (position > 0) {
    errposition(0);
    internalerrposition(position);
    internalerrquery(text);
  }
  errcontext("query of an export");
}

void require_readonly_with(const WithClause *with) {
  if (!with) return;
  ListCell *cell;
  foreach (cell, with->ctes) {
    const auto *cte = castNode(CommonTableExpr, lfirst(cell));
    if (!IsA(cte->ctequery, SelectStmt)) refuse("a data-modifying WITH query");
  }
}

bool has_row_locks(Node *node, void *context) {
  if (!node) return false;
  if (IsA(node, Query) && reinterpret_cast<Query *>(node)->rowMarks != NIL) return true;
  return walk_children(node, has_row_locks, context);
}

bool find_highest_parameter(Node *node, void *context) {
  if (!node) return false;
  if (IsA(node, ParamRef)) {
    int *highest = static_cast<int *>(context);
    *highest = Max(*highest, reinterpret_cast<ParamRef *>(node)->number);
    return false;
  }
  return walk_raw_children(node, find_highest_parameter, context);
}

// Before analysis, which would only say that it cannot tell the type of one that is not used.
void require_all_arguments(Node *statement, const QueryArguments *arguments) {
  int used = 0;
  find_highest_parameter(statement, &used);
  if (used == arguments->count) return;
  ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
                  used > arguments->count ? errmsg("too few arguments for the query")
                                          : errmsg("too many arguments for the query"),
                  errdetail("The query uses %d, the call gives %d.", used, arguments->count)));
}

void require_known_types(const Oid *types, int count) {
  for (int i = 0; i < count; i++) {
    if (OidIsValid(types[i]) && types[i] != UNKNOWNOID) continue;
    ereport(ERROR, (errcode(ERRCODE_INDETERMINATE_DATATYPE),
                    errmsg("could not determine data type of parameter $%d", i + 1)));
  }
}

RawStmt *parse_one(const char *text) {
  List *statements = pg_parse_query(text);
  if (statements == NIL) {
    ereport(ERROR, (errcode(ERRCODE_SYNTAX_ERROR), errmsg("the query is empty")));
  }
  if (list_length(statements) > 1) refuse("several statements");
  return linitial_node(RawStmt, statements);
}

}  // namespace

void require_plain_select(Node *statement) {
  switch (nodeTag(statement)) {
    case T_SelectStmt: break;
    case T_InsertStmt: refuse("INSERT");
    case T_UpdateStmt: refuse("UPDATE");
    case T_DeleteStmt: refuse("DELETE");
    case T_MergeStmt: refuse("MERGE");
    default: refuse("a utility statement");
  }
  const auto *select = reinterpret_cast<SelectStmt *>(statement);
  if (select->lockingClause != NIL) refuse("SELECT with row locks (FOR UPDATE or FOR SHARE)");
  require_readonly_with(select->withClause);
  // The INTO of a set operation is on its leftmost member.
  const SelectStmt *leftmost = select;
  while (leftmost->op != SETOP_NONE && leftmost->larg) leftmost = leftmost->larg;
  if (leftmost->intoClause || select->intoClause) refuse("SELECT INTO");
}

Query *analyse_query(const char *text, RawStmt *statement, const QueryArguments *arguments,
                     const SandboxSettings *settings, Oid **types) {
  if (!statement) statement = parse_one(text);
  require_plain_select(statement->stmt);
  require_all_arguments(statement->stmt, arguments);
  require_trusted_literals(statement->stmt, settings->run_as);
  int types_count = arguments->count;
  *types = static_cast<Oid *>(palloc0(sizeof(Oid) * Max(types_count, 1)));
  for (int i = 0; i < types_count; i++) (*types)[i] = arguments->items[i].type;
  Query *analysed = parse_analyze_varparams(statement, text, types, &types_count, nullptr);
  require_known_types(*types, types_count);
  return analysed;
}

PreparedQuery *prepare_query(const char *text, RawStmt *statement, bool frozen,
                             const QueryArguments *arguments, int cursor_options,
                             const SandboxSettings *settings) {
  ErrorContextCallback callback;
  callback.callback = query_error_callback;
  callback.arg = const_cast<char *>(text);
  callback.previous = error_context_stack;
  // With a COPY the position in the client's statement is already right.
  if (!statement) error_context_stack = &callback;

  Oid *types;
  const int names = frozen ? pin_names() : 0;
  Query *analysed = analyse_query(text, statement, arguments, settings, &types);
  if (frozen) unpin_names(names);
  int readers;
  const Mask *masks = masks_of_query(settings->masks, analysed, &readers);
  List *queries = pg_rewrite_query(analysed);
  if (list_length(queries) != 1) refuse("a query that a rule turns into several");
  Query *query = linitial_node(Query, queries);
  if (query->commandType != CMD_SELECT || query->utilityStmt) refuse("a utility statement");
  if (query->hasModifyingCTE) refuse("a data-modifying WITH query");
  if (has_row_locks(reinterpret_cast<Node *>(query), nullptr)) {
    refuse("a query with row locks (FOR UPDATE or FOR SHARE) in one of its parts");
  }

  auto *prepared = static_cast<PreparedQuery *>(palloc0(sizeof(PreparedQuery)));
  prepared->text = text;
  require_trusted_code(query, settings->run_as);
  prepared->params = bind_arguments(arguments, types);
  prepared->plan = pg_plan_query(query, text, cursor_options, prepared->params);
  prepared->masks = masks;
  check_planned(settings->masks, prepared->plan, readers);
  error_context_stack = callback.previous;
  return prepared;
}

}  // namespace pgexport
