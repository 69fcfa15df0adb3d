// What a COPY statement asks for, as a query and as options.
#pragma once

#include "server/export_run.h"

extern "C" {
#include "nodes/parsenodes.h"
}

namespace pgexport {

// The format of a COPY if it is one of ours, else nullptr: the server's own formats, and names
// that nobody knows, are left to it.
const char *export_format_of(const CopyStmt *copy);

// The options other than FORMAT.
DocumentSpec *copy_spec(const CopyStmt *copy, const char *format);

// The SELECT that stands for the statement.  A table becomes a SELECT of its columns, generated
// ones left out as in the server's COPY.  Positions refer to the text of the whole statement.
RawStmt *copy_query(const CopyStmt *copy, const PlannedStmt *statement);

}  // namespace pgexport
