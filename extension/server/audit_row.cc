#include "server/audit_row.h"

extern "C" {
#include "access/xact.h"
#include "access/xlog.h"
#include "catalog/pg_type.h"
#include "commands/dbcommands.h"
#include "libpq/libpq-be.h"
#include "utils/guc.h"
#include "utils/inet.h"
#include "utils/timestamp.h"
#include "utils/xid8.h"
}

#include "server/audit_columns.h"

namespace pgexport {

namespace {

constexpr const char *kPhases[] = {"intent", "outcome", "denied"};

void copy_role_name(NameData *name, Oid role) {
  const char *found = GetUserNameFromId(role, true);
  namestrcpy(name, found ? found : "");
}

// Nothing for a local socket.
void copy_client_address(char *address, std::size_t size) {
  LOCAL_FCINFO(fcinfo, 0);
  InitFunctionCallInfoData(*fcinfo, nullptr, 0, InvalidOid, nullptr, nullptr);
  const Datum client = MyProcPort ? inet_client_addr(fcinfo) : 0;
  if (!MyProcPort || fcinfo->isnull) return;
  strlcpy(address, DatumGetCString(DirectFunctionCall1(inet_out, client)), size);
}

SqlParameter name_parameter(const NameData *name) {
  if (NameStr(*name)[0] == '\0') return null_parameter(NAMEOID);
  return {NAMEOID, NameGetDatum(name), false};
}

SqlParameter filled_text(const char *text) {
  return text_parameter(text[0] == '\0' ? nullptr : text);
}

SqlParameter address_parameter(const char *address) {
  if (address[0] == '\0') return null_parameter(INETOID);
  return {INETOID, DirectFunctionCall1(inet_in, CStringGetDatum(address)), false};
}

SqlParameter xid_parameter(FullTransactionId txid) {
  if (!FullTransactionIdIsValid(txid)) return null_parameter(XID8OID);
  return {XID8OID, FullTransactionIdGetDatum(txid), false};
}

SqlParameter digest_parameter(bool is_known, const Sha256 &digest) {
  return is_known ? bytes_parameter(digest.data(), digest.size()) : null_parameter(BYTEAOID);
}

SqlParameter count_parameter(bool is_known, std::int64_t count) {
  return is_known ? int8_parameter(count) : null_parameter(INT8OID);
}

SqlParameter optional_jsonb(Datum value) {
  return value ? jsonb_parameter(value) : null_parameter(JSONBOID);
}

SqlParameter duration_parameter(std::int64_t microseconds) {
  if (microseconds < 0) return null_parameter(INTERVALOID);
  auto *interval = static_cast<Interval *>(palloc0(sizeof(Interval)));
  interval->time = microseconds;
  return {INTERVALOID, IntervalPGetDatum(interval), false};
}

}  // namespace

void describe_caller(AuditRow *row) {
  Oid effective_user;
  GetUserIdAndSecContext(&effective_user, &row->security_context);
  copy_role_name(&row->session_user, GetSessionUserId());
  copy_role_name(&row->outer_user, GetOuterUserId());
  copy_role_name(&row->effective_user, effective_user);
  copy_client_address(row->client_addr, sizeof row->client_addr);
  namestrcpy(&row->application_name, application_name ? application_name : "");
  row->backend_pid = MyProcPid;
  row->backend_start = MyStartTimestamp;
  row->at = GetCurrentTimestamp();
  row->xact_at = GetCurrentTransactionStartTimestamp();
}

void insert_audit_row(const AuditRow *row, const AuditTexts *texts) {
  const SqlParameter parameters[] = {
      uuid_parameter(&row->event_id),
      time_parameter(row->at),
      time_parameter(row->xact_at),
      text_parameter(row->kind),
      text_parameter(kPhases[static_cast<int>(row->phase)]),
      filled_text(row->outcome),
      filled_text(row->sqlstate),
      text_parameter(row->has_intent ? "durable" : "none"),
      uuid_parameter(row->asked_intent ? &row->intent_id : nullptr),
      name_parameter(&row->session_user),
      name_parameter(&row->outer_user),
      name_parameter(&row->effective_user),
      int4_parameter(row->security_context),
      address_parameter(row->client_addr),
      name_parameter(&row->application_name),
      int4_parameter(row->backend_pid),
      time_parameter(row->backend_start),
      xid_parameter(row->txid),
      text_parameter(get_database_name(MyDatabaseId)),
      int8_parameter(static_cast<std::int64_t>(GetSystemIdentifier())),
      text_parameter(texts->query),
      digest_parameter(row->has_query, row->query_sha256),
      optional_jsonb(texts->relations),
      optional_jsonb(texts->settings),
      filled_text(row->format),
      count_parameter(row->has_counts, row->rows),
      count_parameter(row->has_counts, row->bytes),
      digest_parameter(row->has_digest, row->digest),
      uuid_parameter(row->has_artifact ? &row->artifact : nullptr),
      uuid_parameter(row->has_job ? &row->job : nullptr),
      name_parameter(&row->grantee),
      uuid_parameter(row->has_template ? &row->template_id : nullptr),
      row->has_template ? int4_parameter(row->template_version) : null_parameter(INT4OID),
      duration_parameter(row->duration),
      count_parameter(row->attempts > 0, row->attempts),
  };
  static_assert(lengthof(parameters) == lengthof(kAuditColumns));
  write_audit_columns(parameters);
}

}  // namespace pgexport
