// export.formats: every format with its options, their types, defaults and meaning.

#include "bridge/context_owned.h"

extern "C" {
#include "catalog/pg_type.h"
#include "funcapi.h"
#include "utils/array.h"
#include "utils/tuplestore.h"
}

namespace pgexport {

namespace {

const char *type_name(OptionType type) {
  switch (type) {
    case OptionType::boolean: return "boolean";
    case OptionType::integer: return "integer";
    case OptionType::text: return "text";
    case OptionType::single_byte: return "character";
    case OptionType::choice: return "choice";
    case OptionType::json: return "json";
  }
  return "text";
}

Datum text_datum(std::string_view text) {
  return PointerGetDatum(cstring_to_text_with_len(text.data(), static_cast<int>(text.size())));
}

Datum choices_datum(const OptionSpec &spec) {
  auto *items = static_cast<Datum *>(palloc(sizeof(Datum) * spec.choices.size()));
  for (std::size_t i = 0; i < spec.choices.size(); i++) items[i] = text_datum(spec.choices[i]);
  return PointerGetDatum(construct_array(items, static_cast<int>(spec.choices.size()), TEXTOID, -1,
                                         false, TYPALIGN_INT));
}

void put_option(ReturnSetInfo *result, const Format *format, const OptionSpec &spec) {
  Datum values[8];
  bool nulls[8] = {};
  values[0] = text_datum(format->name());
  values[1] = text_datum(format->media_type());
  values[2] = text_datum(format->file_extension());
  values[3] = text_datum(spec.name);
  values[4] = CStringGetTextDatum(type_name(spec.type));
  nulls[5] = spec.default_text.empty();
  if (!nulls[5]) values[5] = text_datum(spec.default_text);
  nulls[6] = spec.choices.empty();
  if (!nulls[6]) values[6] = choices_datum(spec);
  values[7] = text_datum(spec.meaning);
  tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
}

}  // namespace

}  // namespace pgexport

using namespace pgexport;

EXPORT_FUNCTION(export_formats) {
  InitMaterializedSRF(fcinfo, 0);
  auto *result = reinterpret_cast<ReturnSetInfo *>(fcinfo->resultinfo);
  for (const Format *format : all_formats()) {
    for (const auto specs : options_of(*format)) {
      for (const OptionSpec &spec : specs) put_option(result, format, spec);
    }
  }
  return static_cast<Datum>(0);
}
