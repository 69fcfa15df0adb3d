#include "server/background_owner.h"

#include "server/settings.h"

extern "C" {
#include "access/htup_details.h"
#include "catalog/pg_authid.h"
#include "utils/acl.h"
#include "utils/syscache.h"
#include "utils/timestamp.h"
}

namespace pgexport {

namespace {

struct Attributes {
  NameData name;
  bool can_login;
  bool superuser;
  bool expired;
};

bool read_attributes(Oid role, Attributes *attributes) {
  HeapTuple tuple = SearchSysCache1(AUTHOID, ObjectIdGetDatum(role));
  if (!HeapTupleIsValid(tuple)) return false;
  const auto *form = reinterpret_cast<Form_pg_authid>(GETSTRUCT(tuple));
  attributes->name = form->rolname;
  attributes->can_login = form->rolcanlogin;
  attributes->superuser = form->rolsuper;
  bool is_null;
  const Datum until = SysCacheGetAttr(AUTHOID, tuple, Anum_pg_authid_rolvaliduntil, &is_null);
  // A worker can connect as an expired role: the server leaves that to whoever starts it.
  attributes->expired = !is_null && DatumGetTimestampTz(until) <= GetCurrentTimestamp();
  ReleaseSysCache(tuple);
  return true;
}

constexpr const char *kUseAnother = "Submit as a role that can log in and is a member of it.";

}  // namespace

OwnerFault background_fault(Oid role, const char *name) {
  Attributes attributes;
  if (!read_attributes(role, &attributes)) {
    return {"role_missing", "The role does not exist any more.", nullptr};
  }
  if (name && strcmp(NameStr(attributes.name), name) != 0) {
    return {"role_renamed", "The role has another name now.",
            "Rename it back, or submit the job again."};
  }
  if (!attributes.can_login) {
    return {"role_cannot_login", "The role cannot log in.",
            "ALTER ROLE ... LOGIN CONNECTION LIMIT 0 lets its jobs run and no client connect. Or "
            "submit as a role that can log in and is a member of it."};
  }
  if (attributes.expired) {
    return {"role_expired", "The role's password has expired (VALID UNTIL).",
            "An administrator can set another time with ALTER ROLE."};
  }
  if (attributes.superuser && !setting_allow_superuser_jobs) {
    return {"superuser_disallowed", "The role is a superuser.",
            "Submit as an ordinary role, or have export.allow_superuser_jobs switched on."};
  }
  if (pg_database_aclcheck(MyDatabaseId, role, ACL_CONNECT) != ACLCHECK_OK) {
    return {"no_connect", "The role may not connect to this database.", kUseAnother};
  }
  const Oid users = get_role_oid("export_user", true);
  if (!OidIsValid(users) || !has_privs_of_role(role, users)) {
    return {"no_privilege", "The role is not a member of export_user.",
            "An administrator can GRANT export_user to it."};
  }
  return {};
}

void require_background_owner(Oid role) {
  const OwnerFault fault = background_fault(role, nullptr);
  if (!fault.reason) return;
  ereport(ERROR, (errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
                  errmsg("exports of role \"%s\" cannot run in the background",
                         GetUserNameFromId(role, false)),
                  errdetail("%s", fault.detail), fault.hint ? errhint("%s", fault.hint) : 0));
}

}  // namespace pgexport
