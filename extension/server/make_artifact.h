// A document in the store, or nothing at all: what run, rerun and the jobs do.
#pragma once

#include "server/export_run.h"

namespace pgexport {

// Runs the request, keeps the document and completes its audit row, in the current transaction.
// `kind` is a constant; `job`: of an export in the background, else nullptr.
pg_uuid_t *make_artifact(const ExportRequest *what, const char *kind, const pg_uuid_t *job);

}  // namespace pgexport
