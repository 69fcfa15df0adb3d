// One line of the server log for each event of the audit.
#pragma once

#include "server/audit_row.h"

namespace pgexport {

// A line of JSON, without values of the query's rows or parameters.  The client never gets it.
void log_audit_event(const AuditRow *row, const char *outcome);

}  // namespace pgexport
