// A query that is to run later and mean the same then.
//
// Its names are resolved once, when it is submitted, and written out with their schemas; operators
// and functions too, with the types of their arguments.  What somebody creates afterwards in a
// schema of the search path is not found.
#pragma once

#include "server/query.h"

namespace pgexport {

struct FrozenQuery {
  const char *text;
  const QueryArguments *arguments;  // each with its type
  const char *columns;              // names and types of what it gives
};

// Raises what prepare_query() raises.  REQUIRES: inside the sandbox, with an active snapshot.
FrozenQuery freeze_query(const char *text, const QueryArguments *arguments,
                         const SandboxSettings *settings);

// Raises 55000 if a frozen query gives other columns now: a table has changed since.
void require_same_columns(const PlannedStmt *plan, const char *columns);

}  // namespace pgexport
