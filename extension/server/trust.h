// Who wrote the code that a query would run.
//
// A superuser, or a role that bypasses row security, that exports from a table somebody else
// prepared would run that somebody's functions with its own rights.  For such roles everything
// that carries code must belong to the role itself, to a superuser, or to a role that the
// administrator trusts (export.trusted_owners).
//
// Two checks.  A walk over the query before it is planned names what is at fault: views, foreign
// tables, functions, operators, casts, domains.  A gate at the server's function manager, closed
// while the sandbox is open, stops what no walk can see: functions behind input functions, index
// expressions, statistics, constraints, other functions.
#pragma once

#include "bridge/prelude.h"

extern "C" {
#include "nodes/parsenodes.h"
}

namespace pgexport {

// Raises 42501 naming the object and its owner.  `query` is rewritten but not planned.  Does
// nothing for roles without privilege, or with export.trust_check off.
void require_trusted_code(Query *query, Oid run_as);

// The same for the types of literals in a statement that is not analysed yet: analysis calls their
// input functions.
void require_trusted_literals(Node *statement, Oid run_as);

// The state of the gate.  It opens by itself when the (sub)transaction it was closed in aborts.
struct TrustGate {
  Oid run_as;  // InvalidOid: open
  SubTransactionId closed_in;
};
TrustGate current_trust_gate();
// Closes the gate if `run_as` is privileged, and returns the state before.
TrustGate close_trust_gate(Oid run_as);
void restore_trust_gate(TrustGate gate);

// Called once, when the library is loaded.
void install_trust_gate();

}  // namespace pgexport
