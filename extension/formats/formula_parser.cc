#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <utility>

#include "core/error.h"
#include "core/text/scan.h"
#include "formats/formula.h"
#include "formats/option_error.h"
#include "formats/options.h"

namespace pgexport {

namespace {

using formula::Node;
using formula::Operation;

constexpr std::size_t kMaxDigits = 15;        // what a workbook keeps of a number
constexpr std::size_t kMaxExcelString = 255;  // of a constant, in characters; here in bytes
constexpr int kMaxArguments = 30;             // of any workbook program
constexpr int kMaxRoundDigits = 15;
constexpr int kMaxExponent = 64;

// Binding powers: an operator takes what binds tighter than itself.  As in Excel, and unlike in
// mathematics, a sign binds tighter than ^, and ^ is left-associative.
constexpr int kComparing = 1;
constexpr int kConcatenating = 2;
constexpr int kAdding = 3;
constexpr int kMultiplying = 4;
constexpr int kRaising = 5;

struct BinaryOperator {
  std::string_view sign;
  Operation operation;
  int power;
};

// Longer signs before their beginnings.
constexpr std::array<BinaryOperator, 12> kBinaryOperators = {{
    {"<>", Operation::not_equal, kComparing},
    {"<=", Operation::less_equal, kComparing},
    {">=", Operation::greater_equal, kComparing},
    {"=", Operation::equal, kComparing},
    {"<", Operation::less, kComparing},
    {">", Operation::greater, kComparing},
    {"&", Operation::concatenate, kConcatenating},
    {"+", Operation::add, kAdding},
    {"-", Operation::subtract, kAdding},
    {"*", Operation::multiply, kMultiplying},
    {"/", Operation::divide, kMultiplying},
    {"^", Operation::power, kRaising},
}};

// What all arguments must be; `result` other: the type of the arguments.
struct Function {
  std::string_view name;
  Operation operation;
  int least;
  int most;
  FormulaType arguments;
  FormulaType result;
};

constexpr FormulaType kNumber = FormulaType::number;
constexpr FormulaType kText = FormulaType::text;
constexpr FormulaType kBoolean = FormulaType::boolean;
constexpr FormulaType kOther = FormulaType::other;

constexpr std::array<Function, 15> kFunctions = {{
    {"ABS", Operation::call_abs, 1, 1, kNumber, kNumber},
    {"AND", Operation::call_and, 1, kMaxArguments, kBoolean, kBoolean},
    {"COALESCE", Operation::call_coalesce, 2, 2, kOther, kOther},
    {"IF", Operation::call_if, 3, 3, kOther, kOther},
    {"INT", Operation::call_int, 1, 1, kNumber, kNumber},
    {"LEN", Operation::call_len, 1, 1, kText, kNumber},
    {"LOWER", Operation::call_lower, 1, 1, kText, kText},
    {"MAX", Operation::call_max, 1, kMaxArguments, kNumber, kNumber},
    {"MIN", Operation::call_min, 1, kMaxArguments, kNumber, kNumber},
    {"MOD", Operation::call_mod, 2, 2, kNumber, kNumber},
    {"NOT", Operation::call_not, 1, 1, kBoolean, kBoolean},
    {"OR", Operation::call_or, 1, kMaxArguments, kBoolean, kBoolean},
    {"ROUND", Operation::call_round, 2, 2, kNumber, kNumber},
    {"SUM", Operation::call_sum, 1, kMaxArguments, kNumber, kNumber},
    {"UPPER", Operation::call_upper, 1, 1, kText, kText},
}};

const char *word_for(FormulaType type) {
  switch (type) {
    case FormulaType::number: return "a number";
    case FormulaType::text: return "a text";
    case FormulaType::boolean: return "true or false";
    default: return "something else";
  }
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

std::string upper(std::string_view text) {
  std::string result(text);
  for (char &c : result) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return result;
}

// A Pratt parser: parse_expression(power) reads operators that bind tighter than `power`.
class Parser {
 public:
  Parser(std::string_view text, std::span<const FormulaColumn> columns)
      : text_(text), columns_(columns) {}

  Formula parse() {
    parse_expression(0);
    if (at_ < text_.size()) fail("an operator or the end is expected", at_);
    return std::move(formula_);
  }

 private:
  // Counts one more level of nesting while it lives.
  class Level {
   public:
    explicit Level(Parser &parser) : parser_(parser) {
      if (++parser_.depth_ > kMaxFormulaDepth) {
        throw Error(sqlstate::program_limit_exceeded, "a formula is nested too deeply",
                    "At most " + std::to_string(kMaxFormulaDepth) + " levels are allowed.");
      }
    }
    Level(const Level &) = delete;
    Level &operator=(const Level &) = delete;
    ~Level() { --parser_.depth_; }

   private:
    Parser &parser_;
  };

  std::string where(std::size_t at) const {
    const auto is_start = [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; };
    const auto before = text_.substr(0, at);
    return "At character " +
           std::to_string(std::count_if(before.begin(), before.end(), is_start) + 1) + " of \"" +
           excerpt(text_) + "\".";
  }

  [[noreturn]] void fail(const std::string &what, std::size_t at, std::string hint = {}) const {
    throw Error(sqlstate::syntax_error, "formula is not valid: " + what, where(at),
                std::move(hint));
  }

  [[noreturn]] void fail_type(const std::string &what, std::size_t at,
                              std::string hint = {}) const {
    throw Error(sqlstate::invalid_parameter_value, "formula is not valid: " + what, where(at),
                std::move(hint));
  }

  int push(Node node) {
    if (formula_.nodes.size() == static_cast<std::size_t>(kMaxFormulaNodes)) {
      throw Error(sqlstate::program_limit_exceeded, "a formula is too long",
                  "At most " + std::to_string(kMaxFormulaNodes) +
                      " values, operators and functions are allowed.");
    }
    formula_.nodes.push_back(std::move(node));
    return static_cast<int>(formula_.nodes.size()) - 1;
  }

  const Node &node(int index) const { return formula_.nodes[static_cast<std::size_t>(index)]; }

  void skip_space() {
    while (at_ < text_.size() && text_[at_] == ' ') ++at_;
  }

  bool take(std::string_view sign) {
    if (text_.substr(at_, sign.size()) != sign) return false;
    at_ += sign.size();
    skip_space();
    return true;
  }

  void expect(std::string_view sign) {
    if (!take(sign)) fail("\"" + std::string(sign) + "\" is expected", at_);
  }

  const BinaryOperator *peek_operator() const {
    for (const BinaryOperator &known : kBinaryOperators) {
      if (text_.substr(at_, known.sign.size()) == known.sign) return &known;
    }
    return nullptr;
  }

  int parse_expression(int power) {
    skip_space();
    int left = parse_operand();
    for (;;) {
      const BinaryOperator *found = peek_operator();
      if (found == nullptr || found->power <= power) return left;
      const std::size_t sign = at_;
      take(found->sign);
      const std::size_t start = at_;
      const int right = parse_expression(found->power);
      left = combine(*found, left, right, sign, start);
    }
  }

  void require(int index, FormulaType type, std::size_t at) const {
    if (node(index).type == type) return;
    std::string hint;
    if (node(index).type == FormulaType::number && type == FormulaType::text) {
      hint = "A number has no one spelling; show it in a column of its own.";
    }
    fail_type(std::string(word_for(type)) + " is expected here, not " + word_for(node(index).type),
              at, std::move(hint));
  }

  int combine(const BinaryOperator &found, int left, int right, std::size_t sign,
              std::size_t start) {
    if (found.power == kComparing) return compare(found, left, right, sign);
    const FormulaType type = found.operation == Operation::concatenate ? kText : kNumber;
    require(left, type, sign);
    require(right, type, start);
    if (found.operation == Operation::power) require_constant(right, 1, kMaxExponent, start);
    return push({.operation = found.operation, .type = type, .operands = {left, right}});
  }

  // Texts and booleans have an order in a workbook, but it is not that of the database.
  int compare(const BinaryOperator &found, int left, int right, std::size_t sign) {
    const bool equality =
        found.operation == Operation::equal || found.operation == Operation::not_equal;
    if (!equality) require(left, kNumber, sign);
    require(right, node(left).type, sign);
    return push({.operation = found.operation, .type = kBoolean, .operands = {left, right}});
  }

  // A whole number, written out: the two programs differ in what they do with others.
  void require_constant(int index, int least, int most, std::size_t at) const {
    const Node *value = &node(index);
    const bool negative = value->operation == Operation::negate;
    if (negative) value = &node(value->operands[0]);
    int number = 0;
    const char *const end = value->text.data() + value->text.size();
    const bool whole = value->operation == Operation::number &&
                       std::from_chars(value->text.data(), end, number).ptr == end;
    if (negative) number = -number;
    if (whole && number >= least && number <= most) return;
    fail_type("a whole number from " + std::to_string(least) + " to " + std::to_string(most) +
                  " is expected here",
              at);
  }

  int parse_operand() {
    const Level level(*this);
    const std::size_t start = at_;
    if (take("-")) {
      const int operand = parse_operand();
      require(operand, kNumber, start);
      return push({.operation = Operation::negate, .type = kNumber, .operands = {operand}});
    }
    int operand = parse_value();
    skip_space();
    while (take("%")) {
      require(operand, kNumber, start);
      operand = push({.operation = Operation::percent, .type = kNumber, .operands = {operand}});
    }
    return operand;
  }

  int parse_value() {
    if (at_ == text_.size()) fail("a value is expected", at_);
    const char c = text_[at_];
    if (take("(")) {
      const int inside = parse_expression(0);
      expect(")");
      return inside;
    }
    if (c == '[') return parse_column();
    if (c == '"' || c == '\'') return parse_string(c);
    if (is_digit(c) || c == '.') return parse_number();
    if (is_letter(c)) return parse_word();
    fail("a value is expected", at_, "Values are [Heading], numbers, \"texts\" and functions.");
  }

  int parse_number() {
    const std::size_t start = at_;
    std::string digits;
    while (at_ < text_.size() && (is_digit(text_[at_]) || text_[at_] == '.')) {
      digits += text_[at_++];
    }
    const auto points = std::count(digits.begin(), digits.end(), '.');
    if (points > 1 || digits == ".") fail("\"" + excerpt(digits) + "\" is not a number", start);
    if (digits.size() - static_cast<std::size_t>(points) > kMaxDigits) {
      fail("a number has at most " + std::to_string(kMaxDigits) + " digits", start);
    }
    if (digits.back() == '.') digits.pop_back();
    digits.erase(0, std::min(digits.find_first_not_of('0'), digits.size()));
    if (digits.empty() || digits.front() == '.') digits.insert(0, "0");
    skip_space();
    return push({.operation = Operation::number, .type = kNumber, .text = std::move(digits)});
  }

  // Up to the closing sign; two of them are one that belongs to the text.
  std::string parse_delimited(char closing, const char *what) {
    const std::size_t start = at_++;
    std::string content;
    for (; at_ < text_.size(); ++at_) {
      if (text_[at_] == closing) {
        if (at_ + 1 == text_.size() || text_[at_ + 1] != closing) {
          ++at_;
          skip_space();
          return content;
        }
        ++at_;
      }
      content += text_[at_];
    }
    fail(std::string("the ") + what + " is not closed", start);
  }

  int parse_string(char quote) {
    const std::size_t start = at_;
    std::string content = parse_delimited(quote, "text");
    if (content.size() > kMaxExcelString) {
      fail("a text has at most " + std::to_string(kMaxExcelString) + " bytes", start);
    }
    return push({.operation = Operation::string, .type = kText, .text = std::move(content)});
  }

  int find_column(std::string_view heading, std::size_t at) const {
    std::optional<int> found;
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      if (columns_[i].heading != heading) continue;
      if (found) fail("two columns have the heading \"" + excerpt(heading) + "\"", at);
      found = static_cast<int>(i);
    }
    if (found) return *found;
    std::vector<std::string_view> headings;
    for (const FormulaColumn &column : columns_) headings.push_back(column.heading);
    throw Error(sqlstate::undefined_column,
                "formula is not valid: there is no column \"" + excerpt(heading) + "\"", where(at),
                did_you_mean(nearest_name(heading, headings),
                             "A formula uses the headings of its own table."));
  }

  int parse_column() {
    const std::size_t start = at_;
    const std::string heading = parse_delimited(']', "heading");
    const int column = find_column(heading, start);
    const FormulaColumn &found = columns_[static_cast<std::size_t>(column)];
    if (found.type == kOther) {
      fail_type("column \"" + excerpt(heading) + "\" is neither a number nor a text", start,
                "Compute with dates and other types in the query.");
    }
    return push({.operation = Operation::column,
                 .type = found.type,
                 .column = column,
                 .is_formula = found.is_formula});
  }

  int parse_total(std::size_t start) {
    if (at_ == text_.size() || text_[at_] != '[') fail("total takes a [Heading]", start);
    const std::size_t heading = at_;
    const int column = parse_column();
    require(column, kNumber, heading);
    expect(")");
    formula_.nodes.back().operation = Operation::total;
    return column;
  }

  int parse_word() {
    const std::size_t start = at_;
    while (at_ < text_.size() && (is_letter(text_[at_]) || is_digit(text_[at_]))) ++at_;
    const std::string word = upper(text_.substr(start, at_ - start));
    skip_space();
    if (!take("(")) {
      if (word == "TRUE" || word == "FALSE") {
        return push({.operation = Operation::boolean, .type = kBoolean, .text = word});
      }
      fail("\"" + excerpt(word) + "\" is not a value", start,
           "Write headings in brackets: [" + excerpt(word) + "].");
    }
    if (word == "TOTAL") return parse_total(start);
    for (const Function &known : kFunctions) {
      if (known.name == word) return parse_call(known, start);
    }
    std::vector<std::string_view> names = {"TOTAL"};
    for (const Function &known : kFunctions) names.push_back(known.name);
    fail("there is no function " + excerpt(word), start, did_you_mean(nearest_name(word, names)));
  }

  struct Argument {
    int node;
    std::size_t at;
  };

  int parse_call(const Function &function, std::size_t start) {
    std::vector<Argument> arguments;
    do {
      const std::size_t at = at_;
      arguments.push_back({parse_expression(0), at});
    } while (take(","));
    expect(")");
    const int count = static_cast<int>(arguments.size());
    if (count < function.least || count > function.most) {
      fail(std::string(function.name) + " takes " + std::to_string(function.least) +
               (function.most > function.least ? " to " + std::to_string(function.most) : "") +
               (function.most == 1 ? " argument" : " arguments"),
           start);
    }
    Node call = {.operation = function.operation, .type = check_call(function, arguments)};
    for (const Argument &argument : arguments) call.operands.push_back(argument.node);
    return push(std::move(call));
  }

  FormulaType check_call(const Function &function, const std::vector<Argument> &arguments) const {
    switch (function.operation) {
      case Operation::call_if:
        require(arguments[0].node, kBoolean, arguments[0].at);
        return same_type(arguments[1], arguments[2]);
      case Operation::call_coalesce:
        if (node(arguments[0].node).operation != Operation::column) {
          fail("the first argument of COALESCE is a [Heading]", arguments[0].at);
        }
        return same_type(arguments[0], arguments[1]);
      default:
        for (const Argument &argument : arguments) {
          require(argument.node, function.arguments, argument.at);
        }
    }
    if (function.operation == Operation::call_round) {
      require_constant(arguments[1].node, -kMaxRoundDigits, kMaxRoundDigits, arguments[1].at);
    } else if (function.operation == Operation::call_mod) {
      require_simple(arguments[1]);
    }
    return function.result;
  }

  FormulaType same_type(const Argument &left, const Argument &right) const {
    const FormulaType type = node(left.node).type;
    require(right.node, type, right.at);
    return type;
  }

  // The divisor of MOD appears more than once in its SQL.
  void require_simple(const Argument &argument) const {
    const Node &given = node(argument.node);
    const bool negated = given.operation == Operation::negate;
    switch (negated ? node(given.operands[0]).operation : given.operation) {
      case Operation::number:
      case Operation::column:
      case Operation::total: return;
      default: fail("the divisor of MOD is a number, a [Heading] or a total", argument.at);
    }
  }

  std::string_view text_;
  std::span<const FormulaColumn> columns_;
  std::size_t at_ = 0;
  int depth_ = 0;
  Formula formula_;
};

}  // namespace

Formula parse_formula(std::string_view text, std::span<const FormulaColumn> columns) {
  if (text.size() > kMaxFormula) {
    throw Error(sqlstate::program_limit_exceeded, "a formula is too long",
                "It has " + std::to_string(text.size()) + " bytes; " + std::to_string(kMaxFormula) +
                    " are allowed.");
  }
  const auto is_control = [](char c) { return static_cast<unsigned char>(c) < 0x20; };
  const bool readable = spell::valid_utf8_prefix(text.data(), text.size()) == text.size();
  if (!readable || std::any_of(text.begin(), text.end(), is_control)) {
    throw Error(sqlstate::syntax_error,
                "formula is not valid: it has control characters or is not UTF-8");
  }
  return Parser(text, columns).parse();
}

}  // namespace pgexport
