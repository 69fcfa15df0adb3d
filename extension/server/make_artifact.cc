#include "server/make_artifact.h"

#include "server/fault.h"
#include "server/new_uuid.h"
#include "server/store.h"

extern "C" {
#include "access/xact.h"
}

namespace pgexport {

pg_uuid_t *make_artifact(AuditEvent *event, const ExportRequest *what) {
  auto *id = static_cast<pg_uuid_t *>(palloc(sizeof(pg_uuid_t)));
  new_uuid(id);
  // Now, because none can be assigned while a parallel plan runs, and a file's name has it.
  (void)GetTopTransactionId();
  audit_artifact(event, id);
  audit_request(event, what);
  begin_export_audit(event, "an export");
  ArtifactStore *store = make_store(id);
  ExportRequest request = *what;
  request.whole = true;
  request.chunks = store_destination(store);
  Export *run = open_export(&request);
  fault_point("planned");
  audit_query(event, run);
  run_export(run);
  close_export(run);
  fault_point("written");
  publish_artifact(store, run);
  fault_point("stored");
  audit_progress(event, export_rows(run), run->document->bytes());
  audit_digest(event, run->document->digest());
  audit_duration(event, elapsed_microseconds(run));
  complete_audit(event, "completed");
  end_progress(run->progress);
  return id;
}

}  // namespace pgexport
