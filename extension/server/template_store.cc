// export.save_template, restore_template, share_template, unshare_template, drop_template.

#include "server/template_store.h"
#include "server/audit.h"
#include "server/encoding.h"
#include "server/internal_sql.h"
#include "server/new_uuid.h"
#include "server/roles.h"
#include "server/template_catalog.h"

extern "C" {
#include "access/xact.h"
#include "catalog/pg_type.h"
#include "utils/timestamp.h"
}

namespace pgexport {

namespace {

void admit(const char *what) {
  require_persisting_allowed(what);
  require_export_user();
  require_auditable(what, true);
  safe_owner_role();
}

const char *text_of(FunctionCallInfo fcinfo, int number, const char *name) {
  if (PG_ARGISNULL(number)) {
    ereport(ERROR, (errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
                    errmsg("argument \"%s\" must not be null", name)));
  }
  return text_to_cstring(PG_GETARG_TEXT_PP(number));
}

// Names are resolved by the rights of the one who saves; errors stop, warnings are told.
void require_valid(const char *source) {
  dsl::Catalog *catalog = make_template_catalog(CurrentMemoryContext);
  dsl::Clock *clock =
      make_template_clock(CurrentMemoryContext, GetCurrentTransactionStartTimestamp(), "");
  const TemplateFaults faults = check_template_text(source, catalog, clock);
  int errors = 0;
  const TemplateFault *first = nullptr;
  for (int i = 0; i < faults.count; i++) {
    const TemplateFault *fault = &faults.faults[i];
    if (fault->is_error) {
      if (errors++ == 0) first = fault;
    } else {
      ereport(WARNING, (errmsg("line %d, column %d: %s", fault->line, fault->column,
                               from_utf8(fault->message))));
    }
  }
  if (!first) return;
  ereport(ERROR,
          (errcode(MAKE_SQLSTATE(first->state[0], first->state[1], first->state[2], first->state[3],
                                 first->state[4])),
           errmsg("line %d, column %d: %s", first->line, first->column, from_utf8(first->message)),
           *first->excerpt ? errdetail("%s%s", from_utf8(first->excerpt),
                                       errors > 1 ? "\nThere are more errors." : "")
                           : 0,
           *first->hint ? errhint("%s", from_utf8(first->hint))
                        : errhint("export.check_template() lists all errors.")));
}

// Takes the row of the template so that nobody else saves at the same time; returns its version.
int lock_template(const pg_uuid_t *id) {
  const SqlParameter parameter = uuid_parameter(id);
  if (run_internal_sql("SELECT t.version FROM export._template t "
                       "WHERE t.id OPERATOR(pg_catalog.=) $1 FOR UPDATE",
                       &parameter, 1, false) == 0) {
    return 0;
  }
  bool is_null;
  return DatumGetInt32(sql_result(0, 1, &is_null));
}

[[noreturn]] void raise_conflict(const char *name, int base, int current) {
  ereport(ERROR, (errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
                  errmsg("template \"%s\" has changed", name),
                  errdetail("The change is based on version %d, and the current one is %d.", base,
                            current),
                  errhint("Look at export.diff_template('%s', %d, %d), put both changes together, "
                          "and save with base_version => %d.",
                          name, base, current, current)));
  pg_unreachable();
}

void insert_version(const pg_uuid_t *id, int version, const char *source, const char *note,
                    const TemplateFacts &facts, const char *author) {
  const SqlParameter parameters[] = {uuid_parameter(id),
                                     int4_parameter(version),
                                     text_parameter(source),
                                     text_parameter(from_utf8(facts.title)),
                                     text_parameter(from_utf8(facts.description)),
                                     text_parameter(note),
                                     text_parameter(author)};
  run_internal_sql(
      "INSERT INTO export._template_version (template, version, source, title, description, note, "
      "author, saved_at) VALUES ($1, $2, $3, $4, $5, $6, $7, pg_catalog.clock_timestamp())",
      parameters, lengthof(parameters), false);
}

// The new version.  `base`: the version that the change is based on.
int add_version(const StoredTemplate *old, int base, const char *source, const char *note,
                const TemplateFacts &facts) {
  const InternalSql sql = open_internal_sql();
  const char *author = GetUserNameFromId(sql.nest.user, false);
  const int current = lock_template(&old->id);
  if (current != base) raise_conflict(old->name, base, current);
  insert_version(&old->id, current + 1, source, note, facts, author);
  const SqlParameter parameters[] = {uuid_parameter(&old->id), int4_parameter(current + 1)};
  run_internal_sql(
      "UPDATE export._template t SET version = $2 WHERE t.id OPERATOR(pg_catalog.=) $1", parameters,
      2, false);
  close_internal_sql(sql);
  return current + 1;
}

void create_template(const char *name, const char *source, const char *note,
                     const TemplateFacts &facts) {
  pg_uuid_t id;
  new_uuid(&id);
  const InternalSql sql = open_internal_sql();
  const char *author = GetUserNameFromId(sql.nest.user, false);
  const SqlParameter parameters[] = {uuid_parameter(&id), text_parameter(name),
                                     oid_parameter(sql.nest.user)};
  if (run_internal_sql("INSERT INTO export._template (id, name, owner, version, created_at) "
                       "VALUES ($1, $2, $3, 1, pg_catalog.clock_timestamp()) "
                       "ON CONFLICT (name) DO NOTHING",
                       parameters, 3, false) == 0) {
    ereport(ERROR, (errcode(ERRCODE_DUPLICATE_OBJECT),
                    errmsg("a template \"%s\" exists already, and it is not yours", name),
                    errhint("Choose another name.")));
  }
  insert_version(&id, 1, source, note, facts, author);
  close_internal_sql(sql);
}

void record(const char *kind) { complete_audit(begin_audit(kind), "completed"); }

// The grantee, InvalidOid for everybody.
Oid grantee_argument(FunctionCallInfo fcinfo, int number) {
  if (PG_ARGISNULL(number)) return InvalidOid;
  const Oid role = PG_GETARG_OID(number);
  (void)GetUserNameFromId(role, false);
  return role;
}

}  // namespace

int save_template(const char *source, const char *note, int base_version) {
  const TemplateFacts facts = parse_template(to_utf8(source));
  const char *name = from_utf8(facts.name);
  require_valid(to_utf8(source));
  const StoredTemplate *old = find_template(name, 0);
  int version = 1;
  if (!old) {
    if (base_version != kNoBaseVersion) (void)require_template(name, 0, TemplateRight::edit);
    create_template(name, source, note, facts);
  } else {
    (void)require_template(name, 0, TemplateRight::edit);
    if (base_version == kNoBaseVersion) {
      ereport(ERROR,
              (errcode(ERRCODE_DUPLICATE_OBJECT), errmsg("template \"%s\" exists already", name),
               errdetail("Its current version is %d.", old->version),
               errhint("Say which version was changed: base_version => %d.", old->version)));
    }
    version = add_version(old, base_version, source, note, facts);
  }
  record("save_template");
  return version;
}

}  // namespace pgexport

using namespace pgexport;

EXPORT_FUNCTION(export_save_template) {
  admit("export.save_template()");
  const char *source = text_of(fcinfo, 0, "source");
  const char *note = PG_ARGISNULL(1) ? "" : text_to_cstring(PG_GETARG_TEXT_PP(1));
  PG_RETURN_INT32(
      save_template(source, note, PG_ARGISNULL(2) ? kNoBaseVersion : PG_GETARG_INT32(2)));
}

EXPORT_FUNCTION(export_restore_template) {
  admit("export.restore_template()");
  const char *name = text_to_cstring(PG_GETARG_TEXT_PP(0));
  const int version = PG_GETARG_INT32(1);
  const char *note = text_to_cstring(PG_GETARG_TEXT_PP(2));
  const StoredTemplate *old = require_template(name, version, TemplateRight::edit);
  if (*note == '\0') note = psprintf("Version %d restored", version);
  const int added =
      add_version(old, old->version, old->source, note, parse_template(to_utf8(old->source)));
  record("restore_template");
  PG_RETURN_INT32(added);
}

EXPORT_FUNCTION(export_drop_template) {
  admit("export.drop_template()");
  const char *name = text_to_cstring(PG_GETARG_TEXT_PP(0));
  const StoredTemplate *dropped = require_template(name, 0, TemplateRight::own);
  const InternalSql sql = open_internal_sql();
  const SqlParameter parameter = uuid_parameter(&dropped->id);
  (void)lock_template(&dropped->id);
  run_internal_sql(
      "DELETE FROM export._template_share s WHERE s.template OPERATOR(pg_catalog.=) $1", &parameter,
      1, false);
  run_internal_sql(
      "DELETE FROM export._template_version v WHERE v.template OPERATOR(pg_catalog.=) $1",
      &parameter, 1, false);
  run_internal_sql("DELETE FROM export._template t WHERE t.id OPERATOR(pg_catalog.=) $1",
                   &parameter, 1, false);
  close_internal_sql(sql);
  record("drop_template");
  PG_RETURN_VOID();
}

EXPORT_FUNCTION(export_share_template) {
  admit("export.share_template()");
  const char *name = text_of(fcinfo, 0, "name");
  const Oid grantee = grantee_argument(fcinfo, 1);
  const char *level = right_name(parse_right(text_of(fcinfo, 2, "level")));
  const StoredTemplate *shared = require_template(name, 0, TemplateRight::own);
  const InternalSql sql = open_internal_sql();
  const SqlParameter parameters[] = {uuid_parameter(&shared->id), oid_parameter(grantee),
                                     text_parameter(level), oid_parameter(sql.nest.user)};
  run_internal_sql(
      "INSERT INTO export._template_share (template, grantee, level, granted_by, granted_at) "
      "VALUES ($1, $2, $3, $4, pg_catalog.clock_timestamp()) "
      "ON CONFLICT (template, grantee) DO UPDATE SET level = excluded.level, "
      "granted_by = excluded.granted_by, granted_at = excluded.granted_at",
      parameters, lengthof(parameters), false);
  close_internal_sql(sql);
  AuditEvent *event = begin_audit("share_template");
  if (OidIsValid(grantee)) audit_grantee(event, grantee);
  complete_audit(event, "completed");
  PG_RETURN_VOID();
}

EXPORT_FUNCTION(export_unshare_template) {
  admit("export.unshare_template()");
  const char *name = text_of(fcinfo, 0, "name");
  const Oid grantee = PG_ARGISNULL(1) ? InvalidOid : PG_GETARG_OID(1);
  const StoredTemplate *shared = require_template(name, 0, TemplateRight::own);
  const InternalSql sql = open_internal_sql();
  const SqlParameter parameters[] = {uuid_parameter(&shared->id), oid_parameter(grantee)};
  const std::uint64_t removed = run_internal_sql(
      "DELETE FROM export._template_share s WHERE s.template OPERATOR(pg_catalog.=) $1 "
      "AND s.grantee::pg_catalog.oid OPERATOR(pg_catalog.=) $2",
      parameters, 2, false);
  close_internal_sql(sql);
  if (removed == 0) {
    ereport(ERROR, (errcode(ERRCODE_UNDEFINED_OBJECT),
                    errmsg("template \"%s\" is not shared with that role", name)));
  }
  AuditEvent *event = begin_audit("unshare_template");
  if (OidIsValid(grantee)) audit_grantee(event, grantee);
  complete_audit(event, "completed");
  PG_RETURN_VOID();
}
