// export.set_mask, export.drop_mask: the administrator's masks.

#include "server/audit.h"
#include "server/internal_sql.h"
#include "server/mask_value.h"
#include "server/roles.h"

extern "C" {
#include "catalog/pg_class.h"
#include "catalog/pg_type.h"
#include "utils/array.h"
#include "utils/lsyscache.h"
}

namespace pgexport {

namespace {

void admit(const char *what) {
  require_persisting_allowed(what);
  require_export_admin();
  require_auditable(what, true);
  safe_owner_role();
}

// The number of the column.  A view's columns are those of its tables, which are masked there.
AttrNumber require_column(Oid relation, const char *column) {
  const char kind = get_rel_relkind(relation);
  if (kind != RELKIND_RELATION && kind != RELKIND_PARTITIONED_TABLE &&
      kind != RELKIND_FOREIGN_TABLE && kind != RELKIND_MATVIEW && kind != RELKIND_VIEW) {
    ereport(ERROR, (errcode(ERRCODE_WRONG_OBJECT_TYPE),
                    errmsg("\"%s\" has no columns to be masked", get_rel_name(relation))));
  }
  const AttrNumber number = get_attnum(relation, column);
  if (number > 0) return number;
  ereport(ERROR, (errcode(ERRCODE_UNDEFINED_COLUMN),
                  errmsg("column \"%s\" of relation \"%s\" does not exist", column,
                         get_rel_name(relation))));
  pg_unreachable();
}

SqlParameter name_parameter(const char *name) {
  auto *value = static_cast<Name>(palloc(NAMEDATALEN));
  namestrcpy(value, name);
  return {NAMEOID, NameGetDatum(value), false};
}

SqlParameter int2_parameter(AttrNumber value) { return {INT2OID, Int16GetDatum(value), false}; }

// The roles as OIDs.
SqlParameter roles_parameter(ArrayType *roles) {
  Datum *items;
  int count;
  deconstruct_array(roles, REGROLEOID, sizeof(Oid), true, TYPALIGN_INT, &items, nullptr, &count);
  return {OIDARRAYOID,
          PointerGetDatum(construct_array(items, count, OIDOID, sizeof(Oid), true, TYPALIGN_INT)),
          false};
}

}  // namespace

}  // namespace pgexport

using namespace pgexport;

EXPORT_FUNCTION(export_set_mask) {
  admit("export.set_mask()");
  const Oid relation = PG_GETARG_OID(0);
  const char *column = NameStr(*PG_GETARG_NAME(1));
  const char *spelled = text_to_cstring(PG_GETARG_TEXT_PP(2));
  const Mask mask = pg_entry([spelled] { return parse_mask(spelled); });
  if (mask.kind == MaskKind::none) {
    ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("a mask is missing"),
                    errhint("Use export.drop_mask() to remove one.")));
  }
  const AttrNumber number = require_column(relation, column);
  (void)make_column_mask(mask, get_atttype(relation, number), column);
  AuditEvent *event = begin_audit("set_mask");
  const char *user = GetUserNameFromId(GetUserId(), false);
  const InternalSql sql = open_internal_sql();
  const SqlParameter parameters[] = {oid_parameter(relation),
                                     int2_parameter(number),
                                     name_parameter(column),
                                     text_parameter(spelled),
                                     roles_parameter(PG_GETARG_ARRAYTYPE_P(3)),
                                     text_parameter(user)};
  run_internal_sql(
      "INSERT INTO export._mask (relation, number, name, mask, exempt, set_by, set_at) "
      "VALUES ($1, $2, $3, $4, ARRAY(SELECT r.rolname FROM pg_catalog.pg_roles r "
      "WHERE r.oid OPERATOR(pg_catalog.=) ANY ($5) ORDER BY r.oid), $6, "
      "pg_catalog.clock_timestamp()) "
      "ON CONFLICT (relation, number) DO UPDATE SET name = excluded.name, mask = excluded.mask, "
      "exempt = excluded.exempt, set_by = excluded.set_by, set_at = excluded.set_at",
      parameters, lengthof(parameters), false);
  close_internal_sql(sql);
  complete_audit(event, "completed");
  PG_RETURN_VOID();
}

EXPORT_FUNCTION(export_drop_mask) {
  admit("export.drop_mask()");
  const Oid relation = PG_GETARG_OID(0);
  const char *column = NameStr(*PG_GETARG_NAME(1));
  AuditEvent *event = begin_audit("drop_mask");
  const InternalSql sql = open_internal_sql();
  const SqlParameter parameters[] = {oid_parameter(relation), name_parameter(column),
                                     int2_parameter(get_attnum(relation, column))};
  const std::uint64_t dropped = run_internal_sql(
      "DELETE FROM export._mask m WHERE m.relation OPERATOR(pg_catalog.=) $1 "
      "AND (m.name OPERATOR(pg_catalog.=) $2 OR m.number OPERATOR(pg_catalog.=) $3)",
      parameters, lengthof(parameters), false);
  close_internal_sql(sql);
  if (dropped == 0) {
    ereport(ERROR, (errcode(ERRCODE_UNDEFINED_OBJECT),
                    errmsg("column \"%s\" of relation \"%s\" has no mask", column,
                           get_rel_name(relation))));
  }
  complete_audit(event, "completed");
  PG_RETURN_VOID();
}
