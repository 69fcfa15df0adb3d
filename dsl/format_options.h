// The blocks of options per format: pdf { page a4 }.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "dsl/compile.h"
#include "dsl/diagnostics.h"
#include "dsl/tree.h"
#include "formats/format.h"

#include "core/no_postgres.h"

namespace pgexport::dsl {

// Checks every block against the options of its format, and returns those of `target` as the JSON
// object that parse_options() reads.  Faults become diagnostics at their place; a format that is
// not among `formats` is a warning.  {parameter} in a header or footer becomes its text, of those
// in `shown`.
std::string bind_format_options(const Template &source, const Format &target,
                                std::span<const Format *const> formats,
                                const std::vector<ShownParameter> &shown, Diagnostics &diagnostics);

}  // namespace pgexport::dsl
