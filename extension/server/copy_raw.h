// COPY … WITH (FORMAT raw): finished bytes to the client, nothing around them.
//
// A transport and not an export: the query runs as the server's own COPY would run it, so that
// export.read and export.stream inside it do their own checks and keep their own records.
#pragma once

#include "bridge/prelude.h"

extern "C" {
#include "nodes/parsenodes.h"
#include "nodes/plannodes.h"
}

namespace pgexport {

// Returns the number of rows.  Raises 42804 for anything but one bytea column, 22004 for a null.
std::uint64_t run_raw_copy(const CopyStmt *copy, const PlannedStmt *statement, const char *text);

}  // namespace pgexport
