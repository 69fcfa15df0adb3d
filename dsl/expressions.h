// Expressions and conditions of a template as SQL: names resolved, types checked.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "dsl/convert.h"
#include "dsl/parameters.h"
#include "dsl/scope.h"
#include "dsl/sql_tree.h"
#include "dsl/tree.h"

#include "core/no_postgres.h"

namespace pgexport::dsl {

// A regular expression longer than this is refused: time to match grows with it.
inline constexpr std::size_t kMaxPattern = 1000;

enum class Aggregates : std::uint8_t { refused, allowed };

class ExpressionBinder {
 public:
  // REQUIRES: all outlive this object.
  ExpressionBinder(const Scope &scope, Parameters &parameters, Catalog &catalog,
                   Constants &constants)
      : scope_(scope), parameters_(parameters), catalog_(catalog), convert_(constants) {}

  // The value; of a JSON field, its text.  Throws Fault.
  sql::Value value(const Expression &expression, Aggregates aggregates);

  // A condition without what mentions an absent parameter: such a comparison is removed, an `and`
  // or `or` loses it, `not` goes with what it denies.  nullopt if nothing is left.
  std::optional<sql::Value> condition(const Expression &expression, Aggregates aggregates);

  Converter &converter() { return convert_; }

  // From now on this daterange parameter stands for that period instead of its own, for the figures
  // of the period before; nullptr: for its own again.
  void replace_period(const BoundParameter *parameter, DayRange range) {
    replaced_ = parameter;
    replacement_ = range;
  }
  static bool mentions_parameter(const Expression &expression, std::string_view name);

 private:
  // As value(), but a JSON field stays one.
  sql::Value bind(const Expression &expression);
  sql::Value boolean(const Expression &expression);
  sql::Value text(const Expression &expression);
  sql::Value constant_text(const Expression &expression, std::string_view what);

  sql::Value bind_parameter(const ParameterUse &use, Place place);
  sql::Value bind_call(const Call &call, Place place);
  void check_call(const Call &call, const std::vector<const FunctionSignature *> &candidates,
                  Place place) const;
  Type coerce_arguments(const Call &call, const FunctionSignature &signature,
                        std::vector<sql::Value> &arguments, Place place);
  sql::Value bind_construct(const FunctionSignature &signature, std::vector<sql::Value> arguments,
                            Place place);
  sql::Value bind_case(const Case &choice, Place place);
  sql::Value bind_negative(const Negative &negative, Place place);
  sql::Value bind_chain(const Chain &chain);
  sql::Value arithmetic(sql::Value left, ChainOperator op, const Expression &right);
  sql::Value concatenate(sql::Value left, const Expression &right, Place place);
  sql::Value move(sql::Value left, const Duration &duration, bool back, Place place);
  sql::Value numbers(sql::Value left, ChainOperator op, sql::Value right, Place place);
  sql::Value moments(sql::Value left, ChainOperator op, sql::Value right, Place place);

  sql::Value bind_comparison(const Comparison &comparison, Place place);
  sql::Value compare(sql::Value left, ComparisonOperator op, sql::Value right, Place place);
  sql::Value bind_between(const Between &between);
  sql::Value bind_in(const In &in, Place place);
  sql::Value in_period(sql::Value value, const DayRange &range, Place place);
  sql::Value in_array(sql::Value value, sql::Value array, Place place);
  sql::Value bind_is_empty(const IsEmpty &empty);
  sql::Value bind_text_match(const TextMatch &match);
  sql::Value bind_has(const Has &has, Place place);
  sql::Value has_json(HasKind kind, sql::Value value, sql::Value set, Place place);
  sql::Value bind_search(const Search &search, Place place);
  sql::Value bind_matches(const Matches &matches);

  std::optional<DayRange> period_of(const Expression &set);
  // The set of an In or a Has: an array, of one element if it is a single value.
  sql::Value array_of(const Expression &set);
  bool mentions_absent(const Expression &expression) const;

  const Scope &scope_;
  Parameters &parameters_;
  Catalog &catalog_;
  Converter convert_;
  Aggregates aggregates_ = Aggregates::refused;
  const BoundParameter *replaced_ = nullptr;
  DayRange replacement_;
};

}  // namespace pgexport::dsl
