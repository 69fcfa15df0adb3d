// Any text is a template or has faults; a template's canonical text says the same, also by JSON.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "dsl/json_form.h"
#include "dsl/limits.h"
#include "dsl/parser.h"
#include "dsl/printer.h"

namespace pgexport::dsl {
namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

void check(std::string_view source) {
  Diagnostics diagnostics;
  const auto tree = parse(source, diagnostics);
  require(tree.has_value() != diagnostics.has_errors());
  require(diagnostics.list().size() <= kMaxErrors);
  if (!tree) {
    to_error(diagnostics, source);
    return;
  }
  const std::string canonical = print(*tree);
  if (canonical.size() > kMaxSource) return;
  const auto again = parse(canonical, diagnostics);
  require(again && *again == *tree);
  require(print(*again) == canonical);
  require(from_json(to_json(*tree)) == *tree);
}

}  // namespace
}  // namespace pgexport::dsl

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size) {
  pgexport::dsl::check({reinterpret_cast<const char *>(data), size});
  return 0;
}
