#include "server/template.h"

extern "C" {
#include "catalog/pg_type.h"
#include "utils/acl.h"
#include "utils/array.h"
}

#include "server/internal_sql.h"

namespace pgexport {

namespace {

constexpr const char *kFind =
    "SELECT t.id, t.owner::pg_catalog.oid, t.version, v.version, v.source, "
    "ARRAY(SELECT s.grantee::pg_catalog.oid FROM export._template_share s "
    "WHERE s.template OPERATOR(pg_catalog.=) t.id ORDER BY s.grantee, s.level), "
    "ARRAY(SELECT s.level FROM export._template_share s "
    "WHERE s.template OPERATOR(pg_catalog.=) t.id ORDER BY s.grantee, s.level), v.note "
    "FROM export._template t LEFT JOIN export._template_version v "
    "ON v.template OPERATOR(pg_catalog.=) t.id AND v.version OPERATOR(pg_catalog.=) "
    "CASE WHEN $2 OPERATOR(pg_catalog.=) 0 THEN t.version ELSE $2 END "
    "WHERE t.name OPERATOR(pg_catalog.=) $1";

constexpr const char *kRightNames[] = {"none", "view", "run", "edit", "own"};

TemplateRight stronger(TemplateRight a, TemplateRight b) { return a < b ? b : a; }

// Grantee 0 is everybody.
TemplateRight shared_right(Datum grantees, Datum levels, Oid user) {
  Datum *roles, *words;
  int count, same_count;
  deconstruct_array(DatumGetArrayTypeP(grantees), OIDOID, sizeof(Oid), true, TYPALIGN_INT, &roles,
                    nullptr, &count);
  deconstruct_array(DatumGetArrayTypeP(levels), TEXTOID, -1, false, TYPALIGN_INT, &words, nullptr,
                    &same_count);
  TemplateRight right = TemplateRight::none;
  for (int i = 0; i < count; i++) {
    const Oid grantee = DatumGetObjectId(roles[i]);
    if (OidIsValid(grantee) && !has_privs_of_role(user, grantee)) continue;
    right = stronger(right, parse_right(TextDatumGetCString(words[i])));
  }
  return right;
}

void read_row(StoredTemplate *found, Oid user) {
  bool is_null;
  found->id = *DatumGetUUIDP(sql_result(0, 1, &is_null));
  const Oid owner = DatumGetObjectId(sql_result(0, 2, &is_null));
  found->version = DatumGetInt32(sql_result(0, 3, &is_null));
  found->right = has_privs_of_role(user, owner)
                     ? TemplateRight::own
                     : shared_right(sql_result(0, 6, &is_null), sql_result(0, 7, &is_null), user);
  const Datum version = sql_result(0, 4, &is_null);
  if (is_null) return;
  found->source_version = DatumGetInt32(version);
  found->source = TextDatumGetCString(sql_result(0, 5, &is_null));
  found->note = TextDatumGetCString(sql_result(0, 8, &is_null));
}

}  // namespace

const char *right_name(TemplateRight right) { return kRightNames[static_cast<int>(right)]; }

TemplateRight parse_right(const char *word) {
  for (const TemplateRight right : {TemplateRight::view, TemplateRight::run, TemplateRight::edit}) {
    if (strcmp(word, right_name(right)) == 0) return right;
  }
  ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
                  errmsg("\"%s\" is not a right to a template", word),
                  errhint("The rights are view, run and edit.")));
  pg_unreachable();
}

const StoredTemplate *find_template(const char *name, int version) {
  auto *found = static_cast<StoredTemplate *>(palloc0(sizeof(StoredTemplate)));
  found->name = name;
  const Oid user = GetUserId();
  const MemoryContext caller = CurrentMemoryContext;
  const InternalSql sql = open_internal_sql();
  const SqlParameter parameters[] = {text_parameter(name), int4_parameter(version)};
  const bool exists =
      run_internal_sql(kFind, parameters, 2, RecoveryInProgress() || XactReadOnly) > 0;
  if (exists) {
    const MemoryContext old = MemoryContextSwitchTo(caller);
    read_row(found, user);
    MemoryContextSwitchTo(old);
  }
  close_internal_sql(sql);
  return exists && found->right >= TemplateRight::view ? found : nullptr;
}

const StoredTemplate *require_template(const char *name, int version, TemplateRight right) {
  const StoredTemplate *found = find_template(name, version);
  if (!found) {
    ereport(ERROR,
            (errcode(ERRCODE_UNDEFINED_OBJECT), errmsg("template \"%s\" does not exist", name),
             errhint("See export.templates for the templates you may use.")));
  }
  if (!found->source) {
    ereport(ERROR, (errcode(ERRCODE_UNDEFINED_OBJECT),
                    errmsg("template \"%s\" has no version %d", name, version),
                    errhint("Its versions are 1 to %d.", found->version)));
  }
  if (found->right < right) {
    ereport(ERROR, (errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
                    errmsg("permission denied for template \"%s\"", name),
                    errdetail("You may %s it; this takes the right to %s it.",
                              right_name(found->right), right_name(right)),
                    errhint("Its owner gives rights with export.share_template().")));
  }
  return found;
}

}  // namespace pgexport
