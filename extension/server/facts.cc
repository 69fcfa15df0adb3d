#include "server/facts.h"

extern "C" {
#include "utils/timestamp.h"
}

#include "server/encoding.h"
#include "server/internal_sql.h"
#include "server/zone.h"

namespace pgexport {

namespace {

constexpr std::string_view kDataUrl = "data:";

// The bytes of data:image/png;base64,…
Datum decode_data_url(const std::string &url) {
  const char *const text = url.c_str();
  const char *const comma = strchr(text, ',');
  const std::string_view head(text, comma ? static_cast<std::size_t>(comma - text) : 0);
  const bool known = head == "data:image/png;base64" || head == "data:image/jpeg;base64";
  if (!known || comma[1] == '\0') {
    ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
                    errmsg("option \"logo\" is not a data: URL of a picture"),
                    errhint("It starts with \"data:image/png;base64,\" or "
                            "\"data:image/jpeg;base64,\", or it is the name of a logo that "
                            "export.set_logo() keeps.")));
  }
  return DirectFunctionCall2(binary_decode, CStringGetTextDatum(comma + 1),
                             CStringGetTextDatum("base64"));
}

Datum find_kept_logo(const std::string &name) {
  const MemoryContext caller = CurrentMemoryContext;
  const InternalSql sql = open_internal_sql();
  const SqlParameter parameter = text_parameter(from_utf8(name.c_str()));
  Datum image = 0;
  if (run_internal_sql("SELECT l.image FROM export._logo l WHERE l.name OPERATOR(pg_catalog.=) $1",
                       &parameter, 1, true) > 0) {
    const MemoryContext old = MemoryContextSwitchTo(caller);
    bool is_null;
    image = PointerGetDatum(PG_DETOAST_DATUM_COPY(sql_result(0, 1, &is_null)));
    MemoryContextSwitchTo(old);
  }
  close_internal_sql(sql);
  if (image) return image;
  ereport(ERROR,
          (errcode(ERRCODE_UNDEFINED_OBJECT), errmsg("logo \"%s\" does not exist", name.c_str()),
           errhint("See export.logos for the logos there are; export.set_logo() adds one.")));
  pg_unreachable();
}

}  // namespace

TimestampTz requested_time(const char *document_time, TimestampTz now) {
  if (*document_time == '\0') return now == 0 ? GetCurrentTimestamp() : now;
  const TimestampTz time =
      DatumGetTimestampTz(DirectFunctionCall3(timestamptz_in, CStringGetDatum(document_time),
                                              ObjectIdGetDatum(InvalidOid), Int32GetDatum(-1)));
  if (TIMESTAMP_NOT_FINITE(time)) {
    ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
                    errmsg("option \"document_time\" must be finite")));
  }
  return time;
}

void find_logo(const DocumentSpec *spec, DocumentFacts *facts) {
  if (spec->logo.empty()) return;
  const bool is_url = spec->logo.compare(0, kDataUrl.size(), kDataUrl) == 0;
  auto *image = DatumGetByteaPP(is_url ? decode_data_url(spec->logo) : find_kept_logo(spec->logo));
  facts->logo = VARDATA_ANY(image);
  facts->logo_size = VARSIZE_ANY_EXHDR(image);
}

void collect_facts(const DocumentSpec *spec, const SandboxSettings *settings, TimestampTz now,
                   DocumentFacts *facts) {
  facts->document_time = requested_time(from_utf8(spec->document_time.c_str()), now);
  facts->utc_offset = zone_offset(session_timezone, facts->document_time);
  facts->time_zone = to_utf8(settings->time_zone);
  facts->user = to_utf8(GetUserNameFromId(settings->run_as, false));
}

}  // namespace pgexport
