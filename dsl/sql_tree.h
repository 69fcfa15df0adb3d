// The SQL of a template as a tree: what the binder makes and the emitter writes.
//
// It cannot hold text of a user: names are pointers into the catalogue, operators and functions are
// words of this program, and every value is a Constant, which becomes a bound parameter.  Each
// value has the type that it has in PostgreSQL.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "dsl/box.h"
#include "dsl/catalog.h"
#include "dsl/functions.h"
#include "dsl/tree.h"
#include "dsl/type.h"
#include "formats/formula.h"

#include "core/no_postgres.h"

namespace pgexport::dsl::sql {

struct Value;
struct SortKey;
struct Select;
bool operator==(const Value &a, const Value &b);

// t1."hours"
struct ColumnUse {
  int relation;
  const CatalogColumn *column;
  bool operator==(const ColumnUse &) const = default;
};

// t4.c2: a result of a sub-select
struct OutputUse {
  int relation;
  int output;
  bool operator==(const OutputUse &) const = default;
};

// $1::pg_catalog.text
struct Constant {
  // As the type's input function reads it; of an array its elements.  Neither: null.
  std::optional<std::string> text = {};
  std::optional<std::vector<std::string>> items = {};
  bool operator==(const Constant &) const = default;
};

// (a OPERATOR(pg_catalog.+) b), with one operand: (OPERATOR(pg_catalog.-) a)
struct Operation {
  std::string_view symbol;
  std::vector<Value> operands;
  const CatalogType *owner = nullptr;  // of the equality of a type that is not built in
  bool operator==(const Operation &) const = default;
};

// (a OPERATOR(pg_catalog.=) ANY (b)), b being an array
struct AnyOf {
  Box<Value> value;
  Box<Value> array;
  const CatalogType *owner = nullptr;  // as of Operation
  bool operator==(const AnyOf &) const = default;
};

// pg_catalog.sum(DISTINCT a ORDER BY b) FILTER (WHERE c)
struct Invocation {
  std::string_view function;
  Calling calling = Calling::function;
  std::vector<Value> arguments;
  bool distinct = false;
  std::vector<SortKey> order_by;
  std::optional<Box<Value>> filter;
  bool operator==(const Invocation &) const;
};

// pg_catalog.row_number() OVER (PARTITION BY a ORDER BY b)
struct Window {
  std::string_view function;
  std::vector<Value> arguments;
  std::vector<Value> partition_by;
  std::vector<SortKey> order_by;
  bool operator==(const Window &) const;
};

// CAST(a AS type of this value)
struct Conversion {
  Box<Value> operand;
  bool operator==(const Conversion &) const = default;
};

struct Branch;

// CASE WHEN a THEN b ELSE c END
struct Choice {
  std::vector<Branch> branches;
  std::optional<Box<Value>> otherwise;
  bool operator==(const Choice &) const;
};

// (a AND b); at least one member
struct Junction {
  bool all;  // AND; else OR
  std::vector<Value> members;
  bool operator==(const Junction &) const = default;
};

struct Negation {
  Box<Value> operand;
  bool operator==(const Negation &) const = default;
};

enum class TestKind : std::uint8_t { is_null, is_not_null, is_not_true };

struct Test {
  TestKind kind;
  Box<Value> operand;
  bool operator==(const Test &) const = default;
};

// a COLLATE pg_catalog."default"
struct Collated {
  Box<Value> operand;
  bool operator==(const Collated &) const = default;
};

// ROW(a, b): equal to another if all members are, two nulls being equal
struct Record {
  std::vector<Value> members;
  bool operator==(const Record &) const = default;
};

// A formula over headings; index by column of the section, absent where it is not used.
struct FormulaValue {
  Formula formula;
  std::vector<std::optional<Box<Value>>> columns;
  std::vector<std::optional<Box<Value>>> totals;
  bool operator==(const FormulaValue &) const { return false; }  // never part of a group
};

using ValueNode =
    std::variant<ColumnUse, OutputUse, Constant, Operation, AnyOf, Invocation, Window, Conversion,
                 Choice, Junction, Negation, Test, Collated, Record, FormulaValue>;

struct Value {
  ValueNode node;
  Type type;
  // A field of a JSON value, not yet made a text, number or boolean: an operation ->.
  bool is_field = false;
};

struct Branch {
  Value when;
  Value then;
  bool operator==(const Branch &) const = default;
};

struct SortKey {
  Value value;
  bool descending = false;
  NullsOrder nulls = NullsOrder::automatic;
  bool operator==(const SortKey &) const = default;
};

struct Output {
  int number;  // AS c<number>
  Value value;
};

enum class JoinKind : std::uint8_t { none, inner, left, cross };

// One member of FROM: a relation of the catalogue or a sub-select, called t<number>.
struct Source {
  int number;
  std::variant<const CatalogRelation *, Box<Select>> content;
  JoinKind join = JoinKind::none;  // to what is before it
  std::optional<Value> on = {};    // of an inner or a left join
};

struct Select {
  std::vector<Output> outputs;
  std::vector<Source> from;
  std::optional<Value> where;
  std::vector<Value> group_by;
  std::vector<SortKey> order_by;
  std::optional<std::uint64_t> limit;
};

// The values directly inside `value`; those of an aggregate include its filter and order.
std::vector<const Value *> parts(const Value &value);

bool is_aggregate(const Value &value);

// True if there is an aggregate in it.
bool has_aggregate(const Value &value);

bool is_constant(const Value &value);

bool is_null(const Value &value);

}  // namespace pgexport::dsl::sql
