#include "ebnf.h"

#include <algorithm>
#include <limits>
#include <stdexcept>

#include "dsl/words.h"

namespace pgexport::dsl {

using Kind = EbnfNode::Kind;
using NodePtr = std::unique_ptr<EbnfNode>;

// ---- Reading
// --------------------------------------------------------------------------------------

class Ebnf::Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) { next(); }

  std::map<std::string, NodePtr> rules() {
    std::map<std::string, NodePtr> rules;
    while (!token_.empty()) {
      const std::string name = take();
      expect("=");
      if (!rules.emplace(name, choice()).second) throw std::runtime_error(name + " comes twice");
      expect(";");
    }
    return rules;
  }

 private:
  void next() {
    const std::size_t begin = text_.find_first_not_of(" \n");
    text_.remove_prefix(std::min(begin, text_.size()));
    std::size_t length = text_.empty() ? 0 : 1;
    if (text_.starts_with('"')) {
      length = text_.find('"', 1) + 1;
    } else {
      while (length < text_.size() && is_letter(text_[0]) && is_letter(text_[length])) ++length;
    }
    token_ = text_.substr(0, length);
    text_.remove_prefix(length);
  }
  static bool is_letter(char c) { return (c >= 'a' && c <= 'z') || c == '_'; }

  std::string take() {
    std::string token = token_;
    next();
    return token;
  }
  void expect(std::string_view token) {
    if (token_ != token) throw std::runtime_error("expected " + std::string(token));
    next();
  }

  static NodePtr node(Kind kind) {
    auto made = std::make_unique<EbnfNode>();
    made->kind = kind;
    return made;
  }

  NodePtr choice() {
    NodePtr made = node(Kind::choice);
    do {
      if (token_ == "|") next();
      made->parts.push_back(sequence());
    } while (token_ == "|");
    return made;
  }

  NodePtr sequence() {
    NodePtr made = node(Kind::sequence);
    while (!token_.empty() && std::string_view("|;)]}").find(token_[0]) == std::string_view::npos) {
      made->parts.push_back(factor());
    }
    return made;
  }

  NodePtr factor() {
    const std::string token = take();
    if (token == "(" || token == "[" || token == "{") {
      NodePtr made = node(token == "["   ? Kind::optional
                          : token == "{" ? Kind::repeat
                                         : Kind::sequence);
      made->parts.push_back(choice());
      expect(token == "(" ? ")" : token == "[" ? "]" : "}");
      return made;
    }
    NodePtr made = node(token[0] == '"' ? Kind::terminal : Kind::rule);
    made->text = token[0] == '"' ? token.substr(1, token.size() - 2) : token;
    return made;
  }

  std::string_view text_;
  std::string token_;
};

Ebnf::Ebnf(std::string_view text) : rules_(Reader(text).rules()) {}

namespace {

void collect_names(const EbnfNode &node, std::set<std::string> &names) {
  if (node.kind == Kind::rule) names.insert(node.text);
  for (const NodePtr &part : node.parts) collect_names(*part, names);
}

}  // namespace

std::set<std::string> Ebnf::token_names() const {
  std::set<std::string> names;
  for (const auto &[name, rule] : rules_) collect_names(*rule, names);
  std::erase_if(names, [this](const std::string &name) { return rules_.contains(name); });
  return names;
}

std::set<std::string> Ebnf::unused_rules(const std::string &start) const {
  std::set<std::string> names;
  for (const auto &[name, rule] : rules_) collect_names(*rule, names);
  std::set<std::string> unused;
  for (const auto &[name, rule] : rules_) {
    if (name != start && !names.contains(name)) unused.insert(name);
  }
  return unused;
}

// ---- Deriving
// -------------------------------------------------------------------------------------

class Ebnf::Deriver {
 public:
  Deriver(const Ebnf &grammar, std::uint64_t seed) : grammar_(grammar), state_(seed) {
    for (const auto &[name, rule] : grammar.rules_) heights_[name] = kEndless;
    for (bool changed = true; changed;) {
      changed = false;
      for (const auto &[name, rule] : grammar.rules_) {
        const int height = height_of(*rule) + 1;
        changed |= height < heights_[name];
        heights_[name] = std::min(heights_[name], height);
      }
    }
  }

  std::string derive(const std::string &start, std::size_t length) {
    length_ = length;
    derive_rule(start);
    return std::move(out_);
  }

 private:
  static constexpr int kEndless = 1000000;

  std::uint64_t below(std::uint64_t n) {
    state_ = state_ * 6364136223846793005U + 1442695040888963407U;
    return (state_ >> 33U) % n;
  }

  int height_of(const EbnfNode &node) const {
    int height = node.kind == Kind::choice ? kEndless : 0;
    switch (node.kind) {
      case Kind::terminal:
      case Kind::optional:
      case Kind::repeat: return 0;
      case Kind::rule: {
        const auto found = heights_.find(node.text);
        return found == heights_.end() ? 0 : found->second;
      }
      case Kind::sequence:
        for (const NodePtr &part : node.parts) height = std::max(height, height_of(*part));
        return height;
      case Kind::choice:
        for (const NodePtr &part : node.parts) height = std::min(height, height_of(*part));
        return height;
    }
    return height;
  }

  bool long_enough() const { return out_.size() >= length_; }

  void put(std::string_view token) { out_.append(token).append(" "); }

  void derive_rule(const std::string &name) {
    const auto found = grammar_.rules_.find(name);
    if (found != grammar_.rules_.end()) return derive_node(*found->second);
    static const std::map<std::string, std::vector<std::string>> kTokens = {
        {"word", {"alpha", "beta", "é1"}},
        {"text", {"\"x\"", "\"a \\\" b\""}},
        {"value", {"'v'", "''", "'it''s'"}},
        {"number", {"1", "20"}},
        {"parameter", {"$p", "$period"}},
        {"identifier", {"alpha", "\"Beta\"", "column"}},
        {"quoted", {"\"Q\""}},
        {"function", {"sum", "left"}}};
    const auto &spellings = kTokens.at(name);
    put(spellings[below(spellings.size())]);
  }

  void derive_node(const EbnfNode &node) {
    switch (node.kind) {
      case Kind::terminal: return put(node.text);
      case Kind::rule: return derive_rule(node.text);
      case Kind::sequence:
        for (const NodePtr &part : node.parts) derive_node(*part);
        return;
      case Kind::optional:
        if (!long_enough() && below(2) == 0) derive_node(*node.parts.front());
        return;
      case Kind::repeat:
        for (std::uint64_t n = below(4); n > 0 && !long_enough(); --n) {
          derive_node(*node.parts.front());
        }
        return;
      case Kind::choice: return derive_choice(node);
    }
  }

  void derive_choice(const EbnfNode &node) {
    if (!long_enough()) return derive_node(*node.parts[below(node.parts.size())]);
    const auto shortest = std::min_element(
        node.parts.begin(), node.parts.end(),
        [this](const NodePtr &a, const NodePtr &b) { return height_of(*a) < height_of(*b); });
    derive_node(**shortest);
  }

  const Ebnf &grammar_;
  std::uint64_t state_;
  std::map<std::string, int> heights_;  // of the shortest derivation of each rule
  std::size_t length_ = 0;
  std::string out_;
};

std::string Ebnf::derive(const std::string &start, std::uint64_t seed, std::size_t length) const {
  return Deriver(*this, seed).derive(start, length);
}

// ---- Matching
// -------------------------------------------------------------------------------------

class Ebnf::Matcher {
 public:
  using Ends = std::vector<std::size_t>;  // each once

  Matcher(const Ebnf &grammar, const std::vector<Token> &tokens)
      : grammar_(grammar), tokens_(tokens) {}

  // Where a match of `node` that begins at `begin` can end.
  Ends ends(const EbnfNode &node, std::size_t begin) {
    switch (node.kind) {
      case Kind::terminal: {
        const Token &token = tokens_[begin];
        return one_if(token.is_word(node.text) || token.is_symbol(node.text), begin + 1);
      }
      case Kind::rule: return rule_ends(node.text, begin);
      case Kind::sequence: return sequence_ends(node, begin);
      case Kind::repeat: return repeat_ends(*node.parts.front(), begin);
      case Kind::optional: {
        Ends result = ends(*node.parts.front(), begin);
        add(result, {begin});
        return result;
      }
      case Kind::choice: break;
    }
    Ends result;
    for (const NodePtr &part : node.parts) add(result, ends(*part, begin));
    return result;
  }

 private:
  static Ends one_if(bool holds, std::size_t end) { return holds ? Ends{end} : Ends{}; }

  static void add(Ends &list, const Ends &more) {
    for (const std::size_t end : more) {
      if (std::find(list.begin(), list.end(), end) == list.end()) list.push_back(end);
    }
  }

  Ends rule_ends(const std::string &name, std::size_t begin) {
    const auto found = grammar_.rules_.find(name);
    if (found == grammar_.rules_.end()) return one_if(is_token(name, tokens_[begin]), begin + 1);
    const EbnfNode &rule = *found->second;
    const auto key = std::make_pair(&rule, begin);
    const auto known = memo_.find(key);
    if (known != memo_.end()) return known->second;
    return memo_[key] = ends(rule, begin);
  }

  Ends sequence_ends(const EbnfNode &node, std::size_t begin) {
    Ends reached = {begin};
    for (const NodePtr &part : node.parts) {
      Ends after;
      for (const std::size_t at : reached) add(after, ends(*part, at));
      reached = std::move(after);
    }
    return reached;
  }

  // Grows while it is read.
  Ends repeat_ends(const EbnfNode &part, std::size_t begin) {
    Ends reached = {begin};
    for (std::size_t i = 0; i < reached.size(); ++i) add(reached, ends(part, reached[i]));
    return reached;
  }

  static bool is_token(std::string_view name, const Token &token) {
    if (name == "text" || name == "quoted") return token.kind == TokenKind::quoted;
    if (name == "value") return token.kind == TokenKind::literal;
    if (name == "number") return token.kind == TokenKind::number;
    if (name == "parameter") return token.kind == TokenKind::parameter;
    if (name == "identifier" && token.kind == TokenKind::quoted) return true;
    if (token.kind != TokenKind::word) return false;
    if (name == "word") return true;
    return name == "function" ? is_function_word(token.text) : !is_reserved(token.text);
  }

  const Ebnf &grammar_;
  const std::vector<Token> &tokens_;
  std::map<std::pair<const EbnfNode *, std::size_t>, Ends> memo_;
};

bool Ebnf::matches(const std::string &start, const std::vector<Token> &tokens) const {
  const Matcher::Ends ends = Matcher(*this, tokens).ends(*rules_.at(start), 0);
  return std::find(ends.begin(), ends.end(), tokens.size() - 1) != ends.end();
}

}  // namespace pgexport::dsl
