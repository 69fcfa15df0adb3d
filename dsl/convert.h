// Values made values of other types: what a template may leave unsaid, what `::` says, and how two
// sides of a comparison meet.
//
// Conversions are between built-in types only, where no user can have a cast, and never depend on
// the session: a time with time zone becomes a date in the zone of the run, a date becomes a text
// in one way.  What would depend on it is refused.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "dsl/literals.h"
#include "dsl/sql_tree.h"

#include "core/no_postgres.h"

namespace pgexport::dsl {

class Converter {
 public:
  explicit Converter(Constants &constants) : constants_(constants) {}

  // What it costs to use `value` where `type` is expected without saying so: 0 if it is one,
  // nullopt if it cannot be.
  std::optional<int> cost(const sql::Value &value, const Type &type);

  // REQUIRES: cost() is not nullopt, or `value` is a constant: then throws Fault if it is no such
  // value.
  sql::Value coerce(sql::Value value, const Type &type, Place place);

  // `value` as `::type` of the template.  Throws Fault (42804).
  sql::Value cast(sql::Value value, CastType type, Place place);

  // As a text for a reader; throws Fault (42804) for what has more than one spelling.
  sql::Value to_text(sql::Value value, Place place);

  // A timestamp with time zone, by the wall clock in the zone of the run.
  sql::Value to_local(sql::Value value);
  // And back.
  sql::Value to_instant(sql::Value value);

  // A field of a JSON value as text, numeric (null unless it is a number) or boolean (likewise).
  sql::Value field_as(sql::Value field, Kind kind);

  // What a value is when nothing else is expected: a JSON field is a text.
  sql::Value settle(sql::Value value);

  // Makes all values of one type that all can be, and returns it.  Throws Fault (42804).
  Type unify(std::vector<sql::Value> &values, Place place);

  // Makes two values comparable, changing a constant rather than a column, so that indexes serve.
  // Throws Fault (42804).
  void meet(sql::Value &left, sql::Value &right, Place place);

  // left = right.  REQUIRES: they met.  Throws Fault (42804) for types without equality.
  sql::Value equal(sql::Value left, sql::Value right, Place place);

  Constants &constants() { return constants_; }

 private:
  void meet_constant(sql::Value &constant, const sql::Value &other, Place place);

  Constants &constants_;
};

// a <symbol> b
sql::Value operation(std::string_view symbol, std::vector<sql::Value> operands, Type type);

sql::Invocation invocation(std::string_view function, Calling calling,
                           std::vector<sql::Value> arguments);

// COALESCE(arguments)
sql::Value construct(std::string_view keyword, std::vector<sql::Value> arguments, Type type);

// pg_catalog.name(arguments)
sql::Value invoke(std::string_view name, std::vector<sql::Value> arguments, Type type);

sql::Value conjunction(std::vector<sql::Value> members);
sql::Value disjunction(std::vector<sql::Value> members);
sql::Value negation(sql::Value operand);
sql::Value test(sql::TestKind kind, sql::Value operand);

// With the database's own collation if `value` has another one: what LIKE and regular expressions
// need.
sql::Value plainly_collated(sql::Value value);

// Texts of several collations are combined under the database's own: PostgreSQL would not choose.
void reconcile_collations(std::span<sql::Value> values);
void reconcile_collations(sql::Value &left, sql::Value &right);

}  // namespace pgexport::dsl
