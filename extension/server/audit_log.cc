#include "server/audit_log.h"

extern "C" {
#include "lib/stringinfo.h"
#include "libpq/libpq-be.h"
#include "utils/json.h"
}

namespace pgexport {

namespace {

void append_field(StringInfo json, const char *name, const char *value) {
  if (!value || *value == '\0') return;
  appendStringInfo(json, "%s\"%s\": ", json->len > 1 ? ", " : "", name);
  escape_json(json, value);
}

const char *uuid_text(const pg_uuid_t *id) {
  return DatumGetCString(DirectFunctionCall1(uuid_out, UUIDPGetDatum(id)));
}

}  // namespace

void log_audit_event(const AuditRow *row, const char *outcome) {
  StringInfoData json;
  initStringInfo(&json);
  appendStringInfoChar(&json, '{');
  append_field(&json, "event_id", uuid_text(&row->event_id));
  append_field(&json, "kind", row->kind);
  append_field(&json, "outcome", outcome);
  append_field(&json, "session_user", NameStr(row->session_user));
  append_field(&json, "current_user", NameStr(row->effective_user));
  if (MyProcPort) append_field(&json, "client", MyProcPort->remote_host);
  append_field(&json, "format", row->format);
  if (row->has_artifact) append_field(&json, "artifact", uuid_text(&row->artifact));
  if (row->has_job) append_field(&json, "job", uuid_text(&row->job));
  if (row->has_counts) {
    appendStringInfo(&json, ", \"rows\": " INT64_FORMAT ", \"bytes\": " INT64_FORMAT, row->rows,
                     row->bytes);
  }
  if (row->has_digest) {
    char hex[65] = {};
    hex_encode(reinterpret_cast<const char *>(row->digest.data()), row->digest.size(), hex);
    append_field(&json, "sha256", hex);
  }
  appendStringInfoChar(&json, '}');
  ereport(LOG_SERVER_ONLY,
          (errmsg("export audit: %s", json.data), errhidestmt(true), errhidecontext(true)));
  pfree(json.data);
}

}  // namespace pgexport
