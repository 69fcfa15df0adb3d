#include "dsl/block_parser.h"

#include <charconv>

namespace pgexport::dsl {

namespace {

// True if `item`, one or two words, is what comes next.
bool is_next(const TokenStream &stream, std::string_view item) {
  const std::size_t space = item.find(' ');
  if (!stream.peek().is_word(item.substr(0, space))) return false;
  return space == std::string_view::npos || stream.peek(1).is_word(item.substr(space + 1));
}

}  // namespace

bool BlockParser::begins_item(const Token &token) const {
  return token.kind == TokenKind::word &&
         std::find(rules_.items.begin(), rules_.items.end(), token.text) != rules_.items.end();
}

void BlockParser::check_item() {
  const Token &token = stream_.peek();
  if (!begins_item(token)) {
    const std::string_view hint_for =
        token.kind == TokenKind::word ? token.text : std::string_view();
    stream_.fault(token.place, token_name(token) + " is not known in " + std::string(rules_.owner),
                  suggest(hint_for, rules_.items));
    throw SyntaxFault();
  }
  // The longest match counts: `group by` is not `group`.
  std::string_view found;
  for (const std::string_view item : rules_.once) {
    if (item.size() > found.size() && is_next(stream_, item)) found = item;
  }
  if (found.empty()) return;
  if (std::find(seen_.begin(), seen_.end(), found) != seen_.end()) {
    stream_.fault(token.place,
                  "\"" + std::string(found) + "\" is given twice in " + std::string(rules_.owner));
  }
  seen_.push_back(found);
}

// Goes on with the next line that begins an item, or at the end of the block.
void BlockParser::recover(const Token &first) {
  if (&stream_.peek() == &first) stream_.take();
  int open = 0;
  while (!stream_.at_end()) {
    const Token &token = stream_.peek();
    if (open == 0 && token.is_symbol("}")) return;
    if (open == 0 && token.first_on_line && begins_item(token)) return;
    if (token.is_symbol("{")) ++open;
    if (token.is_symbol("}")) --open;
    stream_.take();
  }
}

void BlockParser::close() {
  if (stream_.take_symbol("}")) return;
  if (stream_.diagnostics().full()) throw SyntaxFault();
  stream_.fail_expected("\"}\" at the end of " + std::string(rules_.owner));
}

Comments begin_comments(TokenStream &stream) {
  Comments comments;
  stream.take_comments(comments.before);
  return comments;
}

std::string read_text(TokenStream &stream, std::string_view what) {
  const bool literal = stream.peek().kind == TokenKind::literal;
  if (stream.peek().kind != TokenKind::quoted) {
    stream.fail_expected(std::string(what) + " in double quotes",
                         literal ? "Single quotes are for values in expressions." : "");
  }
  return stream.take().text;
}

std::string read_name(TokenStream &stream, std::string_view what) {
  const Place place = stream.peek().place;
  std::string text = read_text(stream, what);
  if (!text.empty()) return text;
  stream.fault(place, std::string(what) + " must not be empty");
  throw SyntaxFault();
}

std::uint64_t read_integer(TokenStream &stream, std::string_view what, std::uint64_t least,
                           std::uint64_t most) {
  const Token &token = stream.expect(TokenKind::number, what);
  std::uint64_t value = 0;
  const char *end = token.text.data() + token.text.size();
  const auto [stop, error] = std::from_chars(token.text.data(), end, value);
  if (error == std::errc() && stop == end && value >= least && value <= most) return value;
  stream.fault(token.place, std::string(what) + " must be a whole number from " +
                                std::to_string(least) + " to " + std::to_string(most));
  throw SyntaxFault();
}

}  // namespace pgexport::dsl
