#include "dsl/source_parser.h"

#include <array>
#include <utility>

#include "dsl/block_parser.h"
#include "dsl/expression_parser.h"

namespace pgexport::dsl {

namespace {

constexpr std::array<std::string_view, 2> kParameterOptions = {"label", "description"};
constexpr BlockRules kParameterRules = {"a parameter", kParameterOptions, kParameterOptions};

// What can be written for a type: `choice` is `one of (…)`.
constexpr std::span<const std::string_view> kTypeWords =
    words_of<ParameterType>().first(words_of<ParameterType>().size() - 1);

void read_choices(TokenStream &stream, Parameter &parameter) {
  stream.expect_word("of");
  stream.expect_symbol("(");
  do {
    parameter.choices.push_back(read_text(stream, "a choice"));
  } while (stream.take_symbol(","));
  stream.expect_symbol(")");
}

void read_type(TokenStream &stream, Parameter &parameter) {
  if (stream.take_word("one")) {
    parameter.type = ParameterType::choice;
    read_choices(stream, parameter);
  } else {
    const Token &token = stream.peek();
    const bool known =
        token.kind == TokenKind::word &&
        std::find(kTypeWords.begin(), kTypeWords.end(), token.text) != kTypeWords.end();
    if (!known) {
      const bool word = token.kind == TokenKind::word;
      stream.fail_expected("a type or one of (…)", word ? suggest(token.text, kTypeWords) : "");
    }
    parameter.type = *find_word<ParameterType>(stream.take().text);
  }
  if (stream.take_symbol("[")) {
    stream.expect_symbol("]");
    parameter.array = true;
  }
}

// An unquoted word may name a relation unless the grammar gives it a meaning there.
std::string relation_part(TokenStream &stream, std::string_view what) {
  const Token &token = stream.peek();
  if (token.kind != TokenKind::word && token.kind != TokenKind::quoted) stream.fail_expected(what);
  if (token.kind == TokenKind::word && is_reserved(token.text)) {
    stream.fail_expected(what, "As a name it is written in double quotes.");
  }
  if (token.text.empty()) stream.fail_expected(what);
  return stream.take().text;
}

Relation read_relation(TokenStream &stream) {
  const Place first = stream.peek().place;
  Relation relation;
  relation.name = relation_part(stream, "the name of a relation");
  if (stream.take_symbol(".")) {
    relation.schema = std::exchange(relation.name, relation_part(stream, "the name of a relation"));
  }
  if (stream.peek().is_symbol(".")) {
    stream.fail_expected("the end of the name", "It is at most a schema and a relation.");
  }
  relation.place = stream.since(first);
  if (stream.take_word("as")) relation.alias = relation_part(stream, "another name");
  return relation;
}

}  // namespace

Parameter parse_parameter(TokenStream &stream) {
  Parameter parameter;
  parameter.comments = begin_comments(stream);
  stream.expect_word("param");
  const Token &name = stream.expect(TokenKind::word, "the name of the parameter");
  parameter.name = name.text;
  parameter.place = name.place;
  read_type(stream, parameter);
  parameter.optional = stream.take_symbol("?");
  if (stream.take_symbol("=")) parameter.default_value = parse_constant(stream);
  BlockParser(stream, kParameterRules).read_options([&] {
    const bool label = stream.take().text == "label";
    (label ? parameter.label : parameter.description) = read_text(stream, "a text");
  });
  stream.take_inner_comments(parameter.comments);
  return parameter;
}

From parse_from(TokenStream &stream) {
  From from;
  from.comments = begin_comments(stream);
  stream.expect_word("from");
  from.relation = read_relation(stream);
  stream.take_inner_comments(from.comments);
  return from;
}

Join parse_join(TokenStream &stream) {
  Join join;
  join.comments = begin_comments(stream);
  join.left = stream.take_word("left");
  stream.expect_word("join");
  join.relation = read_relation(stream);
  stream.expect_word("on");
  join.on = parse_expression(stream);
  stream.take_inner_comments(join.comments);
  return join;
}

}  // namespace pgexport::dsl
