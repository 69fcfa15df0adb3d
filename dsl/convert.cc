#include "dsl/convert.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <utility>

#include "core/error.h"
#include "dsl/diagnostics.h"
#include "dsl/fault.h"
#include "dsl/words.h"

namespace pgexport::dsl {

using sql::Value;

namespace {

constexpr Type kText{Kind::text};
constexpr Type kBoolean{Kind::boolean};
constexpr Type kNumeric{Kind::numeric};

// Numbers from narrow to wide; a value becomes a wider one by itself.
constexpr std::array<Kind, 6> kNumbers = {Kind::int2,    Kind::int4,   Kind::int8,
                                          Kind::numeric, Kind::float4, Kind::float8};

int width(const Type &type) {
  return static_cast<int>(std::find(kNumbers.begin(), kNumbers.end(), type.kind) -
                          kNumbers.begin());
}

Value convert(Value value, Type type) {
  if (value.type == type) return value;
  return {sql::Conversion{std::move(value)}, type};
}

Fault mismatch(const Type &left, const Type &right, Place place) {
  return {
      sqlstate::datatype_mismatch, place,
      "type " + type_label(left) + " cannot be compared or combined with type " + type_label(right),
      "Cast one of them, as in value::text."};
}

Fault no_cast(const Type &from, std::string_view to, Place place, std::string hint = {}) {
  return {sqlstate::datatype_mismatch, place,
          "type " + type_label(from) + " cannot be cast to " + std::string(to), std::move(hint)};
}

Type cast_target(CastType type) {
  switch (type) {
    case CastType::text: return kText;
    case CastType::integer: return {Kind::int8};
    case CastType::numeric: return kNumeric;
    case CastType::floating: return {Kind::float8};
    case CastType::boolean: return kBoolean;
    case CastType::date: return {Kind::date};
    case CastType::time: return {Kind::time};
    case CastType::timestamp: return {Kind::timestamp};
    case CastType::timestamptz: return {Kind::timestamptz};
    case CastType::interval: return {Kind::interval};
    case CastType::uuid: return {Kind::uuid};
    case CastType::json: break;
  }
  return {Kind::jsonb};
}

// Casts that are the same in every session, beside those of coerce().
bool can_cast(const Type &from, const Type &to) {
  if (from.is_array) return false;
  if (from.is_text()) return !to.is(Kind::timestamptz);
  if (from.is_number()) return to.is_number();
  if (from.is(Kind::timestamp)) return to.is(Kind::date) || to.is(Kind::time);
  if (from.is(Kind::interval)) return to.is(Kind::time);
  return from.is_json() && to.is_json();
}

bool is_local_time(const Type &from, const Type &to) {
  return from.is(Kind::timestamptz) && to.is(Kind::timestamp);
}

// The collation of a text that is not the database's own: of the first column in it that has one.
const CatalogColumn *collated_column(const Value &value) {
  if (const auto *use = std::get_if<sql::ColumnUse>(&value.node)) {
    return use->column->collation_name.empty() ? nullptr : use->column;
  }
  if (std::holds_alternative<sql::Collated>(value.node)) return nullptr;
  for (const Value *part : sql::parts(value)) {
    if (!part->type.is_text()) continue;
    if (const CatalogColumn *column = collated_column(*part)) return column;
  }
  return nullptr;
}

bool is_same_collation(const CatalogColumn *a, const CatalogColumn *b) {
  return a->collation_schema == b->collation_schema && a->collation_name == b->collation_name;
}

}  // namespace

Value operation(std::string_view symbol, std::vector<Value> operands, Type type) {
  return {sql::Operation{symbol, std::move(operands)}, type};
}

sql::Invocation invocation(std::string_view function, Calling calling,
                           std::vector<Value> arguments) {
  sql::Invocation result;
  result.function = function;
  result.calling = calling;
  result.arguments = std::move(arguments);
  return result;
}

Value invoke(std::string_view name, std::vector<Value> arguments, Type type) {
  return {invocation(name, Calling::function, std::move(arguments)), type};
}

Value construct(std::string_view keyword, std::vector<Value> arguments, Type type) {
  return {invocation(keyword, Calling::construct, std::move(arguments)), type};
}

Value conjunction(std::vector<Value> members) {
  if (members.size() == 1) return std::move(members[0]);
  return {sql::Junction{true, std::move(members)}, kBoolean};
}

Value disjunction(std::vector<Value> members) {
  if (members.size() == 1) return std::move(members[0]);
  return {sql::Junction{false, std::move(members)}, kBoolean};
}

Value negation(Value operand) { return {sql::Negation{std::move(operand)}, kBoolean}; }

Value test(sql::TestKind kind, Value operand) {
  return {sql::Test{kind, std::move(operand)}, kBoolean};
}

Value plainly_collated(Value value) {
  if (!collated_column(value)) return value;
  const Type type = value.type;
  return {sql::Collated{std::move(value)}, type};
}

void reconcile_collations(std::span<Value> values) {
  const CatalogColumn *first = nullptr;
  Value *owner = nullptr;
  for (Value &value : values) {
    const CatalogColumn *column = value.type.is_text() ? collated_column(value) : nullptr;
    if (column && first && !is_same_collation(first, column)) {
      *owner = plainly_collated(std::move(*owner));  // an explicit one wins over all others
      return;
    }
    if (!column || first) continue;
    first = column;
    owner = &value;
  }
}

void reconcile_collations(Value &left, Value &right) {
  std::array<Value, 2> both = {std::move(left), std::move(right)};
  reconcile_collations(both);
  left = std::move(both[0]);
  right = std::move(both[1]);
}

std::optional<int> Converter::cost(const Value &value, const Type &type) {
  if (value.type == type && !value.is_field) return 0;
  if (sql::is_constant(value) && try_adapt(value, type, constants_)) {
    return value.type.is_number() ? 1 + std::abs(width(type) - width(value.type)) : 10;
  }
  if (sql::is_constant(value))
    return is_local_time(value.type, type) ? std::optional(1) : std::nullopt;
  if (value.is_field) {
    if (type.is(Kind::numeric)) return 2;
    if (type.is(Kind::text)) return 1;
    if (type.is(Kind::boolean)) return 3;
    return value.type == type ? std::optional(0) : std::nullopt;
  }
  if (value.type.is_text() && type.is(Kind::text)) return 1;
  if (value.type.is_number() && type.is_number() && width(value.type) < width(type)) {
    return width(type) - width(value.type);
  }
  if (type.is(Kind::timestamp) && value.type.is(Kind::date)) return 2;
  if (is_local_time(value.type, type)) return 1;
  if (type == kText.array() && value.type.is_array && value.type.element().is_text()) return 1;
  return std::nullopt;
}

Value Converter::coerce(Value value, const Type &type, Place place) {
  if (is_local_time(value.type, type) && !sql::is_null(value)) return to_local(std::move(value));
  if (sql::is_constant(value)) return adapt(value, type, constants_, place);
  if (value.is_field && !type.is_json()) return field_as(std::move(value), type.kind);
  value.is_field = false;
  return convert(std::move(value), type);
}

Value Converter::cast(Value value, CastType named, Place place) {
  const Type type = cast_target(named);
  if (sql::is_constant(value)) {
    if (auto adapted = try_adapt(value, type, constants_)) return *std::move(adapted);
  }
  if (type.is(Kind::text)) return to_text(std::move(value), place);
  if (value.is_field && !type.is_json()) value = field_as(std::move(value), Kind::text);
  if (cost(value, type)) return coerce(std::move(value), type, place);
  if (value.type.is(Kind::timestamptz) && (type.is(Kind::date) || type.is(Kind::time))) {
    return convert(to_local(std::move(value)), type);
  }
  if (type.is(Kind::timestamptz) && value.type.is_moment()) {
    return to_instant(convert(std::move(value), {Kind::timestamp}));
  }
  if (value.type.is(Kind::boolean) && type.is_integer()) {
    return convert(convert(std::move(value), {Kind::int4}), type);
  }
  if (!can_cast(value.type, type)) throw no_cast(value.type, word_of(named), place);
  return convert(std::move(value), type);
}

Value Converter::to_text(Value value, Place place) {
  if (value.is_field) return field_as(std::move(value), Kind::text);
  const Type from = value.type;
  if (from.is_array) {
    throw no_cast(from, "text", place, "Join its elements, as in array_to_string(tags, ', ').");
  }
  if (from.is(Kind::interval) || from.is(Kind::bytea)) {
    throw no_cast(from, "text", place,
                  "Its spelling depends on settings; use it as it is, with a format.");
  }
  if (from.is_moment()) {
    if (from.is(Kind::timestamptz)) value = to_local(std::move(value));
    const std::string_view pattern = from.is(Kind::date) ? "YYYY-MM-DD" : "YYYY-MM-DD HH24:MI:SS";
    Value moment = convert(std::move(value), {Kind::timestamp});
    return invoke("to_char", {std::move(moment), constant(std::string(pattern), kText)}, kText);
  }
  if (from.entry) {
    // concat() spells a value by its output function; a cast of this type could be anybody's.
    Value is_there = test(sql::TestKind::is_not_null, value);
    Value spelled = invoke("concat", {std::move(value)}, kText);
    return {sql::Choice{{{std::move(is_there), std::move(spelled)}}, std::nullopt}, kText};
  }
  return convert(std::move(value), kText);
}

Value Converter::to_local(Value value) {
  return invoke("timezone", {constant(constants_.clock().zone(), kText), std::move(value)},
                {Kind::timestamp});
}

Value Converter::to_instant(Value value) {
  return invoke("timezone", {constant(constants_.clock().zone(), kText), std::move(value)},
                {Kind::timestamptz});
}

Value Converter::field_as(Value field, Kind kind) {
  Value as_text = field;
  std::get<sql::Operation>(as_text.node).symbol = "->>";
  as_text.type = kText;
  as_text.is_field = false;
  if (kind == Kind::text) return as_text;
  const std::string_view function = field.type.is(Kind::jsonb) ? "jsonb_typeof" : "json_typeof";
  field.is_field = false;
  Value wanted = constant(kind == Kind::numeric ? "number" : "boolean", kText);
  Value is_one =
      operation("=", {invoke(function, {std::move(field)}, kText), std::move(wanted)}, kBoolean);
  const Type type{kind};
  Value read = convert(std::move(as_text), type);
  return {sql::Choice{{{std::move(is_one), std::move(read)}}, std::nullopt}, type};
}

Value Converter::settle(Value value) {
  return value.is_field ? field_as(std::move(value), Kind::text) : value;
}

Type Converter::unify(std::vector<Value> &values, Place place) {
  // The widest type that is not a constant's decides, then that of the constants.
  std::optional<Type> type;
  const auto widen = [&](const Type &other) {
    if (!type) {
      type = other;
    } else if (type->is_number() && other.is_number()) {
      if (width(other) > width(*type)) type = other;
    } else if (type->is_text() && other.is_text()) {
      type = kText;
    } else if (type->is_moment() && other.is_moment() && !(*type == other)) {
      type = Type{Kind::timestamp};
    }
  };
  for (Value &value : values) value = settle(std::move(value));
  for (const Value &value : values) {
    if (!sql::is_constant(value)) widen(value.type);
  }
  const bool only_constants = !type.has_value();
  for (const Value &value : values) {
    if (!sql::is_constant(value)) continue;
    const bool is_null = sql::is_null(value);
    const bool is_wider =
        type && type->is_number() && value.type.is_number() && !try_adapt(value, *type, constants_);
    if ((only_constants && !is_null) || is_wider) widen(value.type);
  }
  if (!type) type = kText;
  for (Value &value : values) {
    if (!cost(value, *type) && !sql::is_constant(value)) throw mismatch(*type, value.type, place);
    value = coerce(std::move(value), *type, place);
  }
  reconcile_collations(values);
  return *type;
}

void Converter::meet_constant(Value &constant, const Value &other, Place place) {
  if (other.type.is_number() && constant.type.is_number()) {
    for (const Kind kind : {other.type.kind, Kind::int8, Kind::numeric}) {
      const auto adapted = try_adapt(constant, {kind}, constants_);
      if (!adapted) continue;
      constant = *adapted;
      return;
    }
  }
  if (other.type.is_moment() && constant.type.is_moment() && !sql::is_null(constant) &&
      !try_adapt(constant, other.type, constants_)) {
    // A time against a day, or with a zone against one without: they meet by the wall clock.
    if (constant.type.is(Kind::timestamptz)) constant = to_local(std::move(constant));
    if (other.type.is(Kind::timestamptz)) constant = to_instant(std::move(constant));
    return;
  }
  const bool is_plain_text = other.type.is_text() && !other.type.is(Kind::bpchar);
  constant = adapt(constant, is_plain_text ? kText : other.type, constants_, place);
}

void Converter::meet(Value &left, Value &right, Place place) {
  if (left.is_field || right.is_field) {
    const Value &other = left.is_field ? right : left;
    const Kind kind = other.is_field || other.type.is_text() ? Kind::text
                      : other.type.is_number()               ? Kind::numeric
                      : other.type.is(Kind::boolean)         ? Kind::boolean
                                                             : Kind::other;
    if (kind == Kind::other) {
      throw Fault(sqlstate::datatype_mismatch, place,
                  "a JSON value is not compared with type " + type_label(other.type),
                  "Say what it is, as in e.meta.\"due\"::date.");
    }
    if (left.is_field) left = field_as(std::move(left), kind);
    if (right.is_field) right = field_as(std::move(right), kind);
  }
  if (sql::is_constant(left) && sql::is_constant(right)) {
    std::vector<Value> both = {std::move(left), std::move(right)};
    unify(both, place);
    left = std::move(both[0]);
    right = std::move(both[1]);
  } else if (sql::is_constant(right)) {
    meet_constant(right, left, place);
  } else if (sql::is_constant(left)) {
    meet_constant(left, right, place);
  } else if (left.type.is_moment() && right.type.is_moment()) {
    if (left.type == right.type) return;
    if (left.type.is(Kind::timestamptz)) left = to_local(std::move(left));
    if (right.type.is(Kind::timestamptz)) right = to_local(std::move(right));
  } else if (left.type.is_text() && right.type.is_text()) {
    reconcile_collations(left, right);
  } else if (!(left.type == right.type || (left.type.is_number() && right.type.is_number()))) {
    throw mismatch(left.type, right.type, place);
  }
}

Value Converter::equal(Value left, Value right, Place place) {
  const Type &type = left.type;
  const bool has_own =
      type.kind == Kind::other && !type.is_array && !type.entry->equality_name.empty();
  const bool has_none = type.kind == Kind::json || type.kind == Kind::tsvector ||
                        type.kind == Kind::tsquery || type.kind == Kind::regconfig;
  if (has_none || (type.kind == Kind::other && !has_own)) {
    throw Fault(sqlstate::datatype_mismatch, place,
                "values of type " + type_label(type) + " cannot be compared",
                type.kind == Kind::json ? "Cast them, as in value::json." : "");
  }
  const CatalogType *owner = has_own ? type.entry : nullptr;
  const std::string_view symbol = "=";
  return {sql::Operation{symbol, {std::move(left), std::move(right)}, owner}, kBoolean};
}

}  // namespace pgexport::dsl
