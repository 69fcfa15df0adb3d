#include "core/text/format_section.h"

#include <algorithm>
#include <cctype>

#include "core/error.h"
#include "core/text/scan.h"

namespace pgexport::format {

namespace {

constexpr std::size_t kMaxSections = 4;
constexpr std::size_t kMaxExponentDigits = 10;
constexpr std::size_t kMaxSecondDigits = 3;

char lower(char c) { return static_cast<char>(std::tolower(static_cast<unsigned char>(c))); }

bool is_ascii(char c) { return static_cast<unsigned char>(c) < 0x80; }

// Characters that stand for themselves without quotes.
bool is_bare_literal(char c) {
  return !is_ascii(c) || std::string_view("$-+/():!^&'~{}<>= ").find(c) != std::string_view::npos;
}

bool is_clock(TokenKind kind) {
  switch (kind) {
    case TokenKind::hour:
    case TokenKind::minute:
    case TokenKind::second:
    case TokenKind::fraction:
    case TokenKind::am_pm: return true;
    default: return false;
  }
}

bool is_elapsed(TokenKind kind) {
  return kind == TokenKind::elapsed_hours || kind == TokenKind::elapsed_minutes ||
         kind == TokenKind::elapsed_seconds;
}

bool is_moment(TokenKind kind) {
  return kind == TokenKind::year || kind == TokenKind::month || kind == TokenKind::day ||
         is_clock(kind) || is_elapsed(kind);
}

// Parses from `at` to the end of one section.
class SectionParser {
 public:
  SectionParser(std::string_view code, std::size_t at) : code_(code), start_(at), at_(at) {}

  Section parse() {
    while (at_ < code_.size() && code_[at_] != ';') parse_token();
    settle_kind();
    if (section_.kind == SectionKind::number) settle_signs();
    merge_literals();
    if (section_.kind == SectionKind::number) lay_out_number();
    if (section_.kind == SectionKind::moment) lay_out_moment();
    return std::move(section_);
  }

  std::size_t at() const { return at_; }

 private:
  [[noreturn]] void fail(const std::string &what, std::size_t at, std::string hint = {}) const {
    throw Error(sqlstate::invalid_parameter_value,
                "format code \"" + std::string(code_) + "\" is not valid",
                "At position " + std::to_string(at + 1) + ": " + what + ".", std::move(hint));
  }

  // Bytes of the character at `at`.
  std::size_t character(std::size_t at) const {
    std::size_t end = at + 1;
    while (end < code_.size() && (static_cast<unsigned char>(code_[end]) & 0xC0) == 0x80) ++end;
    return end - at;
  }

  std::size_t run(std::size_t at) const {
    std::size_t end = at;
    while (end < code_.size() && lower(code_[end]) == lower(code_[at])) ++end;
    return end - at;
  }

  bool next_is(std::string_view word) const {
    if (code_.size() - at_ < word.size()) return false;
    return std::equal(word.begin(), word.end(), code_.begin() + static_cast<std::ptrdiff_t>(at_),
                      [](char a, char b) { return lower(a) == lower(b); });
  }

  void push(TokenKind kind, std::size_t count, std::string text = {}) {
    section_.tokens.push_back({kind, static_cast<std::uint8_t>(count), std::move(text)});
  }

  void push_literal(std::string_view text) { push(TokenKind::literal, 0, std::string(text)); }

  void parse_token() {
    const char c = code_[at_];
    switch (c) {
      case '"': return parse_quoted();
      case '[': return parse_bracket();
      case '/': return parse_slash();
      case '\\':
      case '_':
      case '*': return parse_escape(c);
      case '@': push(TokenKind::text_value, 0); break;
      case '0':
      case '#':
      case '?': push(TokenKind::digit, 0, std::string(1, c)); break;
      case '.': return parse_point();
      case ',': push(TokenKind::comma, 0); break;
      case '%': push(TokenKind::percent, 0); break;
      default: return parse_letter_or_literal();
    }
    ++at_;
  }

  void parse_quoted() {
    const std::size_t end = code_.find('"', at_ + 1);
    if (end == std::string_view::npos) fail("the quote is not closed", at_);
    push_literal(code_.substr(at_ + 1, end - at_ - 1));
    at_ = end + 1;
  }

  // \x is x; _x is a space as wide as x; *x fills the cell, which a text without width cannot.
  void parse_escape(char kind) {
    if (at_ + 1 == code_.size()) {
      fail(std::string("a character must follow \"") + kind + "\"", at_);
    }
    const std::size_t length = character(at_ + 1);
    if (kind == '\\') push_literal(code_.substr(at_ + 1, length));
    if (kind == '_') push_literal(" ");
    at_ += 1 + length;
  }

  void parse_slash() {
    if (last_token() == TokenKind::digit) {
      fail("fractions are not supported", at_, "Put a literal slash into double quotes.");
    }
    push_literal("/");
    ++at_;
  }

  // The decimal sign, or the fraction of a second.
  void parse_point() {
    const std::size_t zeros = at_ + 1 < code_.size() && code_[at_ + 1] == '0' ? run(at_ + 1) : 0;
    const TokenKind before = last_token();
    if (zeros > 0 && (before == TokenKind::second || before == TokenKind::elapsed_seconds)) {
      if (zeros > kMaxSecondDigits) fail("seconds have at most three decimals", at_);
      push(TokenKind::fraction, zeros);
      at_ += 1 + zeros;
      return;
    }
    push(TokenKind::decimal, 0);
    ++at_;
  }

  TokenKind last_token() const {
    return section_.tokens.empty() ? TokenKind::literal : section_.tokens.back().kind;
  }

  void parse_letter_or_literal() {
    const char c = lower(code_[at_]);
    if (c == 'y') return parse_run(TokenKind::year, 4);
    if (c == 'm') return parse_run(TokenKind::month, 5);
    if (c == 'd') return parse_run(TokenKind::day, 4);
    if (c == 'h') return parse_run(TokenKind::hour, 2);
    if (c == 's') return parse_run(TokenKind::second, 2);
    for (std::string_view designator : {"AM/PM", "A/P"}) {
      if (!next_is(designator)) continue;
      push(TokenKind::am_pm, 0, std::string(designator));
      at_ += designator.size();
      return;
    }
    if (next_is("General")) {
      push(TokenKind::general, 0);
      at_ += std::string_view("General").size();
      return;
    }
    if (c == 'e' && (next_is("E+") || next_is("E-"))) return parse_exponent();
    const std::size_t length = character(at_);
    const std::string_view literal = code_.substr(at_, length);
    if (!is_bare_literal(code_[at_])) {
      fail("\"" + std::string(literal) + "\" has no meaning here", at_,
           "Put text into double quotes.");
    }
    push_literal(literal);
    at_ += length;
  }

  void parse_run(TokenKind kind, std::size_t longest) {
    std::size_t length = run(at_);
    if (length > longest) {
      fail("\"" + std::string(code_.substr(at_, length)) + "\" is too long", at_);
    }
    if (kind == TokenKind::year) {
      push(kind, length <= 2 ? 2 : 4);
    } else {
      push(kind, length);
    }
    at_ += length;
  }

  void parse_exponent() {
    const std::size_t start = at_;
    const bool always_signed = code_[at_ + 1] == '+';
    at_ += 2;
    const std::size_t digits = at_ < code_.size() && code_[at_] == '0' ? run(at_) : 0;
    if (digits == 0) fail("an exponent needs zeros for its digits", start, "Write E+00.");
    if (digits > kMaxExponentDigits) fail("the exponent has too many digits", start);
    push(TokenKind::exponent, digits, always_signed ? "E+" : "E-");
    at_ += digits;
  }

  void parse_bracket() {
    const std::size_t end = code_.find(']', at_);
    if (end == std::string_view::npos) fail("the bracket is not closed", at_);
    const std::string_view inside = code_.substr(at_ + 1, end - at_ - 1);
    const std::size_t start = at_;
    at_ = end + 1;
    if (inside.empty()) fail("the brackets are empty", start);
    if (inside[0] == '$') {  // [$€-407]: a currency sign and a locale, which is not used
      push_literal(inside.substr(1, std::min(inside.find('-', 1), inside.size()) - 1));
    } else if (std::string_view("<>=").find(inside[0]) != std::string_view::npos) {
      parse_condition(inside, start);
    } else if (is_run_of(inside, 'h')) {
      push(TokenKind::elapsed_hours, inside.size());
    } else if (is_run_of(inside, 'm')) {
      push(TokenKind::elapsed_minutes, inside.size());
    } else if (is_run_of(inside, 's')) {
      push(TokenKind::elapsed_seconds, inside.size());
    } else if (!is_colour(inside)) {
      fail("\"[" + std::string(inside) + "]\" has no meaning here", start,
           "Brackets hold a colour, a condition such as >=100, or h, m or s for elapsed time.");
    }
  }

  static bool is_run_of(std::string_view text, char letter) {
    return text.size() <= 20 &&
           std::all_of(text.begin(), text.end(), [&](char c) { return lower(c) == letter; });
  }

  static bool is_colour(std::string_view text) {
    std::string name;
    for (char c : text) name += lower(c);
    for (std::string_view known :
         {"black", "blue", "cyan", "green", "magenta", "red", "white", "yellow"}) {
      if (name == known) return true;
    }
    constexpr std::string_view kNumbered = "color";
    constexpr int kColours = 56;
    if (name.compare(0, kNumbered.size(), kNumbered) != 0) return false;
    int number = 0;
    for (char c : name.substr(kNumbered.size())) {
      if (c < '0' || c > '9' || number > kColours) return false;
      number = number * 10 + (c - '0');
    }
    return number >= 1 && number <= kColours;
  }

  void parse_condition(std::string_view inside, std::size_t start) {
    static constexpr struct {
      std::string_view sign;
      Comparison comparison;
    } kComparisons[] = {{"<=", Comparison::less_equal}, {">=", Comparison::greater_equal},
                        {"<>", Comparison::not_equal},  {"<", Comparison::less},
                        {">", Comparison::greater},     {"=", Comparison::equal}};
    if (section_.condition) fail("a section has one condition at most", start);
    for (const auto &known : kComparisons) {
      if (inside.compare(0, known.sign.size(), known.sign) != 0) continue;
      const std::string_view number = inside.substr(known.sign.size());
      if (!is_number(number)) fail("a condition compares with a number", start);
      section_.condition = {known.comparison, std::string(number)};
      return;
    }
  }

  // An optional sign, digits with at most one point among them.
  static bool is_number(std::string_view text) {
    if (!text.empty() && text[0] == '-') text.remove_prefix(1);
    const bool digits_and_points = std::all_of(
        text.begin(), text.end(), [](char c) { return (c >= '0' && c <= '9') || c == '.'; });
    const auto points = std::count(text.begin(), text.end(), '.');
    return digits_and_points && points <= 1 && static_cast<std::size_t>(points) < text.size();
  }

  bool has(bool (*test)(TokenKind)) const {
    return std::any_of(section_.tokens.begin(), section_.tokens.end(),
                       [&](const Token &token) { return test(token.kind); });
  }
  static bool is_digit(TokenKind kind) {
    return kind == TokenKind::digit || kind == TokenKind::exponent;
  }
  static bool is_text(TokenKind kind) { return kind == TokenKind::text_value; }
  static bool is_general(TokenKind kind) { return kind == TokenKind::general; }

  void settle_kind() {
    const bool number = has(is_digit);
    const bool moment = has(is_moment);
    const bool text = has(is_text);
    const bool general = has(is_general);
    if (number + moment + text + general > 1) {
      fail("a section is for numbers or for dates or for text", start_,
           "Put literal text into double quotes.");
    }
    section_.kind = moment    ? SectionKind::moment
                    : text    ? SectionKind::text
                    : general ? SectionKind::general
                              : SectionKind::number;
    if (section_.kind != SectionKind::number) spell_signs();
  }

  // Points, commas and percent signs without digits are themselves.
  void spell_signs() {
    for (Token &token : section_.tokens) {
      if (token.kind == TokenKind::decimal) token = {TokenKind::literal, 0, "."};
      if (token.kind == TokenKind::comma) token = {TokenKind::literal, 0, ","};
      if (token.kind == TokenKind::percent) token = {TokenKind::literal, 0, "%"};
    }
  }

  // A comma between placeholders groups thousands, one after them divides by 1000; a percent sign
  // multiplies by 100 and is shown.
  void settle_signs() {
    std::vector<Token> kept;
    NumberLayout &number = section_.number;
    for (std::size_t i = 0; i < section_.tokens.size(); ++i) {
      Token &token = section_.tokens[i];
      if (token.kind == TokenKind::percent) {
        number.shift += 2;
        kept.push_back({TokenKind::literal, 0, "%"});
      } else if (token.kind != TokenKind::comma) {
        kept.push_back(std::move(token));
      } else if (!digit_before(i)) {
        fail("a comma stands between or after the digits", start_,
             "Put a literal comma into double quotes.");
      } else if (digit_after(i)) {
        number.grouped = true;
      } else {
        number.shift -= 3;
      }
    }
    section_.tokens = std::move(kept);
  }

  bool digit_before(std::size_t i) const {
    while (i-- > 0) {
      if (section_.tokens[i].kind == TokenKind::digit) return true;
    }
    return false;
  }

  // Whether placeholders for whole digits follow.
  bool digit_after(std::size_t i) const {
    for (; i < section_.tokens.size(); ++i) {
      const TokenKind kind = section_.tokens[i].kind;
      if (kind == TokenKind::decimal || kind == TokenKind::exponent) return false;
      if (kind == TokenKind::digit) return true;
    }
    return false;
  }

  void merge_literals() {
    std::vector<Token> merged;
    for (Token &token : section_.tokens) {
      const bool literal = token.kind == TokenKind::literal;
      if (literal && token.text.empty()) continue;
      if (literal && !merged.empty() && merged.back().kind == TokenKind::literal) {
        merged.back().text += token.text;
      } else {
        merged.push_back(std::move(token));
      }
    }
    section_.tokens = std::move(merged);
  }

  void lay_out_number() {
    NumberLayout &number = section_.number;
    int placeholders = 0;
    std::size_t last = 0;
    for (std::size_t i = 0; i < section_.tokens.size(); ++i) {
      Token &token = section_.tokens[i];
      if (token.kind == TokenKind::literal) continue;
      if (token.kind == TokenKind::exponent) {
        if (placeholders == 0) fail("an exponent stands after the digits", start_);
        if (number.exponent) fail("a number has one exponent at most", start_);
        number.exponent = true;
        continue;
      }
      if (number.exponent) fail("nothing but literal text follows the exponent", start_);
      if (placeholders++ == 0) number.first = i;
      last = i;
      if (token.kind == TokenKind::decimal) {
        if (number.has_point) fail("a number has one decimal sign at most", start_);
        number.has_point = true;
      } else if (number.has_point) {
        add_fraction_digit(token);
      } else {
        add_whole_digit(token);
      }
    }
    if (number.has_point) fill_fraction();
    number.end = placeholders == 0 ? 0 : last + 1;
    number.plain = placeholders > 0 && !number.exponent && is_plain();
  }

  // Every placeholder right of a 0 is a 0 before the decimal sign, and left of one after it.
  void add_whole_digit(Token &token) {
    NumberLayout &number = section_.number;
    ++number.whole_digits;
    if (number.least_whole > 0) token.text = "0";
    if (token.text == "0") ++number.least_whole;
  }

  void add_fraction_digit(const Token &token) {
    NumberLayout &number = section_.number;
    ++number.fraction_digits;
    if (token.text == "0") number.least_fraction = number.fraction_digits;
  }

  void fill_fraction() {
    bool after_point = false;
    int digits = 0;
    for (Token &token : section_.tokens) {
      after_point |= token.kind == TokenKind::decimal;
      if (!after_point || token.kind != TokenKind::digit) continue;
      if (++digits <= section_.number.least_fraction) token.text = "0";
    }
  }

  bool is_plain() const {
    const NumberLayout &number = section_.number;
    return std::all_of(
        section_.tokens.begin() + static_cast<std::ptrdiff_t>(number.first),
        section_.tokens.begin() + static_cast<std::ptrdiff_t>(number.end),
        [](const Token &token) { return token.kind != TokenKind::literal && token.text != "?"; });
  }

  // An m is minutes after an h or before an s.
  void lay_out_moment() {
    TokenKind before = TokenKind::literal;
    for (std::size_t i = 0; i < section_.tokens.size(); ++i) {
      Token &token = section_.tokens[i];
      if (token.kind == TokenKind::literal || token.kind == TokenKind::am_pm) continue;
      if (token.kind == TokenKind::month && token.count <= 2) {
        const TokenKind after = value_after(i);
        if (before == TokenKind::hour || before == TokenKind::elapsed_hours ||
            after == TokenKind::second || after == TokenKind::elapsed_seconds) {
          token.kind = TokenKind::minute;
        }
      }
      before = token.kind;
    }
    for (const Token &token : section_.tokens) note_moment(token);
  }

  TokenKind value_after(std::size_t i) const {
    for (++i; i < section_.tokens.size(); ++i) {
      const TokenKind kind = section_.tokens[i].kind;
      if (kind != TokenKind::literal && kind != TokenKind::am_pm) return kind;
    }
    return TokenKind::literal;
  }

  void note_moment(const Token &token) {
    const bool weekday = token.kind == TokenKind::day && token.count > 2;
    section_.has_day |= token.kind == TokenKind::day && !weekday;
    section_.has_date |= token.kind == TokenKind::year || token.kind == TokenKind::month || weekday;
    section_.has_clock |= is_clock(token.kind);
    section_.has_elapsed |= is_elapsed(token.kind);
    section_.twelve_hours |= token.kind == TokenKind::am_pm;
    if (token.kind == TokenKind::fraction) {
      section_.second_digits = std::max<int>(section_.second_digits, token.count);
    }
  }

  std::string_view code_;
  std::size_t start_;
  std::size_t at_;
  Section section_;
};

void check_characters(std::string_view code) {
  const auto is_control = [](char c) { return static_cast<unsigned char>(c) < 0x20; };
  if (spell::valid_utf8_prefix(code.data(), code.size()) == code.size() &&
      std::none_of(code.begin(), code.end(), is_control)) {
    return;
  }
  throw Error(sqlstate::invalid_parameter_value,
              "a format code has control characters or is not UTF-8");
}

}  // namespace

std::vector<Section> parse_sections(std::string_view code) {
  check_characters(code);
  std::vector<Section> sections;
  for (std::size_t at = 0; at <= code.size(); ++at) {
    if (sections.size() == kMaxSections) {
      throw Error(sqlstate::invalid_parameter_value,
                  "format code \"" + std::string(code) + "\" is not valid",
                  "It has more than four sections: positive; negative; zero; text.");
    }
    SectionParser parser(code, at);
    sections.push_back(parser.parse());
    at = parser.at();
  }
  return sections;
}

}  // namespace pgexport::format
