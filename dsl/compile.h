// A template as what runs: for each section a query with its arguments, and how its results look.
//
// compile() is the second half of  text → tree → SQL:  names are looked up in the catalogue, types
// are checked, periods become days, conditions on absent parameters go.  docs/template-compiler.md
// describes the SQL.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "dsl/catalog.h"
#include "dsl/diagnostics.h"
#include "dsl/emit.h"
#include "dsl/parameters.h"
#include "dsl/tree.h"
#include "formats/format.h"
#include "formats/section.h"

#include "core/no_postgres.h"

namespace pgexport::dsl {

struct CompileRequest {
  const Template &source;  // as parse() or from_json() made it
  Catalog &catalog;
  Clock &clock;
  std::string_view arguments;  // JSON, see dsl/parameters.h; empty: none
  Missing missing = Missing::refused;
  // Of the document: decides about nests and which options count.  A check (Missing::assumed) has
  // all nests, whatever the format; the options of every block are checked in any case.
  const Format &format;
  // The formats that there are; a block of another one is not checked, which is a warning.
  std::span<const Format *const> formats;
};

// Values of a column that the writer's side hides.
struct ColumnMask {
  std::string column;  // a name of the section's: c3
  Mask mask;
};

struct CompiledSection {
  pgexport::Section section;
  std::string sql;  // empty for a text
  std::vector<BoundArgument> args;
  std::vector<ColumnMask> masks;
  // Of section.group_by: columns with a total have one per group of it.
  std::vector<bool> subtotals;
};

// A parameter that has a value, as a reader of the document sees it.
struct ShownParameter {
  std::string name;
  std::string label;  // the name, unless the template has one
  std::string text;   // "2026-10-01 to 2026-10-31", "A, B"
};

struct Compiled {
  std::string name;
  std::string title;
  std::string description;
  std::vector<CompiledSection> sections;
  std::string options;  // of the format, as JSON for parse_options()
  std::vector<ShownParameter> parameters;
};

// The rows of a nest are part of a document in this format.
bool has_nests(const Format &format);

// Nothing if there are errors.  REQUIRES: `diagnostics` has none.
// Throws Error for `arguments` that are no JSON object.
std::optional<Compiled> compile(const CompileRequest &request, Diagnostics &diagnostics);

}  // namespace pgexport::dsl
