// The formula columns of a section as values of its outer query.
#pragma once

#include <optional>
#include <vector>

#include "dsl/sql_tree.h"
#include "dsl/tree.h"
#include "formats/formula.h"

#include "core/no_postgres.h"

namespace pgexport::dsl {

class FormulaBinder {
 public:
  // `types` has the type of every column that is no formula; the query that computes them is
  // t<relation> and calls them c1, c2 … by their place.  REQUIRES: `columns` outlives this object.
  FormulaBinder(const std::vector<Column> &columns, const std::vector<std::optional<Type>> &types,
                int relation);

  // The value of a column: a result of the query, or a formula over results.  Throws Fault: what
  // parse_formula() says, formulas that depend on each other in a circle, totals of totals, and
  // masked columns, whose values a formula would tell.
  const sql::Value &value(std::size_t column);

 private:
  sql::Value formula(const FormulaText &text);
  sql::Value operand(const formula::Node &node, const FormulaText &text);

  const std::vector<Column> &columns_;
  std::vector<FormulaColumn> known_;
  std::vector<std::optional<sql::Value>> values_;
  std::vector<bool> is_open_;
};

}  // namespace pgexport::dsl
