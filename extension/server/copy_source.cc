#include "server/copy_source.h"

extern "C" {
#include "access/table.h"
#include "catalog/pg_class.h"
#include "commands/defrem.h"
#include "lib/stringinfo.h"
#include "nodes/makefuncs.h"
#include "nodes/value.h"
#include "utils/json.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
}

#include "server/encoding.h"
#include "server/query.h"

namespace pgexport {

namespace {

const char *list_as_json(List *list) {
  StringInfoData json;
  initStringInfo(&json);
  appendStringInfoChar(&json, '[');
  ListCell *cell;
  foreach (cell, list) {
    if (json.len > 1) appendStringInfoString(&json, ", ");
    escape_json(&json, strVal(lfirst(cell)));
  }
  appendStringInfoChar(&json, ']');
  return json.data;
}

const char *option_text(DefElem *option) {
  if (!option->arg) return nullptr;
  if (IsA(option->arg, List)) return list_as_json(castNode(List, option->arg));
  if (IsA(option->arg, A_Star)) return "*";
  return defGetString(option);
}

void require_copyable(Relation table) {
  const char kind = table->rd_rel->relkind;
  if (kind == RELKIND_RELATION) return;
  const char *what = kind == RELKIND_VIEW                ? "view"
                     : kind == RELKIND_MATVIEW           ? "materialized view"
                     : kind == RELKIND_FOREIGN_TABLE     ? "foreign table"
                     : kind == RELKIND_PARTITIONED_TABLE ? "partitioned table"
                                                         : "non-table relation";
  ereport(ERROR, (errcode(ERRCODE_WRONG_OBJECT_TYPE),
                  errmsg("cannot copy from %s \"%s\"", what, RelationGetRelationName(table)),
                  errhint("Try the COPY (SELECT ...) TO variant.")));
}

ResTarget *column_target(const char *name) {
  auto *column = makeNode(ColumnRef);
  column->fields = list_make1(makeString(pstrdup(name)));
  column->location = -1;
  auto *target = makeNode(ResTarget);
  target->val = reinterpret_cast<Node *>(column);
  target->location = -1;
  return target;
}

// The columns of a COPY table (columns), under the rules of the server's COPY.
List *named_targets(Relation table, List *names) {
  List *targets = NIL, *seen = NIL;
  const TupleDesc desc = RelationGetDescr(table);
  ListCell *cell;
  foreach (cell, names) {
    const char *name = strVal(lfirst(cell));
    for (int i = 0; i < desc->natts; i++) {
      const Form_pg_attribute attribute = TupleDescAttr(desc, i);
      if (attribute->attisdropped || strcmp(NameStr(attribute->attname), name) != 0) continue;
      if (attribute->attgenerated) {
        ereport(ERROR, (errcode(ERRCODE_INVALID_COLUMN_REFERENCE),
                        errmsg("column \"%s\" is a generated column", name),
                        errdetail("Generated columns cannot be used in COPY.")));
      }
    }
    if (list_member(seen, lfirst(cell))) {
      ereport(ERROR, (errcode(ERRCODE_DUPLICATE_COLUMN),
                      errmsg("column \"%s\" specified more than once", name)));
    }
    seen = lappend(seen, lfirst(cell));
    targets = lappend(targets, column_target(name));
  }
  return targets;
}

List *default_targets(Relation table) {
  List *targets = NIL;
  const TupleDesc desc = RelationGetDescr(table);
  for (int i = 0; i < desc->natts; i++) {
    const Form_pg_attribute attribute = TupleDescAttr(desc, i);
    if (attribute->attisdropped || attribute->attgenerated) continue;
    targets = lappend(targets, column_target(NameStr(attribute->attname)));
  }
  return targets;
}

// SELECT columns FROM ONLY table, qualified: the table was looked up under this search path.
Node *table_query(const CopyStmt *copy) {
  Relation table = table_openrv(copy->relation, AccessShareLock);
  require_copyable(table);
  auto *select = makeNode(SelectStmt);
  select->targetList =
      copy->attlist == NIL ? default_targets(table) : named_targets(table, copy->attlist);
  RangeVar *from = makeRangeVar(get_namespace_name(RelationGetNamespace(table)),
                                pstrdup(RelationGetRelationName(table)), -1);
  from->inh = false;
  select->fromClause = list_make1(from);
  table_close(table, NoLock);
  return reinterpret_cast<Node *>(select);
}

}  // namespace

const char *export_format_of(const CopyStmt *copy) {
  const char *format = nullptr;
  ListCell *cell;
  foreach (cell, copy->options) {
    auto *option = lfirst_node(DefElem, cell);
    if (strcmp(option->defname, "format") == 0 && option->arg) format = defGetString(option);
  }
  if (!format || strcmp(format, "csv") == 0) return nullptr;
  if (strcmp(format, "raw") == 0 || find_format(format)) return format;
  return nullptr;
}

DocumentSpec *copy_spec(const CopyStmt *copy, const char *format) {
  auto *options = static_cast<CopyOptionText *>(
      palloc(sizeof(CopyOptionText) * Max(list_length(copy->options), 1)));
  int count = 0;
  ListCell *cell;
  foreach (cell, copy->options) {
    auto *option = lfirst_node(DefElem, cell);
    if (strcmp(option->defname, "format") == 0) continue;
    const char *value = option_text(option);
    options[count++] = {to_utf8(option->defname), value ? to_utf8(value) : nullptr};
  }
  return parse_copy_spec(CurrentMemoryContext, format, options, count);
}

RawStmt *copy_query(const CopyStmt *copy, const PlannedStmt *statement) {
  auto *raw = makeNode(RawStmt);
  if (copy->query) {
    require_plain_select(copy->query);
    raw->stmt = static_cast<Node *>(copyObjectImpl(copy->query));
    raw->stmt_location = statement->stmt_location;
    raw->stmt_len = statement->stmt_len;
  } else {
    raw->stmt = table_query(copy);
  }
  return raw;
}

}  // namespace pgexport
