// The conditions of ExpressionBinder: comparisons and what disappears with an absent parameter.
#include <algorithm>
#include <utility>

#include "core/error.h"
#include "dsl/diagnostics.h"
#include "dsl/expressions.h"
#include "dsl/fault.h"
#include "dsl/words.h"

namespace pgexport::dsl {

using sql::Value;

namespace {

constexpr Type kText{Kind::text};
constexpr Type kBoolean{Kind::boolean};

Value compared(std::string_view symbol, Value left, Value right) {
  return operation(symbol, {std::move(left), std::move(right)}, kBoolean);
}

// `text` with nothing special to LIKE in it.
std::string like_escaped(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    if (c == '\\' || c == '%' || c == '_') escaped += '\\';
    escaped += c;
  }
  return escaped;
}

bool is_null_literal(const Expression &expression) {
  return std::holds_alternative<NullLiteral>(expression.node);
}

Fault compared_with_null(Place place) {
  return {sqlstate::datatype_mismatch, place, "nothing is equal to null",
          "Write \"is empty\" or \"is not empty\"."};
}

}  // namespace

std::optional<Value> ExpressionBinder::condition(const Expression &expression,
                                                 Aggregates aggregates) {
  aggregates_ = aggregates;
  const auto *conjunct = std::get_if<And>(&expression.node);
  const auto *disjunct = std::get_if<Or>(&expression.node);
  if (conjunct || disjunct) {
    std::vector<Value> kept;
    for (const Expression &member : conjunct ? conjunct->members : disjunct->members) {
      if (auto bound = condition(member, aggregates)) kept.push_back(*std::move(bound));
    }
    if (kept.empty()) return std::nullopt;
    return conjunct ? conjunction(std::move(kept)) : disjunction(std::move(kept));
  }
  if (const auto *denied = std::get_if<Not>(&expression.node)) {
    auto operand = condition(*denied->operand, aggregates);
    if (!operand) return std::nullopt;
    return negation(*std::move(operand));
  }
  if (mentions_absent(expression)) return std::nullopt;
  return boolean(expression);
}

// Counts what it finds as used: a removed condition is a use.
bool ExpressionBinder::mentions_absent(const Expression &expression) const {
  bool found = false;
  if (const auto *use = std::get_if<ParameterUse>(&expression.node)) {
    found = parameters_.use(use->name, expression.place).is_absent;
  }
  for (const Expression *child : children(expression)) found = mentions_absent(*child) || found;
  return found;
}

bool ExpressionBinder::mentions_parameter(const Expression &expression, std::string_view name) {
  const auto *use = std::get_if<ParameterUse>(&expression.node);
  if (use && use->name == name) return true;
  const std::vector<const Expression *> inside = children(expression);
  return std::any_of(inside.begin(), inside.end(),
                     [&](const Expression *child) { return mentions_parameter(*child, name); });
}

Value ExpressionBinder::bind_comparison(const Comparison &comparison, Place place) {
  if (is_null_literal(*comparison.left) || is_null_literal(*comparison.right)) {
    throw compared_with_null(place);
  }
  return compare(bind(*comparison.left), comparison.op, bind(*comparison.right), place);
}

Value ExpressionBinder::compare(Value left, ComparisonOperator op, Value right, Place place) {
  convert_.meet(left, right, place);
  if (op == ComparisonOperator::eq) return convert_.equal(std::move(left), std::move(right), place);
  if (op == ComparisonOperator::ne && left.type.kind == Kind::other) {
    return negation(convert_.equal(std::move(left), std::move(right), place));
  }
  if (op == ComparisonOperator::ne) {
    Value same = convert_.equal(std::move(left), std::move(right), place);
    std::get<sql::Operation>(same.node).symbol = "<>";
    return same;
  }
  if (!left.type.is_ordered()) {
    throw Fault(sqlstate::datatype_mismatch, place,
                "values of type " + type_label(left.type) + " have no order",
                "They can be compared by = and <> only.");
  }
  return compared(word_of(op), std::move(left), std::move(right));
}

Value ExpressionBinder::bind_between(const Between &between) {
  if (is_null_literal(*between.low)) throw compared_with_null(between.low->place);
  if (is_null_literal(*between.high)) throw compared_with_null(between.high->place);
  Value value = bind(*between.value);
  Value low = compare(value, ComparisonOperator::ge, bind(*between.low), between.low->place);
  Value high =
      compare(std::move(value), ComparisonOperator::le, bind(*between.high), between.high->place);
  return conjunction({std::move(low), std::move(high)});
}

std::optional<DayRange> ExpressionBinder::period_of(const Expression &set) {
  if (const auto *use = std::get_if<ParameterUse>(&set.node)) {
    const BoundParameter &parameter = parameters_.use(use->name, set.place);
    if (parameter.declaration->type != ParameterType::daterange) return std::nullopt;
    return &parameter == replaced_ ? replacement_ : parameter.range;
  }
  const auto range =
      constant_period(set, convert_.constants(), [&](const Expression &end) { return bind(end); });
  if (range && range->from && range->end && *range->from >= *range->end) {
    throw Fault(sqlstate::invalid_parameter_value, set.place, "the period ends before it begins");
  }
  return range;
}

Value ExpressionBinder::array_of(const Expression &set) {
  if (const auto *list = std::get_if<List>(&set.node)) {
    std::vector<Value> items;
    for (const Expression &item : list->items) items.push_back(bind(item));
    return list_value(items, set.place);
  }
  Value value = bind(set);
  if (value.type.is_array || value.is_field || !sql::is_constant(value)) return value;
  return list_value({std::move(value)}, set.place);
}

Value ExpressionBinder::bind_in(const In &in, Place place) {
  Value value = bind(*in.value);
  if (const auto range = period_of(*in.set)) return in_period(std::move(value), *range, place);
  return in_array(std::move(value), array_of(*in.set), in.set->place);
}

Value ExpressionBinder::in_period(Value value, const DayRange &range, Place place) {
  if (value.is_field || !value.type.is_moment()) {
    throw Fault(sqlstate::datatype_mismatch, place,
                "a period is compared with a date or a time, not with " +
                    (value.is_field ? "a JSON value" : "type " + type_label(value.type)),
                "Cast it, as in value::date.");
  }
  const Type type = value.type;
  const auto start_of = [&](int day) {
    if (type.is(Kind::date)) return constant(day_text(day), type);
    return constant(convert_.constants().start_of_day(day, type.kind), type);
  };
  std::vector<Value> bounds;
  if (range.from) bounds.push_back(compared(">=", value, start_of(*range.from)));
  if (range.end) bounds.push_back(compared("<", value, start_of(*range.end)));
  if (bounds.empty()) return test(sql::TestKind::is_not_null, std::move(value));
  return conjunction(std::move(bounds));
}

Value ExpressionBinder::in_array(Value value, Value array, Place place) {
  if (!array.type.is_array) {
    throw Fault(sqlstate::datatype_mismatch, place,
                "a list, an array or a period is expected behind in",
                "Compare with a single value by =.");
  }
  if (value.is_field) {
    const bool is_number = array.type.element().is_number();
    value = convert_.field_as(std::move(value), is_number ? Kind::numeric : Kind::text);
  }
  if (sql::is_constant(array)) {
    // As a single constant would meet the value.
    std::vector<Type> wanted = {value.type};
    if (value.type.is_number()) wanted = {value.type, {Kind::int8}, {Kind::numeric}};
    if (value.type.is_text() && !value.type.is(Kind::bpchar)) wanted = {kText};
    std::optional<Value> adapted;
    for (const Type &type : wanted) {
      if (!adapted) adapted = try_adapt(array, type.array(), convert_.constants());
    }
    array = adapted ? *std::move(adapted)
                    : adapt(array, wanted.back().array(), convert_.constants(), place);
  } else if (sql::is_constant(value)) {
    value = adapt(value, array.type.element(), convert_.constants(), place);
  } else if (!(value.type == array.type.element())) {
    throw Fault(
        sqlstate::datatype_mismatch, place,
        "type " + type_label(value.type) + " is not of the elements of " + type_label(array.type));
  }
  // Checks that the type has an equality, and which.
  const Value single = convert_.equal(value, value, place);
  const CatalogType *owner = std::get<sql::Operation>(single.node).owner;
  return {sql::AnyOf{std::move(value), std::move(array), owner}, kBoolean};
}

Value ExpressionBinder::bind_is_empty(const IsEmpty &empty) {
  Value value = bind(*empty.value);
  Value is_null = test(sql::TestKind::is_null, value);
  std::optional<Value> is_blank;
  if (value.type.is_array) {
    Value size = invoke("cardinality", {std::move(value)}, {Kind::int4});
    is_blank = compared("=", std::move(size), constant("0", {Kind::int4}));
  } else if (value.type.is_json()) {
    value.is_field = false;
    Value document = convert_.coerce(std::move(value), {Kind::jsonb}, empty.value->place);
    Value blanks = array_constant({"null", "\"\"", "[]", "{}"}, {Kind::jsonb});
    is_blank = Value{sql::AnyOf{std::move(document), std::move(blanks)}, kBoolean};
  } else if (value.type.is_text()) {
    const Type type = value.type.is(Kind::bpchar) ? value.type : kText;
    is_blank = compared("=", std::move(value), constant("", type));
  }
  if (!is_blank) return is_null;
  return disjunction({std::move(is_null), *std::move(is_blank)});
}

Value ExpressionBinder::bind_text_match(const TextMatch &match) {
  Value value = plainly_collated(text(*match.value));
  Value pattern = constant_text(*match.pattern, "what a text is compared with");
  auto &wanted = std::get<sql::Constant>(pattern.node).text;
  if (wanted) {
    const std::string start = match.kind == TextMatchKind::starts_with ? "" : "%";
    const std::string end = match.kind == TextMatchKind::ends_with ? "" : "%";
    wanted = start + like_escaped(*wanted) + end;
  }
  return compared(match.exact ? "~~" : "~~*", std::move(value), std::move(pattern));
}

Value ExpressionBinder::bind_matches(const Matches &matches) {
  Value value = plainly_collated(text(*matches.value));
  Value pattern = constant_text(*matches.pattern, "a regular expression");
  const auto &wanted = std::get<sql::Constant>(pattern.node).text;
  if (wanted && wanted->size() > kMaxPattern) {
    throw Fault(sqlstate::program_limit_exceeded, matches.pattern->place,
                "the regular expression is too long",
                "The limit is " + std::to_string(kMaxPattern) + " bytes.");
  }
  return compared("~", std::move(value), std::move(pattern));
}

Value ExpressionBinder::bind_has(const Has &has, Place place) {
  Value value = bind(*has.value);
  Value set = array_of(*has.set);
  if (value.type.is_json()) return has_json(has.kind, std::move(value), std::move(set), place);
  if (!value.type.is_array) {
    throw Fault(sqlstate::datatype_mismatch, has.value->place,
                "an array is expected before has, not a value of type " + type_label(value.type),
                "Compare a single value by in.");
  }
  if (sql::is_constant(set)) {
    set = adapt(set, value.type, convert_.constants(), has.set->place);
  } else if (!(set.type == value.type)) {
    throw Fault(sqlstate::datatype_mismatch, has.set->place,
                "type " + type_label(set.type) + " stands where " + type_label(value.type) +
                    " is expected");
  }
  Value found = compared(has.kind == HasKind::all ? "@>" : "&&", std::move(value), std::move(set));
  return has.kind == HasKind::none ? test(sql::TestKind::is_not_true, std::move(found)) : found;
}

Value ExpressionBinder::has_json(HasKind kind, Value value, Value set, Place place) {
  value.is_field = false;
  if (!sql::is_constant(set) || !set.type.element().is_text()) {
    throw Fault(sqlstate::datatype_mismatch, place,
                "a JSON array is compared with texts: a list, or a parameter of type text[]");
  }
  value = convert_.coerce(std::move(value), {Kind::jsonb}, place);
  Value found = compared(kind == HasKind::all ? "?&" : "?|", std::move(value), std::move(set));
  return kind == HasKind::none ? test(sql::TestKind::is_not_true, std::move(found)) : found;
}

Value ExpressionBinder::bind_search(const Search &search, Place place) {
  const Value configuration = constant(catalog_.search_configuration(), {Kind::regconfig});
  std::vector<Value> texts;
  std::vector<Value> vectors;
  for (const Expression &column : search.columns) {
    Value value = convert_.settle(bind(column));
    if (value.type.is(Kind::tsvector)) {
      vectors.push_back(std::move(value));
      continue;
    }
    if (!value.type.is_text()) {
      throw Fault(sqlstate::datatype_mismatch, column.place,
                  "search is over texts, not over type " + type_label(value.type),
                  "Cast it, as in value::text.");
    }
    texts.push_back(std::move(value));
  }
  reconcile_collations(texts);
  // One column is searched as it is, so that an index on its words serves.
  std::optional<Value> document;
  for (Value &text : texts) {
    if (texts.size() > 1) {
      text = construct("COALESCE", {std::move(text), constant("", kText)}, kText);
    }
    if (!document) {
      document = std::move(text);
    } else {
      document = operation("||", {*std::move(document), constant(" ", kText)}, kText);
      document = operation("||", {*std::move(document), std::move(text)}, kText);
    }
  }
  if (document) {
    vectors.push_back(
        invoke("to_tsvector", {configuration, *std::move(document)}, {Kind::tsvector}));
  }
  Value query = invoke("websearch_to_tsquery",
                       {configuration, constant_text(*search.query, "what is searched for")},
                       {Kind::tsquery});
  std::vector<Value> found;
  found.reserve(vectors.size());
  for (Value &vector : vectors) found.push_back(compared("@@", std::move(vector), query));
  if (found.empty()) throw Fault(sqlstate::syntax_error, place, "search needs a column");
  return disjunction(std::move(found));
}

}  // namespace pgexport::dsl
