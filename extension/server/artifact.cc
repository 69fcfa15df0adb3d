// The artifact row, and export.drop_artifact, share, unshare, cleanup.

#include "server/artifact.h"

extern "C" {
#include "access/htup_details.h"
#include "access/xact.h"
#include "catalog/pg_type.h"
#include "utils/acl.h"
}

#include "server/audit.h"
#include "server/internal_sql.h"
#include "server/retention.h"
#include "server/roles.h"

namespace pgexport {

namespace {

// The row and the roles it is shared with; rights are decided here, not in SQL.
constexpr const char *kFind =
    "SELECT a.xmin, a.owner, a.format, a.query, a.options::pg_catalog.text, a.arguments, "
    "a.search_path, a.time_zone, a.delivered_bytes, a.file, a.chunks, "
    "a.document::pg_catalog.text, a.template_name, a.template_version, "
    "a.parameters::pg_catalog.text, "
    "ARRAY(SELECT s.grantee FROM export._artifact_share s WHERE s.artifact "
    "OPERATOR(pg_catalog.=) a.id) "
    "FROM export._artifact a WHERE a.id OPERATOR(pg_catalog.=) $1 AND NOT EXISTS "
    "(SELECT 1 FROM export._artifact_drop d WHERE d.artifact OPERATOR(pg_catalog.=) a.id)";

constexpr std::int64_t kExpiryBatch = 1000;

const char *text_result(int number) {
  bool is_null;
  const Datum value = sql_result(0, number, &is_null);
  return is_null ? nullptr : text_to_cstring(DatumGetTextPP(value));
}

bool shared_with(Datum grantees, Oid user) {
  ArrayType *array = DatumGetArrayTypeP(grantees);
  Datum *roles;
  int count;
  deconstruct_array(array, OIDOID, sizeof(Oid), true, TYPALIGN_INT, &roles, nullptr, &count);
  for (int i = 0; i < count; i++) {
    if (has_privs_of_role(user, DatumGetObjectId(roles[i]))) return true;
  }
  return false;
}

// Fills `artifact` from the current result; returns false if `user` has no right to it.
bool read_artifact_row(Artifact *artifact, Oid user, bool *made_here) {
  bool is_null;
  *made_here =
      TransactionIdIsCurrentTransactionId(DatumGetTransactionId(sql_result(0, 1, &is_null)));
  artifact->is_owner = has_privs_of_role(user, DatumGetObjectId(sql_result(0, 2, &is_null)));
  if (!artifact->is_owner && !shared_with(sql_result(0, 16, &is_null), user)) return false;
  artifact->format = text_result(3);
  artifact->query = text_result(4);
  artifact->document = text_result(12);
  artifact->template_name = text_result(13);
  const Datum version = sql_result(0, 14, &is_null);
  artifact->template_version = is_null ? 0 : DatumGetInt32(version);
  artifact->parameters = text_result(15);
  artifact->options = text_result(5);
  artifact->arguments =
      reinterpret_cast<Jsonb *>(PG_DETOAST_DATUM_COPY(sql_result(0, 6, &is_null)));
  artifact->search_path = text_result(7);
  artifact->time_zone = text_result(8);
  artifact->delivered_bytes = DatumGetInt64(sql_result(0, 9, &is_null));
  artifact->file = text_result(10);
  artifact->chunks = static_cast<std::uint32_t>(DatumGetInt32(sql_result(0, 11, &is_null)));
  return true;
}

const Artifact *require_own(const pg_uuid_t *id) {
  const Artifact *artifact = find_artifact(id);
  if (!artifact->is_owner) raise_no_such_artifact(id);
  return artifact;
}

void admit(const char *what) {
  require_persisting_allowed(what);
  require_export_user();
  require_auditable(what, true);
}

}  // namespace

void raise_no_such_artifact(const pg_uuid_t *id) {
  ereport(ERROR, (errcode(ERRCODE_UNDEFINED_OBJECT),
                  errmsg("export \"%s\" does not exist",
                         DatumGetCString(DirectFunctionCall1(uuid_out, UUIDPGetDatum(id)))),
                  errhint("See export.artifacts for the exports you may read.")));
  pg_unreachable();
}

const Artifact *find_artifact(const pg_uuid_t *id) {
  auto *artifact = static_cast<Artifact *>(palloc0(sizeof(Artifact)));
  artifact->id = *id;
  const Oid user = GetUserId();
  const MemoryContext caller = CurrentMemoryContext;
  const InternalSql sql = open_internal_sql();
  const SqlParameter parameter = uuid_parameter(id);
  bool made_here = false;
  bool found = run_internal_sql(kFind, &parameter, 1, RecoveryInProgress() || XactReadOnly) > 0;
  if (found) {
    const MemoryContext old = MemoryContextSwitchTo(caller);
    found = read_artifact_row(artifact, user, &made_here);
    MemoryContextSwitchTo(old);
  }
  close_internal_sql(sql);
  if (!found) raise_no_such_artifact(id);
  if (made_here) {
    ereport(ERROR, (errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
                    errmsg("an export cannot be used in the transaction that made it"),
                    errdetail("Its audit record is not committed yet."),
                    errhint("Commit first, or use export.stream.")));
  }
  return artifact;
}

}  // namespace pgexport

using namespace pgexport;

EXPORT_FUNCTION(export_drop_artifact) {
  admit("export.drop_artifact()");
  const pg_uuid_t *id = PG_GETARG_UUID_P(0);
  const Artifact *artifact = require_own(id);
  const InternalSql sql = open_internal_sql();
  const SqlParameter parameters[] = {uuid_parameter(id),
                                     text_parameter(GetUserNameFromId(sql.nest.user, false))};
  run_internal_sql(
      "INSERT INTO export._artifact_drop (artifact, dropped_by, dropped_at) "
      "VALUES ($1, $2, pg_catalog.clock_timestamp())",
      parameters, 2, false);
  run_internal_sql(
      "DELETE FROM export._artifact_chunk c WHERE c.artifact OPERATOR(pg_catalog.=) $1", parameters,
      1, false);
  run_internal_sql(
      "DELETE FROM export._artifact_share s WHERE s.artifact OPERATOR(pg_catalog.=) $1", parameters,
      1, false);
  close_internal_sql(sql);
  if (artifact->file) remove_file_at_commit(artifact->file);
  AuditEvent *event = begin_audit("drop");
  audit_artifact(event, id);
  complete_audit(event, "completed");
  PG_RETURN_VOID();
}

EXPORT_FUNCTION(export_share) {
  admit("export.share()");
  const pg_uuid_t *id = PG_GETARG_UUID_P(0);
  const Oid grantee = PG_GETARG_OID(1);
  require_own(id);
  if (!GetUserNameFromId(grantee, true)) {
    ereport(ERROR, (errcode(ERRCODE_UNDEFINED_OBJECT),
                    errmsg("role with OID %u does not exist", grantee)));
  }
  const InternalSql sql = open_internal_sql();
  const SqlParameter parameters[] = {uuid_parameter(id), oid_parameter(grantee),
                                     text_parameter(GetUserNameFromId(grantee, false)),
                                     oid_parameter(sql.nest.user)};
  run_internal_sql(
      "INSERT INTO export._artifact_share (artifact, grantee, grantee_name, granted_by, "
      "granted_at) "
      "VALUES ($1, $2, $3, $4, pg_catalog.clock_timestamp()) ON CONFLICT DO NOTHING",
      parameters, 4, false);
  close_internal_sql(sql);
  AuditEvent *event = begin_audit("share");
  audit_artifact(event, id);
  audit_grantee(event, grantee);
  complete_audit(event, "completed");
  PG_RETURN_VOID();
}

EXPORT_FUNCTION(export_unshare) {
  admit("export.unshare()");
  const pg_uuid_t *id = PG_GETARG_UUID_P(0);
  const Oid grantee = PG_GETARG_OID(1);
  require_own(id);
  const InternalSql sql = open_internal_sql();
  const SqlParameter parameters[] = {uuid_parameter(id), oid_parameter(grantee)};
  const std::uint64_t removed = run_internal_sql(
      "DELETE FROM export._artifact_share s WHERE s.artifact OPERATOR(pg_catalog.=) $1 "
      "AND s.grantee OPERATOR(pg_catalog.=) $2",
      parameters, 2, false);
  close_internal_sql(sql);
  if (removed == 0) {
    ereport(ERROR,
            (errcode(ERRCODE_UNDEFINED_OBJECT), errmsg("the export is not shared with that role")));
  }
  AuditEvent *event = begin_audit("unshare");
  audit_artifact(event, id);
  audit_grantee(event, grantee);
  complete_audit(event, "completed");
  PG_RETURN_VOID();
}

EXPORT_FUNCTION(export_cleanup) {
  require_persisting_allowed("export.cleanup()");
  require_export_admin();
  require_auditable("export.cleanup()", true);
  AuditEvent *event = begin_audit("cleanup");
  std::int64_t removed = 0;
  while (const std::int64_t expired = expire_artifacts(kExpiryBatch)) removed += expired;
  removed += sweep_directory();
  audit_progress(event, static_cast<std::uint64_t>(removed), 0);
  complete_audit(event, "completed");
  PG_RETURN_INT64(removed);
}
