// What the tests of the template compiler share: a template's text compiled over the literal
// catalogue.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.h"
#include "dsl/compile.h"
#include "dsl/parser.h"
#include "formats/csv/csv_format.h"
#include "formats/json/json_format.h"
#include "formats/xlsx/xlsx_format.h"
#include "literal_catalog.h"

namespace pgexport::dsl {

struct Given {
  std::string arguments = {};
  Missing missing = Missing::refused;
  const Format *format = nullptr;  // nullptr: CSV
};

// A compiled template, or what is wrong with it.
struct Outcome {
  std::optional<Compiled> compiled;
  std::vector<Diagnostic> diagnostics;

  const CompiledSection &section(std::size_t index = 0) const { return compiled->sections[index]; }
  const std::string &sql(std::size_t index = 0) const { return section(index).sql; }
  std::vector<std::string> values(std::size_t index = 0) const {
    std::vector<std::string> texts;
    for (const BoundArgument &arg : section(index).args) {
      texts.push_back(arg.value.value_or("NULL"));
    }
    return texts;
  }
};

inline std::string report(const std::vector<Diagnostic> &diagnostics, std::string_view source) {
  std::string text;
  for (const Diagnostic &diagnostic : diagnostics) text += describe(diagnostic, source) + "\n";
  return text;
}

// Keeps the tree and the catalogue while the outcome is looked at.
class CompileTest : public testing::Test {
 protected:
  Outcome compile_text(std::string_view source, const Given &given = {}) {
    Diagnostics diagnostics;
    tree_ = parse(source, diagnostics);
    if (!tree_) return {std::nullopt, diagnostics.list()};
    const std::vector<const Format *> formats = {&csv_format(), &json_format(), &xlsx_format()};
    const CompileRequest request{*tree_,        catalog_,
                                 clock_,        given.arguments,
                                 given.missing, given.format ? *given.format : csv_format(),
                                 formats};
    auto compiled = compile(request, diagnostics);
    return {std::move(compiled), diagnostics.list()};
  }

  // As compile_text(), but a fault fails the test.
  Outcome compiled(std::string_view source, const Given &given = {}) {
    Outcome outcome = compile_text(source, given);
    if (!outcome.compiled) {
      ADD_FAILURE() << report(outcome.diagnostics, source);
      outcome.compiled.emplace().sections.resize(1);
    }
    return outcome;
  }

  // The first fault of a template that must have one.
  Diagnostic fault(std::string_view source, const Given &given = {}) {
    const Outcome outcome = compile_text(source, given);
    const auto error = std::find_if(
        outcome.diagnostics.begin(), outcome.diagnostics.end(),
        [](const Diagnostic &diagnostic) { return diagnostic.severity == Severity::error; });
    if (error != outcome.diagnostics.end() && !outcome.compiled) return *error;
    ADD_FAILURE() << "no fault in: " << source;
    return {};
  }

  LiteralCatalog catalog_;
  LiteralClock clock_;
  std::optional<Template> tree_;
};

// Templates with one sheet over tracking.time_entries as e.
inline std::string with_column(const std::string &expression, const std::string &parameters = "") {
  return "template t {\n" + parameters +
         "\nfrom tracking.time_entries as e\nsheet \"S\" { column \"C\" = " + expression + " }\n}";
}

inline std::string with_where(const std::string &condition, const std::string &parameters = "") {
  return "template t {\n" + parameters + "\nfrom tracking.time_entries as e\nwhere " + condition +
         "\nsheet \"S\" { column \"C\" = e.id }\n}";
}

}  // namespace pgexport::dsl
