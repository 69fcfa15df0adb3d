// What a call asks to be written: the sections of a document and where their rows come from.
//
// A plain query and the JSON of run_document (docs/document-model.md) both end here.  All errors
// are Error 22023 and name the place, as in: sections[2].columns[0].format.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "formats/format.h"
#include "formats/section.h"

#include "core/no_postgres.h"

namespace pgexport {

// Limits of a document.
inline constexpr std::size_t kMaxSections = 64;
inline constexpr std::size_t kMaxDocumentText = std::size_t{4} << 20;  // bytes of its JSON

// Values for $1, $2 … of a query, to be read as the types that the query gives them.
using TextArguments = std::vector<std::optional<std::string>>;

struct SectionRequest {
  Section section;
  std::string query;  // empty: of a plain query, whose text came by another way, or of a text
  TextArguments args;
  bool has_args = false;
};

struct DocumentRequest {
  std::string title;
  std::string subtitle;
  std::string author;
  std::string subject;
  std::string filters;
  std::vector<SectionRequest> sections;
};

// A document without sections: what the options say of its head, and else these.
DocumentRequest document_head(const OptionValues &values, std::string_view title,
                              std::string_view filters);

// Leaves the sections that the format shows; of a format that holds one table, the one that the
// option `sheet` names, or all for an archive.  Throws Error 22023 if there is none left, or
// several for one table.
void select_sections(std::vector<SectionRequest> &sections, const Format &format,
                     const OptionValues &values);

// The document of a plain query, from the options of its call.
DocumentRequest plain_request(const OptionValues &values);

// The document that `text` describes, for a format; sections it does not show are left out.
// What `values` say of the title block goes before what the document says.
// Throws Error 22023 if the format holds one table and the document has several, unless the option
// `sheet` names one or `container` takes all.
DocumentRequest read_document(std::string_view text, const Format &format,
                              const OptionValues &values);

}  // namespace pgexport
