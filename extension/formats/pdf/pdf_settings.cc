#include "formats/pdf/pdf_settings.h"

#include <charconv>
#include <string_view>
#include <vector>

#include "core/error.h"
#include "formats/option_error.h"

namespace pgexport::pdf {

namespace {

constexpr double kPointsPerMillimetre = 72 / 25.4;
constexpr int kLeastMargin = 10, kMostMargin = 50;
constexpr int kLeastFontSize = 6, kMostFontSize = 14;
constexpr int kMostRepeated = 8;

std::int64_t integer_within(const OptionValues &values, std::string_view name, int fallback,
                            int least, int most) {
  const std::int64_t value = values.integer(name, fallback);
  if (value >= least && value <= most) return value;
  throw option_error(name, "must be from " + std::to_string(least) + " to " + std::to_string(most),
                     std::to_string(value));
}

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

std::optional<RunningLine> read_running_line(const OptionValues &values, std::string_view name) {
  if (!values.has(name)) return std::nullopt;
  return parse_running_line(name, values.text(name, {}));
}

Paper read_paper(std::string_view name) {
  if (name == "Letter") return Paper::letter;
  return name == "A3" ? Paper::a3 : Paper::a4;
}

Orientation read_orientation(std::string_view name) {
  if (name == "portrait") return Orientation::portrait;
  return name == "landscape" ? Orientation::landscape : Orientation::automatic;
}

TableStyle read_style(std::string_view name) {
  if (name == "ruled") return TableStyle::ruled;
  return name == "plain" ? TableStyle::plain : TableStyle::zebra;
}

}  // namespace

std::span<const OptionSpec> pdf_options() {
  using enum OptionType;
  // Never destroyed: at the exit of a backend the server's memory is gone before our statics.
  static const auto &specs = *new std::vector<OptionSpec>{
      {"page", choice, "A4", "size of the paper", {"A4", "Letter", "A3"}},
      {"orientation",
       choice,
       "auto",
       "of the page; auto turns it for a table that is too wide upright",
       {"auto", "portrait", "landscape"}},
      {"margin", integer, "15", "on all sides of the page, in millimetres, 10 to 50"},
      {"style",
       choice,
       "zebra",
       "what tells the rows of a table apart: a tint, a line or nothing",
       {"zebra", "ruled", "plain"}},
      {"header", text, "the title, from the second page on",
       "line at the head of each page: up to three parts separated by a vertical bar, with "
       "{title}, "
       "{page}, {pages}, {date}, {user} and {filters}"},
      {"footer", text, "the date and the page", "line at the foot of each page, likewise"},
      {"accent", text, "#1F4E79", "colour of the brand, for rules, key figures and charts"},
      {"font_size", integer, "9", "of the text in points, 6 to 14; wide tables are set smaller"},
      {"carry_over", boolean, "false",
       "carry the sums of a table forward at the foot of a page and to the head of the next"},
      {"repeat_columns", integer, "1",
       "columns that a table wider than the page repeats on each of its bands, 0 to 8"},
  };
  return specs;
}

PdfSettings read_pdf_settings(const OptionValues &values) {
  PdfSettings settings;
  settings.page.paper = read_paper(values.text("page", "A4"));
  settings.page.orientation = read_orientation(values.text("orientation", "auto"));
  settings.page.margin =
      kPointsPerMillimetre *
      static_cast<double>(integer_within(values, "margin", 15, kLeastMargin, kMostMargin));
  settings.style = read_style(values.text("style", "zebra"));
  settings.header = read_running_line(values, "header");
  settings.footer = read_running_line(values, "footer");
  settings.accent = read_colour(values, "accent", settings.accent);
  settings.font_size =
      static_cast<double>(integer_within(values, "font_size", 9, kLeastFontSize, kMostFontSize));
  settings.carry_over = values.flag("carry_over", false);
  settings.repeat_columns =
      static_cast<int>(integer_within(values, "repeat_columns", 1, 0, kMostRepeated));
  settings.fonts = read_font_files(values.text(kFontsSetting, ""));
  settings.limits.pages = static_cast<int>(values.integer(kMaxPagesSetting, settings.limits.pages));
  return settings;
}

}  // namespace pgexport::pdf
