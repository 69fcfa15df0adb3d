// export.install_reports: the pre-built reports as the caller's templates.

#include "bridge/template_text.h"
#include "server/audit.h"
#include "server/encoding.h"
#include "server/report_sources.h"
#include "server/roles.h"
#include "server/template_store.h"

extern "C" {
#include "funcapi.h"
#include "utils/builtins.h"
#include "utils/tuplestore.h"
}

namespace pgexport {

namespace {

constexpr const char *kReportSchema = "tracking";

// By this note a version is known that nobody has changed since.
constexpr const char *kNote = "Installed by export.install_reports";

void admit(const char *what) {
  require_persisting_allowed(what);
  require_export_user();
  require_auditable(what, true);
  safe_owner_role();
}

struct Installed {
  int version;
  const char *action;
};

Installed install(const char *name, const char *source) {
  const StoredTemplate *old = find_template(name, 0);
  if (!old) return {save_template(source, kNote, kNoBaseVersion), "installed"};
  (void)require_template(name, 0, TemplateRight::edit);
  if (strcmp(old->source, source) == 0) return {old->version, "current"};
  if (strcmp(old->note, kNote) != 0) return {old->version, "kept"};
  return {save_template(source, kNote, old->version), "renewed"};
}

// A fault in a name is of the tables, not of a text that the caller wrote: says which report.
void name_report(void *name) { errcontext("report \"%s\"", static_cast<const char *>(name)); }

}  // namespace

}  // namespace pgexport

using namespace pgexport;

EXPORT_FUNCTION(export_install_reports) {
  admit("export.install_reports()");
  const char *schema = NameStr(*PG_GETARG_NAME(0));
  InitMaterializedSRF(fcinfo, 0);
  const auto *result = reinterpret_cast<ReturnSetInfo *>(fcinfo->resultinfo);
  for (const char *report : report_sources()) {
    const char *source = from_utf8(move_template_text(report, kReportSchema, to_utf8(schema)));
    const char *name = from_utf8(parse_template(report).name);
    ErrorContextCallback context{error_context_stack, name_report, const_cast<char *>(name)};
    error_context_stack = &context;
    const Installed installed = install(name, source);
    error_context_stack = context.previous;
    Datum values[] = {CStringGetTextDatum(name), Int32GetDatum(installed.version),
                      CStringGetTextDatum(installed.action)};
    bool nulls[] = {false, false, false};
    tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
  }
  return Datum{0};
}
