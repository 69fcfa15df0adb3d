#include "dsl/functions.h"

#include <algorithm>
#include <utility>

namespace pgexport::dsl {

namespace {

using enum Slot;
using enum Calling;

// Never destroyed: at the exit of a backend the server's memory is gone before our statics.
const std::vector<FunctionSignature> &table() {
  static const auto &signatures = *new std::vector<FunctionSignature>{
      // Numbers.
      {"abs", "abs", function, {int4}, int4},
      {"abs", "abs", function, {int8}, int8},
      {"abs", "abs", function, {numeric}, numeric},
      {"abs", "abs", function, {float8}, float8},
      {"ceil", "ceil", function, {numeric}, numeric},
      {"ceil", "ceil", function, {float8}, float8},
      {"floor", "floor", function, {numeric}, numeric},
      {"floor", "floor", function, {float8}, float8},
      {"round", "round", function, {numeric}, numeric},
      {"round", "round", function, {float8}, float8},
      {"round", "round", function, {numeric, int4}, numeric},
      {"trunc", "trunc", function, {numeric}, numeric},
      {"trunc", "trunc", function, {float8}, float8},
      {"trunc", "trunc", function, {numeric, int4}, numeric},
      {"sign", "sign", function, {numeric}, numeric},
      {"sign", "sign", function, {float8}, float8},
      {"mod", "mod", function, {int4, int4}, int4},
      {"mod", "mod", function, {int8, int8}, int8},
      {"mod", "mod", function, {numeric, numeric}, numeric},
      {"div", "div", function, {numeric, numeric}, numeric},

      // Texts.
      {"lower", "lower", function, {text}, text},
      {"upper", "upper", function, {text}, text},
      {"initcap", "initcap", function, {text}, text},
      {"length", "length", function, {text}, int4},
      {"trim", "btrim", function, {text}, text},
      {"btrim", "btrim", function, {text}, text},
      {"btrim", "btrim", function, {text, text}, text},
      {"ltrim", "ltrim", function, {text}, text},
      {"ltrim", "ltrim", function, {text, text}, text},
      {"rtrim", "rtrim", function, {text}, text},
      {"rtrim", "rtrim", function, {text, text}, text},
      {"left", "left", function, {text, int4}, text},
      {"right", "right", function, {text, int4}, text},
      {"substr", "substr", function, {text, int4}, text},
      {"substr", "substr", function, {text, int4, int4}, text},
      {"substring", "substring", function, {text, int4}, text},
      {"substring", "substring", function, {text, int4, int4}, text},
      {"split_part", "split_part", function, {text, text, int4}, text},
      {"strpos", "strpos", function, {text, text}, int4},
      {"starts_with", "starts_with", function, {text, text}, boolean},
      {"reverse", "reverse", function, {text}, text},

      // Dates and times: of the calendar in the time zone of the run.
      {"date_trunc", "date_trunc", function, {text, timestamp}, timestamp},
      {"date_trunc", "date_trunc", function, {text, interval}, interval},
      {"extract", "extract", function, {text, date}, numeric},
      {"extract", "extract", function, {text, time}, numeric},
      {"extract", "extract", function, {text, timestamp}, numeric},
      {"extract", "extract", function, {text, interval}, numeric},
      {"age", "age", function, {timestamp, timestamp}, interval},
      {"make_date", "make_date", function, {int4, int4, int4}, date},
      {"justify_days", "justify_days", function, {interval}, interval},
      {"justify_hours", "justify_hours", function, {interval}, interval},
      {"justify_interval", "justify_interval", function, {interval}, interval},

      // Arrays and JSON.
      {"cardinality", "cardinality", function, {any_array}, int4},
      {"array_to_string", "array_to_string", function, {text_array, text}, text},
      {"jsonb_array_length", "jsonb_array_length", function, {jsonb}, int4},
      {"jsonb_typeof", "jsonb_typeof", function, {jsonb}, text},
      {"json_array_length", "json_array_length", function, {json}, int4},
      {"json_typeof", "json_typeof", function, {json}, text},

      // Of any type.
      {"coalesce", "COALESCE", construct, {any, any}, any, true},
      {"nullif", "NULLIF", construct, {any, any}, any},
      {"greatest", "GREATEST", construct, {ordered, ordered}, ordered, true},
      {"least", "LEAST", construct, {ordered, ordered}, ordered, true},

      // Aggregates.
      {"count", "count", aggregate, {}, int8},
      {"count", "count", aggregate, {any}, int8},
      {"sum", "sum", aggregate, {int4}, int8},
      {"sum", "sum", aggregate, {int8}, numeric},
      {"sum", "sum", aggregate, {numeric}, numeric},
      {"sum", "sum", aggregate, {float8}, float8},
      {"sum", "sum", aggregate, {interval}, interval},
      {"avg", "avg", aggregate, {int4}, numeric},
      {"avg", "avg", aggregate, {int8}, numeric},
      {"avg", "avg", aggregate, {numeric}, numeric},
      {"avg", "avg", aggregate, {float8}, float8},
      {"avg", "avg", aggregate, {interval}, interval},
      {"min", "min", aggregate, {int4}, int4},
      {"min", "min", aggregate, {int8}, int8},
      {"min", "min", aggregate, {numeric}, numeric},
      {"min", "min", aggregate, {float8}, float8},
      {"min", "min", aggregate, {text}, text},
      {"min", "min", aggregate, {date}, date},
      {"min", "min", aggregate, {time}, time},
      {"min", "min", aggregate, {timestamp}, timestamp},
      {"min", "min", aggregate, {timestamptz}, timestamptz},
      {"min", "min", aggregate, {interval}, interval},
      {"min", "min", aggregate, {enumeration}, enumeration},
      {"max", "max", aggregate, {int4}, int4},
      {"max", "max", aggregate, {int8}, int8},
      {"max", "max", aggregate, {numeric}, numeric},
      {"max", "max", aggregate, {float8}, float8},
      {"max", "max", aggregate, {text}, text},
      {"max", "max", aggregate, {date}, date},
      {"max", "max", aggregate, {time}, time},
      {"max", "max", aggregate, {timestamp}, timestamp},
      {"max", "max", aggregate, {timestamptz}, timestamptz},
      {"max", "max", aggregate, {interval}, interval},
      {"max", "max", aggregate, {enumeration}, enumeration},
      {"bool_and", "bool_and", aggregate, {boolean}, boolean},
      {"bool_or", "bool_or", aggregate, {boolean}, boolean},
      {"string_agg", "string_agg", concatenated, {text, text}, text},
  };
  return signatures;
}

}  // namespace

std::span<const FunctionSignature> function_signatures() { return table(); }

std::vector<const FunctionSignature *> find_functions(std::string_view name) {
  std::vector<const FunctionSignature *> found;
  for (const FunctionSignature &signature : table()) {
    if (signature.name == name) found.push_back(&signature);
  }
  return found;
}

std::vector<std::string_view> function_names() {
  std::vector<std::string_view> names;
  for (const FunctionSignature &signature : table()) {
    if (names.empty() || names.back() != signature.name) names.push_back(signature.name);
  }
  return names;
}

bool is_aggregate(const FunctionSignature &signature) {
  return signature.calling == aggregate || signature.calling == concatenated;
}

std::string signature_label(const FunctionSignature &signature) {
  std::string label(signature.name);
  label += '(';
  for (std::size_t i = 0; i < signature.arguments.size(); i++) {
    if (i > 0) label += ", ";
    label += slot_label(signature.arguments[i]);
  }
  if (signature.repeats) label += ", ...";
  if (is_aggregate(signature) && signature.arguments.empty()) label += '*';
  return label + ")";
}

std::string slot_label(Slot slot) {
  switch (slot) {
    case any: return "any";
    case ordered: return "any ordered";
    case any_array: return "any array";
    case enumeration: return "enumeration";
    default: return type_label(*slot_type(slot));
  }
}

std::optional<Type> slot_type(Slot slot) {
  switch (slot) {
    case boolean: return Type{Kind::boolean};
    case int4: return Type{Kind::int4};
    case int8: return Type{Kind::int8};
    case numeric: return Type{Kind::numeric};
    case float8: return Type{Kind::float8};
    case text: return Type{Kind::text};
    case date: return Type{Kind::date};
    case time: return Type{Kind::time};
    case timestamp: return Type{Kind::timestamp};
    case timestamptz: return Type{Kind::timestamptz};
    case interval: return Type{Kind::interval};
    case json: return Type{Kind::json};
    case jsonb: return Type{Kind::jsonb};
    case text_array: return Type{Kind::text, true};
    default: return std::nullopt;
  }
}

}  // namespace pgexport::dsl
