// That both forms compute the same: oracle/formula_oracle.py.
#include "formats/formula.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "core/error.h"

namespace pgexport {
namespace {

const std::vector<FormulaColumn> kColumns = {
    {"Hours", FormulaType::number}, {"Rate [€]", FormulaType::number},
    {"Name", FormulaType::text},    {"Billable", FormulaType::boolean},
    {"Start", FormulaType::other},  {"Share", FormulaType::number, true},
    {"Twice", FormulaType::number}, {"Twice", FormulaType::number}};

std::string excel(std::string_view text) {
  return to_excel(parse_formula(text, kColumns),
                  {.cell = [](int i) { return std::string(1, static_cast<char>('A' + i)) + "2"; },
                   .total = [](int i) { return "total_" + std::to_string(i); }});
}

std::string sql(std::string_view text) {
  int bound = 0;
  return to_sql(
      parse_formula(text, kColumns),
      {.column = [](int i) { return "c" + std::to_string(i); },
       .total = [](int i) { return "t" + std::to_string(i); },
       .constant = [&](std::string_view, FormulaType) { return "$" + std::to_string(++bound); }});
}

TEST(Formula, ExcelKeepsOnlyTheParenthesesItNeeds) {
  EXPECT_EQ(excel("[Hours]*[Rate [€]]]"), "A2*B2");
  EXPECT_EQ(excel("(1+2)*3"), "(1+2)*3");
  EXPECT_EQ(excel("1+(2*3)"), "1+2*3");
  EXPECT_EQ(excel("1-(2-3)"), "1-(2-3)");
  EXPECT_EQ(excel("(1-2)-3"), "1-2-3");
  EXPECT_EQ(excel("-2^2"), "-2^2");
  EXPECT_EQ(excel("-(2^2)"), "-(2^2)");
  EXPECT_EQ(excel("(2^3)^2"), "2^3^2");
  EXPECT_EQ(excel("2^3^2"), "2^3^2");
  EXPECT_EQ(excel("(1+2)%"), "(1+2)%");
  EXPECT_EQ(excel("-5%"), "-(5%)");
  EXPECT_EQ(excel("-(-1)"), "--1");
}

TEST(Formula, ExcelForms) {
  EXPECT_EQ(excel("[Hours] / total([Hours])"), "IFERROR(A2/total_0,\"\")");
  EXPECT_EQ(excel("mod([Hours], 7)"), "IFERROR(MOD(A2,7),\"\")");
  EXPECT_EQ(excel("[Name]"), "C2&\"\"");
  EXPECT_EQ(excel("[Name] & \"say \"\"hi\"\"\" & 'it''s'"), "C2&\"say \"\"hi\"\"\"&\"it's\"");
  EXPECT_EQ(excel("[Name] = \"x\""), "EXACT(C2,\"x\")");
  EXPECT_EQ(excel("[Name] <> upper([Name])"), "NOT(EXACT(C2,UPPER(C2)))");
  EXPECT_EQ(excel("IF([Billable], [Name], 'no')"), "IF(D2=TRUE,C2&\"\",\"no\")");
  EXPECT_EQ(excel("[Billable] = not([Billable])"), "D2=TRUE=NOT(D2=TRUE)");
  EXPECT_EQ(excel("true = [Billable]"), "TRUE=(D2=TRUE)");
  EXPECT_EQ(excel("[Share] * 2"), "N(F2)*2");
  EXPECT_EQ(excel("min([Share], [Hours], 1)"), "MIN(F2,A2,1)");
  EXPECT_EQ(excel("coalesce([Hours], 0.50)"), "IF(ISBLANK(A2),0.50,A2)");
  EXPECT_EQ(excel("coalesce([Share], .5)"), "IF(F2=\"\",0.5,N(F2))");
  EXPECT_EQ(excel("min(coalesce([Hours], 1), 2)"), "MIN(IF(ISBLANK(A2),1,A2)+0,2)");
  EXPECT_EQ(excel("mod(1, -7)"), "IFERROR(MOD(1,-7),\"\")");
  EXPECT_EQ(excel("ROUND(007 + 0, -2)"), "ROUND(7+0,-2)");
}

TEST(Formula, SqlForms) {
  EXPECT_EQ(sql("[Hours] / total([Hours])"),
            "(COALESCE(CAST(c0 AS pg_catalog.numeric), 0) OPERATOR(pg_catalog./) "
            "NULLIF(COALESCE(CAST(t0 AS pg_catalog.numeric), 0), 0.0))");
  EXPECT_EQ(sql("-1 + 2"), "((OPERATOR(pg_catalog.-) $1) OPERATOR(pg_catalog.+) $2)");
  EXPECT_EQ(sql("[Name] = 'x'"),
            "(COALESCE(CAST(c2 AS pg_catalog.text), '') COLLATE pg_catalog.\"C\" "
            "OPERATOR(pg_catalog.=) $1 COLLATE pg_catalog.\"C\")");
  EXPECT_EQ(sql("if(true, 1, 2)"), "(CASE true WHEN true THEN $1 WHEN false THEN $2 END)");
  EXPECT_EQ(sql("mod([Hours], 7)").find("$2"), std::string::npos) << "the divisor is bound once";
  EXPECT_EQ(sql("round(1, 2)"), "pg_catalog.round($1, CAST($2 AS pg_catalog.int4))");
}

TEST(Formula, TypeOfTheWhole) {
  EXPECT_EQ(parse_formula("[Hours] > 1", kColumns).type(), FormulaType::boolean);
  EXPECT_EQ(parse_formula("[Name] & 'x'", kColumns).type(), FormulaType::text);
  EXPECT_EQ(parse_formula("len([Name])", kColumns).type(), FormulaType::number);
}

Error refusal(std::string_view text) {
  try {
    parse_formula(text, kColumns);
  } catch (const Error &error) {
    return error;
  }
  return {"00000", "accepted"};
}

TEST(Formula, RefusalsSayWhereAndWhatToDo) {
  const Error unknown = refusal("1 + [Hour]");
  EXPECT_STREQ(unknown.state(), sqlstate::undefined_column);
  EXPECT_EQ(unknown.message(), "formula is not valid: there is no column \"Hour\"");
  EXPECT_EQ(unknown.detail(), "At character 5 of \"1 + [Hour]\".");
  EXPECT_EQ(unknown.hint(), "Did you mean \"Hours\"?");
  EXPECT_EQ(refusal("'ä' & [Nam]").detail(), "At character 7 of \"'ä' & [Nam]\".");
  EXPECT_EQ(refusal("rond(1, 2)").hint(), "Did you mean \"ROUND\"?");
  EXPECT_EQ(refusal("Hours * 2").hint(), "Write headings in brackets: [HOURS].");
  EXPECT_EQ(refusal("[Hours] & 'h'").hint(),
            "A number has no one spelling; show it in a column of its own.");
  EXPECT_EQ(refusal("[Start] + 1").hint(), "Compute with dates and other types in the query.");
}

TEST(Formula, Refusals) {
  for (const char *text : {"",
                           " ",
                           "1 +",
                           "(1",
                           "1)",
                           "[Hours",
                           "'x",
                           "\"x",
                           "1 2",
                           "*1",
                           "1..2",
                           ".",
                           "a(",
                           "if(1)",
                           "total(1)",
                           "total([Hours]",
                           "total([Name])",
                           "total",
                           "#",
                           "[Twice]",
                           "1 & 2",
                           "'a' + 1",
                           "'a' < 'b'",
                           "true < false",
                           "1 = 'a'",
                           "if(1, 2, 3)",
                           "if(true, 1, 'a')",
                           "not(1)",
                           "round(1, [Hours])",
                           "round(1, 0.5)",
                           "round(1, 16)",
                           "2^0",
                           "2^-1",
                           "2^0.5",
                           "2^65",
                           "2^[Hours]",
                           "mod(1, 1+1)",
                           "coalesce(1, 2)",
                           "coalesce([Name], 1)",
                           "1234567890123456",
                           "len(1)",
                           "abs('a')",
                           "-'a'",
                           "'a'%",
                           "min()",
                           "abs(1, 2)",
                           "1\n",
                           "\xff",
                           "1,2",
                           "SUM(1;2)"}) {
    EXPECT_NE(refusal(text).message(), "accepted") << text;
  }
}

std::string repeated(const std::string &text, int n) {
  std::string result;
  for (int i = 0; i < n; ++i) result += text;
  return result;
}

TEST(Formula, Limits) {
  const auto nested = [](int n) { return repeated("(", n) + "1" + repeated(")", n); };
  EXPECT_EQ(refusal(nested(kMaxFormulaDepth - 1)).message(), "accepted");
  EXPECT_STREQ(refusal(nested(kMaxFormulaDepth)).state(), sqlstate::program_limit_exceeded);
  EXPECT_STREQ(refusal(repeated("-", kMaxFormulaDepth) + "1").state(),
               sqlstate::program_limit_exceeded);
  EXPECT_EQ(refusal("1" + repeated("+1", 255)).message(), "accepted");
  EXPECT_STREQ(refusal("1" + repeated("+1", 256)).state(), sqlstate::program_limit_exceeded);
  EXPECT_STREQ(refusal(std::string(kMaxFormula + 1, ' ')).state(),
               sqlstate::program_limit_exceeded);
  EXPECT_EQ(refusal("'" + std::string(255, 'x') + "'").message(), "accepted");
  EXPECT_NE(refusal("'" + std::string(256, 'x') + "'").message(), "accepted");
  const Formula many = parse_formula("[Hours]" + repeated("+[Hours]", 200), kColumns);
  EXPECT_THROW(to_excel(many, {.cell = [](int) { return std::string(50, 'A'); }, .total = {}}),
               Error);
}

}  // namespace
}  // namespace pgexport
