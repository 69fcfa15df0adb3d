// Reads expressions.  One function per production of docs/template-language.md.
//
// Every function throws SyntaxFault after it told the diagnostics what is wrong.  The result is at
// most kMaxNesting deep.
#pragma once

#include "dsl/token_stream.h"
#include "dsl/tree.h"

#include "core/no_postgres.h"

namespace pgexport::dsl {

// Any expression.
Expression parse_expression(TokenStream &stream);

// The default of a parameter: see is_constant().
Expression parse_constant(TokenStream &stream);

// The members of the `and` list of a `where`, whose word was taken, with their comments; the first
// one's `before` has what `comments` has.
std::vector<Condition> parse_conditions(TokenStream &stream, Comments comments);

}  // namespace pgexport::dsl
