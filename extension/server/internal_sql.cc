#include "server/internal_sql.h"

extern "C" {
#include "access/genam.h"
#include "access/table.h"
#include "access/transam.h"
#include "catalog/namespace.h"
#include "catalog/pg_index.h"
#include "catalog/pg_type.h"
#include "utils/array.h"
#include "utils/jsonb.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/relcache.h"
#include "utils/snapmgr.h"
#include "utils/syscache.h"
#include "utils/timestamp.h"
#include "utils/uuid.h"
}

#include "server/walker.h"

namespace pgexport {

namespace {

constexpr const char *kInternalTables[] = {
    "_artifact",       "_artifact_drop", "_artifact_chunk",   "_artifact_share",
    "_audit",          "_audit_seal",    "_audit_checkpoint", "_logo",
    "_mask",           "_mask_key",      "_template",         "_template_version",
    "_template_share", "_job",           "_job_state",        "_job_request",
    "_retention",      "_home",          "_schedule",         "_schedule_request",
    "_schedule_fire"};

bool is_foreign_function(Oid function, void *) { return function >= FirstNormalObjectId; }

bool calls_foreign_function(Node *node, void *context) {
  if (!node) return false;
  return check_functions_in_node(node, is_foreign_function, context) ||
         walk_children(node, calls_foreign_function, context);
}

// An expression of pg_index as it was written: the relation cache has folded functions away.
bool has_foreign_expression(Relation index, AttrNumber column) {
  bool is_null;
  const Datum stored = SysCacheGetAttr(INDEXRELID, index->rd_indextuple, column, &is_null);
  return !is_null && calls_foreign_function(
                         static_cast<Node *>(stringToNode(TextDatumGetCString(stored))), nullptr);
}

bool has_foreign_index(Relation table) {
  ListCell *cell;
  foreach (cell, RelationGetIndexList(table)) {
    Relation index = index_open(lfirst_oid(cell), AccessShareLock);
    const bool foreign = has_foreign_expression(index, Anum_pg_index_indexprs) ||
                         has_foreign_expression(index, Anum_pg_index_indpred);
    index_close(index, AccessShareLock);
    if (foreign) return true;
  }
  return false;
}

bool has_foreign_default(const TupleConstr *constraints) {
  for (int i = 0; constraints && i < constraints->num_defval; i++) {
    auto *expression = static_cast<Node *>(stringToNode(constraints->defval[i].adbin));
    if (calls_foreign_function(expression, nullptr)) return true;
  }
  return false;
}

// Anything by which somebody's code would run as export_owner; nullptr if there is nothing.
const char *fault_of(Relation table, Oid owner) {
  const TupleConstr *constraints = RelationGetDescr(table)->constr;
  if (table->rd_rel->relowner != owner) return "It does not belong to export_owner.";
  if (table->trigdesc) return "Somebody has created a trigger on it.";
  if (table->rd_rules) return "Somebody has created a rule on it.";
  if (table->rd_rel->relrowsecurity) return "Somebody has enabled row security on it.";
  if (constraints && constraints->num_check > 0) return "Somebody has added a CHECK to it.";
  if (has_foreign_default(constraints)) return "Somebody has changed a default of it.";
  if (has_foreign_index(table)) return "Somebody has created an index on an expression of it.";
  return nullptr;
}

void check_internal_table(Oid schema, const char *name, Oid owner) {
  // It may go while we wait for the lock: DROP EXTENSION in another session.
  const Oid oid = get_relname_relid(name, schema);
  Relation table = OidIsValid(oid) ? try_table_open(oid, AccessShareLock) : nullptr;
  const char *fault = table ? fault_of(table, owner) : "It is missing.";
  if (table) table_close(table, AccessShareLock);
  if (!fault) return;
  ereport(ERROR, (errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
                  errmsg("internal table export.%s is not as the extension made it", name),
                  errdetail("%s", fault),
                  errhint("Undo the change. Only a superuser or the owner can have made it.")));
}

SqlParameter parameter(Oid type, Datum value) { return {type, value, false}; }

InternalSql open_on(std::span<const char *const> tables) {
  InternalSql sql;
  sql.caller = CurrentMemoryContext;
  sql.nest = enter_owner_nest();
  const Oid schema = get_namespace_oid("export", false);
  for (const char *name : tables) check_internal_table(schema, name, GetUserId());
  SPI_connect();
  return sql;
}

}  // namespace

InternalSql open_internal_sql() { return open_on(kInternalTables); }

InternalSql open_internal_sql_on(const char *table) { return open_on({&table, 1}); }

void close_internal_sql(const InternalSql &sql) {
  SPI_finish();
  leave_sandbox(sql.nest);
  MemoryContextSwitchTo(sql.caller);
}

std::uint64_t run_internal_sql(const char *statement, const SqlParameter *parameters, int count,
                               bool read_only) {
  constexpr int kMaxParameters = 48;
  Oid types[kMaxParameters];
  Datum values[kMaxParameters];
  char nulls[kMaxParameters + 1] = {};
  Assert(count <= kMaxParameters);
  for (int i = 0; i < count; i++) {
    types[i] = parameters[i].type;
    values[i] = parameters[i].value;
    nulls[i] = parameters[i].is_null ? 'n' : ' ';
  }
  const int result = SPI_execute_with_args(statement, count, types, values, nulls, read_only, 0);
  if (result < 0) elog(ERROR, "SPI_execute_with_args failed: %s", SPI_result_code_string(result));
  return SPI_processed;
}

SqlParameter text_parameter(const char *text) {
  return text ? parameter(TEXTOID, CStringGetTextDatum(text)) : null_parameter(TEXTOID);
}
SqlParameter int8_parameter(std::int64_t value) { return parameter(INT8OID, Int64GetDatum(value)); }
SqlParameter int4_parameter(std::int32_t value) { return parameter(INT4OID, Int32GetDatum(value)); }
SqlParameter oid_parameter(Oid value) { return parameter(OIDOID, ObjectIdGetDatum(value)); }
SqlParameter uuid_parameter(const pg_uuid_t *value) {
  return value ? parameter(UUIDOID, UUIDPGetDatum(value)) : null_parameter(UUIDOID);
}
SqlParameter bytes_parameter(const void *bytes, std::size_t size) {
  auto *value = static_cast<bytea *>(palloc(VARHDRSZ + size));
  SET_VARSIZE(value, VARHDRSZ + size);
  memcpy(VARDATA(value), bytes, size);
  return parameter(BYTEAOID, PointerGetDatum(value));
}
SqlParameter time_parameter(std::int64_t value) {
  return parameter(TIMESTAMPTZOID, TimestampTzGetDatum(value));
}
SqlParameter jsonb_parameter(Datum value) { return parameter(JSONBOID, value); }
SqlParameter text_array_parameter(Datum *items, int count) {
  return parameter(TEXTARRAYOID, PointerGetDatum(construct_array(items, count, TEXTOID, -1, false,
                                                                 TYPALIGN_INT)));
}
SqlParameter null_parameter(Oid type) { return {type, 0, true}; }

Datum sql_result(std::uint64_t row, int number, bool *is_null) {
  return SPI_getbinval(SPI_tuptable->vals[row], SPI_tuptable->tupdesc, number, is_null);
}

}  // namespace pgexport
