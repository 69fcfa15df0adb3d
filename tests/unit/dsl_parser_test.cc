// What the parser accepts, what it makes of it, and what it says of the rest.
#include "dsl/parser.h"

#include <gtest/gtest.h>

#include "dsl/limits.h"
#include "dsl/printer.h"

namespace pgexport::dsl {
namespace {

// The canonical text of the expression.
std::string expression(const std::string &text) {
  const std::string source = "template t { sheet \"S\" { column \"C\" = " + text + "\n} }";
  Diagnostics diagnostics;
  const auto tree = parse(source, diagnostics);
  if (!tree) return "error: " + diagnostics.list().front().message;
  const auto &column = std::get<Sheet>(tree->sections.front()).query.columns.front();
  return print_expression(std::get<Expression>(column.value));
}

// All faults of `source`, each as "line:column message (hint)", in lines.
std::string faults(const std::string &source) {
  Diagnostics diagnostics;
  parse(source, diagnostics);
  std::string out;
  for (const Diagnostic &each : diagnostics.list()) {
    out += std::to_string(each.place.line) + ":" + std::to_string(each.place.column) + " " +
           each.message + (each.hint.empty() ? "" : " (" + each.hint + ")") + "\n";
  }
  return out;
}

std::string state(const std::string &source) {
  Diagnostics diagnostics;
  parse(source, diagnostics);
  return diagnostics.has_errors() ? diagnostics.list().front().state : "";
}

std::string repeated(std::string_view text, std::size_t times) {
  std::string out;
  for (std::size_t i = 0; i < times; ++i) out += text;
  return out;
}

TEST(Expressions, KeepOnlyTheParenthesesTheyNeed) {
  EXPECT_EQ(expression("(a) + ((b * c))"), "a + b * c");
  EXPECT_EQ(expression("(a + b) * c"), "(a + b) * c");
  EXPECT_EQ(expression("a - (b - c) - d"), "a - (b - c) - d");
  EXPECT_EQ(expression("(a - b) - c"), "(a - b) - c") << "a group is kept as it was written";
  EXPECT_EQ(expression("a || b + c"), "a || b + c") << "|| binds looser, as in SQL";
  EXPECT_EQ(expression("-a::int"), "-a::int");
  EXPECT_EQ(expression("(-a)::int"), "(-a)::int");
  EXPECT_EQ(expression("- - a"), "- -a");
  EXPECT_EQ(expression("a or b and not c = d"), "a or b and not c = d");
  EXPECT_EQ(expression("(a or b) and c"), "(a or b) and c");
}

TEST(Expressions, ReadEveryCondition) {
  for (const char *text : {"a = b",
                           "a <> b",
                           "a < b",
                           "a <= b",
                           "a > b",
                           "a >= b",
                           "a between 1 and 2",
                           "a not between 1 and 2",
                           "a in (1, 2)",
                           "a in ()",
                           "a not in $list",
                           "a in $period",
                           "a in last_month",
                           "a in from today - 3 months to today",
                           "a in e.list",
                           "a is empty",
                           "a is not empty",
                           "a contains 'x'",
                           "a starts with 'x'",
                           "a ends with exact $x",
                           "a not contains 'x'",
                           "a has any $tags",
                           "a has all ('x', 'y')",
                           "a has none (b)",
                           "a search $q",
                           "(a, b.c) search 'x y'",
                           "(a, b) not search $q",
                           "a matches '^x'",
                           "not a",
                           "a and b or c",
                           "case when a then 1 else 0 end",
                           "case a when 1 then 'x' end",
                           "count(*)",
                           "count(distinct a)",
                           "sum(a) filter (where b > 0)",
                           "left(a, 2)",
                           "e.meta.\"Client name\"",
                           "3 months",
                           "today + 1 day",
                           "null",
                           "true",
                           "'it''s'",
                           "\"Quoted\".\"order\"",
                           "starts starts with 'x'"}) {
    const std::string canonical =
        text == std::string("\"Quoted\".\"order\"") ? "\"Quoted\".order" : text;
    EXPECT_EQ(expression(text), canonical);
  }
  EXPECT_EQ(expression("not (a in (1))"), "a not in (1)");
  EXPECT_EQ(expression("A != B"), "a <> b");
  EXPECT_EQ(expression("1 days"), "1 day");
  EXPECT_EQ(expression("\"today\""), "\"today\"") << "a column with the name of a preset";
}

TEST(Expressions, SayWhatIsWrong) {
  EXPECT_EQ(expression("a = b = c"), "error: expected the end of the comparison, found \"=\"");
  EXPECT_EQ(expression("a like 'x'"), "error: expected a condition, found \"like\"");
  EXPECT_EQ(expression("a is null"), "error: expected \"empty\" or \"not empty\", found \"null\"");
  EXPECT_EQ(expression("a in (select 1)"), "error: expected a value, found \"select\"");
  EXPECT_EQ(expression("(select 1)"), "error: expected an expression, found \"select\"");
  EXPECT_EQ(expression("pg_catalog.now()"), "error: a function is named without schema and quotes");
  EXPECT_EQ(expression("\"now\"()"), "error: a function is named without schema and quotes");
  EXPECT_EQ(expression("a::regclass"), "error: expected a type after \"::\", found \"regclass\"");
  EXPECT_EQ(expression("(a, b) = c"),
            "error: expected \"search\" after a list of columns, found \"=\"");
  EXPECT_EQ(expression("1 + (a, b)"), "error: expected \")\", found \",\"");
  EXPECT_EQ(expression("e.*"), "error: expected a name after \".\", found \"*\"");
  EXPECT_EQ(expression("a in 5"), "error: expected a list, a period or a parameter");
  EXPECT_EQ(expression("1.5 months"), "error: a duration needs a whole number of months");
  EXPECT_EQ(expression("a has $x"), "error: expected any, all or none after \"has\", found \"$x\"");
  EXPECT_EQ(expression("case end"), "error: expected an expression, found \"end\"");
  EXPECT_EQ(expression(""), "error: expected an expression, found \"}\"");
}

TEST(Limits, Nesting) {
  const auto nested = [](int levels) {
    return expression(repeated("(", levels) + "a" + repeated(")", levels));
  };
  EXPECT_EQ(nested(kMaxNesting), "a");
  EXPECT_EQ(nested(kMaxNesting + 1), "error: the expression is nested too deeply");
  EXPECT_EQ(nested(15000), "error: the expression is nested too deeply");
  EXPECT_EQ(expression(repeated("not ", 15000) + "a"),
            "error: the expression is nested too deeply");
  EXPECT_EQ(expression(repeated("- ", 15000) + "a"), "error: the expression is nested too deeply");
  EXPECT_EQ(expression("a" + repeated("::text", 9000)),
            "error: the expression is nested too deeply");
  EXPECT_EQ(expression(repeated("f(", 15000)), "error: the expression is nested too deeply");
  EXPECT_EQ(expression("a" + repeated("::text", kMaxNesting - 1)),
            "a" + repeated("::text", kMaxNesting - 1));
  const std::string wide = "a" + repeated(" + a", 10000);
  EXPECT_EQ(expression(wide), wide) << "length is not depth";
}

TEST(Limits, AreErrorsWithTheirNumber) {
  const auto body = [](const std::string &items) { return "template t {\n" + items + "}"; };
  std::string parameters;
  std::string sections;
  std::string columns;
  const auto grow = [](std::string &list, std::size_t count, auto item) {
    list.clear();
    for (std::size_t i = 0; i < count; ++i) list += item(std::to_string(i));
  };
  const auto parameter = [](const std::string &i) { return "param p" + i + " int\n"; };
  const auto section = [](const std::string &i) { return "text \"" + i + "\" {}\n"; };
  const auto column = [](const std::string &i) { return "column \"" + i + "\" = 1\n"; };
  const auto metric = [](const std::string &i) { return "metric \"" + i + "\" = 1\n"; };

  grow(parameters, kMaxParameters, parameter);
  grow(sections, kMaxSections, section);
  EXPECT_EQ(faults(body(parameters + sections)), "");
  grow(parameters, kMaxParameters + 1, parameter);
  EXPECT_EQ(faults(body(parameters)), "102:7 there are too many parameters (The limit is 100.)\n");
  EXPECT_EQ(state(body(parameters)), sqlstate::program_limit_exceeded);
  grow(sections, kMaxSections + 1, section);
  EXPECT_EQ(faults(body(sections)),
            "34:1 there are too many sheets and other sections (The limit is 32.)\n");
  grow(columns, kMaxColumns, column);
  EXPECT_EQ(faults(body("sheet \"S\" {\n" + columns + "}")), "");
  grow(columns, kMaxColumns + 1, column);
  EXPECT_EQ(faults(body("sheet \"S\" {\n" + columns + "}")),
            "203:1 there are too many columns (The limit is 200.)\n");
  grow(columns, kMaxColumns + 1, metric);
  EXPECT_EQ(faults(body("summary {\n" + columns + "}")),
            "203:1 there are too many metrics (The limit is 200.)\n");
  EXPECT_EQ(state(std::string(kMaxSource + 1, ' ')), sqlstate::program_limit_exceeded);
}

TEST(Recovery, ReportsAllFaultsOfAText) {
  EXPECT_EQ(faults("template t {\n"
                   "  titel \"x\"\n"
                   "  param p txt\n"
                   "  from a.b.c as x\n"
                   "  sheet \"S\" {\n"
                   "    colum \"A\" = 1 { format \"0\" }\n"
                   "    column \"B\" = 1 + { total sum }\n"
                   "    column \"C\" = x { totl sum align middle format \"0\" }\n"
                   "    chart bra { value \"A\" }\n"
                   "  }\n"
                   "  pdf { page }\n"
                   "}\n"),
            "2:3 \"titel\" is not known in a template (Did you mean \"title\"?)\n"
            "3:11 expected a type or one of (…), found \"txt\" (Did you mean \"text\"?)\n"
            "4:11 expected the end of the name, found \".\" (It is at most a schema and a "
            "relation.)\n"
            "6:5 \"colum\" is not known in a sheet (Did you mean \"column\"?)\n"
            "7:22 expected an expression, found \"{\"\n"
            "8:22 \"totl\" is not known in a column (Did you mean \"total\"?)\n"
            "9:11 expected a kind of chart, found \"bra\" (Did you mean \"bar\"?)\n"
            "11:14 expected the value of the option, found \"}\" (It is a word, a number, a text "
            "or a list in parentheses.)\n");
}

TEST(FormatBlocks, FreezeOnlyHeaders) {
  EXPECT_EQ(faults("template t { xlsx { freeze rows } }"),
            "1:28 expected \"header\", found \"rows\"\n");
}

TEST(Recovery, StopsAtTwentyErrors) {
  Diagnostics diagnostics;
  parse("template t {\n" + repeated("param p nonsense\n", 1000) + "}", diagnostics);
  EXPECT_EQ(diagnostics.list().size(), kMaxErrors);
}

TEST(Recovery, KnowsWhatComesTwice) {
  EXPECT_EQ(faults("template t { title \"a\"\n title \"b\" }"),
            "2:2 \"title\" is given twice in a template\n");
  EXPECT_EQ(faults("template t { sheet \"S\" { group by a\n group \"x\"\n group \"y\"\n group by b"
                   " } }"),
            "4:2 \"group by\" is given twice in a sheet\n");
  EXPECT_EQ(faults("template t { param a int\n param a int }"),
            "2:8 parameter \"a\" is declared twice\n");
  EXPECT_EQ(faults("template t { pdf { a 1\n a 2 } }"), "2:2 \"a\" is given twice in this block\n");
  EXPECT_EQ(faults("template t { sheet \"S\" { column \"A\" = 1 { total sum\n total avg } } }"),
            "2:2 \"total\" is given twice in a column\n");
}

TEST(Recovery, SurvivesTextsThatEndEarly) {
  EXPECT_EQ(faults(""),
            "1:1 expected \"template\", found the end of the template (A template begins with: "
            "template a_name {)\n");
  EXPECT_EQ(faults("# only a comment"),
            "1:17 expected \"template\", found the end of the template (A template begins with: "
            "template a_name {)\n");
  EXPECT_EQ(faults("template t {"),
            "1:13 expected \"}\" at the end of a template, found the end of the template\n");
  EXPECT_EQ(faults("template t { } }"),
            "1:16 expected the end of the template, found \"}\" (One text is one template; perhaps "
            "there is a \"}\" too many.)\n");
  const std::string whole =
      "template t { param p one of (\"a\")[]? = (\"a\") { label \"l\" } from a.b as c"
      " join d on c.x = d.x where c.y in $p and (a or b) sheet \"S\" { group by x column \"A\" = "
      "case when a then 1 end { mask partial(1, 2) } order by a desc limit 3 chart bar { value "
      "\"A\" } } pdf { a (1, \"b\") } }";
  EXPECT_EQ(faults(whole), "");
  for (std::size_t length = 0; length < whole.size(); ++length) {
    EXPECT_NE(faults(whole.substr(0, length)), "") << length;
  }
}

TEST(Recovery, AcceptsLineEndsOfWindows) {
  EXPECT_EQ(faults("template t {\r\n  title \"x\"\r\n}\r\n"), "");
}

TEST(Diagnostics, ShowThePlace) {
  const std::string source = "template t {\n  sheet \"é\" { colum \"A\" = 1 }\n}";
  Diagnostics diagnostics;
  parse(source, diagnostics);
  EXPECT_EQ(describe(diagnostics.list().front(), source),
            "line 2, column 15: \"colum\" is not known in a sheet\n"
            "sheet \"é\" { colum \"A\" = 1 }\n"
            "            ^\n"
            "Did you mean \"column\"?");
  const Error error = to_error(diagnostics, source);
  EXPECT_STREQ(error.state(), "42601");
  EXPECT_EQ(error.message(), "line 2, column 15: \"colum\" is not known in a sheet");
  EXPECT_EQ(error.hint(), "Did you mean \"column\"?");
}

TEST(Diagnostics, CutLongLinesAndHideControlCharacters) {
  const std::string source = repeated("é", 100) + "\x1B!" + repeated("x", 100);
  const std::string shown = caret_excerpt(source, {202, 1, 1, 102});
  const std::size_t line = shown.find('\n');
  EXPECT_LE(line, 70U);
  EXPECT_EQ(shown.find('\x1B'), std::string::npos);
  EXPECT_EQ(shown.substr(line + 1), std::string(24, ' ') + "^");
  EXPECT_EQ(caret_excerpt(source, {}), "") << "a tree from JSON has no places";
}

}  // namespace
}  // namespace pgexport::dsl
