#include "dsl/format_parser.h"

#include <utility>

#include "dsl/words.h"

namespace pgexport::dsl {

namespace {

OptionAtom read_atom(TokenStream &stream) {
  const bool negative = stream.take_symbol("-");
  const Token &token = stream.peek();
  if (token.kind == TokenKind::number) {
    return OptionNumber{(negative ? "-" : "") + stream.take().text};
  }
  if (negative) stream.fail_expected("a number after \"-\"");
  if (token.kind == TokenKind::quoted) return OptionText{stream.take().text};
  if (token.kind == TokenKind::word) return OptionWord{stream.take().text};
  stream.fail_expected("the value of the option",
                       "It is a word, a number, a text or a list in parentheses.");
}

OptionValue read_value(TokenStream &stream) {
  if (!stream.take_symbol("(")) {
    return std::visit([](auto atom) { return OptionValue(std::move(atom)); }, read_atom(stream));
  }
  OptionList list;
  if (!stream.peek().is_symbol(")")) {
    do {
      list.items.push_back(read_atom(stream));
    } while (stream.take_symbol(","));
  }
  stream.expect_symbol(")");
  return list;
}

FormatOption read_option(TokenStream &stream) {
  FormatOption option;
  stream.take_comments(option.comments.before);
  const Token &name = stream.expect(TokenKind::word, "the name of an option");
  option.name = name.text;
  option.place = name.place;
  option.value_place = name.place;
  if (name.text == "landscape" || name.text == "portrait") {
    option.name = "orientation";
    option.value = OptionWord{name.text};
  } else if (name.text == "freeze") {
    stream.expect_word("header");
    option.name = "freeze_header";
    option.value = OptionWord{"on"};
  } else {
    const Place first = stream.peek().place;
    option.value = read_value(stream);
    option.value_place = stream.since(first);
  }
  stream.take_inner_comments(option.comments);
  return option;
}

// Goes on at the end of the block: without its value an option's end is not known.
void skip_block(TokenStream &stream) {
  while (!stream.at_end() && !stream.peek().is_symbol("}")) stream.take();
}

void check_once(TokenStream &stream, const FormatBlock &block) {
  const FormatOption &last = block.options.back();
  for (const FormatOption &option : block.options) {
    if (&option != &last && option.name == last.name) {
      stream.fault(last.place, quoted_excerpt(last.name) + " is given twice in this block");
      return;
    }
  }
}

}  // namespace

FormatBlock parse_format(TokenStream &stream) {
  FormatBlock block;
  stream.take_comments(block.comments.before);
  const Token &name = stream.take();
  block.format = *find_word<FormatName>(name.text);
  block.place = name.place;
  stream.expect_symbol("{");
  stream.take_inner_comments(block.comments);
  while (!stream.at_end() && !stream.peek().is_symbol("}")) {
    try {
      block.options.push_back(read_option(stream));
      check_once(stream, block);
    } catch (const SyntaxFault &) {
      skip_block(stream);
    }
  }
  stream.take_comments(block.comments.closing);
  stream.expect_symbol("}");
  stream.take_closing_comments(block.comments);
  return block;
}

}  // namespace pgexport::dsl
