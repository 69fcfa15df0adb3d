// The roles of the extension and who may do what.
#pragma once

#include "bridge/prelude.h"

namespace pgexport {

// OID of the role that owns every internal table.  Raises 55000 if it has members or attributes
// that would let somebody act as it (on PostgreSQL 15 a role with CREATEROLE can grant it).
Oid safe_owner_role();

// Raise 42501 unless the current user has the privileges of the role.
void require_export_user();
void require_export_admin();

// True if the current user has the privileges of `role` (its member, itself, or superuser).
bool acts_for(Oid role);

// True for a role for which somebody else's code could do what that somebody may not: superusers,
// roles that bypass row security, and those that reach the server's files or programs.
bool is_privileged(Oid role);

// Raises unless an export may start here: not inside another export or any other
// security-restricted operation, not in a parallel, autovacuum or replication process.
// `what` is the function's name for the message.
void require_export_allowed(const char *what);

// The same, and for calls whose effect outlives the statement: not inside a SECURITY DEFINER
// function either, whose rights they would carry out of it.
void require_persisting_allowed(const char *what);

}  // namespace pgexport
