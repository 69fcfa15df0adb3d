#include <algorithm>
#include <string>

#include "core/error.h"
#include "formats/formula.h"

namespace pgexport {

namespace {

using formula::Node;
using formula::Operation;

// How tight an expression holds together, as Excel reads it.
constexpr int kAny = 0;
constexpr int kComparing = 1;
constexpr int kConcatenating = 2;
constexpr int kAdding = 3;
constexpr int kMultiplying = 4;
constexpr int kRaising = 5;
constexpr int kPercent = 6;
constexpr int kSign = 7;

struct Binary {
  const char *sign = nullptr;
  int power = 0;
};

Binary binary_of(Operation operation) {
  switch (operation) {
    case Operation::power: return {"^", kRaising};
    case Operation::multiply: return {"*", kMultiplying};
    case Operation::divide: return {"/", kMultiplying};
    case Operation::add: return {"+", kAdding};
    case Operation::subtract: return {"-", kAdding};
    case Operation::concatenate: return {"&", kConcatenating};
    case Operation::equal: return {"=", kComparing};
    case Operation::not_equal: return {"<>", kComparing};
    case Operation::less: return {"<", kComparing};
    case Operation::less_equal: return {"<=", kComparing};
    case Operation::greater: return {">", kComparing};
    case Operation::greater_equal: return {">=", kComparing};
    default: return {};
  }
}

const char *function_of(Operation operation) {
  switch (operation) {
    case Operation::call_abs: return "ABS";
    case Operation::call_and: return "AND";
    case Operation::call_if: return "IF";
    case Operation::call_int: return "INT";
    case Operation::call_len: return "LEN";
    case Operation::call_lower: return "LOWER";
    case Operation::call_max: return "MAX";
    case Operation::call_min: return "MIN";
    case Operation::call_mod: return "MOD";
    case Operation::call_not: return "NOT";
    case Operation::call_or: return "OR";
    case Operation::call_round: return "ROUND";
    case Operation::call_sum: return "SUM";
    default: return "UPPER";
  }
}

bool ignores_empty(Operation operation) {
  return operation == Operation::call_max || operation == Operation::call_min ||
         operation == Operation::call_sum;
}

class Writer {
 public:
  Writer(const Formula &formula, const ExcelReferences &references)
      : formula_(formula), references_(references) {}

  std::string write() {
    const bool may_divide_by_zero =
        std::any_of(formula_.nodes.begin(), formula_.nodes.end(), [](const Node &node) {
          return node.operation == Operation::divide || node.operation == Operation::call_mod;
        });
    if (may_divide_by_zero) out_ += "IFERROR(";
    value(static_cast<int>(formula_.nodes.size()) - 1);
    if (may_divide_by_zero) out_ += ",\"\")";
    if (out_.size() > kMaxExcelFormula) {
      throw Error(sqlstate::program_limit_exceeded, "a formula is too long for Excel",
                  "It has " + std::to_string(out_.size()) + " bytes with cell references; " +
                      std::to_string(kMaxExcelFormula) + " are allowed.");
    }
    return std::move(out_);
  }

 private:
  const Node &node(int index) const { return formula_.nodes[static_cast<std::size_t>(index)]; }

  // Where an empty cell of texts would show as 0.
  void value(int index) {
    expression(index, kAny);
    if (node(index).operation == Operation::column && node(index).type == FormulaType::text) {
      out_ += "&\"\"";
    }
  }

  // In parentheses if it holds less tight than `power`.
  void expression(int index, int power) {
    const bool parentheses = power_of(node(index)) < power;
    if (parentheses) out_ += '(';
    bare(node(index));
    if (parentheses) out_ += ')';
  }

  static bool compares_texts(const Node &node, const Formula &formula) {
    return binary_of(node.operation).power == kComparing &&
           formula.nodes[static_cast<std::size_t>(node.operands[0])].type == FormulaType::text;
  }

  int power_of(const Node &node) const {
    if (compares_texts(node, formula_)) return kSign;  // a call
    switch (node.operation) {
      case Operation::negate: return kSign;
      case Operation::percent: return kPercent;
      case Operation::column: return node.type == FormulaType::boolean ? kComparing : kSign;
      default: {
        const int power = binary_of(node.operation).power;
        return power > 0 ? power : kSign;
      }
    }
  }

  void bare(const Node &node) {
    switch (node.operation) {
      case Operation::number:
      case Operation::boolean: out_ += node.text; return;
      case Operation::string: return string(node.text);
      case Operation::column: return column(node);
      case Operation::total: out_ += references_.total(node.column); return;
      case Operation::negate: out_ += '-'; return expression(node.operands[0], kSign);
      case Operation::percent:
        expression(node.operands[0], kPercent);
        out_ += '%';
        return;
      case Operation::call_if: return call_if(node);
      case Operation::call_coalesce: return call_coalesce(node);
      default: break;
    }
    if (compares_texts(node, formula_)) return compare_texts(node);
    const Binary binary = binary_of(node.operation);
    if (binary.sign == nullptr) return call(node);
    expression(node.operands[0], binary.power);
    out_ += binary.sign;
    expression(node.operands[1], binary.power + 1);
  }

  void string(const std::string &text) {
    out_ += '"';
    for (char c : text) {
      if (c == '"') out_ += '"';
      out_ += c;
    }
    out_ += '"';
  }

  // An empty cell is FALSE and 0 by itself; the empty text of a formula needs N().
  void column(const Node &node) {
    const std::string cell = references_.cell(node.column);
    if (node.type == FormulaType::boolean) {
      out_ += cell + "=TRUE";
    } else if (node.type == FormulaType::number && node.is_formula) {
      out_ += "N(" + cell + ")";
    } else {
      out_ += cell;
    }
  }

  // The sign = takes no notice of case.
  void compare_texts(const Node &node) {
    const bool negated = node.operation == Operation::not_equal;
    if (negated) out_ += "NOT(";
    out_ += "EXACT(";
    expression(node.operands[0], kAny);
    out_ += ',';
    expression(node.operands[1], kAny);
    out_ += negated ? "))" : ")";
  }

  void call_if(const Node &node) {
    out_ += "IF(";
    expression(node.operands[0], kAny);
    out_ += ',';
    value(node.operands[1]);
    out_ += ',';
    value(node.operands[2]);
    out_ += ')';
  }

  void call_coalesce(const Node &coalesce) {
    const Node &first = node(coalesce.operands[0]);
    const std::string cell = references_.cell(first.column);
    out_ += first.is_formula ? "IF(" + cell + "=\"\"," : "IF(ISBLANK(" + cell + "),";
    value(coalesce.operands[1]);
    out_ += ',';
    value(coalesce.operands[0]);
    out_ += ')';
  }

  void call(const Node &node) {
    out_ += function_of(node.operation);
    char separator = '(';
    for (int operand : node.operands) {
      out_ += separator;
      argument(operand, ignores_empty(node.operation));
      separator = ',';
    }
    out_ += ')';
  }

  // A plain reference lets the function see that a cell is empty.  IF gives references too, but
  // for us a value: an empty cell is 0 there.
  void argument(int index, bool sees_empty) {
    const Operation operation = node(index).operation;
    if (sees_empty && operation == Operation::column) {
      out_ += references_.cell(node(index).column);
    } else if (sees_empty && gives_reference(operation)) {
      expression(index, kAdding);
      out_ += "+0";
    } else {
      expression(index, kAny);
    }
  }

  static bool gives_reference(Operation operation) {
    return operation == Operation::call_if || operation == Operation::call_coalesce;
  }

  const Formula &formula_;
  const ExcelReferences &references_;
  std::string out_;
};

}  // namespace

std::string to_excel(const Formula &formula, const ExcelReferences &references) {
  return Writer(formula, references).write();
}

}  // namespace pgexport
