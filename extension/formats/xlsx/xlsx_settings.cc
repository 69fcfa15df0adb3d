#include "formats/xlsx/xlsx_settings.h"

#include <charconv>
#include <string_view>
#include <vector>

#include "core/error.h"
#include "formats/option_error.h"
#include "formats/xlsx/xml_text.h"

namespace pgexport::xlsx {

namespace {

// Excel refuses longer ones.
constexpr std::size_t kMaxPageLine = 255;

Colour read_colour(const OptionValues &values, std::string_view name, Colour fallback) {
  if (!values.has(name)) return fallback;
  const std::string text = values.text(name, {});
  std::uint32_t number = 0;
  const char *const end = text.data() + text.size();
  const bool shaped = text.size() == 7 && text[0] == '#';
  if (!shaped || std::from_chars(text.data() + 1, end, number, 16).ptr != end) {
    throw option_error(name, "must be a colour like \"#1F4E79\"", text);
  }
  return {static_cast<std::uint8_t>(number >> 16), static_cast<std::uint8_t>(number >> 8),
          static_cast<std::uint8_t>(number)};
}

std::optional<pdf::RunningLine> read_page_line(const OptionValues &values, std::string_view name) {
  if (!values.has(name)) return std::nullopt;
  return pdf::parse_running_line(name, values.text(name, {}));
}

Paper read_paper(std::string_view name) {
  if (name == "Letter") return Paper::letter;
  return name == "A3" ? Paper::a3 : Paper::a4;
}

Orientation read_orientation(std::string_view name) {
  if (name == "portrait") return Orientation::portrait;
  return name == "landscape" ? Orientation::landscape : Orientation::automatic;
}

// & begins a code, and a digit after a code would belong to it.
std::string literal(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    if (c == '&') escaped += '&';
    escaped += c;
  }
  return escaped;
}

std::string page_part(const char *code, const pdf::RunningPart &part,
                      const pdf::RunningFacts &facts) {
  if (part.empty()) return {};
  std::string text = code;
  for (const auto &piece : part.pieces()) {
    std::string next;
    switch (piece.placeholder) {
      case pdf::Placeholder::none: next = literal(piece.text); break;
      case pdf::Placeholder::title: next = literal(facts.title); break;
      case pdf::Placeholder::page: next = "&P"; break;
      case pdf::Placeholder::pages: next = "&N"; break;
      case pdf::Placeholder::date: next = literal(facts.date); break;
      case pdf::Placeholder::user: next = literal(facts.user); break;
      case pdf::Placeholder::filters: next = literal(facts.filters); break;
    }
    const bool digit = !next.empty() && next[0] >= '0' && next[0] <= '9';
    if (digit && text.size() > 1 && text[text.size() - 2] == '&') text += ' ';
    text += next;
  }
  return text;
}

}  // namespace

std::span<const OptionSpec> xlsx_options() {
  using enum OptionType;
  // Never destroyed: at the exit of a backend the server's memory is gone before our statics.
  static const auto &specs = *new std::vector<OptionSpec>{
      {"sheet", text, "the title, else Data", "name of the sheet of a plain query"},
      {"freeze_header", boolean, "true", "keep the headings in view while the rows scroll"},
      {"autofilter", boolean, "true",
       "filter buttons in the headings; not on tables whose rows are in groups"},
      {"long_text",
       choice,
       "error",
       "what to do with a text that is longer than the 32,767 characters of a cell",
       {"error", "truncate"}},
      {"page", choice, "A4", "size of the paper", {"A4", "Letter", "A3"}},
      {"orientation",
       choice,
       "auto",
       "of the printed page; auto turns it for a table that is too wide upright",
       {"auto", "portrait", "landscape"}},
      {"header", text, "{title}",
       "line at the head of each printed page: up to three parts separated by |, with {title}, "
       "{page}, {pages}, {date}, {user} and {filters}"},
      {"footer", text, "{date}|Page {page} of {pages}",
       "line at the foot of each printed page, likewise"},
      {"accent", text, "#1F4E79", "colour of the brand, for headings, key figures and charts"},
  };
  return specs;
}

XlsxSettings read_xlsx_settings(const OptionValues &values) {
  XlsxSettings settings;
  settings.sheet = values.text("sheet", "");
  settings.freeze_header = values.flag("freeze_header", true);
  settings.autofilter = values.flag("autofilter", true);
  settings.truncate_long_text = values.text("long_text", "error") == "truncate";
  settings.paper = read_paper(values.text("page", "A4"));
  settings.orientation = read_orientation(values.text("orientation", "auto"));
  settings.header = read_page_line(values, "header");
  settings.footer = read_page_line(values, "footer");
  settings.accent = read_colour(values, "accent", settings.accent);
  return settings;
}

std::string page_line(const pdf::RunningLine &line, const pdf::RunningFacts &facts) {
  std::string text = page_part("&L", line.left, facts) + page_part("&C", line.centre, facts) +
                     page_part("&R", line.right, facts);
  const std::string_view shown = utf16_prefix(text, kMaxPageLine);
  if (shown.size() == text.size()) return text;
  // Half a code would be another one.
  const std::size_t codes = shown.size() - (shown.find_last_not_of('&') + 1);
  return std::string(shown.substr(0, shown.size() - codes % 2));
}

}  // namespace pgexport::xlsx
