#include "dsl/compile.h"

#include <algorithm>
#include <utility>

#include "core/error.h"
#include "dsl/format_options.h"
#include "dsl/layout.h"
#include "dsl/overload.h"
#include "dsl/periods.h"
#include "dsl/queries.h"

namespace pgexport::dsl {

namespace {

// How many values of an array a reader is shown.
constexpr std::size_t kShownItems = 10;

std::string shown_range(const DayRange &range) {
  if (!range.from && !range.end) return {};
  if (!range.end) return "from " + day_text(*range.from);
  const std::string last = day_text(*range.end - 1);
  if (!range.from) return "until " + last;
  const std::string first = day_text(*range.from);
  return first == last ? first : first + " to " + last;
}

std::string shown_items(const std::vector<std::string> &items) {
  std::string text;
  for (std::size_t i = 0; i < items.size() && i < kShownItems; i++) {
    if (i > 0) text += ", ";
    text += items[i];
  }
  if (items.size() > kShownItems) {
    text += " and " + std::to_string(items.size() - kShownItems) + " more";
  }
  return text;
}

std::string shown_value(const BoundParameter &parameter) {
  if (parameter.declaration->type == ParameterType::daterange) return shown_range(parameter.range);
  const auto &constant = std::get<sql::Constant>(parameter.value.node);
  if (constant.items) return shown_items(*constant.items);
  return constant.text.value_or("");
}

std::vector<ShownParameter> shown_parameters(const std::vector<BoundParameter> &parameters) {
  std::vector<ShownParameter> shown;
  for (const BoundParameter &parameter : parameters) {
    const std::string text = shown_value(parameter);
    if (parameter.is_absent || text.empty()) continue;
    const Parameter &declaration = *parameter.declaration;
    shown.push_back(
        {declaration.name, declaration.label.empty() ? declaration.name : declaration.label, text});
  }
  return shown;
}

std::vector<std::string_view> parent_names(const Template &source) {
  std::vector<std::string_view> names;
  for (const Section &section : source.sections) {
    if (const auto *sheet = std::get_if<Sheet>(&section)) names.emplace_back(sheet->head.name);
  }
  for (const Nest &nest : source.nests) names.emplace_back(nest.name);
  return names;
}

bool reaches_sheet(const Template &source, const Nest &nest) {
  const Nest *current = &nest;
  for (std::size_t steps = 0; steps <= source.nests.size(); steps++) {
    const auto parent = std::find_if(
        source.nests.begin(), source.nests.end(),
        [&](const Nest &candidate) { return candidate.name == current->parent.heading; });
    if (parent == source.nests.end()) return true;
    current = &*parent;
  }
  return false;
}

void check_names(const Template &source, Diagnostics &diagnostics) {
  const auto refuse_twice = [&](Place place, const std::string &name) {
    diagnostics.error(sqlstate::duplicate_object, place,
                      "two sections are called " + quoted_excerpt(name),
                      "Names are unique within a template.");
  };
  std::vector<std::string_view> names;
  const auto add = [&](Place place, const std::string &name) {
    if (name.empty()) return;
    if (std::find(names.begin(), names.end(), name) != names.end()) refuse_twice(place, name);
    names.emplace_back(name);
  };
  for (const Section &section : source.sections) add(head_of(section).place, head_of(section).name);
  for (const Nest &nest : source.nests) add(nest.place, nest.name);
  const std::vector<std::string_view> parents = parent_names(source);
  for (const Nest &nest : source.nests) {
    const std::string &parent = nest.parent.heading;
    if (std::find(parents.begin(), parents.end(), parent) == parents.end()) {
      diagnostics.error(sqlstate::undefined_object, nest.parent.place,
                        "there is no sheet or nest " + quoted_excerpt(parent),
                        suggest(parent, parents));
    } else if (!reaches_sheet(source, nest)) {
      diagnostics.error(sqlstate::invalid_parameter_value, nest.parent.place,
                        "nest " + quoted_excerpt(nest.name) + " is inside itself");
    }
  }
}

class Compiler {
 public:
  Compiler(const CompileRequest &request, Diagnostics &diagnostics)
      : request_(request),
        diagnostics_(diagnostics),
        constants_(request.clock),
        parameters_(request.source, request.arguments, request.missing, constants_, diagnostics),
        queries_(request.source, request.catalog, parameters_, constants_, diagnostics),
        layout_(diagnostics) {}

  std::optional<Compiled> compile() {
    const Template &source = request_.source;
    check_names(source, diagnostics_);
    Compiled compiled;
    compiled.name = source.name;
    if (source.title) compiled.title = source.title->text;
    if (source.description) compiled.description = source.description->text;
    for (const Section &section : source.sections) {
      CompiledSection &out = compiled.sections.emplace_back();
      std::visit([&](const auto &kind) { compile(kind, out); }, section);
    }
    if (source.sections.empty()) {
      diagnostics_.error(sqlstate::syntax_error, source.place, "the template has no section",
                         "Add a sheet with columns.");
    }
    if (!diagnostics_.has_errors()) compiled.parameters = shown_parameters(parameters_.list());
    compiled.options = bind_format_options(source, request_.format, request_.formats,
                                           compiled.parameters, diagnostics_);
    parameters_.warn_of_unused(diagnostics_);
    if (diagnostics_.has_errors()) return std::nullopt;
    return compiled;
  }

 private:
  void set_query(const sql::Select &select, CompiledSection &out) {
    Statement statement = emit(select);
    out.sql = std::move(statement.sql);
    out.args = std::move(statement.args);
  }

  void compile(const Sheet &sheet, CompiledSection &out) {
    const bool with_nests = has_nests(request_.format) || request_.missing == Missing::assumed;
    const auto table = queries_.bind_table(sheet.query, sheet.head.place, sheet.groups,
                                           sheet.head.name, with_nests);
    if (!table) return;
    layout_.sheet(sheet, *table, out);
    set_query(table->select, out);
  }

  void compile(const ChartSection &chart, CompiledSection &out) {
    const auto table = queries_.bind_table(chart.query, chart.head.place, {}, {}, false);
    if (!table) return;
    layout_.chart(chart, *table, out);
    set_query(table->select, out);
  }

  void compile(const Summary &summary, CompiledSection &out) {
    const auto figures = queries_.bind_figures(summary);
    if (!figures) return;
    layout_.summary(summary, *figures, out);
    set_query(figures->select, out);
  }

  void compile(const TextSection &text, CompiledSection &out) { layout_.text(text, out); }

  const CompileRequest &request_;
  Diagnostics &diagnostics_;
  Constants constants_;
  Parameters parameters_;
  QueryBinder queries_;
  Layout layout_;
};

}  // namespace

bool has_nests(const Format &format) { return format.name() == "json" || format.name() == "jsonl"; }

std::optional<Compiled> compile(const CompileRequest &request, Diagnostics &diagnostics) {
  return Compiler(request, diagnostics).compile();
}

}  // namespace pgexport::dsl
