#include "formats/xlsx/sheet_names.h"

#include <cstdint>

#include "core/text/letter_case.h"
#include "formats/xlsx/xml_text.h"

namespace pgexport::xlsx {

namespace {

constexpr std::size_t kMaxSheetName = 31;
constexpr std::string_view kForbidden = "[]:*?/\\";

std::string_view without_quotes(std::string_view name) {
  while (name.starts_with('\'')) name.remove_prefix(1);
  while (name.ends_with('\'')) name.remove_suffix(1);
  return name;
}

std::string allowed(std::string_view wanted) {
  std::string name = repaired_utf8(wanted);
  for (char &c : name) {
    const bool control = static_cast<std::uint8_t>(c) < 0x20 || c == 0x7F;
    if (control || kForbidden.find(c) != std::string_view::npos) c = '_';
  }
  for (const std::string_view noncharacter : {"\xEF\xBF\xBE", "\xEF\xBF\xBF"}) {
    for (std::size_t at; (at = name.find(noncharacter)) != std::string::npos;) {
      name.replace(at, noncharacter.size(), "_");
    }
  }
  for (std::size_t at = 0; (at = name.find("_x", at)) != std::string::npos; ++at) {
    if (looks_escaped(std::string_view(name).substr(at))) name[at] = '-';
  }
  name = without_quotes(name);
  if (name.empty()) name = "Sheet";
  if (lower_case(name) == "history") name += '_';
  return name;
}

}  // namespace

std::string SheetNames::take(std::string_view wanted) {
  const std::string base = allowed(wanted);
  std::string name(without_quotes(utf16_prefix(base, kMaxSheetName)));
  if (taken_.insert(lower_case(name)).second) return name;
  return take_numbered(base, 2);
}

std::string SheetNames::take_numbered(std::string_view wanted, int n) {
  const std::string base = allowed(wanted);
  for (;; ++n) {
    const std::string suffix = " (" + std::to_string(n) + ")";
    std::string name(utf16_prefix(base, kMaxSheetName - suffix.size()));
    name += suffix;
    if (taken_.insert(lower_case(name)).second) return name;
  }
}

bool same_ignoring_case(std::string_view a, std::string_view b) {
  return lower_case(a) == lower_case(b);
}

std::string sheet_prefix(std::string_view name) {
  std::string prefix = "'";
  for (const char c : name) {
    if (c == '\'') prefix += '\'';
    prefix += c;
  }
  return prefix + "'!";
}

}  // namespace pgexport::xlsx
