// Text and tree say the same, whatever the tree.
#include "dsl/printer.h"

#include <gtest/gtest.h>

#include "dsl/parser.h"
#include "template_generator.h"

namespace pgexport::dsl {
namespace {

constexpr int kTemplates = 10000;

std::optional<Template> read(const std::string &source) {
  Diagnostics diagnostics;
  std::optional<Template> tree = parse(source, diagnostics);
  for (const Diagnostic &diagnostic : diagnostics.list()) {
    ADD_FAILURE() << describe(diagnostic, source) << "\n" << source;
  }
  return tree;
}

// The canonical text of `source`.
std::string canonical(const std::string &source) {
  const std::optional<Template> tree = read(source);
  return tree ? print(*tree) : "";
}

TEST(Printer, RandomTreesComeBackFromTheirText) {
  TemplateGenerator generator(20261124);
  for (int i = 0; i < kTemplates; ++i) {
    const Template tree = generator.next();
    const std::string source = print(tree);
    const std::optional<Template> back = read(source);
    ASSERT_TRUE(back) << "template " << i;
    ASSERT_EQ(source, print(*back)) << "template " << i;
    ASSERT_TRUE(*back == tree) << "template " << i << "\n" << source;
  }
}

TEST(Printer, BringsItemsIntoOneOrder) {
  EXPECT_EQ(canonical("TEMPLATE T{csv{dialect excel} sheet \"S\"{limit 3 order by A desc column "
                      "\"A\"=a{total sum format \"0\"}where a>1 and(b)page break title\"x\"}"
                      "where c from x as y param p int description \"d\" title \"t\"}"),
            "template t {\n"
            "  title \"t\"\n"
            "  description \"d\"\n"
            "\n"
            "  param p int\n"
            "\n"
            "  from x as y\n"
            "\n"
            "  where c\n"
            "\n"
            "  sheet \"S\" {\n"
            "    title \"x\"\n"
            "    page break\n"
            "    where a > 1\n"
            "      and b\n"
            "    column \"A\" = a { format \"0\" total sum }\n"
            "    order by a desc\n"
            "    limit 3\n"
            "  }\n"
            "\n"
            "  csv {\n"
            "    dialect excel\n"
            "  }\n"
            "}\n");
}

TEST(Printer, KeepsCommentsWhereTheyStand) {
  const std::string source =
      "# before the template\n"
      "template t {  # behind its brace\n"
      "  # before the parameter\n"
      "  param p text[]?  # behind it\n"
      "\n"
      "  where a in $p  # first condition\n"
      "    # before the second\n"
      "    and b\n"
      "\n"
      "  sheet \"S\" {  # behind the brace of the sheet\n"
      "    # before the column\n"
      "    column \"A\" = a { total sum }  # behind it\n"
      "    chart bar { value \"A\" }  # behind the chart\n"
      "    # at the end of the sheet\n"
      "  }\n"
      "\n"
      "  pdf {\n"
      "    # before the option\n"
      "    page a4  #behind it, without a space\n"
      "  }\n"
      "  # at the end of the template\n"
      "}\n"
      "# behind the template\n";
  EXPECT_EQ(canonical(source), source);
}

TEST(Printer, MovesCommentsOutOfLines) {
  EXPECT_EQ(canonical("template t { sheet \"S\" {\n"
                      "  column \"A\" = a +  # why\n"
                      "    b {  # options\n"
                      "    total sum  # total\n"
                      "  }  # end\n"
                      "}  # behind the sheet\n"
                      "where a  # left\n"
                      "  or b  # right\n"
                      "}"),
            "template t {\n"
            "  # left\n"
            "  where a or b  # right\n"
            "\n"
            "  sheet \"S\" {  # behind the sheet\n"
            "    # why\n"
            "    # options\n"
            "    # total\n"
            "    column \"A\" = a + b { total sum }  # end\n"
            "  }\n"
            "}\n");
  EXPECT_EQ(canonical("template t {  # first\n}  # second\n# third"),
            "template t {  # first\n  # second\n}\n# third\n");
}

TEST(Printer, BreaksLongOptions) {
  const std::string source =
      "template t {\n"
      "  param p text {\n"
      "    label \"" +
      std::string(60, 'x') +
      "\"\n"
      "    description \"a rather long description\"\n"
      "  }  # behind it\n"
      "}\n";
  EXPECT_EQ(canonical(source), source);
}

TEST(Printer, QuotesOnlyWhatNeedsIt) {
  const std::string source =
      "template t { where \"order\".\"order\" and \"a\" and \"A\" and \"a b\" }";
  EXPECT_EQ(
      canonical(source),
      "template t {\n  where \"order\".order\n    and a\n    and \"A\"\n    and \"a b\"\n}\n");
}

TEST(Printer, WritesShortFormsInFull) {
  EXPECT_EQ(
      canonical("template t { pdf { page a4 landscape } xlsx { freeze header a (1, \"b\", c) } }"),
      "template t {\n  pdf {\n    page a4\n    orientation landscape\n  }\n"
      "  xlsx {\n    freeze_header on\n    a (1, \"b\", c)\n  }\n}\n");
}

TEST(Printer, EscapesWhatNobodySees) {
  EXPECT_EQ(print_text("a\"b\\c\nd\te\xE2\x80\xAE\xEF\xBB\xBF\x7F"),
            R"("a\"b\\c\nd\u0009e\u202E\uFEFF\u007F")");
  EXPECT_EQ(print_text("é漢🎉"), "\"é漢🎉\"");
}

}  // namespace
}  // namespace pgexport::dsl
