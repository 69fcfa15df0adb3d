// Who wrote the code that a query would run.
//
// A superuser, or a role that bypasses row security, that exports from a table somebody else
// prepared would run that somebody's functions with its own rights.  For such roles everything
// that carries code must belong to the role itself, to a superuser, or to a role that the
// administrator trusts (export.trusted_owners).  Plain tables carry no code; their index
// expressions and check constraints do, because the planner may evaluate them.
#pragma once

#include "bridge/prelude.h"

extern "C" {
#include "nodes/parsenodes.h"
}

namespace pgexport {

// Raises 42501 naming the object and its owner.  `query` is rewritten but not planned: nothing of
// it has run yet.  Does nothing for roles without privilege, or with export.trust_check off.
void require_trusted_code(Query *query, Oid run_as);

}  // namespace pgexport
