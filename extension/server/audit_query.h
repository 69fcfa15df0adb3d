// What the audit says of the queries of a document.
#pragma once

#include "server/export_run.h"

namespace pgexport {

// The queries of a request, without their arguments.
const char *audited_queries(const ExportRequest *request);

// jsonb: tables and views that the plans read, with the state of row security for the role that
// reads them: the view's owner, for tables behind a view.
Datum audited_relations(const Export *run);

// jsonb: the settings under which the queries run.
Datum audited_settings(const Export *run);

}  // namespace pgexport
