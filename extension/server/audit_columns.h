// The columns of export._audit: one list for writing a row, coding it and checking it.
//
// The code of a row (crypto/audit_code.h) covers every column but recorded_by, which tells the
// sealer where to look and has no meaning in another cluster.
#pragma once

#include "bridge/doors.h"
#include "server/internal_sql.h"

namespace pgexport {

constexpr const char *kAuditColumns[] = {"event_id",
                                         "at",
                                         "xact_at",
                                         "kind",
                                         "phase",
                                         "outcome",
                                         "sqlstate",
                                         "intent",
                                         "intent_id",
                                         "session_user_name",
                                         "outer_user",
                                         "effective_user",
                                         "security_context",
                                         "client_addr",
                                         "application_name",
                                         "backend_pid",
                                         "backend_start",
                                         "txid",
                                         "database",
                                         "system_identifier",
                                         "query",
                                         "query_sha256",
                                         "relations",
                                         "settings",
                                         "format",
                                         "rows",
                                         "bytes",
                                         "sha256",
                                         "artifact_id",
                                         "job_id",
                                         "grantee",
                                         "template",
                                         "template_version",
                                         "duration",
                                         "attempts"};
constexpr int kAuditColumnCount = static_cast<int>(std::size(kAuditColumns));

// Inserts a row of these values, with its code if there is a key.  REQUIRES: internal SQL is open.
void write_audit_columns(const SqlParameter *values);

// A stored row, in memory of the current context.
struct StoredAuditRow {
  AuditField fields[kAuditColumnCount + 1];  // and the key's id
  bool has_code;
  std::string_view key_id;
  std::string_view code;
};

// "a.event_id, …, a.mac_key, a.mac", to select what read_audit_columns() takes.
const char *audit_select_list();
// Row `row` of SPI_tuptable, whose column `first` is the first of that list.
StoredAuditRow read_audit_columns(std::uint64_t row, int first);

// Calls `use` with the row as the C++-only code knows it.
template <typename Use>
auto with_coded_row(const StoredAuditRow &row, Use use) {
  return pg_entry([&] {
    const std::string canonical = canonical_audit_row(row.fields);
    return use(CodedRow{canonical, row.has_code, row.key_id, row.code});
  });
}

}  // namespace pgexport
