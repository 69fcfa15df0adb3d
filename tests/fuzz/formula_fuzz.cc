// Whatever a formula holds, it is refused with an Error or both its forms are made, and no text of
// the user is in the SQL form.
#include <fuzzer/FuzzedDataProvider.h>

#include <string>
#include <vector>

#include "core/error.h"
#include "formats/formula.h"

namespace pgexport {
namespace {

const std::vector<FormulaColumn> kColumns = {{"Hours", FormulaType::number},
                                             {"a]b", FormulaType::number, true},
                                             {"N", FormulaType::text},
                                             {"B", FormulaType::boolean},
                                             {"D", FormulaType::other}};

// The alphabet of the SQL form has no character that only a user can have brought.
bool is_ours(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         std::string_view(" ().,_'\"+-*/=<>|&:@").find(c) != std::string_view::npos;
}

void check_sql(const Formula &formula) {
  const SqlReferences references = {
      .column = [](int) { return "c"; },
      .total = [](int) { return "t"; },
      .constant = [](std::string_view, FormulaType) { return "@"; },
  };
  const std::string sql = to_sql(formula, references);
  int depth = 0;
  for (char c : sql) {
    if (!is_ours(c)) __builtin_trap();
    depth += c == '(' ? 1 : c == ')' ? -1 : 0;
    if (depth < 0) __builtin_trap();
  }
  if (depth != 0) __builtin_trap();
}

}  // namespace
}  // namespace pgexport

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size) {
  using namespace pgexport;
  try {
    const std::string text(reinterpret_cast<const char *>(data), size);
    const Formula formula = parse_formula(text, kColumns);
    to_excel(formula, {.cell = [](int) { return "A1"; }, .total = [](int) { return "T"; }});
    check_sql(formula);
  } catch (const Error &) {
  }
  return 0;
}
