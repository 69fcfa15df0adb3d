// export.run: a document in the store, or nothing at all.  export.rerun: the same once more.

#include "server/artifact.h"
#include "server/audit.h"
#include "server/call.h"
#include "server/encoding.h"
#include "server/new_uuid.h"
#include "server/roles.h"
#include "server/store.h"

extern "C" {
#include "access/xact.h"
#include "utils/uuid.h"
}

namespace pgexport {

namespace {

pg_uuid_t *make_artifact(const ExportRequest *what, const char *kind) {
  auto *id = static_cast<pg_uuid_t *>(palloc(sizeof(pg_uuid_t)));
  new_uuid(id);
  // Now, because none can be assigned while a parallel plan runs, and a file's name has it.
  (void)GetTopTransactionId();
  AuditEvent *event = begin_audit(kind);
  audit_artifact(event, id);
  audit_request(event, what->query, what->spec);
  ArtifactStore *store = make_store(id);
  ExportRequest request = *what;
  request.whole = true;
  request.chunks = store_destination(store);
  Export *run = open_export(&request);
  audit_query(event, run);
  run_export(run);
  close_export(run);
  publish_artifact(store, run);
  audit_progress(event, run->receiver->rows, run->document->bytes());
  audit_digest(event, run->document->digest());
  audit_duration(event, elapsed_microseconds(run));
  complete_audit(event, "completed");
  return id;
}

void admit(const char *what) {
  require_persisting_allowed(what);
  require_export_user();
  require_auditable(what, true);
  safe_owner_role();
}

}  // namespace

}  // namespace pgexport

using namespace pgexport;

EXPORT_FUNCTION(export_run) {
  admit("export.run()");
  const ExportCall call = read_export_call(fcinfo, 3, CurrentMemoryContext);
  ExportRequest request{};
  request.query = call.query;
  request.spec = call.spec;
  request.options_text = call.options_text;
  request.arguments = call.arguments;
  PG_RETURN_UUID_P(make_artifact(&request, "run"));
}

EXPORT_FUNCTION(export_rerun) {
  admit("export.rerun()");
  const Artifact *original = find_artifact(PG_GETARG_UUID_P(0));
  if (!original->is_owner) raise_no_such_artifact(PG_GETARG_UUID_P(0));
  ExportRequest request{};
  request.query = original->query;
  request.spec =
      parse_document_spec(CurrentMemoryContext, original->format, to_utf8(original->options));
  request.options_text = original->options;
  request.arguments = arguments_from_jsonb(original->arguments);
  request.search_path = original->search_path;
  request.time_zone = original->time_zone;
  PG_RETURN_UUID_P(make_artifact(&request, "rerun"));
}
