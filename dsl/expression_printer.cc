#include "dsl/expression_printer.h"

#include <array>
#include <cstdio>
#include <utility>

#include "dsl/overload.h"
#include "dsl/printer.h"
#include "dsl/utf8.h"
#include "dsl/words.h"

namespace pgexport::dsl {

namespace {

// How tightly a node binds: the level of its production.  A child of a lower level than its place
// asks for is put in parentheses.
enum class Level : std::uint8_t {
  disjunction,
  conjunction,
  negation,
  predicate,
  concatenation,
  sum,
  product,
  sign,
  cast,
  primary,
};

Level next(Level level) { return static_cast<Level>(static_cast<int>(level) + 1); }

Level level_of(ChainOperator op) {
  switch (op) {
    case ChainOperator::concatenate: return Level::concatenation;
    case ChainOperator::add:
    case ChainOperator::subtract: return Level::sum;
    default: return Level::product;
  }
}

// The nodes of `x not in …`: written with the `not` behind the value.
bool takes_inner_not(const Expression &expression) {
  return std::visit(Overload{
                        [](const Between &) { return true; },
                        [](const In &) { return true; },
                        [](const IsEmpty &) { return true; },
                        [](const TextMatch &) { return true; },
                        [](const Has &) { return true; },
                        [](const Search &) { return true; },
                        [](const Matches &) { return true; },
                        [](const auto &) { return false; },
                    },
                    expression.node);
}

Level level_of(const Expression &expression) {
  return std::visit(Overload{
                        [](const Or &) { return Level::disjunction; },
                        [](const And &) { return Level::conjunction; },
                        [](const Not &node) {
                          return takes_inner_not(*node.operand) ? Level::predicate
                                                                : Level::negation;
                        },
                        [](const Comparison &) { return Level::predicate; },
                        [](const Between &) { return Level::predicate; },
                        [](const In &) { return Level::predicate; },
                        [](const IsEmpty &) { return Level::predicate; },
                        [](const TextMatch &) { return Level::predicate; },
                        [](const Has &) { return Level::predicate; },
                        [](const Search &) { return Level::predicate; },
                        [](const Matches &) { return Level::predicate; },
                        [](const Chain &node) { return level_of(node.operators.front()); },
                        [](const Negative &) { return Level::sign; },
                        [](const Cast &) { return Level::cast; },
                        [](const auto &) { return Level::primary; },
                    },
                    expression.node);
}

bool must_escape(char32_t c) {
  const bool control = c < 0x20 || (c >= 0x7F && c < 0xA0);
  const bool turns = c == 0x61C || c == 0x200E || c == 0x200F || (c >= 0x202A && c <= 0x202E) ||
                     (c >= 0x2066 && c <= 0x2069);
  return control || turns || c == 0x2028 || c == 0x2029 || c == 0xFEFF;
}

// The characters that must be escaped are all below U+10000.
void append_escape(std::string &out, char32_t c) {
  std::array<char, 8> escape{};
  std::snprintf(escape.data(), escape.size(), "\\u%04X", static_cast<unsigned>(c));
  out += escape.data();
}

class ExpressionPrinter {
 public:
  // `constant`: texts are in double quotes.
  ExpressionPrinter(std::string &out, bool constant) : out_(out), constant_(constant) {}

  // Parentheses around what binds looser than `least`.
  void print(const Expression &expression, Level least) {
    const bool bare = level_of(expression) >= least;
    if (!bare) out_ += '(';
    std::visit([this](const auto &node) { write(node); }, expression.node);
    if (!bare) out_ += ')';
  }

 private:
  void write(const NullLiteral &) { out_ += "null"; }
  void write(const BooleanLiteral &node) { out_ += node.value ? "true" : "false"; }
  void write(const NumberLiteral &node) { out_ += node.digits; }

  void write(const TextLiteral &node) {
    if (constant_) return append_text(out_, node.value);
    out_ += '\'';
    for (const char c : node.value) out_.append(c == '\'' ? 2 : 1, c);
    out_ += '\'';
  }

  void write(const PresetUse &node) { out_ += word_of(node.preset); }

  void write(const Duration &node) {
    out_.append(std::to_string(node.count)).append(" ").append(word_of(node.unit));
    if (node.count != 1) out_ += 's';
  }

  void write(const Name &node) {
    append_name(out_, node.parts.front());
    for (std::size_t i = 1; i < node.parts.size(); ++i) {
      out_ += '.';
      append_part(node.parts[i]);
    }
  }

  // Behind a dot every word is a name.
  void append_part(std::string_view part) {
    if (is_plain_word(part)) {
      out_ += part;
    } else {
      append_text(out_, part);
    }
  }

  void write(const ParameterUse &node) { out_.append("$").append(node.name); }

  void write(const Call &node) {
    out_.append(node.function).append("(");
    if (node.distinct) out_ += "distinct ";
    if (node.star) out_ += '*';
    list(node.arguments);
    out_ += ')';
    if (!node.filter) return;
    out_ += " filter (where ";
    print(**node.filter, Level::disjunction);
    out_ += ')';
  }

  void write(const Case &node) {
    out_ += "case";
    if (node.operand) {
      out_ += ' ';
      print(**node.operand, Level::disjunction);
    }
    for (const CaseBranch &branch : node.branches) {
      out_ += " when ";
      print(branch.when, Level::disjunction);
      out_ += " then ";
      print(branch.then, Level::disjunction);
    }
    if (node.otherwise) {
      out_ += " else ";
      print(**node.otherwise, Level::disjunction);
    }
    out_ += " end";
  }

  void write(const Cast &node) {
    print(*node.operand, Level::cast);
    out_.append("::").append(word_of(node.type));
  }

  // Two signs are kept apart: -- would be a comment in SQL, and is none here.
  void write(const Negative &node) {
    out_ += '-';
    if (std::holds_alternative<Negative>(node.operand->node)) out_ += ' ';
    print(*node.operand, Level::sign);
  }

  void write(const Chain &node) {
    const Level operand = next(level_of(node.operators.front()));
    print(node.operands.front(), operand);
    for (std::size_t i = 0; i < node.operators.size(); ++i) {
      out_.append(" ").append(word_of(node.operators[i])).append(" ");
      print(node.operands[i + 1], operand);
    }
  }

  void write(const Comparison &node) {
    print(*node.left, Level::concatenation);
    out_.append(" ").append(word_of(node.op)).append(" ");
    print(*node.right, Level::concatenation);
  }

  void write(const Between &node) {
    value(*node.value);
    out_ += "between ";
    print(*node.low, Level::concatenation);
    out_ += " and ";
    print(*node.high, Level::concatenation);
  }

  void write(const In &node) {
    value(*node.value);
    out_ += "in ";
    print(*node.set, Level::primary);
  }

  void write(const IsEmpty &node) {
    const bool negated = std::exchange(inner_not_, false);
    print(*node.value, Level::concatenation);
    out_ += negated ? " is not empty" : " is empty";
  }

  void write(const TextMatch &node) {
    value(*node.value);
    out_.append(word_of(node.kind)).append(node.exact ? " exact " : " ");
    print(*node.pattern, Level::concatenation);
  }

  void write(const Has &node) {
    value(*node.value);
    out_.append("has ").append(word_of(node.kind)).append(" ");
    print(*node.set, Level::primary);
  }

  void write(const Search &node) {
    if (node.columns.size() == 1) {
      value(node.columns.front());
    } else {
      const bool negated = std::exchange(inner_not_, false);
      out_ += '(';
      list(node.columns);
      out_ += negated ? ") not " : ") ";
    }
    out_ += "search ";
    print(*node.query, Level::concatenation);
  }

  void write(const Matches &node) {
    value(*node.value);
    out_ += "matches ";
    print(*node.pattern, Level::concatenation);
  }

  void write(const Not &node) {
    inner_not_ = takes_inner_not(*node.operand);
    if (!inner_not_) out_ += "not ";
    print(*node.operand, inner_not_ ? Level::predicate : Level::negation);
  }

  void write(const And &node) { members(node.members, " and ", Level::negation); }
  void write(const Or &node) { members(node.members, " or ", Level::conjunction); }

  void write(const List &node) {
    out_ += '(';
    list(node.items);
    out_ += ')';
  }

  void write(const Period &node) {
    out_ += "from ";
    print(*node.from, Level::sum);
    out_ += " to ";
    print(*node.to, Level::sum);
  }

  // What a condition is about, and the `not` that a Not around it left to be written.
  void value(const Expression &expression) {
    const bool negated = std::exchange(inner_not_, false);
    print(expression, Level::concatenation);
    out_ += negated ? " not " : " ";
  }

  void list(const std::vector<Expression> &items) {
    std::string_view separator;
    for (const Expression &item : items) {
      out_ += separator;
      print(item, Level::disjunction);
      separator = ", ";
    }
  }

  void members(const std::vector<Expression> &list, std::string_view separator, Level least) {
    print(list.front(), least);
    for (std::size_t i = 1; i < list.size(); ++i) {
      out_ += separator;
      print(list[i], least);
    }
  }

  std::string &out_;
  const bool constant_;
  bool inner_not_ = false;  // the node that is written next has a `not` behind its value
};

}  // namespace

void append_expression(std::string &out, const Expression &expression) {
  ExpressionPrinter(out, false).print(expression, Level::disjunction);
}

void append_conjunct(std::string &out, const Expression &expression) {
  ExpressionPrinter(out, false).print(expression, Level::negation);
}

void append_constant(std::string &out, const Expression &expression) {
  ExpressionPrinter(out, true).print(expression, Level::disjunction);
}

void append_text(std::string &out, std::string_view text) {
  out += '"';
  for (std::size_t at = 0; at < text.size();) {
    const Character c = character_at(text, at);
    if (c.code == '"' || c.code == '\\') {
      out.append("\\").append(text, at, 1);
    } else if (c.code == '\n') {
      out += "\\n";
    } else if (must_escape(c.code)) {
      append_escape(out, c.code);
    } else {
      out.append(text, at, c.length);
    }
    at += c.length;
  }
  out += '"';
}

void append_name(std::string &out, std::string_view name) {
  if (is_plain_word(name) && !is_reserved(name)) {
    out += name;
  } else {
    append_text(out, name);
  }
}

std::string print_expression(const Expression &expression) {
  std::string out;
  append_expression(out, expression);
  return out;
}

std::string print_text(std::string_view text) {
  std::string out;
  append_text(out, text);
  return out;
}

}  // namespace pgexport::dsl
