// Formulas over the headings of a table: "[Hours] / total([Hours])".
//
// One text, two meanings that agree: a live formula in a workbook and an SQL expression for every
// other format.  The language, and how empty values and divisions by zero are treated so that both
// show the same: docs/formulas.md.  Nothing is evaluated here.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/no_postgres.h"

namespace pgexport {

inline constexpr std::size_t kMaxFormula = 4096;  // bytes
inline constexpr int kMaxFormulaDepth = 32;       // parentheses, calls and signs within each other
inline constexpr int kMaxFormulaNodes = 512;
inline constexpr std::size_t kMaxExcelFormula =
    8192;  // Excel's own limit, in characters; here in bytes

// What a column or an expression holds.  Columns of another kind (dates, JSON) cannot be used.
enum class FormulaType : std::uint8_t { number, text, boolean, other };

struct FormulaColumn {
  std::string_view heading;
  FormulaType type;
  bool is_formula = false;  // itself computed by a formula
};

namespace formula {

enum class Operation : std::uint8_t {
  number,   // text: decimal digits with at most one point
  string,   // text
  boolean,  // text: TRUE or FALSE
  column,   // column
  total,    // column: its sum over all rows
  negate,
  percent,
  power,
  multiply,
  divide,
  add,
  subtract,
  concatenate,
  equal,
  not_equal,
  less,
  less_equal,
  greater,
  greater_equal,
  call_abs,
  call_and,
  call_coalesce,
  call_if,
  call_int,
  call_len,
  call_lower,
  call_max,
  call_min,
  call_mod,
  call_not,
  call_or,
  call_round,
  call_sum,
  call_upper,
};

struct Node {
  Operation operation;
  FormulaType type;
  int column = -1;
  bool is_formula = false;  // of a column
  std::string text = {};
  std::vector<int> operands = {};  // indexes of nodes
};

}  // namespace formula

// A checked formula: types agree, headings exist.
struct Formula {
  std::vector<formula::Node> nodes;  // operands before their operators; the last one is the root

  FormulaType type() const { return nodes.back().type; }
};

// `columns` in the order of the table; their headings are matched exactly.  Throws Error: 42601
// with the position for what is not a formula, 42703 for an unknown heading with the nearest one as
// hint, 22023 for values of the wrong type, 54000 for a formula beyond the limits above.
Formula parse_formula(std::string_view text, std::span<const FormulaColumn> columns);

// What a column and its total are called in a workbook.
struct ExcelReferences {
  std::function<std::string(int column)> cell;   // in the row of the formula: "C2"
  std::function<std::string(int column)> total;  // any expression of highest precedence: a name
};

// The formula as a workbook file spells it: English names, commas, no leading equals sign.  UTF-8,
// not yet escaped for XML.  Throws Error (54000) if it is longer than Excel takes.
std::string to_excel(const Formula &formula, const ExcelReferences &references);

// What a column, its total and a constant are in a query.  Each returns an SQL expression that
// needs no parentheses around it or brings its own.
struct SqlReferences {
  std::function<std::string(int column)> column;  // of any type that casts to the column's kind
  std::function<std::string(int column)> total;   // of a number: "sum(x) OVER ()"
  // A bound parameter with a cast, for a constant of the formula: "$3::pg_catalog.numeric".
  std::function<std::string(std::string_view value, FormulaType type)> constant;
};

// The formula as a PostgreSQL expression of type numeric, text or boolean: fully parenthesised,
// operators and functions qualified with pg_catalog, no text of the user in it.  NULLIF and CASE
// find their operator = by search_path: run the query with pg_catalog first in it.
std::string to_sql(const Formula &formula, const SqlReferences &references);

}  // namespace pgexport
