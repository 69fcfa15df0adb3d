// What the SQL entry points share: reading the arguments query, format, options, VARIADIC args.
#pragma once

#include "server/arguments.h"
#include "server/export_run.h"

namespace pgexport {

// The first three arguments of run, stream, preview and submit.  In `context`.
struct ExportCall {
  const char *query;
  const char *options_text;
  DocumentSpec *spec;
  const QueryArguments *arguments;
};

// `variadic_from`: number of the first variadic argument, for arguments_of a call that has them.
// Raises 22004 for a null query or format; null options are {}.
ExportCall read_export_call(FunctionCallInfo fcinfo, int variadic_from, MemoryContext context);

}  // namespace pgexport
