#include "server/call.h"

extern "C" {
#include "utils/jsonb.h"
}

#include "server/encoding.h"

namespace pgexport {

namespace {

void require_argument(FunctionCallInfo fcinfo, int number, const char *name) {
  if (!PG_ARGISNULL(number)) return;
  ereport(ERROR, (errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
                  errmsg("argument \"%s\" must not be null", name)));
}

}  // namespace

const char *text_argument(FunctionCallInfo fcinfo, int number, const char *name) {
  require_argument(fcinfo, number, name);
  return text_to_cstring(PG_GETARG_TEXT_PP(number));
}

const char *jsonb_argument(FunctionCallInfo fcinfo, int number, const char *name) {
  require_argument(fcinfo, number, name);
  Jsonb *value = PG_GETARG_JSONB_P(number);
  return JsonbToCString(nullptr, &value->root, static_cast<int>(VARSIZE(value)));
}

const char *optional_jsonb_argument(FunctionCallInfo fcinfo, int number) {
  if (PG_NARGS() <= number || PG_ARGISNULL(number)) return "{}";
  return jsonb_argument(fcinfo, number, "options");
}

ExportRequest read_query_call(FunctionCallInfo fcinfo, int variadic_from, MemoryContext context) {
  const MemoryContext old = MemoryContextSwitchTo(context);
  ExportRequest request{};
  request.query_text = text_argument(fcinfo, 0, "query");
  const char *format = text_argument(fcinfo, 1, "format");
  request.options_text = optional_jsonb_argument(fcinfo, 2);
  request.spec = parse_document_spec(context, format, to_utf8(request.options_text));
  auto *source = static_cast<SectionSource *>(palloc0(sizeof(SectionSource)));
  source->query = request.query_text;
  source->arguments = call_arguments(fcinfo, variadic_from, request.spec);
  request.sources = source;
  MemoryContextSwitchTo(old);
  return request;
}

ExportRequest query_request(const char *query, const char *format, const char *options,
                            MemoryContext context) {
  const MemoryContext old = MemoryContextSwitchTo(context);
  ExportRequest request{};
  request.query_text = query;
  request.options_text = options;
  request.spec = parse_document_spec(context, format, to_utf8(options));
  auto *source = static_cast<SectionSource *>(palloc0(sizeof(SectionSource)));
  source->query = query;
  source->arguments = section_arguments(&request.spec->request.sections[0]);
  request.sources = source;
  MemoryContextSwitchTo(old);
  return request;
}

ExportRequest document_request(DocumentSpec *spec, const char *document_text,
                               const char *options_text) {
  const std::vector<SectionRequest> &sections = spec->request.sections;
  auto *sources = static_cast<SectionSource *>(palloc0(sizeof(SectionSource) * sections.size()));
  for (std::size_t i = 0; i < sections.size(); i++) {
    if (sections[i].section.kind == SectionKind::text) continue;
    sources[i].query = pstrdup(from_utf8(sections[i].query.c_str()));
    sources[i].arguments = section_arguments(&sections[i]);
  }
  ExportRequest request{};
  request.spec = spec;
  request.sources = sources;
  request.document_text = document_text;
  request.options_text = options_text;
  return request;
}

ExportRequest read_document_call(FunctionCallInfo fcinfo, MemoryContext context) {
  const MemoryContext old = MemoryContextSwitchTo(context);
  const char *document = jsonb_argument(fcinfo, 0, "document");
  const char *format = text_argument(fcinfo, 1, "format");
  const char *options = optional_jsonb_argument(fcinfo, 2);
  DocumentSpec *spec = parse_document(context, to_utf8(document), format, to_utf8(options));
  const ExportRequest request = document_request(spec, document, options);
  MemoryContextSwitchTo(old);
  return request;
}

}  // namespace pgexport
