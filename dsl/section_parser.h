// Reads the sections of a template: `sheet`, `chart`, `summary`, `text`; and `nest`.
#pragma once

#include "dsl/token_stream.h"
#include "dsl/tree.h"

#include "core/no_postgres.h"

namespace pgexport::dsl {

// Each begins at the word it is named after and throws SyntaxFault.
Sheet parse_sheet(TokenStream &stream);
ChartSection parse_chart_section(TokenStream &stream);
Summary parse_summary(TokenStream &stream);
TextSection parse_text_section(TokenStream &stream);
Nest parse_nest(TokenStream &stream);

}  // namespace pgexport::dsl
