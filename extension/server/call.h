// What the SQL entry points share: reading the arguments query, format, options, VARIADIC args.
#pragma once

#include "server/arguments.h"
#include "server/export_run.h"

namespace pgexport {

// The text of an argument.  Raises 22004 if it is null.
const char *text_argument(FunctionCallInfo fcinfo, int number, const char *name);

// The same of a jsonb argument.
const char *jsonb_argument(FunctionCallInfo fcinfo, int number, const char *name);

// The text of a jsonb argument; {} if it is null or not there.
const char *optional_jsonb_argument(FunctionCallInfo fcinfo, int number);

// The request that a call f(query, format, options, …) makes, in `context`; where the document
// goes is left to the caller.  `variadic_from`: number of the first variadic argument, for
// arguments_of a call that has them. Raises 22004 for a null query or format; null options are {}.
ExportRequest read_query_call(FunctionCallInfo fcinfo, int variadic_from, MemoryContext context);

// The request of a plain query without variadic arguments.
ExportRequest query_request(const char *query, const char *format, const char *options,
                            MemoryContext context);

// The same for a call f(document, format, options).
ExportRequest read_document_call(FunctionCallInfo fcinfo, MemoryContext context);

// The request of a document whose spec is parsed: the sections' queries and arguments.
ExportRequest document_request(DocumentSpec *spec, const char *document_text,
                               const char *options_text);

}  // namespace pgexport
