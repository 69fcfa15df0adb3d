// Both forms of formulas for formula_oracle.py, whose table has the headings n, m (numbers), t, u
// (texts) and b (boolean) in the columns A to E.  Reads "row TAB formula"; writes the workbook's
// form, a tab, and the SQL form.
#include <iostream>
#include <string>
#include <vector>

#include "format_case.h"
#include "formats/formula.h"

namespace pgexport {
namespace {

const std::vector<FormulaColumn> kColumns = {{"n", FormulaType::number},
                                             {"m", FormulaType::number},
                                             {"t", FormulaType::text},
                                             {"u", FormulaType::text},
                                             {"b", FormulaType::boolean}};

std::string heading(int column) {
  return std::string(kColumns.at(static_cast<std::size_t>(column)).heading);
}

std::string letter(int column) { return std::string(1, static_cast<char>('A' + column)); }

// Only texts without quotes come here.
std::string literal(std::string_view value, FormulaType type) {
  return type == FormulaType::number ? "CAST('" + std::string(value) + "' AS pg_catalog.numeric)"
                                     : "CAST('" + std::string(value) + "' AS pg_catalog.text)";
}

}  // namespace
}  // namespace pgexport

int main() {
  using namespace pgexport;
  for (std::string line; std::getline(std::cin, line);) {
    const auto fields = split_tabs(line);
    const Formula formula = parse_formula(fields.at(1), kColumns);
    const auto cell = [&](int column) { return letter(column) + fields[0]; };
    const auto total = [](int column) {
      return "SUM(data!" + letter(column) + ":" + letter(column) + ")";
    };
    const auto sum = [](int column) { return "sum(" + heading(column) + ") OVER ()"; };
    std::cout << to_excel(formula,
                          {.cell = [&](int c) { return "data!" + cell(c); }, .total = total})
              << '\t' << to_sql(formula, {.column = heading, .total = sum, .constant = literal})
              << '\n';
  }
}
