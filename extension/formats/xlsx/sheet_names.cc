#include "formats/xlsx/sheet_names.h"

#include <cstdint>

#include "formats/xlsx/xml_text.h"

namespace pgexport::xlsx {

namespace {

constexpr std::size_t kMaxSheetName = 31;
constexpr std::string_view kForbidden = "[]:*?/\\";

// Case as far as names can be told apart by it: ASCII, Latin, Greek and Cyrillic letters.
std::string lower(std::string_view name) {
  std::string folded;
  for (std::size_t i = 0; i < name.size(); ++i) {
    const auto byte = static_cast<std::uint8_t>(name[i]);
    const auto next = i + 1 < name.size() ? static_cast<std::uint8_t>(name[i + 1]) : 0u;
    unsigned code = (byte & 0x1Fu) << 6 | (next & 0x3Fu);
    if (byte < 0xC2 || byte > 0xD3) {
      folded += byte >= 'A' && byte <= 'Z' ? static_cast<char>(byte + 0x20) : name[i];
      continue;
    }
    const bool latin1 = code >= 0xC0 && code <= 0xDE && code != 0xD7;
    const bool greek = code >= 0x391 && code <= 0x3A9;
    // Pairs of an upper case letter and the lower case one after it.
    const bool even_pairs = (code >= 0x100 && code < 0x138) || (code > 0x149 && code < 0x178);
    const bool odd_pairs = (code > 0x138 && code < 0x149) || (code > 0x178 && code < 0x17F);
    if (latin1 || greek || (code >= 0x410 && code <= 0x42F))
      code += 0x20;
    else if (code >= 0x400 && code <= 0x40F)
      code += 0x50;
    else if (even_pairs)
      code |= 1;
    else if (odd_pairs)
      code += code & 1;
    folded += static_cast<char>(0xC0 | code >> 6);
    folded += static_cast<char>(0x80 | (code & 0x3F));
    ++i;
  }
  return folded;
}

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
  if (lower(name) == "history") name += '_';
  return name;
}

}  // namespace

std::string SheetNames::take(std::string_view wanted) {
  const std::string base = allowed(wanted);
  std::string name(without_quotes(utf16_prefix(base, kMaxSheetName)));
  if (taken_.insert(lower(name)).second) return name;
  return take_numbered(base, 2);
}

std::string SheetNames::take_numbered(std::string_view wanted, int n) {
  const std::string base = allowed(wanted);
  for (;; ++n) {
    const std::string suffix = " (" + std::to_string(n) + ")";
    std::string name(utf16_prefix(base, kMaxSheetName - suffix.size()));
    name += suffix;
    if (taken_.insert(lower(name)).second) return name;
  }
}

bool same_ignoring_case(std::string_view a, std::string_view b) { return lower(a) == lower(b); }

std::string sheet_prefix(std::string_view name) {
  std::string prefix = "'";
  for (const char c : name) {
    if (c == '\'') prefix += '\'';
    prefix += c;
  }
  return prefix + "'!";
}

}  // namespace pgexport::xlsx
