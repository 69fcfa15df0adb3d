// The language of templates, for PG world: text in, text in the current memory context out.  All
// texts are UTF-8.  All raise the errors of the language, with line, column and excerpt.
#pragma once

#include "bridge/document_spec.h"

namespace pgexport {

struct TemplateFacts {
  const char *name;
  const char *title;        // may be empty
  const char *description;  // may be empty
};

// The facts of a template that is right as a text.
TemplateFacts parse_template(const char *source);

// The canonical text, the JSON form, and the canonical text of a JSON form.
const char *format_template_text(const char *source);
const char *template_to_json_text(const char *source);
const char *template_from_json_text(const char *json);

// The canonical text with every relation of schema `from` in schema `to` instead.
const char *move_template_text(const char *source, const char *from, const char *to);

struct TemplateFault {
  bool is_error;
  int line, column;  // from 1; 0: nowhere
  const char *state;
  const char *message;
  const char *hint;     // may be empty
  const char *excerpt;  // the line with a caret, may be empty
};

// What is wrong with a template, also with its names: up to 20 errors, and warnings.
struct TemplateFaults {
  int count;
  TemplateFault *faults;
};
TemplateFaults check_template_text(const char *source, dsl::Catalog *catalog, dsl::Clock *clock);

// The document that a template describes with these parameters (a JSON object), for a format.
// What `options` say goes before what the template says.  In `context`.
DocumentSpec *compile_template(MemoryContext context, const char *source, const char *parameters,
                               const char *format, const char *options, dsl::Catalog *catalog,
                               dsl::Clock *clock);

// The lines that differ between two texts, see dsl/text_diff.h.
struct DiffLine {
  char sign;
  const char *text;
};
struct Diff {
  int count;
  DiffLine *lines;
};
Diff diff_texts(const char *before, const char *after);

}  // namespace pgexport
