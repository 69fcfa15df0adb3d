// The audit record of what an export did: one row in export._audit, in the transaction of the
// export, and one line in the server log.
//
// Bytes may leave before the transaction ends, and the transaction may not end well.  So each
// event is remembered until it does: a stream that was left early gets its row just before commit,
// a row that a rolled-back savepoint took away is written again with outcome "rolled_back", and
// if the whole transaction is rolled back the log line says so.
#pragma once

#include "server/export_run.h"

extern "C" {
#include "utils/uuid.h"
}

namespace pgexport {

struct AuditEvent;

// Whether this transaction can write rows, and if not, whether the log alone will do.
// `writes` calls (run, drop …) raise 25006 in a read-only transaction; the others obey
// export.audit_read_only.
void require_auditable(const char *what, bool writes);

// Starts the record of something the user does.  `kind` is a constant.
AuditEvent *begin_audit(const char *kind);

// What is known of a request before its queries are parsed, and once they are planned.
void audit_request(AuditEvent *event, const ExportRequest *request);
void audit_query(AuditEvent *event, const Export *run);
void audit_artifact(AuditEvent *event, const pg_uuid_t *artifact);
void audit_job(AuditEvent *event, const pg_uuid_t *job);
void audit_grantee(AuditEvent *event, Oid role);
void audit_progress(AuditEvent *event, std::uint64_t rows, std::uint64_t bytes);
void audit_digest(AuditEvent *event, const Sha256 &digest);
void audit_duration(AuditEvent *event, std::int64_t microseconds);

// Writes the row and the log line.  `outcome` is a constant: completed or incomplete.
void complete_audit(AuditEvent *event, const char *outcome);

// Called once when the library is loaded.
void register_audit_callbacks();

}  // namespace pgexport
