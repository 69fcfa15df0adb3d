#include "dsl/formulas.h"

#include <algorithm>
#include <utility>

#include "core/error.h"
#include "dsl/diagnostics.h"
#include "dsl/fault.h"

namespace pgexport::dsl {

using sql::Value;

namespace {

FormulaType formula_type(const Type &type) {
  if (type.is_number()) return FormulaType::number;
  if (type.is_text()) return FormulaType::text;
  return type.is(Kind::boolean) ? FormulaType::boolean : FormulaType::other;
}

Type result_type(FormulaType type) {
  if (type == FormulaType::number) return {Kind::numeric};
  return {type == FormulaType::boolean ? Kind::boolean : Kind::text};
}

bool has_window(const Value &value) {
  if (std::holds_alternative<sql::Window>(value.node)) return true;
  const std::vector<const Value *> inside = sql::parts(value);
  return std::any_of(inside.begin(), inside.end(),
                     [](const Value *part) { return has_window(*part); });
}

}  // namespace

FormulaBinder::FormulaBinder(const std::vector<Column> &columns,
                             const std::vector<std::optional<Type>> &types, int relation)
    : columns_(columns), values_(columns.size()), is_open_(columns.size()) {
  for (std::size_t i = 0; i < columns.size(); i++) {
    // A formula may use those formulas that are numbers: see operand().
    known_.push_back(
        {columns[i].heading, types[i] ? formula_type(*types[i]) : FormulaType::number, !types[i]});
    if (types[i]) {
      values_[i] = Value{sql::OutputUse{relation, static_cast<int>(i) + 1}, *types[i]};
    }
  }
}

const Value &FormulaBinder::value(std::size_t column) {
  std::optional<Value> &value = values_[column];
  if (value) return *value;
  const auto &text = std::get<FormulaText>(columns_[column].value);
  if (is_open_[column]) {
    throw Fault(sqlstate::invalid_parameter_value, text.place,
                "formulas depend on each other in a circle");
  }
  is_open_[column] = true;
  value = formula(text);
  return *value;
}

Value FormulaBinder::formula(const FormulaText &text) {
  sql::FormulaValue result;
  try {
    result.formula = parse_formula(text.text, known_);
  } catch (const Error &error) {
    throw Fault(error.state(), text.place, error.message(), error.hint());
  }
  result.columns.resize(columns_.size());
  result.totals.resize(columns_.size());
  for (const formula::Node &node : result.formula.nodes) {
    if (node.column < 0) continue;
    auto &uses = node.operation == formula::Operation::total ? result.totals : result.columns;
    uses[static_cast<std::size_t>(node.column)] = operand(node, text);
  }
  const Type type = result_type(result.formula.type());
  return {std::move(result), type};
}

Value FormulaBinder::operand(const formula::Node &node, const FormulaText &text) {
  const auto index = static_cast<std::size_t>(node.column);
  const Column &column = columns_[index];
  if (column.mask.kind != MaskKind::none) {
    throw Fault(sqlstate::insufficient_privilege, text.place,
                "the formula uses " + quoted_excerpt(column.heading) + ", whose values are masked");
  }
  const Value &used = value(index);
  if (formula_type(used.type) != node.type) {
    throw Fault(
        sqlstate::datatype_mismatch, text.place,
        "the formula uses " + quoted_excerpt(column.heading) + ", a formula that is no number");
  }
  if (node.operation != formula::Operation::total) return used;
  if (has_window(used)) {
    throw Fault(sqlstate::invalid_parameter_value, text.place,
                quoted_excerpt(column.heading) + " uses a total itself and cannot have one here");
  }
  return {sql::Window{"sum", {used}, {}, {}}, {Kind::numeric}};
}

}  // namespace pgexport::dsl
