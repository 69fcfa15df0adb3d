#include "dsl/lexer.h"

#include <array>
#include <cstdio>
#include <optional>
#include <utility>

#include "core/text/scan.h"
#include "dsl/limits.h"
#include "dsl/utf8.h"
#include "dsl/words.h"

namespace pgexport::dsl {

namespace {

constexpr std::array<std::string_view, 7> kLongSymbols = {"::", "<>", "!=", "<=", ">=", "||", "--"};
constexpr std::string_view kShortSymbols = "{}()[],.=<>+-*/%?";

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; }

std::string fold(std::string_view word) {
  std::string folded(word);
  for (char &c : folded) c = lower(c);
  return folded;
}

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  const char l = lower(c);
  return l >= 'a' && l <= 'f' ? l - 'a' + 10 : -1;
}

std::string code_point_name(char32_t c) {
  std::array<char, 16> name{};
  std::snprintf(name.data(), name.size(), "U+%04X", static_cast<unsigned>(c));
  return name.data();
}

class Lexer {
 public:
  Lexer(std::string_view source, Diagnostics &diagnostics)
      : source_(source), diagnostics_(diagnostics) {}

  Lexemes run() {
    if (source_is_readable()) {
      while (!at_end()) next();
    }
    begin_token();
    finish_token(TokenKind::end, {});
    return std::move(out_);
  }

 private:
  bool at_end() const { return at_ >= source_.size(); }
  char peek(std::size_t ahead = 0) const {
    return at_ + ahead < source_.size() ? source_[at_ + ahead] : '\0';
  }

  Place here(std::size_t length = 0) const {
    return {static_cast<std::uint32_t>(at_), static_cast<std::uint32_t>(length), line_, column_};
  }

  // Goes on by one character.
  void step() {
    if (source_[at_] == '\n') {
      ++line_;
      column_ = 1;
      fresh_line_ = true;
      ++at_;
      return;
    }
    at_ += character_at(source_, at_).length;
    ++column_;
  }
  void step(std::size_t bytes) {
    const std::size_t end = at_ + bytes;
    while (at_ < end) step();
  }

  void fault(Place place, std::string message, std::string hint = {}) {
    diagnostics_.error(sqlstate::syntax_error, place, std::move(message), std::move(hint));
  }

  bool source_is_readable() {
    if (source_.size() > kMaxSource) {
      diagnostics_.error(sqlstate::program_limit_exceeded, here(), "the template is too long",
                         "It has " + std::to_string(source_.size()) + " bytes; the limit is " +
                             std::to_string(kMaxSource) + ".");
      return false;
    }
    const std::size_t valid = spell::valid_utf8_prefix(source_.data(), source_.size());
    if (valid == source_.size()) return true;
    const std::size_t size = source_.size();
    source_ = source_.substr(0, valid);
    while (!at_end()) step();
    const Place place = here();
    source_ = std::string_view(source_.data(), size);
    if (source_[valid] == '\0') {
      diagnostics_.error(sqlstate::character_not_in_repertoire, place,
                         "the template contains the character U+0000");
    } else {
      diagnostics_.error(sqlstate::character_not_in_repertoire, place,
                         "the template is not valid UTF-8 here");
    }
    return false;
  }

  void begin_token() {
    token_ = Token();
    token_.place = here();
    token_.first_on_line = fresh_line_;
  }
  void finish_token(TokenKind kind, std::string text) {
    token_.kind = kind;
    token_.text = std::move(text);
    token_.place.length = static_cast<std::uint32_t>(at_) - token_.place.offset;
    token_.last_line = line_;
    fresh_line_ = false;
    out_.tokens.push_back(std::move(token_));
  }

  void next() {
    const char c = peek();
    if (c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\v') return step();
    if (c == '#') return comment();
    begin_token();
    if (c == '"') return quoted();
    if (c == '\'') return literal();
    if (c == '$') return parameter();
    if (number_length(source_.substr(at_)) > 0) return number();
    if (starts_word(character_at(source_, at_).code)) return word();
    symbol();
  }

  void comment() {
    const Place place = here();
    const std::size_t begin = at_ + 1;
    while (!at_end() && peek() != '\n') step();
    out_.comments.push_back({std::string(comment_text(source_.substr(begin, at_ - begin))), place});
  }

  std::string_view take_word() {
    const std::size_t begin = at_;
    while (!at_end() && continues_word(character_at(source_, at_).code)) step();
    return source_.substr(begin, at_ - begin);
  }

  void word() { finish_token(TokenKind::word, fold(take_word())); }

  void parameter() {
    step();
    if (at_end() || !starts_word(character_at(source_, at_).code)) {
      fault(token_.place, "a parameter needs a name after \"$\"",
            "Parameters are declared by \"param\" and used as $name.");
      take_word();
      return;
    }
    finish_token(TokenKind::parameter, fold(take_word()));
  }

  void number() {
    const std::size_t length = number_length(source_.substr(at_));
    std::string digits(source_.substr(at_, length));
    step(length);
    if (!at_end() && continues_word(character_at(source_, at_).code)) {
      take_word();
      fault(token_.place,
            "a number cannot be followed by a letter: " +
                quoted_excerpt(source_.substr(token_.place.offset, at_ - token_.place.offset)),
            "Numbers are decimal: 12, 0.5, 1e-3.");
    }
    finish_token(TokenKind::number, std::move(digits));
  }

  void literal() {
    step();
    std::string text;
    while (!at_end()) {
      if (peek() == '\'' && peek(1) == '\'') {
        step();
      } else if (peek() == '\'') {
        step();
        return finish_token(TokenKind::literal, std::move(text));
      }
      const std::size_t begin = at_;
      step();
      text += source_.substr(begin, at_ - begin);
    }
    return_to_line_end();
    fault(token_.place, "the text that begins here does not end", "It ends with a quote: '…'.");
    finish_token(TokenKind::literal, {});
  }

  // Of a literal that does not end only the first line is taken for its text.
  void return_to_line_end() {
    at_ = token_.place.offset;
    line_ = token_.place.line;
    column_ = token_.place.column;
    while (!at_end() && peek() != '\n') step();
  }

  void quoted() {
    step();
    std::string text;
    while (!at_end() && peek() != '\n') {
      if (peek() == '"' && peek(1) == '"') {
        text += '"';
        step(2);
      } else if (peek() == '"') {
        step();
        return finish_token(TokenKind::quoted, std::move(text));
      } else if (peek() == '\\') {
        escape(text);
      } else {
        const std::size_t begin = at_;
        step();
        text += source_.substr(begin, at_ - begin);
      }
    }
    fault(token_.place, "the text that begins here does not end on its line",
          "It ends with a double quote; a line break within it is written \\n.");
    finish_token(TokenKind::quoted, std::move(text));
  }

  // REQUIRES: peek() is a backslash.
  void escape(std::string &text) {
    const Place place = here(2);
    const char c = peek(1);
    if (c == '"' || c == '\\' || c == 'n') {
      text += c == 'n' ? '\n' : c;
      return step(2);
    }
    if (c != 'u') {
      fault(place, "unknown escape after a backslash",
            R"(Known are \", \\, \n and \uXXXX; a backslash itself is written \\.)");
      return step();
    }
    if (const std::optional<char32_t> code = unicode_escape()) {
      append_character(text, *code);
    } else {
      fault(place, "\\u must be followed by four hexadecimal digits that are a character",
            "A character beyond U+FFFF is written as a surrogate pair; U+0000 does not exist.");
      step(2);
    }
  }

  // The four digits of \uXXXX at `ahead` bytes from here, or -1.
  std::int32_t unicode_digits(std::size_t ahead) const {
    if (peek(ahead) != '\\' || peek(ahead + 1) != 'u') return -1;
    std::int32_t code = 0;
    for (std::size_t i = 2; i < 6; ++i) {
      const int digit = hex_value(peek(ahead + i));
      if (digit < 0) return -1;
      code = code * 16 + digit;
    }
    return code;
  }

  // Reads one or two \uXXXX; reads nothing if they are no character.
  std::optional<char32_t> unicode_escape() {
    const std::int32_t first = unicode_digits(0);
    if (first <= 0 || (first >= 0xDC00 && first <= 0xDFFF)) return std::nullopt;
    if (first < 0xD800 || first > 0xDBFF) {
      step(6);
      return static_cast<char32_t>(first);
    }
    const std::int32_t second = unicode_digits(6);
    if (second < 0xDC00 || second > 0xDFFF) return std::nullopt;
    step(12);
    return static_cast<char32_t>(0x10000 + (first - 0xD800) * 0x400 + (second - 0xDC00));
  }

  void symbol() {
    for (const std::string_view symbol : kLongSymbols) {
      if (source_.substr(at_, 2) != symbol) continue;
      if (symbol == "--") return unexpected("Comments begin with \"#\".");
      step(2);
      return finish_token(TokenKind::symbol, std::string(symbol == "!=" ? "<>" : symbol));
    }
    if (source_.substr(at_, 2) == "/*") return unexpected("Comments begin with \"#\".");
    if (kShortSymbols.find(peek()) == std::string_view::npos) return unexpected({});
    step();
    finish_token(TokenKind::symbol, std::string(source_.substr(at_ - 1, 1)));
  }

  // Leaves out what cannot be in a template.
  void unexpected(std::string hint) {
    const Character c = character_at(source_, at_);
    if (!hint.empty()) {
      fault(here(2), "unexpected " + quoted_excerpt(source_.substr(at_, 2)), std::move(hint));
      return step(2);
    }
    if (c.code == ';') hint = "Nothing is needed at the end of a line.";
    if (c.code == ':') hint = "A cast is written with two colons: ::date.";
    if (c.code == '|') hint = "Texts are joined by ||.";
    if (c.code == 0xFEFF) hint = "It is a byte order mark; save the text without one.";
    if (c.code == 0xA0) hint = "It is a no-break space; write an ordinary one.";
    const bool shown = c.code > 0x20 && c.code < 0x7F;
    fault(here(c.length),
          "unexpected character " +
              (shown ? quoted_excerpt(source_.substr(at_, c.length)) : code_point_name(c.code)),
          std::move(hint));
    step();
  }

  std::string_view source_;
  Diagnostics &diagnostics_;
  std::size_t at_ = 0;
  std::uint32_t line_ = 1;
  std::uint32_t column_ = 1;
  bool fresh_line_ = true;
  Token token_;
  Lexemes out_;
};

}  // namespace

Lexemes tokenize(std::string_view source, Diagnostics &diagnostics) {
  return Lexer(source, diagnostics).run();
}

}  // namespace pgexport::dsl
