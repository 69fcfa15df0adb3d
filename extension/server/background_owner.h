// Whether a role's exports can run in the background: in a process that connects as that role.
#pragma once

#include "bridge/prelude.h"

namespace pgexport {

struct OwnerFault {
  const char *reason;  // as in the view jobs; nullptr: there is none
  const char *detail;
  const char *hint;
};

// `name`: what the role was called when it submitted, or nullptr.  Names are compared because the
// OID of a dropped role can be given to another one.
OwnerFault background_fault(Oid role, const char *name);

// Raises 42501 with the fault.
void require_background_owner(Oid role);

}  // namespace pgexport
