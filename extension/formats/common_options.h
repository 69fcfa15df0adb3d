// Typed readers for those options of every format (see common_options() in formats/format.h) that
// are more than a word.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "formats/options.h"
#include "formats/section.h"

#include "core/no_postgres.h"

namespace pgexport {

// The columns of the document in their order; empty if the option was not given, meaning all.
// Throws Error 22023 for anything but a list of names and {"name": …, "heading": …} objects.
std::vector<ColumnChoice> read_columns(const OptionValues &values);

// The parameters of the query.  Throws Error 22023 for anything but strings and nulls.
std::vector<std::optional<std::string>> read_args(const OptionValues &values);

}  // namespace pgexport
