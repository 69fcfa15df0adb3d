#include "formats/csv/csv_settings.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <string_view>
#include <utility>

#include "core/error.h"
#include "formats/option_error.h"
#include "formats/table_archive.h"

namespace pgexport {

namespace {

[[noreturn]] void refuse(std::string message, std::string detail = {}, std::string hint = {}) {
  throw Error(sqlstate::invalid_parameter_value, std::move(message), std::move(detail),
              std::move(hint));
}

CsvSettings dialect_settings(std::string_view dialect) {
  CsvSettings settings;
  if (dialect == "postgres") return settings;
  settings.crlf = true;
  settings.interval_style = spell::TimeStyle::iso;
  if (dialect == "rfc4180") return settings;
  settings.bom = true;
  settings.formula_guard = true;
  if (dialect == "excel") return settings;
  settings.delimiter = ';';
  settings.decimal_comma = true;
  return settings;
}

// PostgreSQL finds encodings by their letters and digits alone: "utf-8" is UTF8.
std::string encoding_key(std::string_view name) {
  std::string key;
  for (const char c : name) {
    if (c >= 'A' && c <= 'Z') key += static_cast<char>(c + ('a' - 'A'));
    if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')) key += c;
  }
  return key;
}

bool names_utf8(std::string_view encoding) {
  const std::string key = encoding_key(encoding);
  return key == "utf8" || key == "unicode";
}

// Encodings in which a byte of a multibyte character may be an ASCII character, the lowest being
// the 0x30 of GB18030, with PostgreSQL's other names for them.
bool embeds_ascii(std::string_view encoding) {
  static constexpr std::array<std::string_view, 17> kKeys = {
      "sjis",   "mskanji",    "shiftjis", "win932", "windows932",  "big5",
      "win950", "windows950", "gbk",      "win936", "windows936",  "uhc",
      "win949", "windows949", "gb18030",  "johab",  "shiftjis2004"};
  return std::find(kKeys.begin(), kKeys.end(), encoding_key(encoding)) != kKeys.end();
}

bool is_ascii(std::string_view text) {
  return std::none_of(text.begin(), text.end(),
                      [](char c) { return static_cast<unsigned char>(c) >= 0x80; });
}

void read_force_quote(const OptionValues &values, CsvSettings &settings) {
  const nlohmann::json given = values.json("force_quote");
  if (given.is_null() || given == false) return;
  if (given == true || given == "*") {
    settings.force_all = true;
    return;
  }
  const bool names = given.is_array() && std::all_of(given.begin(), given.end(),
                                                     [](const auto &v) { return v.is_string(); });
  if (!names) {
    throw option_error("force_quote", "must be true, \"*\" or an array of column names",
                       given.dump());
  }
  settings.force_columns = given.get<std::vector<std::string>>();
}

// COPY's rules, and for the quote and the escape that they are no line end either.
void check_characters(const CsvSettings &settings) {
  const std::pair<const char *, char> characters[] = {
      {"delimiter", settings.delimiter}, {"quote", settings.quote}, {"escape", settings.escape}};
  for (const auto &[name, c] : characters) {
    if (c == '\n' || c == '\r') {
      refuse("option \"" + std::string(name) + "\" cannot be newline or carriage return");
    }
    if (c >= 0x30 && embeds_ascii(settings.encoding)) {
      refuse("option \"" + std::string(name) + "\" must be below \"0\" in ASCII for encoding " +
                 excerpt(settings.encoding),
             "Characters of this encoding may contain the byte of \"" + excerpt({&c, 1}) + "\".");
    }
  }
  if (settings.delimiter == settings.quote) refuse("delimiter and quote must be different");
}

void check_null_text(const CsvSettings &settings) {
  const std::string &text = settings.null_text;
  if (text.find_first_of("\r\n") != std::string::npos) {
    refuse("option \"null\" cannot contain newline or carriage return");
  }
  if (text.find(settings.delimiter) != std::string::npos) {
    refuse("option \"null\" must not contain the delimiter");
  }
  if (text.find(settings.quote) != std::string::npos) {
    refuse("option \"null\" must not contain the quote character");
  }
  // Only the server can convert text, and what it converts are values.
  if (!settings.is_utf8() && !is_ascii(text)) {
    refuse("option \"null\" must be ASCII for encoding " + excerpt(settings.encoding));
  }
}

void check(const CsvSettings &settings) {
  check_characters(settings);
  check_null_text(settings);
  if (settings.bom && !settings.is_utf8()) {
    refuse("option \"bom\" requires encoding UTF8",
           "The encoding is " + excerpt(settings.encoding) + ".");
  }
  if (settings.decimal_comma && settings.delimiter == ',') {
    refuse("the delimiter cannot be the decimal sign", {},
           "Use delimiter \";\" or decimal \"point\".");
  }
}

char single_byte(const OptionValues &values, std::string_view name, char fallback) {
  return values.text(name, {&fallback, 1})[0];
}

}  // namespace

std::span<const OptionSpec> csv_options() {
  using enum OptionType;
  // Never destroyed: at the exit of a backend the server's memory is gone before our statics.
  static const auto &specs = *new std::vector<OptionSpec>{
      {"dialect",
       choice,
       "postgres",
       "a set of defaults for the other options",
       {"postgres", "rfc4180", "excel", "excel-eu"}},
      {"delimiter", single_byte, ",", "character between fields; \";\" in dialect excel-eu"},
      {"quote", single_byte, "\"", "character around fields that need quoting"},
      {"escape", single_byte, "the quote", "character before a quote or escape inside a field"},
      {"null", text, "", "text of a null, never quoted"},
      {"force_quote", json, "false",
       "true to quote every value that is not null, or an array of the columns to quote"},
      {"header", boolean, "true", "begin with a line of headings"},
      {"line_end",
       choice,
       "lf",
       "end of a line; crlf in all dialects but postgres",
       {"lf", "crlf"}},
      {"bom", boolean, "false", "begin with a byte order mark; true in the excel dialects"},
      {"encoding", text, "UTF8", "encoding of the document, a name that PostgreSQL knows"},
      {"unencodable",
       choice,
       "error",
       "what to do with a character that the encoding lacks",
       {"error", "replace"}},
      {"formula_guard", boolean, "false",
       "put ' before texts that a spreadsheet would run; true in the excel dialects"},
      {"decimal",
       choice,
       "point",
       "decimal sign of numbers; comma in dialect excel-eu",
       {"point", "comma"}},
      {"interval",
       choice,
       "postgres",
       "style of intervals; iso_8601 in all dialects but postgres",
       {"postgres", "iso_8601"}},
      container_option(),
      {"sheet", text, "", "name of the table to write, if the document has several"},
  };
  return specs;
}

CsvSettings read_csv_settings(const OptionValues &values) {
  CsvSettings settings = dialect_settings(values.text("dialect", "postgres"));
  settings.delimiter = single_byte(values, "delimiter", settings.delimiter);
  settings.quote = single_byte(values, "quote", settings.quote);
  settings.escape = single_byte(values, "escape", settings.quote);
  settings.null_text = values.text("null", "");
  settings.header = values.flag("header", settings.header);
  settings.crlf = values.text("line_end", settings.crlf ? "crlf" : "lf") == "crlf";
  settings.encoding = values.text("encoding", settings.encoding);
  if (names_utf8(settings.encoding)) settings.encoding = "UTF8";
  // A dialect's byte order mark gives way to an encoding that has none.
  settings.bom = values.flag("bom", settings.bom && settings.is_utf8());
  settings.replace_unencodable = values.text("unencodable", "error") == "replace";
  settings.formula_guard = values.flag("formula_guard", settings.formula_guard);
  if (values.has("decimal")) settings.decimal_comma = values.text("decimal", "") == "comma";
  if (values.has("interval")) {
    settings.interval_style = values.text("interval", "") == "iso_8601"
                                  ? spell::TimeStyle::iso
                                  : spell::TimeStyle::postgres;
  }
  read_force_quote(values, settings);
  check(settings);
  return settings;
}

}  // namespace pgexport
