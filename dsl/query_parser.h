// Reads what sections select: `column`, `metric`, `where`, `group by`, `order by`, `limit`.
#pragma once

#include "dsl/token_stream.h"
#include "dsl/tree.h"

#include "core/no_postgres.h"

namespace pgexport::dsl {

// Each begins at the word it is named after and throws SyntaxFault.
Column parse_column(TokenStream &stream);
Metric parse_metric(TokenStream &stream);
std::vector<Condition> parse_where(TokenStream &stream);

// Reads one item of `query`, if the next word begins one.
bool parse_query_item(TokenStream &stream, Query &query);

}  // namespace pgexport::dsl
