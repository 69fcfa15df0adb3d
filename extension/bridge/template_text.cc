#include "bridge/template_text.h"

#include "bridge/doors.h"

namespace pgexport {

namespace {

// In the current memory context.  Inside pg_entry.
const char *copied(std::string_view text) {
  return pg_call([text] { return pnstrdup(text.data(), text.size()); });
}

template <typename T>
T *array_of(std::size_t count) {
  return static_cast<T *>(pg_call([count] { return palloc(sizeof(T) * Max(count, 1)); }));
}

dsl::Template parse_or_throw(std::string_view source) {
  dsl::Diagnostics diagnostics;
  std::optional<dsl::Template> tree = dsl::parse(source, diagnostics);
  if (!tree) throw dsl::to_error(diagnostics, source);
  return std::move(*tree);
}

TemplateFaults copied(const dsl::Diagnostics &diagnostics, std::string_view source) {
  TemplateFaults result{0, array_of<TemplateFault>(diagnostics.list().size())};
  for (const dsl::Diagnostic &fault : diagnostics.list()) {
    result.faults[result.count++] = {fault.severity == dsl::Severity::error,
                                     static_cast<int>(fault.place.line),
                                     static_cast<int>(fault.place.column),
                                     fault.state,
                                     copied(fault.message),
                                     copied(fault.hint),
                                     copied(dsl::caret_excerpt(source, fault.place))};
  }
  return result;
}

std::string shown_parameters(const dsl::Compiled &compiled) {
  std::string text;
  for (const dsl::ShownParameter &parameter : compiled.parameters) {
    if (!text.empty()) text += "; ";
    text += parameter.label + ": " + parameter.text;
  }
  return text;
}

SectionRequest section_request(dsl::CompiledSection &compiled) {
  SectionRequest request;
  request.section = std::move(compiled.section);
  request.query = std::move(compiled.sql);
  for (const dsl::BoundArgument &argument : compiled.args) request.args.push_back(argument.value);
  request.has_args = true;
  for (const dsl::ColumnMask &mask : compiled.masks) {
    for (ColumnChoice &column : request.section.columns) {
      if (column.name != mask.column) continue;
      column.style.mask = {static_cast<MaskKind>(mask.mask.kind), static_cast<int>(mask.mask.first),
                           static_cast<int>(mask.mask.last)};
    }
  }
  return request;
}

dsl::Compiled compile_or_throw(std::string_view source, std::string_view parameters,
                               const Format &format, dsl::Catalog &catalog, dsl::Clock &clock) {
  const dsl::Template tree = parse_or_throw(source);
  dsl::Diagnostics diagnostics;
  std::optional<dsl::Compiled> compiled =
      dsl::compile({tree, catalog, clock, parameters, dsl::Missing::refused, format, all_formats()},
                   diagnostics);
  if (!compiled) throw dsl::to_error(diagnostics, source);
  return std::move(*compiled);
}

struct TemplateSpec : DocumentSpec {
  // Takes what `compiled` has.
  TemplateSpec(const Format &document_format, const OptionValues &options, dsl::Compiled &compiled)
      : DocumentSpec(document_format, options, request_of(document_format, options, compiled)) {}

  TemplateSpec(const char *source, const char *parameters, const char *format_name,
               const char *options, dsl::Catalog *catalog, dsl::Clock *clock)
      : TemplateSpec(
            require_format(format_name), options,
            compile_or_throw(source, parameters, require_format(format_name), *catalog, *clock)) {}

  TemplateSpec(const Format &document_format, const char *options, dsl::Compiled compiled)
      : TemplateSpec(document_format, merged_options(document_format, compiled.options, options),
                     compiled) {}

  static OptionValues merged_options(const Format &format, const std::string &own,
                                     const char *given) {
    OptionValues values = parse_options(format, own.empty() ? "{}" : own);
    values.override_with(parse_options(format, given));
    return values;
  }

  static DocumentRequest request_of(const Format &format, const OptionValues &values,
                                    dsl::Compiled &compiled) {
    DocumentRequest request = document_head(values, compiled.title, shown_parameters(compiled));
    for (dsl::CompiledSection &section : compiled.sections) {
      request.sections.push_back(section_request(section));
    }
    select_sections(request.sections, format, values);
    return request;
  }
};

}  // namespace

TemplateFacts parse_template(const char *source) {
  return pg_entry([source] {
    const dsl::Template tree = parse_or_throw(source);
    return TemplateFacts{copied(tree.name), copied(tree.title ? tree.title->text : ""),
                         copied(tree.description ? tree.description->text : "")};
  });
}

const char *format_template_text(const char *source) {
  return pg_entry([source] { return copied(dsl::print(parse_or_throw(source))); });
}

const char *template_to_json_text(const char *source) {
  return pg_entry([source] { return copied(dsl::to_json(parse_or_throw(source))); });
}

const char *template_from_json_text(const char *json) {
  return pg_entry([json] { return copied(dsl::print(dsl::from_json(json))); });
}

const char *move_template_text(const char *source, const char *from, const char *to) {
  return pg_entry([=] {
    dsl::Template tree = parse_or_throw(source);
    const auto move = [=](dsl::Relation &relation) {
      if (relation.schema == from) relation.schema = to;
    };
    if (tree.from) move(tree.from->relation);
    for (dsl::Join &join : tree.joins) move(join.relation);
    return copied(dsl::print(tree));
  });
}

TemplateFaults check_template_text(const char *source, dsl::Catalog *catalog, dsl::Clock *clock) {
  return pg_entry([=] {
    dsl::Diagnostics diagnostics;
    const std::optional<dsl::Template> tree = dsl::parse(source, diagnostics);
    if (tree) {
      (void)dsl::compile({*tree,
                          *catalog,
                          *clock,
                          {},
                          dsl::Missing::assumed,
                          require_format("json"),
                          all_formats()},
                         diagnostics);
    }
    return copied(diagnostics, source);
  });
}

DocumentSpec *compile_template(MemoryContext context, const char *source, const char *parameters,
                               const char *format, const char *options, dsl::Catalog *catalog,
                               dsl::Clock *clock) {
  return make_in_context<TemplateSpec>(context, source, parameters, format, options, catalog,
                                       clock);
}

Diff diff_texts(const char *before, const char *after) {
  return pg_entry([=] {
    const std::vector<dsl::DiffLine> lines = dsl::diff_lines(before, after);
    Diff diff{0, array_of<DiffLine>(lines.size())};
    for (const dsl::DiffLine &line : lines) {
      diff.lines[diff.count++] = {line.sign, copied(line.text)};
    }
    return diff;
  });
}

}  // namespace pgexport
