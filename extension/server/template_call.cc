#include "server/template_call.h"

#include "server/call.h"
#include "server/encoding.h"
#include "server/facts.h"
#include "server/template_catalog.h"

extern "C" {
#include "utils/jsonb.h"
}

namespace pgexport {

namespace {

// The text of a member of an options object; an empty one if it has none of that name.
const char *option_text(const char *options, const char *name) {
  const Datum object = DirectFunctionCall1(jsonb_in, CStringGetDatum(options));
  JsonbValue value;
  JsonbContainer *root = &DatumGetJsonbP(object)->root;
  if (!JsonContainerIsObject(root)) return "";
  if (!getKeyJsonValueFromContainer(root, name, static_cast<int>(strlen(name)), &value)) return "";
  return value.type == jbvString
             ? pnstrdup(value.val.string.val, static_cast<Size>(value.val.string.len))
             : "";
}

}  // namespace

ExportRequest template_request(const char *name, int version, const char *parameters,
                               const char *format, const char *options, MemoryContext context) {
  const StoredTemplate *stored = require_template(name, version, TemplateRight::run);
  const TimestampTz now = requested_time(option_text(options, "document_time"), 0);
  dsl::Catalog *catalog = make_template_catalog(context);
  dsl::Clock *clock = make_template_clock(context, now, option_text(options, "time_zone"));
  DocumentSpec *spec = compile_template(context, to_utf8(stored->source), to_utf8(parameters),
                                        format, to_utf8(options), catalog, clock);
  ExportRequest request = document_request(spec, nullptr, options);
  request.now = now;
  auto *use = static_cast<TemplateUse *>(palloc0(sizeof(TemplateUse)));
  *use = {stored->id, stored->name, stored->source_version, parameters};
  request.source = use;
  return request;
}

ExportRequest read_template_call(FunctionCallInfo fcinfo, MemoryContext context) {
  const MemoryContext old = MemoryContextSwitchTo(context);
  const char *name = text_argument(fcinfo, 0, "name");
  const char *parameters = optional_jsonb_argument(fcinfo, 1);
  const char *format = text_argument(fcinfo, 2, "format");
  const char *options = optional_jsonb_argument(fcinfo, 3);
  const ExportRequest request = template_request(name, 0, parameters, format, options, context);
  MemoryContextSwitchTo(old);
  return request;
}

}  // namespace pgexport
