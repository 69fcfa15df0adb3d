#include "formats/common_options.h"

#include <array>
#include <nlohmann/json.hpp>

#include "core/error.h"
#include "formats/format.h"
#include "formats/option_error.h"

namespace pgexport {

namespace {

using nlohmann::json;

constexpr std::string_view kColumnsShape =
    "must be an array of column names or {\"name\": ..., \"heading\": ...} objects";
constexpr std::string_view kArgsShape = "must be an array of strings and nulls";

constexpr std::array<std::string_view, 2> kColumnKeys = {"name", "heading"};

void check_column_keys(const json &column) {
  for (const auto &[key, value] : column.items()) {
    if (std::find(kColumnKeys.begin(), kColumnKeys.end(), key) == kColumnKeys.end()) {
      throw Error(sqlstate::invalid_parameter_value,
                  "unknown key \"" + excerpt(key) + "\" in option \"columns\"", {},
                  did_you_mean(nearest_name(key, kColumnKeys), "The keys are name and heading."));
    }
    if (!value.is_string()) throw option_error("columns", kColumnsShape, column.dump());
  }
}

ColumnChoice read_column(const json &column) {
  if (column.is_string()) {
    const auto name = column.get<std::string>();
    return {name, name};
  }
  if (!column.is_object()) throw option_error("columns", kColumnsShape, column.dump());
  check_column_keys(column);
  const auto name = column.find("name");
  if (name == column.end()) throw option_error("columns", kColumnsShape, column.dump());
  return {name->get<std::string>(), column.value("heading", name->get<std::string>())};
}

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
      {"file_name", OptionType::text, "from title, date and format",
       "name of the file that a reader is offered"},
  };
  return specs;
}

std::vector<ColumnChoice> read_columns(const OptionValues &values) {
  std::vector<ColumnChoice> columns;
  const json given = values.json("columns");
  if (given.is_null()) return columns;
  if (!given.is_array()) throw option_error("columns", kColumnsShape, given.dump());
  if (given.empty()) {
    throw Error(sqlstate::invalid_parameter_value, "option \"columns\" must name a column", {},
                "Leave the option away to get all columns.");
  }
  for (const json &column : given) columns.push_back(read_column(column));
  return columns;
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
