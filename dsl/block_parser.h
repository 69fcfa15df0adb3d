// Reads the items between braces, with recovery: what every block of the language shares.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "dsl/token_stream.h"
#include "dsl/words.h"

#include "core/no_postgres.h"

namespace pgexport::dsl {

// What a kind of block may hold.
struct BlockRules {
  std::string_view owner;                   // for messages: "a sheet"
  std::span<const std::string_view> items;  // words that an item begins with
  std::span<const std::string_view> once;   // items, by one or two words, that come at most once
};

class BlockParser {
 public:
  // REQUIRES: `stream` and `rules` outlive the parser.
  BlockParser(TokenStream &stream, const BlockRules &rules) : stream_(stream), rules_(rules) {}

  // Reads `{ item* }`.  `item` reads one item; its first word, which is one of the rules' items,
  // was not taken.  What stands before the first item is a comment of the block.
  template <typename Item>
  void read(BlockComments &comments, Item item) {
    stream_.expect_symbol("{");
    stream_.take_inner_comments(comments);
    read_items(item);
    stream_.take_comments(comments.closing);
    close();
    stream_.take_closing_comments(comments);
  }

  // Reads `{ item* }` if there is a brace.  All comments within belong to the item before it.
  template <typename Item>
  void read_options(Item item) {
    if (!stream_.take_symbol("{")) return;
    read_items(item);
    close();
  }

 private:
  template <typename Item>
  void read_items(Item item) {
    while (!stream_.at_end() && !stream_.peek().is_symbol("}") && !stream_.diagnostics().full()) {
      const Token &first = stream_.peek();
      try {
        check_item();
        item();
      } catch (const SyntaxFault &) {
        recover(first);
      }
    }
  }

  void check_item();
  bool begins_item(const Token &token) const;
  void recover(const Token &first);
  void close();

  TokenStream &stream_;
  const BlockRules &rules_;
  std::vector<std::string_view> seen_;
};

// Comments of an item whose first word is next.
Comments begin_comments(TokenStream &stream);

// A text in double quotes; throws SyntaxFault.  `what` is for messages: "a title".
std::string read_text(TokenStream &stream, std::string_view what);
// The same, not empty.
std::string read_name(TokenStream &stream, std::string_view what);

// A word of `Enum` beyond the first `skipped`.
template <typename Enum>
Enum read_choice(TokenStream &stream, std::string_view what, std::size_t skipped = 0) {
  const Token &token = stream.peek();
  const auto words = words_of<Enum>(skipped);
  if (token.kind != TokenKind::word ||
      std::find(words.begin(), words.end(), token.text) == words.end()) {
    stream.fail_expected(what, suggest(token.text, words));
  }
  return *find_word<Enum>(stream.take().text);
}

// A whole number from `least` to `most`.
std::uint64_t read_integer(TokenStream &stream, std::string_view what, std::uint64_t least,
                           std::uint64_t most);

}  // namespace pgexport::dsl
