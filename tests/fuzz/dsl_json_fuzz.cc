// Any JSON is a tree or an error; a tree's text is a template that says the same.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "core/error.h"
#include "dsl/json_form.h"
#include "dsl/parser.h"
#include "dsl/printer.h"

namespace pgexport::dsl {
namespace {

void check(std::string_view text) {
  Template tree;
  try {
    tree = from_json(text);
  } catch (const Error &) {
    return;
  }
  Diagnostics diagnostics;
  const auto again = parse(print(tree), diagnostics);
  if (!again || !(*again == tree)) std::abort();
}

}  // namespace
}  // namespace pgexport::dsl

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size) {
  pgexport::dsl::check({reinterpret_cast<const char *>(data), size});
  return 0;
}
