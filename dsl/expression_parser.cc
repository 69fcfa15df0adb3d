#include "dsl/expression_parser.h"

#include <array>
#include <charconv>
#include <utility>

#include "dsl/limits.h"
#include "dsl/words.h"
#include "formats/option_error.h"

namespace pgexport::dsl {

namespace {

// Items that a person forgot to write an expression before.
constexpr std::array<std::string_view, 8> kItemWords = {"column", "metric", "sheet", "nest",
                                                        "chart",  "group",  "text",  "summary"};

class ExpressionParser {
 public:
  explicit ExpressionParser(TokenStream &stream) : stream_(stream) {}

  Expression expression() { return disjunction(); }

  Expression constant();
  std::vector<Condition> conditions(Comments comments);

 private:
  // Counts what a parser's own stack holds.
  class Nested {
   public:
    explicit Nested(ExpressionParser &parser) : parser_(parser) {
      if (++parser.nesting_ > kMaxNesting) parser.too_deep(parser.stream_.peek().place);
    }
    Nested(const Nested &) = delete;
    Nested &operator=(const Nested &) = delete;
    ~Nested() { --parser_.nesting_; }

   private:
    ExpressionParser &parser_;
  };

  Expression disjunction();
  Expression conjunction();
  Expression negation();
  Expression predicate();
  Expression concatenation();
  Expression sum();
  Expression product();
  Expression sign();
  Expression cast();
  Expression primary();

  Expression comparison(Expression left, ComparisonOperator op);
  Expression condition_word(Expression left, bool negated);
  Expression between(Expression value);
  Expression in(Expression value);
  Expression is_empty(Expression value);
  Expression text_match(Expression value, TextMatchKind kind);
  Expression has(Expression value);
  Expression search(std::vector<Expression> columns, const Place &first);
  Expression matches(Expression value);

  Expression set();
  Expression list();
  Expression period();
  Expression tuple_search();
  Expression parenthesised();
  Expression number();
  Expression word();
  Expression call();
  Expression arguments(Call call, const Place &first);
  Expression case_of();
  Expression name();

  Expression constant_list();
  Expression constant_period();
  Expression constant_sum();
  Expression constant_term();

  bool at_condition_word() const;
  bool at_tuple() const;
  CastType cast_type();

  template <typename Node>
  Expression made(Node node, const Place &first) const {
    return {std::move(node), stream_.since(first)};
  }

  template <typename Operand>
  Expression chain(std::span<const ChainOperator> operators, Operand operand);

  [[noreturn]] void too_deep(Place place) {
    stream_.limit_fault(place, "the expression is nested too deeply", kMaxNesting);
    throw SyntaxFault();
  }

  TokenStream &stream_;
  int nesting_ = 0;
};

Expression ExpressionParser::disjunction() {
  const Place first = stream_.peek().place;
  Expression left = conjunction();
  if (!stream_.peek().is_word("or")) return left;
  Or node;
  node.members.push_back(std::move(left));
  while (stream_.take_word("or")) node.members.push_back(conjunction());
  return made(std::move(node), first);
}

Expression ExpressionParser::conjunction() {
  const Place first = stream_.peek().place;
  Expression left = negation();
  if (!stream_.peek().is_word("and")) return left;
  And node;
  node.members.push_back(std::move(left));
  while (stream_.take_word("and")) node.members.push_back(negation());
  return made(std::move(node), first);
}

Expression ExpressionParser::negation() {
  const Place first = stream_.peek().place;
  if (!stream_.take_word("not")) return predicate();
  const Nested nested(*this);
  return made(Not{negation()}, first);
}

Expression ExpressionParser::predicate() {
  if (at_tuple()) return tuple_search();
  Expression left = concatenation();
  const Token &next = stream_.peek();
  if (next.kind == TokenKind::symbol) {
    const auto op = find_word<ComparisonOperator>(next.text);
    return op ? comparison(std::move(left), *op) : left;
  }
  if (next.is_word("like") || next.is_word("ilike")) {
    stream_.fail_expected("a condition", "Write contains, starts with, ends with or matches.");
  }
  const bool negated = next.is_word("not") && stream_.peek(1).kind == TokenKind::word;
  if (negated) stream_.take();
  if (!at_condition_word()) {
    if (negated) stream_.fail_expected("in, between, contains or another condition after \"not\"");
    return left;
  }
  return condition_word(std::move(left), negated);
}

bool ExpressionParser::at_condition_word() const {
  const Token &next = stream_.peek();
  const Token &second = stream_.peek(1);
  if (next.is_word("starts") || next.is_word("ends")) return second.is_word("with");
  return next.is_word("between") || next.is_word("in") || next.is_word("is") ||
         next.is_word("contains") || next.is_word("has") || next.is_word("search") ||
         next.is_word("matches");
}

// What follows a value by a word; `negated` if there was a `not` before it.
Expression ExpressionParser::condition_word(Expression left, bool negated) {
  const Place first = left.place;
  const auto condition = [&]() -> Expression {
    if (stream_.take_word("between")) return between(std::move(left));
    if (stream_.take_word("in")) return in(std::move(left));
    if (stream_.take_word("is")) return is_empty(std::move(left));
    if (stream_.take_word("contains")) return text_match(std::move(left), TextMatchKind::contains);
    if (stream_.take_words("starts", "with")) {
      return text_match(std::move(left), TextMatchKind::starts_with);
    }
    if (stream_.take_words("ends", "with")) {
      return text_match(std::move(left), TextMatchKind::ends_with);
    }
    if (stream_.take_word("has")) return has(std::move(left));
    if (stream_.take_word("search")) return search({std::move(left)}, first);
    stream_.expect_word("matches");
    return matches(std::move(left));
  };
  Expression result = condition();
  if (!negated) return result;
  return made(Not{std::move(result)}, first);
}

Expression ExpressionParser::comparison(Expression left, ComparisonOperator op) {
  const Place first = left.place;
  stream_.take();
  Expression right = concatenation();
  if (stream_.peek().kind == TokenKind::symbol &&
      find_word<ComparisonOperator>(stream_.peek().text)) {
    stream_.fail_expected("the end of the comparison",
                          "Comparisons do not chain; join two of them by and.");
  }
  return made(Comparison{op, std::move(left), std::move(right)}, first);
}

Expression ExpressionParser::between(Expression value) {
  const Place first = value.place;
  Expression low = concatenation();
  stream_.expect_word("and");
  Expression high = concatenation();
  return made(Between{std::move(value), std::move(low), std::move(high)}, first);
}

Expression ExpressionParser::in(Expression value) {
  const Place first = value.place;
  Expression right = set();
  return made(In{std::move(value), std::move(right)}, first);
}

// `is` was taken.
Expression ExpressionParser::is_empty(Expression value) {
  const Place first = value.place;
  const bool negated = stream_.take_word("not");
  if (!stream_.take_word("empty")) {
    stream_.fail_expected(negated ? "\"empty\"" : "\"empty\" or \"not empty\"",
                          stream_.peek().is_word("null") ? "A null is empty too." : "");
  }
  Expression result = made(IsEmpty{std::move(value)}, first);
  if (!negated) return result;
  return made(Not{std::move(result)}, first);
}

Expression ExpressionParser::text_match(Expression value, TextMatchKind kind) {
  const Place first = value.place;
  const bool exact = stream_.take_word("exact");
  Expression pattern = concatenation();
  return made(TextMatch{kind, exact, std::move(value), std::move(pattern)}, first);
}

Expression ExpressionParser::has(Expression value) {
  const Place first = value.place;
  const Token &next = stream_.peek();
  const auto kind = next.kind == TokenKind::word ? find_word<HasKind>(next.text) : std::nullopt;
  if (!kind) stream_.fail_expected("any, all or none after \"has\"");
  stream_.take();
  Expression right = set();
  return made(Has{*kind, std::move(value), std::move(right)}, first);
}

Expression ExpressionParser::search(std::vector<Expression> columns, const Place &first) {
  Expression query = concatenation();
  return made(Search{std::move(columns), std::move(query)}, first);
}

Expression ExpressionParser::matches(Expression value) {
  const Place first = value.place;
  Expression pattern = concatenation();
  return made(Matches{std::move(value), std::move(pattern)}, first);
}

Expression ExpressionParser::set() {
  if (stream_.peek().is_symbol("(")) return list();
  if (stream_.peek().is_word("from")) return period();
  Expression result = primary();
  if (is_set(result)) return result;
  stream_.fault(result.place, "expected a list, a period or a parameter",
                "A list is written in parentheses: (1, 2, 3).");
  throw SyntaxFault();
}

Expression ExpressionParser::list() {
  const Nested nested(*this);
  const Place first = stream_.peek().place;
  stream_.expect_symbol("(");
  List node;
  if (!stream_.peek().is_symbol(")")) {
    do {
      if (stream_.peek().is_word("select")) {
        stream_.fail_expected("a value", "A template has no sub-selects; use a join.");
      }
      node.items.push_back(expression());
    } while (stream_.take_symbol(","));
  }
  stream_.expect_symbol(")");
  return made(std::move(node), first);
}

Expression ExpressionParser::period() {
  const Place first = stream_.peek().place;
  stream_.expect_word("from");
  Expression from = sum();
  stream_.expect_word("to");
  Expression to = sum();
  return made(Period{std::move(from), std::move(to)}, first);
}

// True before "(a, b": only a search has a list on its left.
bool ExpressionParser::at_tuple() const {
  if (!stream_.peek().is_symbol("(")) return false;
  int open = 0;
  for (std::size_t i = 0; stream_.peek(i).kind != TokenKind::end; ++i) {
    const Token &token = stream_.peek(i);
    if (token.is_symbol("(")) ++open;
    if (token.is_symbol(")") && --open == 0) return false;
    if (token.is_symbol(",") && open == 1) return true;
    if (token.is_symbol("{") || token.is_symbol("}")) return false;
  }
  return false;
}

Expression ExpressionParser::tuple_search() {
  const Place first = stream_.peek().place;
  Expression columns = list();
  const bool negated = stream_.take_words("not", "search");
  if (!negated && !stream_.take_word("search")) {
    stream_.fail_expected("\"search\" after a list of columns",
                          "A list stands on the left side of search only.");
  }
  Expression result = search(std::move(std::get<List>(columns.node).items), first);
  if (!negated) return result;
  return made(Not{std::move(result)}, first);
}

template <typename Operand>
Expression ExpressionParser::chain(std::span<const ChainOperator> operators, Operand operand) {
  const Place first = stream_.peek().place;
  Chain node;
  node.operands.push_back(operand());
  const auto at_operator = [&]() -> std::optional<ChainOperator> {
    if (stream_.peek().kind != TokenKind::symbol) return std::nullopt;
    for (const ChainOperator op : operators) {
      if (stream_.peek().text == word_of(op)) return op;
    }
    return std::nullopt;
  };
  while (const auto op = at_operator()) {
    stream_.take();
    node.operators.push_back(*op);
    node.operands.push_back(operand());
  }
  if (node.operators.empty()) return std::move(node.operands.front());
  return made(std::move(node), first);
}

Expression ExpressionParser::concatenation() {
  static constexpr std::array kOperators = {ChainOperator::concatenate};
  return chain(kOperators, [this] { return sum(); });
}

Expression ExpressionParser::sum() {
  static constexpr std::array kOperators = {ChainOperator::add, ChainOperator::subtract};
  return chain(kOperators, [this] { return product(); });
}

Expression ExpressionParser::product() {
  static constexpr std::array kOperators = {ChainOperator::multiply, ChainOperator::divide,
                                            ChainOperator::modulo};
  return chain(kOperators, [this] { return sign(); });
}

Expression ExpressionParser::sign() {
  const Place first = stream_.peek().place;
  if (!stream_.take_symbol("-")) return cast();
  const Nested nested(*this);
  return made(Negative{sign()}, first);
}

Expression ExpressionParser::cast() {
  const Place first = stream_.peek().place;
  Expression result = primary();
  for (int casts = 1; stream_.take_symbol("::"); ++casts) {
    if (casts > kMaxNesting) too_deep(stream_.previous().place);
    const CastType type = cast_type();
    result = made(Cast{std::move(result), type}, first);
  }
  return result;
}

CastType ExpressionParser::cast_type() {
  const Token &token = stream_.peek();
  const auto type = token.kind == TokenKind::word ? find_word<CastType>(token.text) : std::nullopt;
  if (!type) {
    stream_.fail_expected("a type after \"::\"", suggest(token.text, words_of<CastType>()));
  }
  stream_.take();
  return *type;
}

Expression ExpressionParser::primary() {
  const Token &token = stream_.peek();
  switch (token.kind) {
    case TokenKind::number: return number();
    case TokenKind::literal: return made(TextLiteral{stream_.take().text}, token.place);
    case TokenKind::parameter: return made(ParameterUse{stream_.take().text}, token.place);
    case TokenKind::quoted: return name();
    case TokenKind::word: return word();
    default: break;
  }
  if (token.is_symbol("(")) return parenthesised();
  stream_.fail_expected("an expression");
}

Expression ExpressionParser::parenthesised() {
  const Nested nested(*this);
  stream_.expect_symbol("(");
  if (stream_.peek().is_word("select")) {
    stream_.fail_expected("an expression", "A template has no sub-selects; use a join.");
  }
  Expression result = expression();
  if (stream_.peek().is_symbol(",")) {
    stream_.fail_expected("\")\"", "A list stands after in and has, and before search.");
  }
  stream_.expect_symbol(")");
  return result;
}

// The unit that `word` names, in singular or plural.
std::optional<DurationUnit> find_unit(std::string_view word) {
  if (const auto unit = find_word<DurationUnit>(word)) return unit;
  if (word.empty() || word.back() != 's') return std::nullopt;
  return find_word<DurationUnit>(word.substr(0, word.size() - 1));
}

Expression ExpressionParser::number() {
  const Token &token = stream_.take();
  const Token &next = stream_.peek();
  const auto unit = next.kind == TokenKind::word ? find_unit(next.text) : std::nullopt;
  if (!unit) return made(NumberLiteral{token.text}, token.place);
  std::uint32_t count = 0;
  const char *end = token.text.data() + token.text.size();
  const auto [stop, error] = std::from_chars(token.text.data(), end, count);
  if (error != std::errc() || stop != end) {
    stream_.fault(token.place, "a duration needs a whole number of " + next.text);
    throw SyntaxFault();
  }
  stream_.take();
  return made(Duration{count, *unit}, token.place);
}

Expression ExpressionParser::word() {
  const Token &token = stream_.peek();
  if (token.text == "case") return case_of();
  const bool before_parenthesis = stream_.peek(1).is_symbol("(");
  if (before_parenthesis && is_function_word(token.text)) return call();
  const bool before_dot = stream_.peek(1).is_symbol(".");
  if (!before_dot) {
    if (const auto preset = find_word<Preset>(token.text)) {
      return made(PresetUse{*preset}, stream_.take().place);
    }
    if (token.text == "null") return made(NullLiteral{}, stream_.take().place);
    if (token.text == "true" || token.text == "false") {
      const bool value = token.text == "true";
      return made(BooleanLiteral{value}, stream_.take().place);
    }
  }
  if (is_reserved(token.text)) {
    stream_.fail_expected("an expression", "As a name it is written in double quotes.");
  }
  const bool is_item =
      std::find(kItemWords.begin(), kItemWords.end(), token.text) != kItemWords.end() &&
      stream_.peek(1).kind == TokenKind::quoted;
  if (is_item) stream_.fail_expected("an expression");
  return name();
}

Expression ExpressionParser::name() {
  const Place first = stream_.peek().place;
  Name node;
  do {
    const Token &part = stream_.peek();
    if (part.kind != TokenKind::word && part.kind != TokenKind::quoted) {
      stream_.fail_expected("a name after \".\"",
                            part.is_symbol("*") ? "Name the columns one by one." : "");
    }
    if (part.text.empty()) {
      stream_.fault(part.place, "a name must not be empty");
      throw SyntaxFault();
    }
    node.parts.push_back(stream_.take().text);
  } while (stream_.take_symbol("."));
  if (stream_.peek().is_symbol("(")) {
    stream_.fault(first, "a function is named without schema and quotes",
                  "Only functions of the language can be called.");
    throw SyntaxFault();
  }
  return made(std::move(node), first);
}

Expression ExpressionParser::call() {
  const Nested nested(*this);
  const Token &token = stream_.take();
  Call node;
  node.function = token.text;
  stream_.expect_symbol("(");
  return arguments(std::move(node), token.place);
}

// The opening parenthesis was taken.
Expression ExpressionParser::arguments(Call call, const Place &first) {
  if (stream_.take_symbol("*")) {
    call.star = true;
  } else if (!stream_.peek().is_symbol(")")) {
    call.distinct = stream_.take_word("distinct");
    do {
      call.arguments.push_back(expression());
    } while (stream_.take_symbol(","));
  }
  stream_.expect_symbol(")");
  if (stream_.peek().is_word("filter") && stream_.peek(1).is_symbol("(")) {
    stream_.take();
    stream_.take();
    stream_.expect_word("where");
    call.filter = expression();
    stream_.expect_symbol(")");
  }
  return made(std::move(call), first);
}

Expression ExpressionParser::case_of() {
  const Nested nested(*this);
  const Place first = stream_.take().place;
  Case node;
  if (!stream_.peek().is_word("when")) node.operand = expression();
  if (!stream_.peek().is_word("when")) stream_.fail_expected("\"when\"");
  while (stream_.take_word("when")) {
    Expression when = expression();
    stream_.expect_word("then");
    Expression then = expression();
    node.branches.push_back({std::move(when), std::move(then)});
  }
  if (stream_.take_word("else")) node.otherwise = expression();
  if (!stream_.take_word("end")) stream_.fail_expected("\"when\", \"else\" or \"end\"");
  return made(std::move(node), first);
}

// ---- Constants
// ------------------------------------------------------------------------------------

Expression ExpressionParser::constant() {
  if (stream_.peek().is_symbol("(")) return constant_list();
  if (stream_.peek().is_word("from")) return constant_period();
  return constant_sum();
}

Expression ExpressionParser::constant_list() {
  const Place first = stream_.take().place;
  List node;
  if (!stream_.peek().is_symbol(")")) {
    do {
      node.items.push_back(constant_term());
    } while (stream_.take_symbol(","));
  }
  stream_.expect_symbol(")");
  return made(std::move(node), first);
}

Expression ExpressionParser::constant_period() {
  const Place first = stream_.take().place;
  Expression from = constant_sum();
  stream_.expect_word("to");
  Expression to = constant_sum();
  return made(Period{std::move(from), std::move(to)}, first);
}

Expression ExpressionParser::constant_sum() {
  static constexpr std::array kOperators = {ChainOperator::add, ChainOperator::subtract};
  return chain(kOperators, [this] { return constant_term(); });
}

Expression ExpressionParser::constant_term() {
  const Place first = stream_.peek().place;
  if (stream_.peek().kind == TokenKind::quoted) {
    return made(TextLiteral{stream_.take().text}, first);
  }
  if (stream_.take_symbol("-")) {
    const Token &digits = stream_.expect(TokenKind::number, "a number after \"-\"");
    return made(Negative{made(NumberLiteral{digits.text}, digits.place)}, first);
  }
  const Token &token = stream_.peek();
  const bool word = token.kind == TokenKind::word;
  if (token.kind == TokenKind::number) return number();
  if (token.kind == TokenKind::literal ||
      (word && (token.text == "null" || token.text == "true" || token.text == "false" ||
                find_word<Preset>(token.text)))) {
    return primary();
  }
  stream_.fail_expected("a constant", word ? suggest(token.text, words_of<Preset>()) : "");
}

// ---- Conditions
// -----------------------------------------------------------------------------------

std::vector<Condition> ExpressionParser::conditions(Comments comments) {
  const Place first = stream_.peek().place;
  std::vector<Condition> members;
  do {
    Condition condition;
    condition.comments = std::exchange(comments, {});
    condition.expression = negation();
    stream_.take_inner_comments(condition.comments);
    members.push_back(std::move(condition));
    if (stream_.peek().is_word("and")) stream_.take_comments(comments.before);
  } while (stream_.take_word("and"));
  if (!stream_.peek().is_word("or")) return members;

  // `or` binds looser: all of it is one condition.
  Condition whole;
  And conjunction;
  for (Condition &member : members) {
    auto &before = whole.comments.before;
    before.insert(before.end(), member.comments.before.begin(), member.comments.before.end());
    if (!member.comments.after.empty()) before.push_back(member.comments.after);
    conjunction.members.push_back(std::move(member.expression));
  }
  Or disjunction;
  disjunction.members.push_back(conjunction.members.size() == 1
                                    ? std::move(conjunction.members.front())
                                    : made(std::move(conjunction), first));
  while (stream_.take_word("or")) disjunction.members.push_back(this->conjunction());
  whole.expression = made(std::move(disjunction), first);
  stream_.take_inner_comments(whole.comments);
  std::vector<Condition> result;
  result.push_back(std::move(whole));
  return result;
}

}  // namespace

// ---- Entries
// --------------------------------------------------------------------------------------

namespace {

// The parser's own nesting bounds its stack, the tree's depth that of everything behind it.
void check_depth(TokenStream &stream, const Expression &expression) {
  if (depth(expression) <= kMaxNesting) return;
  stream.limit_fault(expression.place, "the expression is nested too deeply", kMaxNesting);
  throw SyntaxFault();
}

}  // namespace

Expression parse_expression(TokenStream &stream) {
  Expression result = ExpressionParser(stream).expression();
  check_depth(stream, result);
  return result;
}

Expression parse_constant(TokenStream &stream) { return ExpressionParser(stream).constant(); }

std::vector<Condition> parse_conditions(TokenStream &stream, Comments comments) {
  std::vector<Condition> result = ExpressionParser(stream).conditions(std::move(comments));
  for (const Condition &condition : result) check_depth(stream, condition.expression);
  return result;
}

}  // namespace pgexport::dsl
