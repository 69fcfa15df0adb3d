#include "dsl/words.h"

#include "dsl/utf8.h"

namespace pgexport::dsl {

namespace {

constexpr std::array<std::string_view, 33> kReserved = {
    "and",    "as",    "asc",   "between", "case",  "contains", "desc",  "distinct", "else",
    "end",    "exact", "false", "from",    "group", "has",      "ilike", "in",       "is",
    "join",   "left",  "like",  "limit",   "not",   "null",     "on",    "or",       "order",
    "select", "then",  "to",    "true",    "when",  "where"};

bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::size_t digits_at(std::string_view text, std::size_t at) {
  const std::size_t begin = at;
  while (at < text.size() && is_digit(text[at])) ++at;
  return at - begin;
}

}  // namespace

bool starts_word(char32_t c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
         (c >= 0x80 && !is_invisible(c));
}

bool continues_word(char32_t c) { return starts_word(c) || (c >= '0' && c <= '9') || c == '$'; }

bool is_plain_word(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const Character c = character_at(text, at);
    if (c.code >= 'A' && c.code <= 'Z') return false;
    if (at == 0 ? !starts_word(c.code) : !continues_word(c.code)) return false;
    at += c.length;
  }
  return !text.empty();
}

bool is_reserved(std::string_view word) {
  return std::find(kReserved.begin(), kReserved.end(), word) != kReserved.end() ||
         find_word<Preset>(word).has_value();
}

bool is_function_word(std::string_view word) {
  return is_plain_word(word) && (!is_reserved(word) || word == "left");
}

std::size_t number_length(std::string_view text) {
  const std::size_t whole = digits_at(text, 0);
  std::size_t length = whole;
  if (length < text.size() && text[length] == '.') {
    const std::size_t fraction = digits_at(text, length + 1);
    if (fraction > 0) length += 1 + fraction;
  }
  if (length == 0) return 0;
  if (length < text.size() && (text[length] == 'e' || text[length] == 'E')) {
    std::size_t at = length + 1;
    if (at < text.size() && (text[at] == '+' || text[at] == '-')) ++at;
    const std::size_t exponent = digits_at(text, at);
    if (exponent > 0) length = at + exponent;
  }
  return length;
}

bool is_number(std::string_view text) {
  return !text.empty() && number_length(text) == text.size();
}

bool is_invisible(char32_t c) {
  return (c >= 0x80 && c <= 0xA0) || c == 0xAD || c == 0x1680 || c == 0x180E ||
         (c >= 0x2000 && c <= 0x200F) || (c >= 0x2028 && c <= 0x202F) ||
         (c >= 0x205F && c <= 0x206F) || c == 0x3000 || c == 0xFEFF || (c >= 0xFFF0 && c <= 0xFFFF);
}

std::string_view comment_text(std::string_view text) {
  const std::size_t last = text.find_last_not_of(" \t\r\v\f");
  return last == std::string_view::npos ? std::string_view() : text.substr(0, last + 1);
}

}  // namespace pgexport::dsl
