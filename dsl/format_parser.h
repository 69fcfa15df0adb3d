// Reads format blocks: pdf { page a4 landscape }.
#pragma once

#include "dsl/token_stream.h"
#include "dsl/tree.h"

#include "core/no_postgres.h"

namespace pgexport::dsl {

// Begins at the name of the format and throws SyntaxFault.  Which options there are is the binder's
// business.  Short forms become what they stand for: `landscape` is `orientation landscape`,
// `freeze header` is `freeze_header on`.
FormatBlock parse_format(TokenStream &stream);

}  // namespace pgexport::dsl
