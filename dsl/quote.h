// The one place where a name becomes SQL.
#pragma once

#include <string>
#include <string_view>

#include "core/no_postgres.h"

namespace pgexport::dsl {

// `name`, which comes from the catalogue, between double quotes; quotes in it are doubled.
// REQUIRES: not empty, no NUL.
std::string quote_identifier(std::string_view name);

// "schema"."name"
std::string quote_qualified(std::string_view schema, std::string_view name);

// OPERATOR("schema".=): the name of an operator cannot be quoted.  Throws Error (XX000) if it has
// another character than PostgreSQL allows in one.
std::string quote_operator(std::string_view schema, std::string_view name);

}  // namespace pgexport::dsl
