// The EBNF of docs/template-language.md: read, derived from at random, and matched against tokens.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "dsl/lexer.h"

namespace pgexport::dsl {

struct EbnfNode {
  enum class Kind : std::uint8_t { terminal, rule, sequence, choice, optional, repeat };
  Kind kind = Kind::sequence;
  std::string text;  // of a terminal or a rule's name
  std::vector<std::unique_ptr<EbnfNode>> parts;
};

class Ebnf {
 public:
  // Throws std::runtime_error for text that is no EBNF of the kind that the page explains.
  explicit Ebnf(std::string_view text);

  // Names that are used but have no rule: the kinds of tokens.
  std::set<std::string> token_names() const;
  std::set<std::string> unused_rules(const std::string &start) const;

  // A random sentence; from `length` bytes on it takes the shortest way out.
  std::string derive(const std::string &start, std::uint64_t seed, std::size_t length) const;

  // True if all of `tokens`, but the end, are a sentence.
  bool matches(const std::string &start, const std::vector<Token> &tokens) const;

 private:
  class Reader;
  class Deriver;
  class Matcher;

  std::map<std::string, std::unique_ptr<EbnfNode>> rules_;
};

}  // namespace pgexport::dsl
