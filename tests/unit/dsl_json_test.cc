// Tree and JSON say the same; what is no tree is refused by its place.
#include "dsl/json_form.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "core/error.h"
#include "dsl/limits.h"
#include "dsl/parser.h"
#include "dsl/printer.h"
#include "template_generator.h"

namespace pgexport::dsl {
namespace {

using nlohmann::json;

constexpr int kTemplates = 2000;

Template tree_of(const std::string &source) {
  Diagnostics diagnostics;
  const std::optional<Template> tree = parse(source, diagnostics);
  if (!tree) ADD_FAILURE() << to_error(diagnostics, source).message();
  return tree.value_or(Template());
}

// The error of from_json() for the JSON of `source`, changed: `value` at `pointer`.
Error error_with(const std::string &source, const std::string &pointer, const json &value) {
  json document = json::parse(to_json(tree_of(source)));
  document[json::json_pointer(pointer)] = value;
  try {
    from_json(document.dump());
  } catch (const Error &error) {
    return error;
  }
  ADD_FAILURE() << "no error for " << pointer;
  return {"", ""};
}

std::string error_of(const std::string &text) {
  try {
    from_json(text);
  } catch (const Error &error) {
    return error.message();
  }
  return "";
}

TEST(Json, RandomTreesComeBack) {
  TemplateGenerator generator(7);
  for (int i = 0; i < kTemplates; ++i) {
    const Template tree = generator.next();
    const std::string text = to_json(tree);
    ASSERT_TRUE(from_json(text) == tree) << "template " << i << "\n" << text;
  }
}

TEST(Json, HasAStableShape) {
  const Template tree = tree_of(
      "# a\ntemplate t {\n param p text[]? = (\"x\")\n from s.r as e\n"
      " where e.a in $p\n sheet \"S\" { column \"A\" = sum(e.a) { total sum mask partial(1, 2) } "
      "}\n"
      " csv { dialect excel }\n}\n");
  EXPECT_EQ(json::parse(to_json(tree)), json::parse(R"({"language": 1, "template": {
    "name": "t",
    "parameters": [{"name": "p", "type": "text", "array": true, "optional": true,
                    "default": {"kind": "list", "items": [{"kind": "text", "value": "x"}]}}],
    "from": {"relation": {"schema": "s", "name": "r", "alias": "e"}},
    "where": [{"expression": {"kind": "in", "value": {"kind": "name", "parts": ["e", "a"]},
                              "set": {"kind": "parameter", "name": "p"}}}],
    "sections": [{"kind": "sheet", "name": "S", "columns": [
      {"heading": "A",
       "expression": {"kind": "call", "function": "sum",
                      "arguments": [{"kind": "name", "parts": ["e", "a"]}]},
       "total": "sum", "mask": {"kind": "partial", "first": 1, "last": 2}}]}],
    "formats": [{"format": "csv", "options": [{"name": "dialect", "value": {"word": "excel"}}]}],
    "comments": {"before": [" a"]}}})"));
  EXPECT_LT(to_json(tree).find("\"name\""), to_json(tree).find("\"sections\"")) << "fixed order";
}

TEST(Json, RefusesWhatIsNotADocument) {
  EXPECT_EQ(error_of(""), "the template is not valid JSON");
  EXPECT_EQ(error_of("[]"), "the template must be an object");
  EXPECT_EQ(error_of("{}"), "the template needs the key \"language\"");
  EXPECT_EQ(error_of(R"({"language": 1})"), "the template needs the key \"template\"");
  EXPECT_EQ(error_of(R"({"language": 2, "template": {"name": "t"}})"),
            "/language must be 1, the version of the language that is known here");
  EXPECT_EQ(error_of(R"({"language": 1, "template": {"name": "t"}, "x": 1})"),
            "the template has the unknown key \"x\"");
  EXPECT_EQ(error_of(R"({"language": 1, "template": {"name": "t", "name": "u"}})"),
            "the key \"name\" is given twice");
  EXPECT_EQ(error_of(std::string(kMaxJson + 1, ' ')), "the template is too long");
  EXPECT_EQ(error_of(R"({"language": 1, "template": {"name": "t"}})"), "");
}

TEST(Json, NamesThePlaceOfAFault) {
  const std::string source =
      "template t { param p text where $p = 'x' sheet \"S\" { column \"A\" = 1 limit 5 }"
      " csv { a 1 } }";
  const auto message = [&](const char *pointer, const json &value) {
    return error_with(source, pointer, value).message();
  };
  EXPECT_EQ(message("/template/sections/0/columns/0/heading", ""),
            "/template/sections/0/columns/0/heading must not be empty");
  EXPECT_EQ(message("/template/sections/0/columns/0/heading", 1),
            "/template/sections/0/columns/0/heading must be a text");
  EXPECT_EQ(message("/template/sections/0/columns/0/heading", std::string("a\0b", 3)),
            "/template/sections/0/columns/0/heading must not contain U+0000");
  EXPECT_EQ(message("/template/sections/0/limit/rows", 0),
            "/template/sections/0/limit/rows must be from 1 to 2^63 - 1");
  EXPECT_EQ(message("/template/sections/0/limit/rows", -1),
            "/template/sections/0/limit/rows must be a whole number, not negative");
  EXPECT_EQ(message("/template/sections/0/half", "yes"),
            "/template/sections/0/half must be true or false");
  EXPECT_EQ(message("/template/sections/0/columns/0/expression/digits", "1x"),
            "/template/sections/0/columns/0/expression/digits must be a number such as 12, 0.5 or "
            "1e-3");
  EXPECT_EQ(message("/template/parameters/0/type", "txet"),
            "/template/parameters/0/type is not known: \"txet\"");
  EXPECT_EQ(message("/template/parameters/0/name", "P p"),
            "/template/parameters/0/name must be a word in lower case");
  EXPECT_EQ(message("/template/formats/0/options/0/name", "landscape"),
            "/template/formats/0/options/0/name must be the name of an option");
  EXPECT_EQ(message("/template/parameters/1", {{"name", "p"}, {"type", "int"}}),
            "/template/parameters/1 has the name of another one");
  EXPECT_EQ(error_with(source, "/template/sections/0/colums", 1).hint(),
            "Did you mean \"columns\"?");
  EXPECT_EQ(error_with(source, "/template/where/0/expression/kind", "comparson").hint(),
            "Did you mean \"comparison\"?");
}

TEST(Json, RefusesTreesThatNoTextSays) {
  const std::string source = "template t { where a = b }";
  const auto message = [&](const json &expression) {
    return error_with(source, "/template/where/0/expression", expression).message();
  };
  const json one = {{"kind", "number"}, {"digits", "1"}};
  const json list = {{"kind", "list"}, {"items", {one}}};
  EXPECT_EQ(message(list), "/template/where/0/expression must not be a list or a period here");
  EXPECT_EQ(message({{"kind", "in"}, {"value", one}, {"set", one}}),
            "/template/where/0/expression/set must be a list, a period, a preset, a parameter, a "
            "name or a call");
  EXPECT_EQ(message({{"kind", "in"}, {"value", list}, {"set", list}}),
            "/template/where/0/expression/value must not be a list or a period here");
  EXPECT_EQ(message({{"kind", "and"}, {"members", {one}}}),
            "/template/where/0/expression/members must be at least two");
  EXPECT_EQ(message({{"kind", "chain"}, {"operands", {one, one, one}}, {"operators", {"+", "*"}}}),
            "/template/where/0/expression/operators must bind alike: + and -, or * / and %, or ||");
  EXPECT_EQ(message({{"kind", "chain"}, {"operands", {one}}, {"operators", json::array()}}),
            "/template/where/0/expression/operators must be one less than operands, at least one");
  EXPECT_EQ(message({{"kind", "call"}, {"function", "select"}}),
            "/template/where/0/expression/function must be the name of a function");
  EXPECT_EQ(message({{"kind", "call"}, {"function", "f"}, {"star", true}, {"arguments", {one}}}),
            "/template/where/0/expression/star stands in the place of arguments");
  EXPECT_EQ(message({{"kind", "name"}, {"parts", {""}}}),
            "/template/where/0/expression/parts must be one or more names");
  EXPECT_EQ(error_with("template t { param p int = 1 }", "/template/parameters/0/default",
                       {{"kind", "name"}, {"parts", {"a"}}})
                .message(),
            "/template/parameters/0/default must be a constant");
}

TEST(Json, HoldsTheLimitsOfTheText) {
  json deep = {{"kind", "null"}};
  for (int i = 1; i < kMaxNesting; ++i) deep = {{"kind", "not"}, {"operand", deep}};
  json document = json::parse(to_json(tree_of("template t { where a }")));
  document["template"]["where"][0]["expression"] = deep;
  Diagnostics diagnostics;
  EXPECT_TRUE(parse(print(from_json(document.dump())), diagnostics)) << "32 levels are no error";
  document["template"]["where"][0]["expression"] = {{"kind", "not"}, {"operand", deep}};
  EXPECT_NE(error_of(document.dump()).find("is nested too deeply"), std::string::npos);

  const json section = {{"kind", "text"}, {"name", "x"}};
  for (std::size_t i = 0; i <= kMaxSections; ++i) document["template"]["sections"][i] = section;
  document["template"].erase("where");
  EXPECT_EQ(error_of(document.dump()), "/template/sections has too many members");

  document["template"]["sections"] = json::array();
  document["template"]["title"]["text"] = std::string(kMaxSource, 'x');
  EXPECT_EQ(error_of(document.dump()), "the template is too long");
}

TEST(Json, TrimsCommentsAndRefusesLines) {
  json document = json::parse(to_json(tree_of("template t { }")));
  document["template"]["comments"]["before"] = {" kept \t"};
  EXPECT_EQ(from_json(document.dump()).comments.before.front(), " kept");
  document["template"]["comments"]["before"] = {"a\nwhere true"};
  EXPECT_EQ(error_of(document.dump()), "/template/comments/before must not have a line break");
}

}  // namespace
}  // namespace pgexport::dsl
