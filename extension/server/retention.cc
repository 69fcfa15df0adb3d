// export.set_retention, drop_retention, default_retention, and the end of a document's time.

#include "server/retention.h"

extern "C" {
#include "catalog/pg_type.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/timestamp.h"
}

#include "bridge/document_spec.h"
#include "server/audit.h"
#include "server/directory.h"
#include "server/internal_sql.h"
#include "server/roles.h"
#include "server/settings.h"

namespace pgexport {

namespace {

constexpr std::int64_t kMostYears = 100;

void admit(const char *what) {
  require_persisting_allowed(what);
  require_export_admin();
  require_auditable(what, true);
  safe_owner_role();
}

Interval *minutes(int count) {
  auto *interval = static_cast<Interval *>(palloc0(sizeof(Interval)));
  interval->day = count / (MINS_PER_HOUR * HOURS_PER_DAY);
  interval->time = USECS_PER_MINUTE * (count % (MINS_PER_HOUR * HOURS_PER_DAY));
  return interval;
}

bool is_less(const Interval *left, const Interval *right) {
  return DatumGetBool(
      DirectFunctionCall2(interval_lt, IntervalPGetDatum(left), IntervalPGetDatum(right)));
}

void check_keep(const Interval *keep) {
  const Interval nothing{};
  Interval most{};
  most.month = kMostYears * MONTHS_PER_YEAR;
  if (is_less(&nothing, keep) && !is_less(&most, keep)) return;
  ereport(
      ERROR,
      (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
       errmsg("retention of %s is out of range",
              DatumGetCString(DirectFunctionCall1(interval_out, IntervalPGetDatum(keep)))),
       errdetail("It must be more than nothing and at most " INT64_FORMAT " years.", kMostYears),
       errhint("Use NULL to keep documents until somebody drops them.")));
}

// What the documents of a rule have in common; nothing is null for "all of them".
struct Scope {
  SqlParameter role;
  SqlParameter template_name;
  SqlParameter format;
};

Scope read_scope(FunctionCallInfo fcinfo, int first) {
  const auto text_at = [=](int number) {
    return text_parameter(PG_ARGISNULL(number) ? nullptr
                                               : text_to_cstring(PG_GETARG_TEXT_PP(number)));
  };
  return {PG_ARGISNULL(first) ? null_parameter(OIDOID) : oid_parameter(PG_GETARG_OID(first)),
          text_at(first + 1), text_at(first + 2)};
}

void check_role(const SqlParameter &role) {
  if (role.is_null || GetUserNameFromId(DatumGetObjectId(role.value), true)) return;
  ereport(ERROR, (errcode(ERRCODE_UNDEFINED_OBJECT),
                  errmsg("role with OID %u does not exist", DatumGetObjectId(role.value))));
}

// Raises the error with the nearest name if there is no such format.
void check_format(const SqlParameter &format) {
  if (format.is_null) return;
  (void)parse_document_spec(CurrentMemoryContext, TextDatumGetCString(format.value), "{}");
}

// REQUIRES: between open_internal_sql and close_internal_sql.
void check_template(const SqlParameter &name) {
  if (name.is_null) return;
  if (run_internal_sql("SELECT FROM export._template t WHERE t.name OPERATOR(pg_catalog.=) $1",
                       &name, 1, true) > 0) {
    return;
  }
  ereport(ERROR, (errcode(ERRCODE_UNDEFINED_OBJECT),
                  errmsg("template \"%s\" does not exist", TextDatumGetCString(name.value))));
}

constexpr const char *kExpire =
    "WITH due AS ("
    " SELECT e.artifact FROM export._expiry e"
    " WHERE e.expires_at OPERATOR(pg_catalog.<=) pg_catalog.clock_timestamp()"
    " ORDER BY e.expires_at LIMIT $1"
    "), gone AS ("
    " INSERT INTO export._artifact_drop (artifact, dropped_by, dropped_at, reason)"
    " SELECT d.artifact, current_user, pg_catalog.clock_timestamp(), 'expired' FROM due d"
    " ON CONFLICT DO NOTHING RETURNING artifact"
    "), chunks AS ("
    " DELETE FROM export._artifact_chunk c USING gone g"
    " WHERE c.artifact OPERATOR(pg_catalog.=) g.artifact"
    "), shares AS ("
    " DELETE FROM export._artifact_share s USING gone g"
    " WHERE s.artifact OPERATOR(pg_catalog.=) g.artifact"
    ") SELECT a.id, a.file FROM gone g"
    " JOIN export._artifact a ON a.id OPERATOR(pg_catalog.=) g.artifact";

struct Expired {
  pg_uuid_t *ids;
  std::uint64_t count;
};

Expired remove_expired(std::int64_t limit) {
  const MemoryContext caller = CurrentMemoryContext;
  const InternalSql sql = open_internal_sql();
  const SqlParameter parameter = int8_parameter(limit);
  Expired expired{};
  expired.count = run_internal_sql(kExpire, &parameter, 1, false);
  expired.ids = static_cast<pg_uuid_t *>(
      MemoryContextAlloc(caller, sizeof(pg_uuid_t) * Max(expired.count, 1)));
  for (std::uint64_t i = 0; i < expired.count; i++) {
    bool is_null;
    expired.ids[i] = *DatumGetUUIDP(sql_result(i, 1, &is_null));
    const Datum file = sql_result(i, 2, &is_null);
    if (!is_null) remove_file_at_commit(TextDatumGetCString(file));
  }
  close_internal_sql(sql);
  return expired;
}

}  // namespace

std::int64_t expire_artifacts(std::int64_t limit) {
  const Expired expired = remove_expired(limit);
  for (std::uint64_t i = 0; i < expired.count; i++) {
    CHECK_FOR_INTERRUPTS();
    AuditEvent *event = begin_audit("expire");
    audit_artifact(event, &expired.ids[i]);
    complete_audit(event, "completed");
  }
  return static_cast<std::int64_t>(expired.count);
}

}  // namespace pgexport

using namespace pgexport;

EXPORT_FUNCTION(export_set_retention) {
  admit("export.set_retention()");
  const bool for_ever = PG_ARGISNULL(0);
  if (!for_ever) check_keep(PG_GETARG_INTERVAL_P(0));
  const Scope scope = read_scope(fcinfo, 1);
  check_role(scope.role);
  check_format(scope.format);
  AuditEvent *event = begin_audit("set_retention");
  const char *user = GetUserNameFromId(GetUserId(), false);
  const InternalSql sql = open_internal_sql();
  check_template(scope.template_name);
  const SqlParameter parameters[] = {
      scope.role, scope.template_name, scope.format,
      for_ever ? null_parameter(INTERVALOID) : SqlParameter{INTERVALOID, PG_GETARG_DATUM(0), false},
      text_parameter(user)};
  run_internal_sql(
      "INSERT INTO export._retention (role, template, format, keep, set_by, set_at) "
      "VALUES ($1, $2, $3, $4, $5, pg_catalog.clock_timestamp()) "
      "ON CONFLICT (role, template, format) DO UPDATE SET keep = excluded.keep, "
      "set_by = excluded.set_by, set_at = excluded.set_at",
      parameters, lengthof(parameters), false);
  close_internal_sql(sql);
  complete_audit(event, "completed");
  PG_RETURN_VOID();
}

EXPORT_FUNCTION(export_drop_retention) {
  admit("export.drop_retention()");
  const Scope scope = read_scope(fcinfo, 0);
  AuditEvent *event = begin_audit("drop_retention");
  const InternalSql sql = open_internal_sql();
  const SqlParameter parameters[] = {scope.role, scope.template_name, scope.format};
  const std::uint64_t removed = run_internal_sql(
      "DELETE FROM export._retention r WHERE r.role::pg_catalog.oid IS NOT DISTINCT FROM $1 "
      "AND r.template IS NOT DISTINCT FROM $2 AND r.format IS NOT DISTINCT FROM $3",
      parameters, lengthof(parameters), false);
  close_internal_sql(sql);
  if (removed == 0) {
    ereport(ERROR, (errcode(ERRCODE_UNDEFINED_OBJECT), errmsg("there is no such rule of retention"),
                    errhint("See export.retention for the rules there are.")));
  }
  complete_audit(event, "completed");
  PG_RETURN_VOID();
}

EXPORT_FUNCTION(export_default_retention) {
  if (setting_retention < 0) PG_RETURN_NULL();
  PG_RETURN_INTERVAL_P(minutes(setting_retention));
}
