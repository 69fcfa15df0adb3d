// A template with its parameters as a request for a document.
#pragma once

#include "server/export_run.h"
#include "server/template.h"

namespace pgexport {

// The request that a call f(name, parameters, format, options) makes, in `context`.  Raises 42704
// and 42501 as require_template() does, and the errors of the language with line and column.
ExportRequest read_template_call(FunctionCallInfo fcinfo, MemoryContext context);

// The same for what an artifact was made of.
ExportRequest template_request(const char *name, int version, const char *parameters,
                               const char *format, const char *options, MemoryContext context);

}  // namespace pgexport
