// A document in the store, or nothing at all: what run, rerun and the jobs do.
#pragma once

#include "server/audit.h"

namespace pgexport {

// Runs the request, keeps the document and completes its audit row, in the current transaction.
pg_uuid_t *make_artifact(AuditEvent *event, const ExportRequest *what);

}  // namespace pgexport
