#include "dsl/token_stream.h"

#include <algorithm>
#include <utility>

namespace pgexport::dsl {

TokenStream::TokenStream(Lexemes lexemes, Diagnostics &diagnostics)
    : tokens_(std::move(lexemes.tokens)),
      comments_(std::move(lexemes.comments)),
      diagnostics_(diagnostics) {}

const Token &TokenStream::peek(std::size_t ahead) const {
  return tokens_[std::min(at_ + ahead, tokens_.size() - 1)];
}

const Token &TokenStream::take() {
  const Token &token = peek();
  if (token.kind != TokenKind::end) ++at_;
  return token;
}

const Token &TokenStream::previous() const { return tokens_[at_ - 1]; }

bool TokenStream::take_word(std::string_view word) {
  if (!peek().is_word(word)) return false;
  take();
  return true;
}

bool TokenStream::take_symbol(std::string_view symbol) {
  if (!peek().is_symbol(symbol)) return false;
  take();
  return true;
}

bool TokenStream::take_words(std::string_view first, std::string_view second) {
  if (!peek().is_word(first) || !peek(1).is_word(second)) return false;
  take();
  take();
  return true;
}

const Token &TokenStream::expect(TokenKind kind, std::string_view what) {
  if (peek().kind != kind) fail_expected(what);
  return take();
}

void TokenStream::expect_word(std::string_view word) {
  if (!take_word(word)) fail_expected("\"" + std::string(word) + "\"");
}

void TokenStream::expect_symbol(std::string_view symbol) {
  if (!take_symbol(symbol)) fail_expected("\"" + std::string(symbol) + "\"");
}

void TokenStream::fault(Place place, std::string message, std::string hint) {
  diagnostics_.error(sqlstate::syntax_error, place, std::move(message), std::move(hint));
}

void TokenStream::limit_fault(Place place, std::string message, std::size_t limit) {
  diagnostics_.error(sqlstate::program_limit_exceeded, place, std::move(message),
                     "The limit is " + std::to_string(limit) + ".");
}

void TokenStream::fail_expected(std::string_view what, std::string hint) {
  fault(peek().place, "expected " + std::string(what) + ", found " + token_name(peek()),
        std::move(hint));
  throw SyntaxFault();
}

Place TokenStream::since(const Place &first) const {
  Place place = first;
  const Place &last = previous().place;
  place.length = last.offset + last.length - first.offset;
  return place;
}

void TokenStream::take_comments(std::vector<std::string> &list) {
  while (comment_at_ < comments_.size() &&
         comments_[comment_at_].place.offset < peek().place.offset) {
    list.push_back(std::move(comments_[comment_at_++].text));
  }
}

void TokenStream::take_inner_comments(Comments &comments) {
  const Token &last = previous();
  while (comment_at_ < comments_.size() &&
         comments_[comment_at_].place.offset < last.place.offset) {
    comments.before.push_back(std::move(comments_[comment_at_++].text));
  }
  if (comments.after.empty() && at_line_comment()) {
    comments.after = std::move(comments_[comment_at_++].text);
  }
}

void TokenStream::take_closing_comments(BlockComments &comments) {
  take_inner_comments(comments);
  if (at_line_comment()) comments.closing.push_back(std::move(comments_[comment_at_++].text));
}

// True if a comment follows the last token on its line.
bool TokenStream::at_line_comment() const {
  if (comment_at_ == comments_.size()) return false;
  const Place &next = comments_[comment_at_].place;
  return next.line == previous().last_line && next.offset < peek().place.offset;
}

std::string token_name(const Token &token) {
  switch (token.kind) {
    case TokenKind::end: return "the end of the template";
    case TokenKind::quoted: return "the text " + quoted_excerpt(token.text);
    case TokenKind::literal: return "the literal " + quoted_excerpt(token.text);
    case TokenKind::parameter: return quoted_excerpt("$" + token.text);
    default: return quoted_excerpt(token.text);
  }
}

}  // namespace pgexport::dsl
