#include "server/call.h"

extern "C" {
#include "utils/jsonb.h"
}

#include "server/encoding.h"

namespace pgexport {

namespace {

const char *text_argument(FunctionCallInfo fcinfo, int number, const char *name) {
  if (PG_ARGISNULL(number)) {
    ereport(ERROR, (errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
                    errmsg("argument \"%s\" must not be null", name)));
  }
  return text_to_cstring(PG_GETARG_TEXT_PP(number));
}

const char *options_argument(FunctionCallInfo fcinfo, int number) {
  if (PG_NARGS() <= number || PG_ARGISNULL(number)) return "{}";
  Jsonb *options = PG_GETARG_JSONB_P(number);
  return JsonbToCString(nullptr, &options->root, static_cast<int>(VARSIZE(options)));
}

}  // namespace

ExportCall read_export_call(FunctionCallInfo fcinfo, int variadic_from, MemoryContext context) {
  const MemoryContext old = MemoryContextSwitchTo(context);
  ExportCall call;
  call.query = text_argument(fcinfo, 0, "query");
  const char *format = text_argument(fcinfo, 1, "format");
  call.options_text = options_argument(fcinfo, 2);
  call.spec = parse_document_spec(context, format, to_utf8(call.options_text));
  call.arguments = call_arguments(fcinfo, variadic_from, call.spec);
  MemoryContextSwitchTo(old);
  return call;
}

}  // namespace pgexport
