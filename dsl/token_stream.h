// The tokens of a template for a parser, with the comments between them.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "dsl/lexer.h"
#include "dsl/tree.h"

#include "core/no_postgres.h"

namespace pgexport::dsl {

// Thrown by a parser that cannot go on here, after it told the diagnostics why.
struct SyntaxFault {};

class TokenStream {
 public:
  // REQUIRES: `diagnostics` outlives the stream.
  TokenStream(Lexemes lexemes, Diagnostics &diagnostics);

  const Token &peek(std::size_t ahead = 0) const;
  const Token &take();            // stays at the end
  const Token &previous() const;  // REQUIRES: something was taken
  bool at_end() const { return peek().kind == TokenKind::end; }

  // Each takes the next token if it is the one asked for.
  bool take_word(std::string_view word);
  bool take_symbol(std::string_view symbol);
  bool take_words(std::string_view first, std::string_view second);

  // Each takes the next token or throws SyntaxFault.  `what` says what was expected: "a name".
  const Token &expect(TokenKind kind, std::string_view what);
  void expect_word(std::string_view word);
  void expect_symbol(std::string_view symbol);

  // Tells the diagnostics.
  void fault(Place place, std::string message, std::string hint = {});
  void limit_fault(Place place, std::string message, std::size_t limit);
  // Tells that the next token should be `what`, and throws.
  [[noreturn]] void fail_expected(std::string_view what, std::string hint = {});

  // From the first byte of `first` to the end of the last token that was taken.
  Place since(const Place &first) const;

  // Moves the comments that stand before the next token to the end of `list`.
  void take_comments(std::vector<std::string> &list);
  // Moves the comments within what was taken to `comments.before`, and the one that follows on the
  // line of the last taken token to `comments.after`, if there is none yet.
  void take_inner_comments(Comments &comments);
  // The same for a block whose brace was taken; a second comment for one place goes before it.
  void take_closing_comments(BlockComments &comments);

  Diagnostics &diagnostics() { return diagnostics_; }

 private:
  bool at_line_comment() const;

  std::vector<Token> tokens_;
  std::vector<Comment> comments_;
  std::size_t at_ = 0;
  std::size_t comment_at_ = 0;
  Diagnostics &diagnostics_;
};

// How messages call a token: "sheet", a text, the end of the template.
std::string token_name(const Token &token);

}  // namespace pgexport::dsl
