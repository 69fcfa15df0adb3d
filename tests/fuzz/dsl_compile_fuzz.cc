// Any template, with any values of its parameters, becomes SQL in which every word is the
// compiler's own, or has faults.
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string_view>
#include <vector>

#include "core/error.h"
#include "dsl/compile.h"
#include "dsl/parser.h"
#include "formats/csv/csv_format.h"
#include "formats/json/json_format.h"
#include "literal_catalog.h"
#include "sql_words.h"

namespace pgexport::dsl {
namespace {

// The template and, behind a NUL, the values.
void check(std::string_view data) {
  const std::size_t end = data.find('\0');
  const std::string_view source = data.substr(0, end);
  const std::string_view arguments =
      end == std::string_view::npos ? std::string_view() : data.substr(end + 1);
  Diagnostics diagnostics;
  const auto tree = parse(source, diagnostics);
  if (!tree) return;
  LiteralCatalog catalog;
  LiteralClock clock;
  const std::vector<const Format *> formats = {&csv_format(), &json_format()};
  for (const Missing missing : {Missing::refused, Missing::assumed}) {
    Diagnostics faults;
    std::optional<Compiled> compiled;
    try {
      compiled =
          compile({*tree, catalog, clock, arguments, missing, json_format(), formats}, faults);
    } catch (const Error &) {  // values that are no JSON object
      return;
    }
    if (compiled.has_value() == faults.has_errors()) std::abort();
    if (!compiled) continue;
    SqlWords words(names_of(catalog.relations()));
    for (const CompiledSection &section : compiled->sections) {
      if (!words.foreign(section.sql, section.args.size()).empty()) std::abort();
    }
  }
}

}  // namespace
}  // namespace pgexport::dsl

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size) {
  pgexport::dsl::check({reinterpret_cast<const char *>(data), size});
  return 0;
}
