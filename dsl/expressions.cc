#include "dsl/expressions.h"

#include <algorithm>
#include <array>
#include <climits>
#include <utility>

#include "core/error.h"
#include "dsl/diagnostics.h"
#include "dsl/fault.h"
#include "dsl/overload.h"
#include "dsl/words.h"

namespace pgexport::dsl {

using sql::is_null;
using sql::Value;

namespace {

constexpr Type kText{Kind::text};
constexpr Type kBoolean{Kind::boolean};
constexpr Type kNumeric{Kind::numeric};
constexpr Type kInterval{Kind::interval};

constexpr std::array<std::string_view, 8> kTruncations = {"year", "quarter", "month",  "week",
                                                          "day",  "hour",    "minute", "second"};
constexpr std::array<std::string_view, 14> kExtracts = {
    "year",   "quarter", "month",  "week", "day",     "hour",   "minute",
    "second", "dow",     "isodow", "doy",  "isoyear", "decade", "epoch"};

bool is_zero(const Value &value) {
  const auto *constant = std::get_if<sql::Constant>(&value.node);
  return constant && constant->text &&
         constant->text->find_first_of("123456789") == std::string::npos;
}

// A divisor that is zero becomes null: one row must not stop a document.
Value nonzero(Value divisor) {
  if (sql::is_constant(divisor) && !is_null(divisor) && !is_zero(divisor)) return divisor;
  const Type type = divisor.type;
  Value zero = constant("0", type);
  return construct("NULLIF", {std::move(divisor), std::move(zero)}, type);
}

Value convert(Value value, Type type) {
  if (value.type == type) return value;
  return {sql::Conversion{std::move(value)}, type};
}

Fault cannot_calculate(const Type &left, ChainOperator op, const Type &right, Place place) {
  return {sqlstate::datatype_mismatch, place,
          "type " + type_label(left) + " " + std::string(word_of(op)) + " type " +
              type_label(right) + " has no meaning",
          "Cast one of them, as in value::numeric."};
}

// The field of date_trunc and extract, which must be known.
void check_field(const FunctionSignature &signature, const Value &field, Place place) {
  const auto refuse_others = [&](std::span<const std::string_view> fields) {
    const auto *constant = std::get_if<sql::Constant>(&field.node);
    if (constant && constant->text &&
        std::find(fields.begin(), fields.end(), *constant->text) != fields.end()) {
      return;
    }
    std::string list;
    for (const std::string_view word : fields) {
      if (!list.empty()) list += ", ";
      list += word;
    }
    throw Fault(sqlstate::invalid_parameter_value, place,
                "the first argument of " + std::string(signature.name) + " is a field of time",
                "Possible are " + list + ".");
  };
  if (signature.name == "date_trunc") refuse_others(kTruncations);
  if (signature.name == "extract") refuse_others(kExtracts);
}

std::string call_label(std::string_view name, const std::vector<Value> &arguments) {
  std::string label = std::string(name) + "(";
  for (const Value &argument : arguments) {
    if (label.back() != '(') label += ", ";
    label += argument.is_field ? "JSON value" : type_label(argument.type);
  }
  return label + ")";
}

// The cost of calling `signature` with `arguments`, nullopt if that is not possible.
std::optional<int> call_cost(const FunctionSignature &signature,
                             const std::vector<Value> &arguments, Converter &converter) {
  if (arguments.size() != signature.arguments.size()) return std::nullopt;
  int sum = 0;
  for (std::size_t i = 0; i < arguments.size(); i++) {
    const Slot slot = signature.arguments[i];
    const Value &argument = arguments[i];
    if (const auto type = slot_type(slot)) {
      const auto cost = converter.cost(argument, *type);
      if (!cost) return std::nullopt;
      sum += *cost;
    } else if (slot == Slot::any_array     ? !argument.type.is_array
               : slot == Slot::enumeration ? !argument.type.is(Kind::enumeration)
                                           : false) {
      return std::nullopt;
    }
  }
  return sum;
}

// The signature that fits best.
const FunctionSignature &choose(const std::vector<const FunctionSignature *> &candidates,
                                const std::vector<Value> &arguments, Converter &converter,
                                Place place) {
  const FunctionSignature *best = nullptr;
  int best_cost = INT_MAX;
  for (const FunctionSignature *candidate : candidates) {
    const auto cost = call_cost(*candidate, arguments, converter);
    if (!cost || *cost >= best_cost) continue;
    best = candidate;
    best_cost = *cost;
  }
  if (best) return *best;
  std::string known;
  for (const FunctionSignature *candidate : candidates) {
    if (!known.empty()) known += ", ";
    known += signature_label(*candidate);
  }
  throw Fault(sqlstate::undefined_function, place,
              "there is no " + call_label(candidates[0]->name, arguments),
              "There is " + known + ".");
}

}  // namespace

Value ExpressionBinder::value(const Expression &expression, Aggregates aggregates) {
  aggregates_ = aggregates;
  return convert_.settle(bind(expression));
}

Value ExpressionBinder::bind(const Expression &expression) {
  const Place place = expression.place;
  return std::visit(
      Overload{
          [&](const Name &name) { return scope_.resolve(name, place); },
          [&](const ParameterUse &use) { return bind_parameter(use, place); },
          [&](const Call &call) { return bind_call(call, place); },
          [&](const Case &choice) { return bind_case(choice, place); },
          [&](const Cast &cast) { return convert_.cast(bind(*cast.operand), cast.type, place); },
          [&](const Negative &negative) { return bind_negative(negative, place); },
          [&](const Chain &chain) { return bind_chain(chain); },
          [&](const Comparison &comparison) { return bind_comparison(comparison, place); },
          [&](const Between &between) { return bind_between(between); },
          [&](const In &in) { return bind_in(in, place); },
          [&](const IsEmpty &empty) { return bind_is_empty(empty); },
          [&](const TextMatch &match) { return bind_text_match(match); },
          [&](const Has &has) { return bind_has(has, place); },
          [&](const Search &search) { return bind_search(search, place); },
          [&](const Matches &matches) { return bind_matches(matches); },
          [&](const Not &denied) { return negation(boolean(*denied.operand)); },
          [&](const And &list) {
            std::vector<Value> members;
            for (const Expression &member : list.members) members.push_back(boolean(member));
            return conjunction(std::move(members));
          },
          [&](const Or &list) {
            std::vector<Value> members;
            for (const Expression &member : list.members) members.push_back(boolean(member));
            return disjunction(std::move(members));
          },
          [&](const List &) -> Value {
            throw Fault(sqlstate::syntax_error, place, "a list stands only behind in and has");
          },
          [&](const Period &) -> Value {
            throw Fault(sqlstate::syntax_error, place, "a period stands only behind in");
          },
          [&](const auto &) { return literal_value(expression, convert_.constants()); },
      },
      expression.node);
}

Value ExpressionBinder::boolean(const Expression &expression) {
  Value value = bind(expression);
  if (value.is_field) return convert_.field_as(std::move(value), Kind::boolean);
  if (is_null(value)) return null_constant(kBoolean);
  if (value.type.is(Kind::boolean)) return value;
  throw Fault(sqlstate::datatype_mismatch, expression.place,
              "a condition is expected, not a value of type " + type_label(value.type),
              "Compare it, as in value > 0 or value is not empty.");
}

Value ExpressionBinder::text(const Expression &expression) {
  Value value = convert_.settle(bind(expression));
  if (is_null(value)) return null_constant(kText);
  if (value.type.is_text()) return value;
  throw Fault(sqlstate::datatype_mismatch, expression.place,
              "a text is expected, not a value of type " + type_label(value.type),
              "Cast it, as in value::text.");
}

Value ExpressionBinder::constant_text(const Expression &expression, std::string_view what) {
  Value value = text(expression);
  if (sql::is_constant(value)) return value;
  throw Fault(sqlstate::datatype_mismatch, expression.place,
              std::string(what) + " must be a text or a parameter");
}

Value ExpressionBinder::bind_parameter(const ParameterUse &use, Place place) {
  const BoundParameter &parameter = parameters_.use(use.name, place);
  if (parameter.declaration->type == ParameterType::daterange) {
    throw Fault(sqlstate::datatype_mismatch, place,
                "parameter " + quoted_excerpt(use.name) + " is a period, not a value",
                "Compare with it by \"in\".");
  }
  return parameter.value;
}

// Throws Fault for a function that there is not, and for what its calls do not take.
void ExpressionBinder::check_call(const Call &call,
                                  const std::vector<const FunctionSignature *> &candidates,
                                  Place place) const {
  if (candidates.empty()) {
    const std::vector<std::string_view> names = function_names();
    std::string hint = suggest(call.function, names);
    if (hint.empty()) hint = "The documentation of the template compiler lists them.";
    throw Fault(sqlstate::undefined_function, place,
                "templates have no function " + quoted_excerpt(call.function), std::move(hint));
  }
  if (!is_aggregate(*candidates[0])) {
    if (!call.distinct && !call.filter && !call.star) return;
    throw Fault(sqlstate::syntax_error, place,
                quoted_excerpt(call.function) + " is not an aggregate",
                "Only aggregates take *, distinct and filter.");
  }
  if (aggregates_ == Aggregates::refused) {
    throw Fault(sqlstate::grouping_error, place,
                "aggregate " + quoted_excerpt(call.function) + " cannot stand here",
                "Aggregates are values of columns and keys of order by, not within each other.");
  }
  if (call.star || !call.arguments.empty()) return;
  throw Fault(sqlstate::undefined_function, place, "there is no " + call_label(call.function, {}),
              "Rows are counted by count(*).");
}

// The arguments as `signature` has them; returns the type of its result.
Type ExpressionBinder::coerce_arguments(const Call &call, const FunctionSignature &signature,
                                        std::vector<Value> &arguments, Place place) {
  Type result = slot_type(signature.result).value_or(kText);
  for (std::size_t i = 0; i < arguments.size(); i++) {
    if (const auto type = slot_type(signature.arguments[i])) {
      arguments[i] = convert_.coerce(std::move(arguments[i]), *type, call.arguments[i].place);
    } else {
      arguments[i] = convert_.settle(std::move(arguments[i]));
      if (signature.result == Slot::enumeration) result = arguments[i].type;
    }
  }
  if (!arguments.empty()) check_field(signature, arguments[0], place);
  reconcile_collations(arguments);
  return result;
}

Value ExpressionBinder::bind_call(const Call &call, Place place) {
  const std::vector<const FunctionSignature *> candidates = find_functions(call.function);
  check_call(call, candidates, place);
  const Aggregates outside = aggregates_;
  if (is_aggregate(*candidates[0])) aggregates_ = Aggregates::refused;
  std::vector<Value> arguments;
  for (const Expression &argument : call.arguments) arguments.push_back(bind(argument));
  std::optional<Value> filter = call.filter ? condition(**call.filter, aggregates_) : std::nullopt;
  aggregates_ = outside;

  if (candidates[0]->calling == Calling::construct) {
    return bind_construct(*candidates[0], std::move(arguments), place);
  }
  const FunctionSignature &best = choose(candidates, arguments, convert_, place);
  const Type result = coerce_arguments(call, best, arguments, place);
  sql::Invocation bound = invocation(best.catalog, best.calling, std::move(arguments));
  bound.distinct = call.distinct;
  if (filter) bound.filter = *std::move(filter);
  if (best.calling == Calling::concatenated) bound.order_by.push_back({bound.arguments[0]});
  return {std::move(bound), result};
}

Value ExpressionBinder::bind_construct(const FunctionSignature &signature,
                                       std::vector<Value> arguments, Place place) {
  const std::size_t least = signature.arguments.size();
  if (arguments.size() < least || (arguments.size() > least && !signature.repeats)) {
    throw Fault(sqlstate::undefined_function, place,
                "there is no " + call_label(signature.name, arguments),
                "There is " + signature_label(signature) + ".");
  }
  Type type = convert_.unify(arguments, place);
  const bool is_nullif = signature.name == "nullif";
  if (is_nullif && type.is_text()) {
    type = kText;
    for (Value &argument : arguments) argument = convert_.coerce(std::move(argument), type, place);
  }
  // SQL looks the = of NULLIF up by name: only types for which pg_catalog has exactly that one.
  const bool compares = signature.result == Slot::ordered || is_nullif;
  if (compares && (!type.is_ordered() || (is_nullif && type.is(Kind::enumeration)))) {
    throw Fault(
        sqlstate::datatype_mismatch, place,
        std::string(signature.name) + " does not compare values of type " + type_label(type),
        "Cast them, as in value::text.");
  }
  return construct(signature.catalog, std::move(arguments), type);
}

Value ExpressionBinder::bind_case(const Case &choice, Place place) {
  std::vector<sql::Branch> branches;
  std::vector<Value> results;
  for (const CaseBranch &branch : choice.branches) {
    Value when = choice.operand ? compare(bind(**choice.operand), ComparisonOperator::eq,
                                          bind(branch.when), branch.when.place)
                                : boolean(branch.when);
    results.push_back(bind(branch.then));
    branches.push_back({std::move(when), null_constant(kText)});
  }
  if (choice.otherwise) results.push_back(bind(**choice.otherwise));
  const Type type = convert_.unify(results, place);
  for (std::size_t i = 0; i < branches.size(); i++) branches[i].then = std::move(results[i]);
  std::optional<Box<Value>> otherwise;
  if (choice.otherwise) otherwise = std::move(results.back());
  return {sql::Choice{std::move(branches), std::move(otherwise)}, type};
}

Value ExpressionBinder::bind_negative(const Negative &negative, Place place) {
  if (std::holds_alternative<NumberLiteral>(negative.operand->node)) {
    return literal_value({negative, place}, convert_.constants());
  }
  Value operand = bind(*negative.operand);
  if (operand.is_field) operand = convert_.field_as(std::move(operand), Kind::numeric);
  if (!operand.type.is_number() && !operand.type.is(Kind::interval)) {
    throw Fault(sqlstate::datatype_mismatch, place,
                "a value of type " + type_label(operand.type) + " has no negative");
  }
  const Type type = operand.type;
  return operation("-", {std::move(operand)}, type);
}

Value ExpressionBinder::bind_chain(const Chain &chain) {
  Value value = bind(chain.operands[0]);
  for (std::size_t i = 0; i < chain.operators.size(); i++) {
    value = arithmetic(std::move(value), chain.operators[i], chain.operands[i + 1]);
  }
  return value;
}

Value ExpressionBinder::arithmetic(Value left, ChainOperator op, const Expression &expression) {
  const Place place = expression.place;
  if (op == ChainOperator::concatenate) return concatenate(std::move(left), expression, place);
  const auto *duration = std::get_if<Duration>(&expression.node);
  const bool adds = op == ChainOperator::add || op == ChainOperator::subtract;
  if (duration && adds && left.type.is_moment()) {
    return move(std::move(left), *duration, op == ChainOperator::subtract, place);
  }
  Value right = bind(expression);
  if (left.is_field) left = convert_.field_as(std::move(left), Kind::numeric);
  if (right.is_field) right = convert_.field_as(std::move(right), Kind::numeric);
  if (is_null(left) && !is_null(right)) left = null_constant(right.type);
  if (is_null(right) && !is_null(left)) right = null_constant(left.type);
  if (left.type.is_number() && right.type.is_number()) {
    return numbers(std::move(left), op, std::move(right), place);
  }
  return moments(std::move(left), op, std::move(right), place);
}

Value ExpressionBinder::concatenate(Value left, const Expression &expression, Place place) {
  Value right = convert_.to_text(bind(expression), place);
  left = convert_.to_text(std::move(left), place);
  reconcile_collations(left, right);
  return operation("||", {std::move(left), std::move(right)}, kText);
}

Value ExpressionBinder::move(Value left, const Duration &duration, bool back, Place place) {
  if (auto moved = moved_day(left, duration, back, place)) return *std::move(moved);
  const std::string_view symbol = back ? "-" : "+";
  const bool is_clock =
      duration.unit == DurationUnit::minute || duration.unit == DurationUnit::hour;
  if (left.type.is(Kind::date) && duration.unit == DurationUnit::day) {
    Value days = constant(std::to_string(duration.count), {Kind::int4});
    return operation(symbol,
                     {std::move(left), adapt(days, {Kind::int4}, convert_.constants(), place)},
                     {Kind::date});
  }
  Value length = literal_value({duration, place}, convert_.constants());
  if (left.type.is(Kind::timestamptz)) {
    if (is_clock) {
      return operation(symbol, {std::move(left), std::move(length)}, {Kind::timestamptz});
    }
    Value moved = operation(symbol, {convert_.to_local(std::move(left)), std::move(length)},
                            {Kind::timestamp});
    return convert_.to_instant(std::move(moved));
  }
  const Type type = left.type;
  Value moved = operation(symbol, {std::move(left), std::move(length)}, {Kind::timestamp});
  return type.is(Kind::date) && !is_clock ? convert(std::move(moved), type) : moved;
}

Value ExpressionBinder::numbers(Value left, ChainOperator op, Value right, Place place) {
  const bool both_whole = left.type.is_integer() && right.type.is_integer();
  std::vector<Value> both = {std::move(left), std::move(right)};
  Type type = convert_.unify(both, place);
  if (type.is(Kind::float4) || (op == ChainOperator::divide && both_whole)) {
    type = type.is(Kind::float4) ? Type{Kind::float8} : kNumeric;
    for (Value &value : both) value = convert_.coerce(std::move(value), type, place);
  }
  if (op == ChainOperator::modulo && type.is(Kind::float8)) {
    throw cannot_calculate(type, op, type, place);
  }
  if (op == ChainOperator::divide || op == ChainOperator::modulo) {
    both[1] = nonzero(std::move(both[1]));
  }
  return operation(word_of(op), std::move(both), type);
}

Value ExpressionBinder::moments(Value left, ChainOperator op, Value right, Place place) {
  const Type a = left.type;
  const Type b = right.type;
  const bool subtracts = op == ChainOperator::subtract;
  const bool adds = op == ChainOperator::add || subtracts;
  const auto result = [&](Type type) {
    return operation(word_of(op), {std::move(left), std::move(right)}, type);
  };
  if (adds && a.is(Kind::interval) && b.is(Kind::interval)) return result(kInterval);
  if (subtracts && a.is(Kind::date) && b.is(Kind::date)) return result({Kind::int4});
  if (subtracts && a.is(Kind::time) && b.is(Kind::time)) return result(kInterval);
  if (subtracts && a.is_moment() && b.is_moment()) {
    if (!(a == b)) {
      left = convert_.coerce(std::move(left), {Kind::timestamp}, place);
      right = convert_.coerce(std::move(right), {Kind::timestamp}, place);
    }
    return result(kInterval);
  }
  if (adds && a.is(Kind::date) && b.is_integer()) {
    if (!b.is(Kind::int4)) right = convert(std::move(right), {Kind::int4});
    return result({Kind::date});
  }
  if (adds && a.is(Kind::time) && b.is(Kind::interval)) return result({Kind::time});
  if (adds && a.is_moment() && b.is(Kind::interval)) {
    if (!a.is(Kind::timestamptz)) return result({Kind::timestamp});
    left = convert_.to_local(std::move(left));
    return convert_.to_instant(result({Kind::timestamp}));
  }
  if (op == ChainOperator::multiply && a.is_number() && b.is(Kind::interval)) {
    left = convert_.coerce(std::move(left), {Kind::float8}, place);
    return result(kInterval);
  }
  if ((op == ChainOperator::multiply || op == ChainOperator::divide) && a.is(Kind::interval) &&
      b.is_number()) {
    right = convert_.coerce(std::move(right), {Kind::float8}, place);
    if (op == ChainOperator::divide) right = nonzero(std::move(right));
    return result(kInterval);
  }
  throw cannot_calculate(a, op, b, place);
}

}  // namespace pgexport::dsl
