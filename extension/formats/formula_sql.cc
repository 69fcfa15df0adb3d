#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "formats/formula.h"

namespace pgexport {

namespace {

using formula::Node;
using formula::Operation;

std::string cast(const std::string &value, const char *type) {
  return "CAST(" + value + " AS pg_catalog." + type + ")";
}

std::string infix(const std::string &left, const char *sign, const std::string &right) {
  return "(" + left + " OPERATOR(pg_catalog." + sign + ") " + right + ")";
}

std::string call(const char *function, const std::string &arguments) {
  return std::string("pg_catalog.") + function + "(" + arguments + ")";
}

std::string or_else(const std::string &value, const char *otherwise) {
  return "COALESCE(" + value + ", " + otherwise + ")";
}

// SQL looks the = of NULLIF up by name: both are numeric, so that pg_catalog's is the exact one and
// no operator of a user, such as numeric = integer, fits better.
std::string null_if(const std::string &value, const std::string &other) {
  return "NULLIF(" + value + ", " + other + ")";
}

const char *sign_of(Operation operation) {
  switch (operation) {
    case Operation::multiply: return "*";
    case Operation::add: return "+";
    case Operation::subtract: return "-";
    case Operation::concatenate: return "||";
    case Operation::equal: return "=";
    case Operation::not_equal: return "<>";
    case Operation::less: return "<";
    case Operation::less_equal: return "<=";
    case Operation::greater: return ">";
    default: return ">=";
  }
}

const char *type_name(FormulaType type) {
  switch (type) {
    case FormulaType::number: return "numeric";
    case FormulaType::text: return "text";
    default: return "bool";
  }
}

// What an empty cell counts as.
const char *empty_value(FormulaType type) {
  switch (type) {
    case FormulaType::number: return "0";
    case FormulaType::text: return "''";
    default: return "false";
  }
}

// NULL stands for the error that a workbook has after a division by zero: every function and
// operator here is strict, as a workbook's are; only COALESCE around columns is not.
class Writer {
 public:
  Writer(const Formula &formula, const SqlReferences &references)
      : formula_(formula), references_(references) {}

  std::string write() const { return expression(static_cast<int>(formula_.nodes.size()) - 1); }

 private:
  const Node &node(int index) const { return formula_.nodes[static_cast<std::size_t>(index)]; }

  std::string expression(int index) const { return expression(node(index)); }

  std::string expression(const Node &node) const {
    switch (node.operation) {
      case Operation::number:
      case Operation::string: return references_.constant(node.text, node.type);
      case Operation::boolean: return node.text == "TRUE" ? "true" : "false";
      case Operation::column: return or_else(typed_column(node), empty_value(node.type));
      case Operation::total: return or_else(cast(references_.total(node.column), "numeric"), "0");
      case Operation::call_min: return extreme(node, "numeric_smaller", "Infinity");
      case Operation::call_max: return extreme(node, "numeric_larger", "-Infinity");
      case Operation::call_coalesce:
        return "COALESCE(" + typed_column(this->node(node.operands[0])) + ", " +
               expression(node.operands[1]) + ")";
      default: return compound(node);
    }
  }

  std::string compound(const Node &node) const {
    // In the order of the text, so that constants are bound in that order.
    std::vector<std::string> parts;
    for (int index : node.operands) parts.push_back(expression(index));
    switch (node.operation) {
      case Operation::negate: return "(OPERATOR(pg_catalog.-) " + parts[0] + ")";
      case Operation::percent: return infix(parts[0], "*", "0.01");
      case Operation::power: return call("power", parts[0] + ", " + parts[1]);
      case Operation::divide: return infix(parts[0], "/", null_if(parts[1], "0.0"));
      case Operation::equal:
      case Operation::not_equal: return equality(node, parts);
      case Operation::call_if:
        return "(CASE " + parts[0] + " WHEN true THEN " + parts[1] + " WHEN false THEN " +
               parts[2] + " END)";
      case Operation::call_and: return logic(parts, "&");
      case Operation::call_or: return logic(parts, "|");
      case Operation::call_not: return "(NOT " + parts[0] + ")";
      case Operation::call_mod: return modulo(parts[0], null_if(parts[1], "0.0"));
      case Operation::call_sum: return sum(parts);
      case Operation::call_abs: return call("abs", parts[0]);
      case Operation::call_int: return call("floor", parts[0]);
      case Operation::call_len: return cast(call("char_length", parts[0]), "numeric");
      case Operation::call_lower: return call("lower", parts[0]);
      case Operation::call_upper: return call("upper", parts[0]);
      case Operation::call_round: return call("round", parts[0] + ", " + cast(parts[1], "int4"));
      default: return infix(parts[0], sign_of(node.operation), parts[1]);
    }
  }

  std::string typed_column(const Node &column) const {
    return cast(references_.column(column.column), type_name(column.type));
  }

  // Texts are equal if their bytes are.
  std::string equality(const Node &equal, const std::vector<std::string> &parts) const {
    const bool texts = node(equal.operands[0]).type == FormulaType::text;
    const char *const collation = texts ? " COLLATE pg_catalog.\"C\"" : "";
    return infix(parts[0] + collation, sign_of(equal.operation), parts[1] + collation);
  }

  // AND and OR are not strict, the same on bits is.
  static std::string logic(const std::vector<std::string> &parts, const char *sign) {
    std::string bits = cast(parts[0], "int4");
    for (std::size_t i = 1; i < parts.size(); ++i) {
      bits = infix(bits, sign, cast(parts[i], "int4"));
    }
    return infix(bits, "=", "1");
  }

  // Empty cells do not count, unless all are; `worst` is what they count as instead.
  std::string extreme(const Node &both, const char *function, const char *worst) const {
    const std::string least = cast(std::string("'") + worst + "'", "numeric");
    bool only_columns = true;
    std::string result;
    for (int index : both.operands) {
      const bool is_column = node(index).operation == Operation::column;
      only_columns &= is_column;
      std::string value =
          is_column ? or_else(typed_column(node(index)), least.c_str()) : expression(index);
      if (!result.empty()) value = call(function, result.append(", ").append(value));
      result = std::move(value);
    }
    return only_columns ? or_else(null_if(result, least), "0") : result;
  }

  // The sign of a workbook's MOD is that of the divisor.
  static std::string modulo(const std::string &dividend, const std::string &divisor) {
    const std::string rest = call("mod", dividend + ", " + divisor);
    return call("mod", infix(rest, "+", divisor) + ", " + divisor);
  }

  static std::string sum(const std::vector<std::string> &parts) {
    std::string result = parts[0];
    for (std::size_t i = 1; i < parts.size(); ++i) result = infix(result, "+", parts[i]);
    return result;
  }

  const Formula &formula_;
  const SqlReferences &references_;
};

}  // namespace

std::string to_sql(const Formula &formula, const SqlReferences &references) {
  return Writer(formula, references).write();
}

}  // namespace pgexport
