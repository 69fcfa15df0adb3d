#include "dsl/literals.h"

#include <algorithm>

#include "core/error.h"
#include "dsl/diagnostics.h"
#include "dsl/fault.h"
#include "dsl/overload.h"
#include "dsl/words.h"

namespace pgexport::dsl {

namespace {

sql::Value number(const std::string &digits, Place place, Constants &constants) {
  for (const Kind kind : {Kind::int4, Kind::int8, Kind::numeric}) {
    if (auto text = constants.read(digits, {kind})) return constant(*std::move(text), {kind});
  }
  throw Fault(sqlstate::numeric_value_out_of_range, place,
              "number " + quoted_excerpt(digits) + " is too long",
              "A number has at most " + std::to_string(kMaxExponent) + " digits.");
}

sql::Value day_of_preset(Preset preset, Place place, Constants &constants) {
  if (preset != Preset::today && preset != Preset::yesterday) {
    throw Fault(sqlstate::datatype_mismatch, place,
                std::string(word_of(preset)) + " is a period, not a day",
                "Compare with it by \"in\".");
  }
  return constant(day_text(*preset_range(preset, constants.today()).from), {Kind::date});
}

sql::Value duration_value(const Duration &duration) {
  const bool is_quarter = duration.unit == DurationUnit::quarter;
  const std::uint64_t count = is_quarter ? std::uint64_t{3} * duration.count : duration.count;
  const std::string_view unit = is_quarter ? "month" : word_of(duration.unit);
  return constant(std::to_string(count) + " " + std::string(unit) + "s", {Kind::interval});
}

bool is_whole_day_source(const Type &from, const Type &to) {
  return from.is(Kind::date) && (to.is(Kind::timestamp) || to.is(Kind::timestamptz));
}

// Whether a constant of type `from` is meant where `to` is expected.
bool may_become(const Type &from, const Type &to) {
  if (from == to || from.is_text()) return true;
  if (from.is_number()) return to.is_number();
  return is_whole_day_source(from, to) || (from.is_json() && to.is_json());
}

// The element `text` of type `from` as one of `to`.
std::optional<std::string> convert(const std::string &text, const Type &from, const Type &to,
                                   Constants &constants) {
  if (!may_become(from, to)) return std::nullopt;
  if (from == to) return text;
  if (is_whole_day_source(from, to)) return constants.start_of_day(*parse_day(text), to.kind);
  return constants.read(text, to);
}

Fault mismatch(const std::string &text, const Type &from, const Type &to, Place place) {
  if (!may_become(from, to)) {
    return {sqlstate::datatype_mismatch, place,
            "a value of type " + type_label(from) + " stands where one of type " + type_label(to) +
                " is expected"};
  }
  std::string hint = how_to_write(to);
  if (to.kind == Kind::enumeration) {
    const std::vector<std::string_view> labels(to.entry->labels.begin(), to.entry->labels.end());
    hint = suggest(text, labels);
  }
  return {sqlstate::invalid_text_representation, place,
          quoted_excerpt(text) + " is not a value of type " + type_label(to), std::move(hint)};
}

// A day and what is added to it.
sql::Value chain_value(const Chain &chain, Constants &constants) {
  sql::Value value = literal_value(chain.operands[0], constants);
  for (std::size_t i = 0; i < chain.operators.size(); i++) {
    const Expression &operand = chain.operands[i + 1];
    const auto *duration = std::get_if<Duration>(&operand.node);
    const bool back = chain.operators[i] == ChainOperator::subtract;
    auto moved = duration ? moved_day(value, *duration, back, operand.place) : std::nullopt;
    if (!moved) {
      throw Fault(sqlstate::datatype_mismatch, operand.place,
                  "a default adds nothing but days, weeks, months or years to a date");
    }
    value = *std::move(moved);
  }
  return value;
}

// The adapted value, or the text that is not one in `refused`.
std::optional<sql::Value> adapted(const sql::Value &value, const Type &type, Constants &constants,
                                  std::string &refused) {
  const auto &given = std::get<sql::Constant>(value.node);
  sql::Constant result;
  if (given.items) {
    if (!type.is_array) return std::nullopt;
    result.items.emplace();
    for (const std::string &item : *given.items) {
      auto text = convert(item, value.type.element(), type.element(), constants);
      if (!text) {
        refused = item;
        return std::nullopt;
      }
      result.items->push_back(*std::move(text));
    }
  } else if (given.text) {
    if (type.is_array) return std::nullopt;
    result.text = convert(*given.text, value.type, type, constants);
    if (!result.text) {
      refused = *given.text;
      return std::nullopt;
    }
  }
  return sql::Value{std::move(result), type};
}

}  // namespace

sql::Value constant(std::string text, Type type) {
  return {sql::Constant{.text = std::move(text)}, type};
}

sql::Value null_constant(Type type) { return {sql::Constant{}, type}; }

sql::Value array_constant(std::vector<std::string> items, Type element) {
  return {sql::Constant{.items = std::move(items)}, element.array()};
}

sql::Value literal_value(const Expression &expression, Constants &constants) {
  return std::visit(
      Overload{
          [](const NullLiteral &) { return null_constant({Kind::text}); },
          [](const BooleanLiteral &literal) {
            return constant(literal.value ? "true" : "false", {Kind::boolean});
          },
          [&](const NumberLiteral &literal) {
            return number(literal.digits, expression.place, constants);
          },
          [](const TextLiteral &literal) { return constant(literal.value, {Kind::text}); },
          [&](const PresetUse &use) {
            return day_of_preset(use.preset, expression.place, constants);
          },
          [](const Duration &duration) { return duration_value(duration); },
          [&](const Negative &negative) {
            const auto &literal = std::get<NumberLiteral>(negative.operand->node);
            return number("-" + literal.digits, expression.place, constants);
          },
          [&](const auto &) -> sql::Value {
            throw Error(sqlstate::internal_error, "an expression is not a literal");
          },
      },
      expression.node);
}

std::optional<sql::Value> moved_day(const sql::Value &left, const Duration &duration, bool back,
                                    Place place) {
  if (!sql::is_constant(left) || !left.type.is(Kind::date)) return std::nullopt;
  const auto &text = std::get<sql::Constant>(left.node).text;
  if (!text || duration.unit == DurationUnit::minute || duration.unit == DurationUnit::hour) {
    return std::nullopt;
  }
  const std::int64_t count = duration.count;
  const auto day = add_to_day(*parse_day(*text), back ? -count : count, duration.unit);
  if (!day) {
    throw Fault(sqlstate::numeric_value_out_of_range, place, "the date is out of range",
                "Dates are of the years 1 to 9999.");
  }
  return constant(day_text(*day), {Kind::date});
}

sql::Value adapt(const sql::Value &value, const Type &type, Constants &constants, Place place) {
  std::string refused;
  auto result = adapted(value, type, constants, refused);
  if (result) return *std::move(result);
  if (value.type.is_array != type.is_array) {
    throw Fault(sqlstate::datatype_mismatch, place,
                "a value of type " + type_label(value.type) + " stands where one of type " +
                    type_label(type) + " is expected");
  }
  throw mismatch(refused, value.type.element(), type.element(), place);
}

std::optional<sql::Value> try_adapt(const sql::Value &value, const Type &type,
                                    Constants &constants) {
  std::string refused;
  return adapted(value, type, constants, refused);
}

sql::Value constant_value(const Expression &expression, Constants &constants) {
  if (const auto *chain = std::get_if<Chain>(&expression.node)) {
    return chain_value(*chain, constants);
  }
  if (const auto *list = std::get_if<List>(&expression.node)) {
    std::vector<sql::Value> items;
    for (const Expression &item : list->items) items.push_back(literal_value(item, constants));
    return list_value(items, expression.place);
  }
  if (std::holds_alternative<Period>(expression.node)) {
    throw Fault(sqlstate::datatype_mismatch, expression.place,
                "only a parameter of type daterange has a period as its default");
  }
  return literal_value(expression, constants);
}

sql::Value list_value(const std::vector<sql::Value> &items, Place place) {
  std::vector<std::string> texts;
  bool is_one_type = true;
  for (const sql::Value &item : items) {
    const auto *given = std::get_if<sql::Constant>(&item.node);
    if (!given || item.type.is_array || !given->text) {
      throw Fault(sqlstate::datatype_mismatch, place, "a list is of literals and parameters",
                  "Combine other comparisons by \"or\"; null is found by \"is empty\".");
    }
    is_one_type = is_one_type && item.type == items[0].type;
    texts.push_back(*given->text);
  }
  // Of several types every item is read as the type that is expected.
  const Type element = is_one_type && !items.empty() ? items[0].type : Type{Kind::text};
  return array_constant(std::move(texts), element);
}

int constant_day(const sql::Value &value, Constants &constants, Place place) {
  if (!sql::is_constant(value)) {
    throw Fault(sqlstate::datatype_mismatch, place, "the ends of a period are known dates",
                "Use a date, a parameter or today; compare with columns by \"between\".");
  }
  const sql::Value day = adapt(value, {Kind::date}, constants, place);
  const auto &text = std::get<sql::Constant>(day.node).text;
  if (!text) throw Fault(sqlstate::datatype_mismatch, place, "the end of a period is null");
  return *parse_day(*text);
}

}  // namespace pgexport::dsl
