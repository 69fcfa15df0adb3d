// Cuts the text of a template into tokens and comments.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "dsl/diagnostics.h"
#include "dsl/place.h"

#include "core/no_postgres.h"

namespace pgexport::dsl {

enum class TokenKind : std::uint8_t {
  word,       // template, e, hours; folded to lower case
  quoted,     // "…": a text or a name, by where it stands; escapes are resolved
  literal,    // '…': a text within an expression; '' is resolved
  number,     // 12, 0.5, 1e-3; as written
  parameter,  // $name; without the $, folded to lower case
  symbol,     // { } ( ) [ ] , . :: = <> < <= > >= + - * / % || ?    (!= becomes <>)
  end,
};

struct Token {
  TokenKind kind = TokenKind::end;
  bool first_on_line = false;
  std::string text;
  Place place;
  std::uint32_t last_line = 0;  // a literal may go over several

  bool is_word(std::string_view word) const { return kind == TokenKind::word && text == word; }
  bool is_symbol(std::string_view symbol) const {
    return kind == TokenKind::symbol && text == symbol;
  }
};

struct Comment {
  std::string text;  // without #
  Place place;
};

struct Lexemes {
  std::vector<Token> tokens;  // the last one is the end
  std::vector<Comment> comments;
};

// Reads `source` whatever it holds.  What is wrong goes to `diagnostics`; tokens go on behind it.
// A source that is too long or not UTF-8, or that holds U+0000, has no tokens but the end.
Lexemes tokenize(std::string_view source, Diagnostics &diagnostics);

}  // namespace pgexport::dsl
