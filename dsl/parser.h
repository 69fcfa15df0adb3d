// Reads the text of a template.
//
// The grammar is in docs/template-language.md.  After a fault the parser goes on behind the item
// that has it, so that one run reports up to kMaxErrors faults.
#pragma once

#include <optional>
#include <string_view>

#include "dsl/diagnostics.h"
#include "dsl/tree.h"

#include "core/no_postgres.h"

namespace pgexport::dsl {

// Nothing if there are errors; they are in `diagnostics`: SQLSTATE 42601 for what is not the
// language, 54000 for a limit (dsl/limits.h), 22021 for what is not UTF-8.
std::optional<Template> parse(std::string_view source, Diagnostics &diagnostics);

}  // namespace pgexport::dsl
