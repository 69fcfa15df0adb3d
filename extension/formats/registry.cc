#include <algorithm>
#include <array>

#include "core/error.h"
#include "formats/csv/csv_format.h"
#include "formats/format.h"
#include "formats/json/json_format.h"
#include "formats/option_error.h"
#include "formats/pdf/pdf_format.h"
#include "formats/xlsx/xlsx_format.h"

namespace pgexport {

std::span<const Format *const> all_formats() {
  static const std::array formats{&csv_format(), &json_format(), &jsonl_format(), &xlsx_format(),
                                  &pdf_format()};
  return formats;
}

std::array<std::span<const OptionSpec>, 3> options_of(const Format &format) {
  return {format.options(), common_options(),
          format.has_layout() ? layout_options() : std::span<const OptionSpec>{}};
}

const Format *find_format(std::string_view name) {
  // COPY's own csv keeps its name; ours is reached there as export_csv.
  if (name == "export_csv") return &csv_format();
  for (const Format *format : all_formats()) {
    if (format->name() == name) return format;
  }
  return nullptr;
}

const Format &require_format(std::string_view name) {
  if (const Format *format = find_format(name)) return *format;
  std::vector<std::string_view> names;
  std::string listed;
  for (const Format *format : all_formats()) {
    names.push_back(format->name());
    if (!listed.empty()) listed += ", ";
    listed += format->name();
  }
  throw Error(sqlstate::invalid_parameter_value, "unknown format \"" + excerpt(name) + "\"",
              "The formats are " + listed + ".", did_you_mean(nearest_name(name, names)));
}

}  // namespace pgexport
