// From the text of a query to a plan: one SELECT, nothing else.
#pragma once

#include "server/arguments.h"
#include "server/sandbox.h"

extern "C" {
#include "nodes/parsenodes.h"
#include "nodes/plannodes.h"
}

namespace pgexport {

struct PreparedQuery {
  const char *text;
  PlannedStmt *plan;
  ParamListInfo params;
  const Mask *masks;  // of the columns, as the administrator decided; nullptr: none
};

// Parses, checks, analyses, rewrites and plans.  `statement` is the parse tree if there is one
// already (COPY), whose positions refer to `text`; else nullptr.  `frozen`: the text is that of
// freeze_query().
// Raises 42601 / 0A000 with the reason for anything but one plain SELECT, and PostgreSQL's own
// errors with the position in the query.  REQUIRES: inside the sandbox, with an active snapshot.
PreparedQuery *prepare_query(const char *text, RawStmt *statement, bool frozen,
                             const QueryArguments *arguments, int cursor_options,
                             const SandboxSettings *settings);

// The first half of it: what the text means, not yet rewritten, and the types of its parameters.
Query *analyse_query(const char *text, RawStmt *statement, const QueryArguments *arguments,
                     const SandboxSettings *settings, Oid **types);

// Raises unless the statement is one plain SELECT as far as its syntax shows.
void require_plain_select(Node *statement);

}  // namespace pgexport
