// export.set_logo, export.drop_logo: the pictures that the option `logo` names.

#include "server/audit.h"
#include "server/internal_sql.h"
#include "server/roles.h"

namespace pgexport {

namespace {

void admit(const char *what) {
  require_persisting_allowed(what);
  require_export_admin();
  require_auditable(what, true);
  safe_owner_role();
}

}  // namespace

}  // namespace pgexport

using namespace pgexport;

EXPORT_FUNCTION(export_set_logo) {
  admit("export.set_logo()");
  const char *name = text_to_cstring(PG_GETARG_TEXT_PP(0));
  bytea *image = PG_GETARG_BYTEA_PP(1);
  const std::string_view bytes(VARDATA_ANY(image), VARSIZE_ANY_EXHDR(image));
  if (*name == '\0') {
    ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("a logo needs a name")));
  }
  pg_entry([=] { (void)read_picture(bytes); });
  AuditEvent *event = begin_audit("set_logo");
  const char *user = GetUserNameFromId(GetUserId(), false);
  const InternalSql sql = open_internal_sql();
  const SqlParameter parameters[] = {
      text_parameter(name), bytes_parameter(bytes.data(), bytes.size()), text_parameter(user)};
  run_internal_sql(
      "INSERT INTO export._logo (name, image, set_by, set_at) "
      "VALUES ($1, $2, $3, pg_catalog.clock_timestamp()) "
      "ON CONFLICT (name) DO UPDATE SET image = excluded.image, set_by = excluded.set_by, "
      "set_at = excluded.set_at",
      parameters, lengthof(parameters), false);
  close_internal_sql(sql);
  complete_audit(event, "completed");
  PG_RETURN_VOID();
}

EXPORT_FUNCTION(export_drop_logo) {
  admit("export.drop_logo()");
  const char *name = text_to_cstring(PG_GETARG_TEXT_PP(0));
  AuditEvent *event = begin_audit("drop_logo");
  const InternalSql sql = open_internal_sql();
  const SqlParameter parameter = text_parameter(name);
  const std::uint64_t dropped = run_internal_sql(
      "DELETE FROM export._logo l WHERE l.name OPERATOR(pg_catalog.=) $1", &parameter, 1, false);
  close_internal_sql(sql);
  if (dropped == 0) {
    ereport(ERROR, (errcode(ERRCODE_UNDEFINED_OBJECT), errmsg("logo \"%s\" does not exist", name),
                    errhint("See export.logos for the logos there are.")));
  }
  complete_audit(event, "completed");
  PG_RETURN_VOID();
}
