#include "formats/common_options.h"

#include <nlohmann/json.hpp>

#include "core/error.h"
#include "formats/format.h"
#include "formats/option_error.h"
#include "formats/section_reader.h"

namespace pgexport {

namespace {

using nlohmann::json;

constexpr std::string_view kArgsShape = "must be an array of strings and nulls";

}  // namespace

std::span<const OptionSpec> common_options() {
  // Never destroyed: at the exit of a backend the server's memory is gone before our statics.
  static const auto &specs = *new std::vector<OptionSpec>{
      {"args", OptionType::json, "",
       "the query's parameters, strings and nulls, read as the types that the query gives them"},
      {"columns", OptionType::json, "",
       "which columns, in which order, as names or as objects with name and heading"},
      {"time_zone", OptionType::text, "the session's TimeZone",
       "time zone of timestamps, an IANA name or an offset"},
      {"compression",
       OptionType::choice,
       "none",
       "compression of the whole document",
       {"none", "gzip", "zstd"}},
      {"title", OptionType::text, "", "title of the document"},
      {"document_time", OptionType::text, "the start of the run",
       "the document's time, a timestamp with time zone"},
      {"file_name", OptionType::text, "from title, date and format",
       "name of the file that a reader is offered"},
  };
  return specs;
}

std::span<const OptionSpec> layout_options() {
  static const auto &specs = *new std::vector<OptionSpec>{
      {"subtitle", OptionType::text, "", "line below the title"},
      {"author", OptionType::text, "", "author, in the document's properties"},
      {"subject", OptionType::text, "", "subject, in the document's properties"},
      {"filters", OptionType::text, "", "what the rows were filtered by, for a reader"},
      {"logo", OptionType::text, "",
       "name of a logo that export.set_logo() keeps, or a data: URL of a PNG or JPEG picture"},
      {"locale", OptionType::text, "en",
       "language of fixed words, month names and number signs: en, de, fr or es"},
      {"formats", OptionType::json, "", "format codes of columns, as in {\"hours\": \"0.00\"}"},
      {"totals", OptionType::json, "",
       "totals of columns: sum, avg, min, max or count, as in {\"hours\": \"sum\"}"},
      {"group_by", OptionType::json, "",
       "names of columns by which the rows come ordered: a group for each of their values"},
      {"charts", OptionType::json, "",
       "charts of the rows, as {\"type\": \"bar\", \"category\": ..., \"values\": [...]}"},
  };
  return specs;
}

std::vector<ColumnChoice> read_columns(const OptionValues &values) {
  if (!values.has("columns")) return {};
  return read_column_list(values.json("columns"), "option \"columns\"");
}

std::vector<std::optional<std::string>> read_args(const OptionValues &values) {
  std::vector<std::optional<std::string>> args;
  const json given = values.json("args");
  if (given.is_null()) return args;
  if (!given.is_array()) throw option_error("args", kArgsShape, given.dump());
  for (const json &arg : given) {
    if (!arg.is_null() && !arg.is_string()) throw option_error("args", kArgsShape, arg.dump());
    args.push_back(arg.is_null() ? std::nullopt : std::optional(arg.get<std::string>()));
  }
  return args;
}

}  // namespace pgexport
