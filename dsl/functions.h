// The functions and aggregates that a template may call: a closed list.
//
// All are PostgreSQL's own, free of side effects, and give the same result for the same values
// whatever the session's settings are.  Nothing is looked up by name in the catalogue: a call is
// emitted as pg_catalog.<name> with arguments of exactly the listed types, so that no function or
// cast of a user can stand in.  What is not here, a template cannot call.
//
// docs/template-compiler.md shows the list; tests compare it with this file.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "dsl/type.h"

#include "core/no_postgres.h"

namespace pgexport::dsl {

// An argument or a result of a function.
enum class Slot : std::uint8_t {
  none,
  boolean,
  int4,
  int8,
  numeric,
  float8,
  text,
  date,
  time,
  timestamp,
  timestamptz,
  interval,
  json,
  jsonb,
  any_array,  // an array of any type
  text_array,
  any,      // any type that is compared for equality
  ordered,  // any type with an order; all arguments have it, and the result
  enumeration,
};

enum class Calling : std::uint8_t {
  function,      // pg_catalog.name(arguments)
  aggregate,     // pg_catalog.name([DISTINCT] arguments) [FILTER (WHERE …)]
  concatenated,  // an aggregate whose values come in their own order: name(a, b ORDER BY a)
  construct,     // NAME(arguments), a keyword of SQL: coalesce, nullif, greatest, least
};

struct FunctionSignature {
  std::string_view name;     // in templates
  std::string_view catalog;  // in pg_catalog, or the keyword
  Calling calling;
  std::vector<Slot> arguments;
  Slot result;
  bool repeats = false;  // the last argument may be given any number of times more
};

std::span<const FunctionSignature> function_signatures();

// Those of one name; empty if there is none.
std::vector<const FunctionSignature *> find_functions(std::string_view name);

// Every name once, for hints.
std::vector<std::string_view> function_names();

bool is_aggregate(const FunctionSignature &signature);

// "round(numeric, integer)", for messages and the documentation.
std::string signature_label(const FunctionSignature &signature);

// "numeric", "any array"
std::string slot_label(Slot slot);

// The one type that a slot stands for, or nullopt: any, ordered, any_array, enumeration.
std::optional<Type> slot_type(Slot slot);

}  // namespace pgexport::dsl
