#include "server/roles.h"

extern "C" {
#include "access/htup_details.h"
#include "access/parallel.h"
#include "access/xact.h"
#include "catalog/pg_authid.h"
#include "postmaster/autovacuum.h"
#include "utils/acl.h"
#include "utils/catcache.h"
#include "utils/syscache.h"
}

namespace pgexport {

namespace {

void require_role(const char *role, const char *what) {
  const Oid oid = get_role_oid(role, true);
  if (OidIsValid(oid) && has_privs_of_role(GetUserId(), oid)) return;
  ereport(ERROR, (errcode(ERRCODE_INSUFFICIENT_PRIVILEGE), errmsg("permission denied to %s", what),
                  errdetail("This needs the privileges of the role \"%s\".", role),
                  errhint("An administrator can GRANT %s TO %s.", role,
                          quote_identifier(GetUserNameFromId(GetUserId(), false)))));
}

}  // namespace

Oid safe_owner_role() {
  HeapTuple tuple = SearchSysCache1(AUTHNAME, CStringGetDatum("export_owner"));
  if (!HeapTupleIsValid(tuple)) {
    ereport(ERROR, (errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
                    errmsg("role \"export_owner\" does not exist"),
                    errhint("Recreate the extension in this database.")));
  }
  const auto *role = reinterpret_cast<Form_pg_authid>(GETSTRUCT(tuple));
  const Oid oid = role->oid;
  bool password_is_null;
  SysCacheGetAttr(AUTHNAME, tuple, Anum_pg_authid_rolpassword, &password_is_null);
  const char *fault = nullptr;
  if (role->rolsuper || role->rolbypassrls || role->rolcreaterole || role->rolcreatedb ||
      role->rolreplication) {
    fault = "It has attributes beyond LOGIN.";
  } else if (role->rolconnlimit != 0 || !password_is_null) {
    fault = "A client could log in as it: it must have CONNECTION LIMIT 0 and no password.";
  }
  ReleaseSysCache(tuple);
  if (!fault) {
    CatCList *members = SearchSysCacheList1(AUTHMEMROLEMEM, ObjectIdGetDatum(oid));
    if (members->n_members > 0) fault = "It has been granted to another role.";
    ReleaseSysCacheList(members);
  }
  if (fault) {
    ereport(ERROR,
            (errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
             errmsg("role \"export_owner\" is not safe"), errdetail("%s", fault),
             errhint("Revoke \"export_owner\" from every role and restore its attributes: "
                     "LOGIN CONNECTION LIMIT 0 PASSWORD NULL. Then find out who did this.")));
  }
  return oid;
}

void require_export_user() { require_role("export_user", "export"); }

void require_export_admin() { require_role("export_admin", "administer exports"); }

bool acts_for(Oid role) { return has_privs_of_role(GetUserId(), role); }

bool is_privileged(Oid role) {
  // The server's files and programs are as good as a superuser's rights; superusers have these too.
  if (has_privs_of_role(role, ROLE_PG_READ_SERVER_FILES) ||
      has_privs_of_role(role, ROLE_PG_WRITE_SERVER_FILES) ||
      has_privs_of_role(role, ROLE_PG_EXECUTE_SERVER_PROGRAM)) {
    return true;
  }
  HeapTuple tuple = SearchSysCache1(AUTHOID, ObjectIdGetDatum(role));
  if (!HeapTupleIsValid(tuple)) return false;
  const bool bypass = reinterpret_cast<Form_pg_authid>(GETSTRUCT(tuple))->rolbypassrls;
  ReleaseSysCache(tuple);
  return bypass;
}

void require_export_allowed(const char *what) {
  const char *where = nullptr;
  if (InSecurityRestrictedOperation()) {
    where =
        "It is inside another export or another security-restricted operation, such as "
        "maintenance of an index or a materialized view.";
  } else if (InNoForceRLSOperation()) {
    where = "It is inside a referential integrity check.";
  } else if (IsInParallelMode()) {
    where = "It is inside a parallel operation.";
  } else if (MyBackendType != B_BACKEND && MyBackendType != B_BG_WORKER) {
    where = "This process does not serve a client.";
  }
  if (!where) return;
  ereport(ERROR,
          (errcode(ERRCODE_FEATURE_NOT_SUPPORTED), errmsg("%s cannot be called here", what),
           errdetail("%s", where), errhint("Call it from the statement that the client sends.")));
}

void require_persisting_allowed(const char *what) {
  require_export_allowed(what);
  if (!InLocalUserIdChange()) return;
  ereport(ERROR, (errcode(ERRCODE_FEATURE_NOT_SUPPORTED), errmsg("%s cannot be called here", what),
                  errdetail("It is inside a SECURITY DEFINER function, whose rights would outlive "
                            "the call."),
                  errhint("Call it with the caller's own rights.")));
}

}  // namespace pgexport
