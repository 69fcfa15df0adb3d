// Expressions as canonical text, for the printer.
#pragma once

#include <string>
#include <string_view>

#include "dsl/tree.h"

#include "core/no_postgres.h"

namespace pgexport::dsl {

void append_expression(std::string &out, const Expression &expression);

// One of several members of an `and` list: in parentheses if it binds looser.
void append_conjunct(std::string &out, const Expression &expression);

// The default of a parameter: texts are in double quotes.
void append_constant(std::string &out, const Expression &expression);

void append_text(std::string &out, std::string_view text);

// `name`, in quotes if it is no plain word, or a reserved one.
void append_name(std::string &out, std::string_view name);

}  // namespace pgexport::dsl
