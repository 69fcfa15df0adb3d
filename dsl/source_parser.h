// Reads what a template takes and where its rows come from: `param`, `from` and `join`.
#pragma once

#include "dsl/token_stream.h"
#include "dsl/tree.h"

#include "core/no_postgres.h"

namespace pgexport::dsl {

// Each begins at the word it is named after and throws SyntaxFault.
Parameter parse_parameter(TokenStream &stream);
From parse_from(TokenStream &stream);
Join parse_join(TokenStream &stream);  // join …, left join …

}  // namespace pgexport::dsl
