// One row of export._audit, as plain bytes of a fixed size: it can be kept where nothing can be
// allocated any more, and handed to the audit writer through shared memory.
#pragma once

#include "bridge/prelude.h"

extern "C" {
#include "access/transam.h"
#include "datatype/timestamp.h"
}

namespace pgexport {

enum class AuditPhase : std::uint8_t { intent, outcome, denied };

struct AuditRow {
  pg_uuid_t event_id;
  AuditPhase phase;
  bool asked_intent;
  bool has_intent;  // and it is durable
  pg_uuid_t intent_id;
  char kind[24];
  char outcome[16];  // "": none
  char sqlstate[6];  // "": unknown
  TimestampTz at;
  TimestampTz xact_at;

  // Names, because nothing can be looked up when the transaction has failed.
  NameData session_user;
  NameData outer_user;
  NameData effective_user;
  int security_context;
  char client_addr[64];  // "": none
  NameData application_name;
  int backend_pid;
  TimestampTz backend_start;
  FullTransactionId txid;

  bool has_query;
  Sha256 query_sha256;
  char format[16];  // "": none
  bool has_counts;
  std::int64_t rows;
  std::int64_t bytes;
  bool has_digest;
  Sha256 digest;
  bool has_artifact;
  pg_uuid_t artifact;
  bool has_job;
  pg_uuid_t job;
  NameData grantee;  // "": none
  bool has_template;
  pg_uuid_t template_id;
  int template_version;
  std::int64_t duration;  // microseconds, -1: unknown
  std::int64_t attempts;  // of a row that stands for several, else 0
};
static_assert(std::is_trivially_copyable_v<AuditRow>);

// The parts without a limit.
struct AuditTexts {
  const char *query;  // nullptr: none
  Datum relations;    // jsonb, 0: none
  Datum settings;     // jsonb, 0: none
};

// Who calls, from where, now: the columns that are the same for whatever is done.
void describe_caller(AuditRow *row);

// REQUIRES: internal SQL is open.  A row that is there already stays as it is: the audit writer may
// have to write again what it has committed.
void insert_audit_row(const AuditRow *row, const AuditTexts *texts);

}  // namespace pgexport
