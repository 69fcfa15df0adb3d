#include "formats/json/json_options.h"

#include <vector>

#include "formats/table_archive.h"

namespace pgexport {
namespace {

// `pretty` is the first, so that JSON Lines can have all but it.
const std::vector<OptionSpec> &all_specs() {
  static const std::vector<OptionSpec> specs{
      {"pretty", OptionType::boolean, "false", "one key per line, indented by two spaces"},
      {"big_integers",
       OptionType::choice,
       "number",
       "how integers and numerics beyond 2^53 - 1 are written",
       {"number", "string"}},
      {"non_finite",
       OptionType::choice,
       "string",
       "how NaN and infinite numbers, dates and timestamps are written",
       {"string", "null", "error"}},
      {"bytea",
       OptionType::choice,
       "base64",
       "how bytea is written; hex has the prefix \\x",
       {"base64", "hex"}},
      {"duplicate_names",
       OptionType::choice,
       "error",
       "what becomes of columns of the same name; suffix makes them name, name_2, name_3",
       {"error", "suffix"}},
      {"omit_nulls", OptionType::boolean, "false", "leave out keys whose value is null"},
      container_option(),
      {"sheet", OptionType::text, "", "name of the table to write, if the document has several"},
  };
  return specs;
}

}  // namespace

// JSON Lines has no `pretty`, which is the first; JSON holds every table and has neither
// `container` nor `sheet`, which are the last.
std::span<const OptionSpec> json_option_specs() {
  return std::span(all_specs()).first(all_specs().size() - 2);
}

std::span<const OptionSpec> jsonl_option_specs() { return std::span(all_specs()).subspan(1); }

JsonOptions read_json_options(const OptionValues &values, bool lines) {
  const auto chosen = [&](std::string_view name, std::string_view choice) {
    return values.text(name, {}) == choice;
  };
  JsonOptions options;
  options.lines = lines;
  options.pretty = !lines && values.flag("pretty", false);
  options.omit_nulls = values.flag("omit_nulls", false);
  if (chosen("big_integers", "string")) options.big_integers = BigIntegers::string;
  if (chosen("non_finite", "null")) options.non_finite = NonFinite::null;
  if (chosen("non_finite", "error")) options.non_finite = NonFinite::error;
  if (chosen("bytea", "hex")) options.bytes = BytesStyle::hex;
  if (chosen("duplicate_names", "suffix")) options.duplicate_names = DuplicateNames::suffix;
  return options;
}

}  // namespace pgexport
