// For any tree the compiler gives SQL that is its own in every word, or faults.
#include <gtest/gtest.h>

#include <cstdlib>

#include "catalog_vocabulary.h"
#include "compile_fixture.h"
#include "formats/json/json_format.h"
#include "sql_words.h"

namespace pgexport::dsl {
namespace {

constexpr int kExpressions = 10000;
constexpr int kTemplates = 2000;

std::uint64_t seed() {
  const char *given = std::getenv("CHECK_SEED");
  return given ? std::strtoull(given, nullptr, 10) : 1;
}

class CompileProperty : public CompileTest {
 protected:
  // The outcome of a tree; every statement in it is checked.
  bool compiles(const Template &tree) {
    Diagnostics diagnostics;
    const std::vector<const Format *> formats = {&csv_format(), &json_format()};
    const auto compiled = compile(
        {tree, catalog_, clock_, "", Missing::assumed, json_format(), formats}, diagnostics);
    EXPECT_NE(compiled.has_value(), diagnostics.has_errors());
    if (!compiled) return false;
    for (const CompiledSection &section : compiled->sections) {
      EXPECT_EQ(words_.foreign(section.sql, section.args.size()), "") << section.sql;
      for (const BoundArgument &arg : section.args) {
        EXPECT_EQ(words_.foreign("$1::" + arg.type, 1), "") << arg.type;
        if (arg.value) {
          EXPECT_EQ(arg.value->find('\0'), std::string::npos);
        }
      }
    }
    return true;
  }

  Template tree_of(const std::string &source) {
    Diagnostics diagnostics;
    return parse(source, diagnostics).value();
  }

  SqlWords words_{names_of(catalog_.relations())};
};

TEST_F(CompileProperty, FindsWhatIsForeign) {
  EXPECT_EQ(words_.foreign(R"(SELECT t1."hours" AS c1)", 0), "");
  EXPECT_EQ(words_.foreign("$1::pg_catalog.text[]", 1), "");
  for (const char *sql : {"SELECT 'x'",
                          "$2",
                          "$0",
                          "$",
                          R"(t1."nothing")",
                          "pg_catalog.pg_sleep(1)",
                          "hours",
                          "42",
                          "; DROP",
                          "--",
                          "/*",
                          "OPERATOR(public.=)",
                          "\"hours",
                          "U&\"x\"",
                          "E'x'",
                          "t",
                          "c1x",
                          "$$x$$",
                          "OPERATOR(pg_catalog.)",
                          "<"}) {
    EXPECT_NE(words_.foreign(sql, 1), "") << sql;
  }
}

TEST_F(CompileProperty, RandomExpressionsBecomeOnlyTheCompilersWords) {
  TemplateGenerator generator(seed(), vocabulary_of(catalog_));
  Template condition = tree_of(with_where("true"));
  Template column = tree_of(with_column("true"));
  int compiled = 0;
  for (int i = 0; i < kExpressions; i++) {
    const Expression expression = generator.expression(1 + i % 4);
    condition.where[0].expression = expression;
    compiled += compiles(condition) ? 1 : 0;
    std::get<Sheet>(column.sections[0]).query.columns[0].value = expression;
    compiled += compiles(column) ? 1 : 0;
  }
  EXPECT_GT(compiled, kExpressions / 20) << "too few to tell anything";
}

TEST_F(CompileProperty, RandomTemplatesBecomeOnlyTheCompilersWords) {
  TemplateGenerator generator(seed(), vocabulary_of(catalog_));
  for (int i = 0; i < kTemplates; i++) compiles(generator.next());
}

// A name of a hundred kinds as column, alias, heading, text and parameter: it stays what it is.
TEST_F(CompileProperty, HostileTextsStayValues) {
  const std::vector<std::string> hostile = {"'; DROP TABLE x; --",
                                            "\"; DROP TABLE x; --",
                                            "$1",
                                            "$$x$$",
                                            "%s",
                                            "{{x}}",
                                            ":name",
                                            "/* x */",
                                            "-- x",
                                            "\\",
                                            "\\'",
                                            "''",
                                            "\"\"",
                                            "E'x'",
                                            "U&'\\0041'",
                                            "x\ny",
                                            "\t",
                                            "é",
                                            "\u202E",
                                            "\u200B",
                                            "null",
                                            "NULL",
                                            "select",
                                            "c1",
                                            "t1",
                                            "pg_catalog",
                                            ";",
                                            "(",
                                            ")",
                                            "1); --",
                                            "[Hours]",
                                            " "};
  for (const std::string &text : hostile) {
    Template tree = tree_of(
        "template t { param p text = \"x\" from time_entries as e where e.task = $p\n"
        "sheet \"S\" { group by e.task column \"C\" = e.task || 'x' || e.meta.\"k\" order by "
        "e.task }\n"
        "nest \"N\" in \"S\" { column \"D\" = e.id order by e.id } }");
    // The column must be grouped by: group by what it is.
    auto &sheet = std::get<Sheet>(tree.sections[0]);
    const Expression literal{TextLiteral{text}, {}};
    sheet.query.columns[0].value = Expression{
        Chain{{sheet.query.group_by.keys[0], literal}, {ChainOperator::concatenate}}, {}};
    sheet.query.columns[0].heading = text;
    sheet.head.name = text;
    tree.nests[0].parent.heading = text;
    tree.nests[0].name = "n" + text;
    tree.nests[0].query.columns[0].heading = text;
    tree.name = text;
    tree.from->relation.alias = text;
    tree.parameters[0].name = text;
    tree.parameters[0].default_value = literal;
    const auto rename = [&](Expression &expression) {
      std::get<Name>(expression.node).parts[0] = text;
    };
    auto &comparison = std::get<Comparison>(tree.where[0].expression.node);
    rename(*comparison.left);
    *comparison.right = {ParameterUse{text}, {}};
    rename(sheet.query.group_by.keys[0]);
    rename(sheet.query.order_by.keys[0].expression);
    rename(std::get<Chain>(std::get<Expression>(sheet.query.columns[0].value).node).operands[0]);
    rename(std::get<Expression>(tree.nests[0].query.columns[0].value));
    rename(tree.nests[0].query.order_by.keys[0].expression);
    EXPECT_TRUE(compiles(tree)) << text;
  }
}

}  // namespace
}  // namespace pgexport::dsl
