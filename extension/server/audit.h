// The audit record of what somebody does: an intent before it begins, an outcome when it has ended,
// and a line in the server log.
//
//   begin_audit() ─▶ …checks… ─▶ begin_export_audit() ─▶ complete_audit()
//
// The intent is durable before anything leaves (server/audit_intent.h).  The outcome is a row in
// the transaction of the export.  That transaction may not end well, so each event is remembered
// until it does: a stream that was left early gets its row just before commit, a row that a
// rolled-back savepoint took away is written again with outcome "rolled_back", and if the whole
// transaction is rolled back, or may not write, the audit writer is told the outcome.  An export
// that is refused before it has begun is told to it as well.
#pragma once

#include "server/export_run.h"

namespace pgexport {

struct AuditEvent;

// Whether what somebody wants to do can be recorded.  `writes` calls (run, drop …) raise 25006 in a
// read-only transaction; for the others the audit writer will do, and without it they obey
// export.audit_read_only.
void require_auditable(const char *what, bool writes);

// Starts the record of something the user does.  `kind` is a constant.
AuditEvent *begin_audit(const char *kind);
// The same for an export, by the first thing that it does: if it ends before
// begin_export_audit(), it was refused.
AuditEvent *begin_attempt(const char *kind);

// What is known of a request before its queries are parsed, and once they are planned.
void audit_request(AuditEvent *event, const ExportRequest *request);
void audit_query(AuditEvent *event, const Export *run);
// Returns when the intent is durable, or where there is nobody to make it so.
void begin_export_audit(AuditEvent *event, const char *what);

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
