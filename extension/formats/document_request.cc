#include "formats/document_request.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "core/error.h"
#include "formats/common_options.h"
#include "formats/json_reader.h"
#include "formats/option_error.h"
#include "formats/section_reader.h"
#include "formats/table_archive.h"

namespace pgexport {

using nlohmann::json;

namespace {

constexpr std::array<std::string_view, 4> kSectionKinds = {"table", "chart", "figures", "text"};
constexpr std::array<std::string_view, 2> kWidths = {"full", "half"};

// Options of a plain query that a document says for each section.
constexpr std::array<std::string_view, 6> kOptionsOfSections = {"args",   "columns",  "formats",
                                                                "totals", "group_by", "charts"};

TextArguments read_arguments(const json &list, const std::string &where) {
  TextArguments args;
  const auto refuse = [&] {
    throw Error(sqlstate::invalid_parameter_value,
                where + " must be an array of strings and nulls");
  };
  if (!list.is_array()) refuse();
  for (const json &arg : list) {
    if (!arg.is_null() && !arg.is_string()) refuse();
    args.push_back(arg.is_null() ? std::nullopt : std::optional(arg.get<std::string>()));
  }
  return args;
}

void read_rows(ObjectReader &object, SectionRequest &request) {
  request.query = object.required_text("query");
  if (const json *args = object.member("args")) {
    request.args = read_arguments(*args, object.path("args"));
    request.has_args = true;
  }
  Section &section = request.section;
  if (const json *columns = object.member("columns")) {
    section.columns = read_column_list(*columns, object.path("columns"));
  }
  if (const json *formats = object.member("formats")) {
    read_formats(*formats, object.path("formats"), section.styled);
  }
}

void read_table(ObjectReader &object, Section &section) {
  if (const json *totals = object.member("totals")) {
    read_totals(*totals, object.path("totals"), section.styled);
  }
  if (const json *names = object.member("group_by")) {
    section.group_by = read_names(*names, object.path("group_by"));
  }
  if (const json *charts = object.member("charts")) {
    section.charts = read_charts(*charts, object.path("charts"));
  }
}

SectionRequest read_section(const json &given, const std::string &where) {
  ObjectReader object(given, where);
  SectionRequest request;
  Section &section = request.section;
  section.kind = static_cast<SectionKind>(object.choice("kind", kSectionKinds, 0));
  section.name = object.required_text("name");
  section.title = object.text("title");
  section.half_width = object.choice("width", kWidths, 0) == 1;
  section.page_break = object.flag("page_break", false);
  if (section.kind == SectionKind::text) {
    section.text = object.required_text("text");
  } else {
    read_rows(object, request);
  }
  if (section.kind == SectionKind::table) read_table(object, section);
  if (section.kind == SectionKind::chart) {
    const json *chart = object.member("chart");
    if (!chart) {
      throw Error(sqlstate::invalid_parameter_value, object.path("chart") + " is missing");
    }
    section.charts.push_back(read_chart(*chart, object.path("chart")));
  }
  object.done();
  return request;
}

void require_unique_names(const std::vector<SectionRequest> &sections) {
  for (std::size_t i = 0; i < sections.size(); i++) {
    for (std::size_t j = 0; j < i; j++) {
      if (sections[i].section.name != sections[j].section.name) continue;
      throw Error(
          sqlstate::invalid_parameter_value,
          "two sections are named \"" + excerpt(sections[i].section.name) + "\"",
          "They are sections[" + std::to_string(j) + "] and sections[" + std::to_string(i) + "].");
    }
  }
}

std::vector<SectionRequest> read_sections(const json *given) {
  if (!given || !given->is_array() || given->empty()) {
    throw Error(sqlstate::invalid_parameter_value,
                "the document's \"sections\" must be an array with at least one section");
  }
  if (given->size() > kMaxSections) {
    throw Error(sqlstate::program_limit_exceeded, "the document has too many sections",
                "It has " + std::to_string(given->size()) + "; the limit is " +
                    std::to_string(kMaxSections) + ".");
  }
  std::vector<SectionRequest> sections;
  for (const json &section : *given) {
    sections.push_back(read_section(section, "sections[" + std::to_string(sections.size()) + "]"));
  }
  require_unique_names(sections);
  return sections;
}

std::string names_of(const std::vector<SectionRequest> &sections) {
  std::string listed;
  for (const SectionRequest &request : sections) {
    if (!listed.empty()) listed += ", ";
    listed += "\"" + excerpt(request.section.name) + "\"";
  }
  return listed;
}

void refuse_options_of_sections(const OptionValues &values) {
  for (const std::string_view name : kOptionsOfSections) {
    if (!values.has(name)) continue;
    throw Error(sqlstate::invalid_parameter_value,
                "option \"" + std::string(name) + "\" does not apply to a document", {},
                "Say it in the section that it is about.");
  }
}

json parse(std::string_view text) {
  if (text.size() > kMaxDocumentText) {
    throw Error(sqlstate::program_limit_exceeded, "the description of the document is too long",
                "It has " + std::to_string(text.size()) + " bytes; the limit is " +
                    std::to_string(kMaxDocumentText) + ".");
  }
  try {
    return json::parse(text);
  } catch (const json::exception &) {
    throw Error(sqlstate::invalid_parameter_value, "the document is not valid JSON");
  }
}

}  // namespace

void select_sections(std::vector<SectionRequest> &sections, const Format &format,
                     const OptionValues &values) {
  std::erase_if(sections,
                [&](const SectionRequest &request) { return !format.shows(request.section.kind); });
  if (sections.empty()) {
    throw Error(sqlstate::invalid_parameter_value,
                "the document has no section that format " + std::string(format.name()) + " shows");
  }
  if (!format.holds_one_table()) return;
  if (values.has("sheet")) {
    const std::string wanted = values.text("sheet", "");
    const std::string names = names_of(sections);
    std::erase_if(sections,
                  [&](const SectionRequest &request) { return request.section.name != wanted; });
    if (!sections.empty()) return;
    throw Error(sqlstate::invalid_parameter_value,
                "option \"sheet\": the document has no table \"" + excerpt(wanted) + "\"",
                "Its tables are " + names + ".");
  }
  if (sections.size() == 1 || is_archive(values)) return;
  throw Error(
      sqlstate::invalid_parameter_value,
      "format " + std::string(format.name()) + " holds one table and the document has " +
          std::to_string(sections.size()),
      "Its tables are " + names_of(sections) + ".",
      "Choose one with the option \"sheet\", or pack them all with \"container\": \"zip\".");
}

DocumentRequest document_head(const OptionValues &values, std::string_view title,
                              std::string_view filters) {
  DocumentRequest request;
  request.title = values.text("title", title);
  request.subtitle = values.text("subtitle", "");
  request.author = values.text("author", "");
  request.subject = values.text("subject", "");
  request.filters = values.text("filters", filters);
  return request;
}

DocumentRequest plain_request(const OptionValues &values) {
  DocumentRequest request = document_head(values, "", "");
  SectionRequest &only = request.sections.emplace_back();
  only.section.columns = read_columns(values);
  if (values.has("formats")) {
    read_formats(values.json("formats"), "option \"formats\"", only.section.styled);
  }
  if (values.has("totals")) {
    read_totals(values.json("totals"), "option \"totals\"", only.section.styled);
  }
  if (values.has("group_by")) {
    only.section.group_by = read_names(values.json("group_by"), "option \"group_by\"");
  }
  if (values.has("charts")) {
    only.section.charts = read_charts(values.json("charts"), "option \"charts\"");
  }
  only.args = read_args(values);
  only.has_args = values.has("args");
  return request;
}

DocumentRequest read_document(std::string_view text, const Format &format,
                              const OptionValues &values) {
  refuse_options_of_sections(values);
  const json parsed = parse(text);
  ObjectReader object(parsed, "the document");
  DocumentRequest request = document_head(values, object.text("title"), object.text("filters"));
  request.subtitle = values.text("subtitle", object.text("subtitle"));
  request.author = values.text("author", object.text("author"));
  request.subject = values.text("subject", object.text("subject"));
  request.sections = read_sections(object.member("sections"));
  object.done();
  select_sections(request.sections, format, values);
  return request;
}

}  // namespace pgexport
