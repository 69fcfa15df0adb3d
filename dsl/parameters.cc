#include "dsl/parameters.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "core/error.h"
#include "dsl/fault.h"
#include "dsl/words.h"
#include "formats/options.h"

namespace pgexport::dsl {

using nlohmann::json;

namespace {

Type type_of(const Parameter &parameter) {
  const Kind kind = [&] {
    switch (parameter.type) {
      case ParameterType::integer: return Kind::int8;
      case ParameterType::numeric: return Kind::numeric;
      case ParameterType::boolean: return Kind::boolean;
      case ParameterType::date:
      case ParameterType::daterange: return Kind::date;
      case ParameterType::timestamptz: return Kind::timestamptz;
      case ParameterType::uuid: return Kind::uuid;
      case ParameterType::json: return Kind::jsonb;
      case ParameterType::text:
      case ParameterType::choice: break;
    }
    return Kind::text;
  }();
  return {kind, parameter.array};
}

std::string type_text(const Parameter &parameter) {
  if (parameter.type != ParameterType::choice) return std::string(word_of(parameter.type));
  return "one of the choices";
}

[[noreturn]] void refuse(const Parameter &parameter, std::string_view requirement,
                         std::string hint = {}) {
  throw Fault(sqlstate::invalid_parameter_value, parameter.place,
              "parameter " + quoted_excerpt(parameter.name) + " " + std::string(requirement),
              std::move(hint));
}

void check_choice(const Parameter &parameter, const std::string &text) {
  if (parameter.type != ParameterType::choice) return;
  const auto &choices = parameter.choices;
  if (std::find(choices.begin(), choices.end(), text) != choices.end()) return;
  const std::vector<std::string_view> words(choices.begin(), choices.end());
  refuse(parameter, "is not one of its choices: " + quoted_excerpt(text), suggest(text, words));
}

// One value of a run, as the text of the parameter's type.
std::string item_text(const Parameter &parameter, const json &given, Constants &constants) {
  const Type type = type_of(parameter).element();
  if (parameter.type == ParameterType::json) return given.dump();
  if (given.is_null()) refuse(parameter, "has a null among its values");
  std::string text;
  if (given.is_string()) {
    text = given.get<std::string>();
    if (text.find('\0') != std::string::npos) refuse(parameter, "has the character U+0000");
    if (type.is(Kind::date) && (text == "today" || text == "yesterday")) {
      text = day_text(constants.today() - (text == "yesterday" ? 1 : 0));
    }
  } else if ((given.is_number() && type.is_number()) ||
             (given.is_boolean() && type.is(Kind::boolean))) {
    text = given.dump();
  } else {
    refuse(parameter, "must be of type " + type_text(parameter), how_to_write(type));
  }
  check_choice(parameter, text);
  auto value = constants.read(text, type);
  if (!value) {
    refuse(
        parameter,
        "must be of type " + type_text(parameter) + ", which " + quoted_excerpt(text) + " is not",
        how_to_write(type));
  }
  return *std::move(value);
}

std::optional<int> end_day(const Parameter &parameter, const json &object, const char *key,
                           Constants &constants) {
  const auto member = object.find(key);
  if (member == object.end() || member->is_null()) return std::nullopt;
  return parse_day(item_text(parameter, *member, constants));
}

DayRange given_range(const Parameter &parameter, const json &given, Constants &constants) {
  if (given.is_string()) {
    const auto word = given.get<std::string>();
    if (const auto preset = find_word<Preset>(word))
      return preset_range(*preset, constants.today());
    refuse(parameter, "is not a period: " + quoted_excerpt(word),
           suggest(word, words_of<Preset>()));
  }
  if (!given.is_object()) {
    refuse(parameter, "must be of type daterange",
           R"(Give the word of a preset, or {"from": "2026-01-01", "to": "2026-01-31"}.)");
  }
  for (const auto &[key, value] : given.items()) {
    if (key != "from" && key != "to") {
      refuse(parameter, "has a member " + quoted_excerpt(key), "A period has \"from\" and \"to\".");
    }
  }
  DayRange range{end_day(parameter, given, "from", constants),
                 end_day(parameter, given, "to", constants)};
  if (range.end) ++*range.end;
  return range;
}

void check_order(const Parameter &parameter, const DayRange &range) {
  if (range.from && range.end && *range.from >= *range.end) {
    refuse(parameter, "ends before it begins");
  }
}

sql::Value given_value(const Parameter &parameter, const json &given, Constants &constants) {
  if (!parameter.array) {
    return constant(item_text(parameter, given, constants), type_of(parameter));
  }
  if (!given.is_array()) refuse(parameter, "must be an array");
  if (given.size() > kMaxArgumentItems) {
    refuse(parameter, "has too many values",
           "The limit is " + std::to_string(kMaxArgumentItems) + ".");
  }
  std::vector<std::string> items;
  for (const json &item : given) items.push_back(item_text(parameter, item, constants));
  return array_constant(std::move(items), type_of(parameter).element());
}

void check_choices(const Parameter &parameter, const sql::Value &value) {
  const auto &given = std::get<sql::Constant>(value.node);
  if (given.text) check_choice(parameter, *given.text);
  for (const std::string &item : given.items.value_or(std::vector<std::string>())) {
    check_choice(parameter, item);
  }
}

void set_default(BoundParameter &bound, Constants &constants) {
  const Expression &expression = *bound.declaration->default_value;
  if (bound.declaration->type == ParameterType::daterange) {
    const auto range = constant_period(expression, constants, [&](const Expression &end) {
      return constant_value(end, constants);
    });
    if (!range) refuse(*bound.declaration, "must have a period as its default");
    check_order(*bound.declaration, *range);
    bound.range = *range;
    return;
  }
  bound.value = adapt(constant_value(expression, constants), type_of(*bound.declaration), constants,
                      expression.place);
  check_choices(*bound.declaration, bound.value);
}

// `given` is nullptr if the run says nothing.
void set_value(BoundParameter &bound, const json *given, Missing missing, Constants &constants) {
  const Parameter &parameter = *bound.declaration;
  if (given && !given->is_null()) {
    if (parameter.type == ParameterType::daterange) {
      bound.range = given_range(parameter, *given, constants);
      check_order(parameter, bound.range);
    } else {
      bound.value = given_value(parameter, *given, constants);
    }
  } else if (!given && parameter.default_value) {
    set_default(bound, constants);
  } else if (parameter.optional && missing == Missing::refused) {
    bound.is_absent = true;
  } else if (missing == Missing::refused) {
    refuse(parameter, given ? "is required and must not be null" : "is required and has no value",
           "Give it a value, or make it optional with \"?\".");
  }
}

// Refuses, while the values are read, what nlohmann::json would take: a parameter given twice (the
// last would win silently) and values nested without limit.
class ArgumentsGuard {
 public:
  void see(int depth, json::parse_event_t event, const json &value) {
    const bool opens =
        event == json::parse_event_t::object_start || event == json::parse_event_t::array_start;
    if (opens && depth >= kMaxOptionsNesting) {
      throw Error(sqlstate::program_limit_exceeded,
                  "the values of the parameters are nested too deeply",
                  "The limit is " + std::to_string(kMaxOptionsNesting) + " levels.");
    }
    if (event != json::parse_event_t::key || depth != 1) return;
    const auto &name = value.get_ref<const std::string &>();
    if (names_.insert(name).second) return;
    throw Error(sqlstate::invalid_parameter_value,
                "parameter " + quoted_excerpt(name) + " is given twice");
  }

 private:
  std::set<std::string> names_;
};

json parse_arguments(std::string_view text) {
  if (text.empty()) return json::object();
  if (text.size() > kMaxArgumentsText) {
    throw Error(sqlstate::program_limit_exceeded, "the values of the parameters are too long",
                "They have " + std::to_string(text.size()) + " bytes; the limit is " +
                    std::to_string(kMaxArgumentsText) + ".");
  }
  ArgumentsGuard guard;
  json parsed = json::parse(
      text,
      [&guard](int depth, json::parse_event_t event, const json &value) {
        guard.see(depth, event, value);
        return true;
      },
      false);
  if (!parsed.is_object()) {
    throw Error(sqlstate::invalid_parameter_value,
                "the values of the parameters must be a JSON object", {},
                R"(Give them by name, as in {"period": "last_month"}.)");
  }
  return parsed;
}

void refuse_unknown(const json &given, const Template &source, Diagnostics &diagnostics) {
  std::vector<std::string_view> names;
  for (const Parameter &parameter : source.parameters) names.emplace_back(parameter.name);
  for (const auto &[name, value] : given.items()) {
    if (std::find(names.begin(), names.end(), name) != names.end()) continue;
    diagnostics.error(sqlstate::undefined_parameter, source.place,
                      "the template has no parameter " + quoted_excerpt(name),
                      suggest(name, names));
  }
}

}  // namespace

Parameters::Parameters(const Template &source, std::string_view text, Missing missing,
                       Constants &constants, Diagnostics &diagnostics) {
  const json given = parse_arguments(text);
  refuse_unknown(given, source, diagnostics);
  for (const Parameter &parameter : source.parameters) {
    BoundParameter &bound = list_.emplace_back(
        BoundParameter{&parameter, false, null_constant(type_of(parameter)), {}});
    const auto member = given.find(parameter.name);
    try {
      set_value(bound, member == given.end() ? nullptr : &*member, missing, constants);
    } catch (const Fault &fault) {
      diagnostics.error(fault.state(), fault.place(), fault.message(), fault.hint());
    }
  }
}

const BoundParameter &Parameters::use(std::string_view name, Place place) {
  for (BoundParameter &bound : list_) {
    if (bound.declaration->name != name) continue;
    bound.is_used = true;
    return bound;
  }
  std::vector<std::string_view> names;
  for (const BoundParameter &bound : list_) names.emplace_back(bound.declaration->name);
  throw Fault(sqlstate::undefined_parameter, place, "there is no parameter " + quoted_excerpt(name),
              suggest(name, names));
}

void Parameters::warn_of_unused(Diagnostics &diagnostics) const {
  for (const BoundParameter &bound : list_) {
    if (bound.is_used) continue;
    diagnostics.warning(bound.declaration->place,
                        "parameter " + quoted_excerpt(bound.declaration->name) + " is not used");
  }
}

}  // namespace pgexport::dsl
