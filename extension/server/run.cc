// export.run: a document in the store, or nothing at all.  export.rerun: the same once more.

#include "server/artifact.h"
#include "server/audit.h"
#include "server/call.h"
#include "server/encoding.h"
#include "server/make_artifact.h"
#include "server/roles.h"
#include "server/template_call.h"

namespace pgexport {

namespace {

ExportRequest repeated_query(const Artifact *original) {
  auto *source = static_cast<SectionSource *>(palloc0(sizeof(SectionSource)));
  source->query = original->query;
  source->arguments = arguments_from_jsonb(original->arguments);
  ExportRequest request{};
  request.spec =
      parse_document_spec(CurrentMemoryContext, original->format, to_utf8(original->options));
  request.sources = source;
  request.query_text = original->query;
  request.options_text = original->options;
  return request;
}

ExportRequest repeated_document(const Artifact *original) {
  DocumentSpec *spec = parse_document(CurrentMemoryContext, to_utf8(original->document),
                                      original->format, to_utf8(original->options));
  return document_request(spec, original->document, original->options);
}

ExportRequest repeated(const Artifact *original) {
  if (original->template_name) {
    return template_request(original->template_name, original->template_version,
                            original->parameters, original->format, original->options,
                            CurrentMemoryContext);
  }
  return original->document ? repeated_document(original) : repeated_query(original);
}

AuditEvent *admit(const char *kind, const char *what) {
  AuditEvent *event = begin_attempt(kind);
  require_persisting_allowed(what);
  require_export_user();
  require_auditable(what, true);
  safe_owner_role();
  return event;
}

}  // namespace

}  // namespace pgexport

using namespace pgexport;

EXPORT_FUNCTION(export_run) {
  AuditEvent *event = admit("run", "export.run()");
  const ExportRequest request = read_query_call(fcinfo, 3, CurrentMemoryContext);
  PG_RETURN_UUID_P(make_artifact(event, &request));
}

EXPORT_FUNCTION(export_run_document) {
  AuditEvent *event = admit("run", "export.run_document()");
  const ExportRequest request = read_document_call(fcinfo, CurrentMemoryContext);
  PG_RETURN_UUID_P(make_artifact(event, &request));
}

EXPORT_FUNCTION(export_run_template) {
  AuditEvent *event = admit("run", "export.run_template()");
  const ExportRequest request = read_template_call(fcinfo, CurrentMemoryContext);
  PG_RETURN_UUID_P(make_artifact(event, &request));
}

EXPORT_FUNCTION(export_rerun) {
  AuditEvent *event = admit("rerun", "export.rerun()");
  const Artifact *original = find_artifact(PG_GETARG_UUID_P(0));
  if (!original->is_owner) raise_no_such_artifact(PG_GETARG_UUID_P(0));
  ExportRequest request = repeated(original);
  request.search_path = original->search_path;
  request.time_zone = original->time_zone;
  PG_RETURN_UUID_P(make_artifact(event, &request));
}
