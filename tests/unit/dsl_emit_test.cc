// The SQL of templates, word for word.
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "compile_fixture.h"
#include "dsl/quote.h"
#include "formats/json/json_format.h"

namespace pgexport::dsl {
namespace {

std::string golden(const std::string &name) {
  std::ifstream file(std::string(GOLDEN_DIR) + "/dsl/" + name, std::ios::binary);
  EXPECT_TRUE(file) << name;
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

// An expression, its SQL, and the values of its arguments, a line each.
struct Example {
  std::string expression;
  std::string sql;
  std::string values;
};

std::vector<Example> examples(const std::string &name) {
  std::istringstream lines(golden(name));
  std::vector<Example> list;
  std::string line;
  while (std::getline(lines, line)) {
    if (line.empty()) continue;
    Example &example = list.emplace_back();
    example.expression = line;
    std::getline(lines, example.sql);
    std::getline(lines, example.values);
    example.sql = example.sql.substr(2);
    example.values = example.values.substr(2);
  }
  return list;
}

std::string joined(const std::vector<std::string> &values) {
  std::string text;
  for (const std::string &value : values) text += (text.empty() ? "" : " | ") + value;
  return text.empty() ? "-" : text;
}

constexpr const char *kParameters = R"(
  param period daterange = last_month
  param ids int[] = (1, 2, 3)
  param word text = "it's 100%_\\"
  param day date = today - 3 months
  param since timestamptz = "2026-11-01 08:30"
  param n numeric = 1.5
  param k int = 7
  param flag bool = true
  param u uuid = "00000000-0000-0000-0000-000000000001"
  param j json = "{}"
  param st one of ("open", "done") = "open"
  param tags text[] = ("x", "it's \"q\"")
)";

using Emit = CompileTest;

TEST_F(Emit, Conditions) {
  const std::vector<Example> list = examples("conditions.txt");
  ASSERT_GT(list.size(), 100U);
  for (const Example &example : list) {
    const Outcome outcome = compiled(with_where(example.expression, kParameters));
    EXPECT_EQ(outcome.sql(),
              R"(SELECT t1."id" AS c1 FROM "tracking"."time_entries" AS t1 WHERE )" + example.sql)
        << example.expression;
    EXPECT_EQ(joined(outcome.values()), example.values) << example.expression;
  }
}

TEST_F(Emit, Values) {
  const std::vector<Example> list = examples("values.txt");
  ASSERT_GT(list.size(), 100U);
  for (const Example &example : list) {
    const Outcome outcome = compiled(with_column(example.expression, kParameters));
    EXPECT_EQ(outcome.sql(),
              "SELECT " + example.sql + R"( AS c1 FROM "tracking"."time_entries" AS t1)")
        << example.expression;
    EXPECT_EQ(joined(outcome.values()), example.values) << example.expression;
  }
}

// All sections of a template as the golden files have them.
std::string listing(const Compiled &compiled) {
  std::string text;
  for (const CompiledSection &section : compiled.sections) {
    text += "-- " + section.section.name + "\n" + section.sql + "\n";
    int number = 1;
    for (const BoundArgument &arg : section.args) {
      text += "--  $" + std::to_string(number++) + " " + arg.type + " = " +
              arg.value.value_or("NULL") + "\n";
    }
  }
  return text;
}

TEST_F(Emit, AWholeTemplate) {
  const std::string source = golden("time_summary.template");
  const std::string given = R"({"projects": ["A", "B"], "search": "foo"})";
  const Outcome csv = compiled(source, {.arguments = given});
  EXPECT_EQ(listing(*csv.compiled), golden("time_summary.sql"));
  const Outcome json = compiled(source, {.arguments = given, .format = &json_format()});
  EXPECT_EQ(listing(*json.compiled), golden("time_summary.json.sql")) << "with children";
}

TEST_F(Emit, SortsAndLimits) {
  const Outcome outcome = compiled(R"(template t { from time_entries
    sheet "S" { column "A" = id  order by hours desc nulls last, id asc nulls first, day  limit 7 } })");
  EXPECT_EQ(outcome.sql(),
            R"(SELECT t1."id" AS c1 FROM "tracking"."time_entries" AS t1 ORDER BY t1."hours" DESC )"
            R"(NULLS LAST, t1."id" NULLS FIRST, t1."day" LIMIT $1::pg_catalog.int8)");
  EXPECT_EQ(joined(outcome.values()), "7");
}

TEST_F(Emit, GroupsOfRowsComeFirstInTheirOwnDirection) {
  const Outcome outcome = compiled(R"(template t { from time_entries as e
    sheet "S" { group "Day" { subtotal } group "Task" column "Task" = e.task column "Day" = e.day
                order by e.id, e.day desc } })");
  EXPECT_NE(outcome.sql().find(R"( ORDER BY t1."day" DESC, t1."task", t1."id")"), std::string::npos)
      << outcome.sql();
  EXPECT_EQ(outcome.section().section.group_by, (std::vector<std::string>{"c2", "c1"}));
  EXPECT_EQ(outcome.section().subtotals, (std::vector<bool>{true, false}));
}

TEST_F(Emit, ALimitCountsBeforeRowsAreGrouped) {
  const Outcome outcome = compiled(R"(template t { from time_entries as e
    sheet "S" { group "Task" column "Task" = e.task column "Hours" = e.hours
                order by e.hours desc limit 3 } })");
  EXPECT_EQ(outcome.sql(),
            R"(SELECT t2.c1 AS c1, t2.c2 AS c2 FROM (SELECT t1."task" AS c1, t1."hours" AS c2, )"
            R"(t1."task" AS c3, t1."hours" AS c4 FROM "tracking"."time_entries" AS t1 )"
            R"(ORDER BY t1."hours" DESC LIMIT $1::pg_catalog.int8) AS t2 )"
            R"(ORDER BY t2.c3, t2.c4 DESC)");
}

TEST_F(Emit, FormulasAreOverTheRowsOfTheLimit) {
  const Outcome outcome = compiled(R"~(template t { from time_entries as e
    sheet "S" { column "Share" = formula "[Hours] / total([Hours])" column "Hours" = e.hours
                order by e.id limit 3 } })~");
  EXPECT_EQ(
      outcome.sql(),
      R"(SELECT (COALESCE(CAST(t2.c2 AS pg_catalog.numeric), 0) OPERATOR(pg_catalog./) )"
      R"(NULLIF(COALESCE(CAST(pg_catalog.sum(t2.c2) OVER () AS pg_catalog.numeric), 0), 0.0)) )"
      R"(AS c1, t2.c2 AS c2 FROM (SELECT t1."hours" AS c2, t1."id" AS c3 )"
      R"(FROM "tracking"."time_entries" AS t1 ORDER BY t1."id" LIMIT $1::pg_catalog.int8) )"
      R"(AS t2 ORDER BY t2.c3)");
  EXPECT_EQ(outcome.section().section.columns[0].style.formula, "[Hours] / total([Hours])");
}

TEST_F(Emit, FiguresOfThePeriodBefore) {
  const Outcome outcome = compiled(R"(template t { param p daterange = last_month
    from time_entries as e where e.day in $p
    summary { metric "Hours" = sum(e.hours) { format "0.0" compare previous lower is better }
              metric "Rows" = count(*) } })");
  EXPECT_EQ(
      outcome.sql(),
      R"(SELECT t2.c1 AS c1, t2.c2 AS c2, t3.c3 AS c3 FROM (SELECT pg_catalog.sum(t1."hours") AS c1, )"
      R"(pg_catalog.count(*) AS c2 FROM "tracking"."time_entries" AS t1 WHERE )"
      R"(((t1."day" OPERATOR(pg_catalog.>=) $1::pg_catalog.date) AND )"
      R"((t1."day" OPERATOR(pg_catalog.<) $2::pg_catalog.date))) AS t2 )"
      R"(CROSS JOIN (SELECT pg_catalog.sum(t1."hours") AS c3 FROM "tracking"."time_entries" AS t1 )"
      R"(WHERE ((t1."day" OPERATOR(pg_catalog.>=) $3::pg_catalog.date) AND )"
      R"((t1."day" OPERATOR(pg_catalog.<) $1::pg_catalog.date))) AS t3)");
  EXPECT_EQ(joined(outcome.values()), "2026-10-01 | 2026-11-01 | 2026-09-01");
  const pgexport::Section &section = outcome.section().section;
  EXPECT_EQ(section.kind, SectionKind::figures);
  EXPECT_EQ(section.name, "Summary");
  ASSERT_EQ(section.columns.size(), 3U);
  EXPECT_EQ(section.columns[0].style.compare, "c3");
  EXPECT_TRUE(section.columns[0].style.lower_is_better);
  EXPECT_EQ(section.columns[1].style.compare, "");
  EXPECT_EQ(section.columns[2].name, "c3");
  EXPECT_EQ(section.columns[2].style.format, "0.0");
}

TEST_F(Emit, ChildrenOfChildren) {
  const Outcome outcome = compiled(R"(template t { from time_entries as e
    sheet "Tasks" { where e.billable group by e.task column "Task" = e.task order by e.task }
    nest "days" in "Tasks" { group by e.day column "day" = e.day column "n" = count(*)
                             order by e.day }
    nest "ids" in "days" { where e.hours > 0 column "id" = e.id column "state" = e.status
                           order by e.id desc limit 2 } })",
                                   {.format = &json_format()});
  const std::string base = R"(FROM "tracking"."time_entries" AS t1 WHERE (t1."billable" AND )"
                           R"((t1."hours" OPERATOR(pg_catalog.>) $7::pg_catalog.numeric)))";
  const std::string ids =
      R"((SELECT t2.c4 AS c1, pg_catalog.json_agg(pg_catalog.json_build_object($5::pg_catalog.text, )"
      R"(t2.c1, $6::pg_catalog.text, CASE WHEN (t2.c2 IS NOT NULL) THEN pg_catalog.concat(t2.c2) END) )"
      R"(ORDER BY t2.c3 DESC) AS c2 FROM (SELECT t1."id" AS c1, t1."status" AS c2, t1."id" AS c3, )"
      R"(ROW(t1."task", t1."day") AS c4, pg_catalog.row_number() OVER (PARTITION BY t1."task", )"
      R"(t1."day" ORDER BY t1."id" DESC) AS c5 )" +
      base + R"() AS t2 WHERE (t2.c5 OPERATOR(pg_catalog.<=) $8::pg_catalog.int8) GROUP BY t2.c4))";
  const std::string days =
      R"((SELECT t2.c4 AS c1, pg_catalog.json_agg(pg_catalog.json_build_object($2::pg_catalog.text, )"
      R"(t2.c1, $3::pg_catalog.text, t2.c2, $4::pg_catalog.text, )"
      R"(COALESCE(t3.c2, $1::pg_catalog.json)) ORDER BY t2.c3) AS c2 FROM (SELECT t1."day" AS c1, )"
      R"(pg_catalog.count(*) AS c2, t1."day" AS c3, ROW(t1."task") AS c4, )"
      R"(ROW(t1."task", t1."day") AS c5 FROM "tracking"."time_entries" AS t1 WHERE t1."billable" )"
      R"(GROUP BY t1."task", t1."day") AS t2 LEFT JOIN )" +
      ids + R"( AS t3 ON (t2.c5 OPERATOR(pg_catalog.=) t3.c1) GROUP BY t2.c4))";
  EXPECT_EQ(outcome.sql(),
            R"(SELECT t2.c1 AS c1, COALESCE(t3.c2, $1::pg_catalog.json) AS c2 FROM )"
            R"((SELECT t1."task" AS c1, t1."task" AS c2, ROW(t1."task") AS c3 )"
            R"(FROM "tracking"."time_entries" AS t1 WHERE t1."billable" GROUP BY t1."task") AS t2 )"
            R"(LEFT JOIN )" +
                days + R"( AS t3 ON (t2.c3 OPERATOR(pg_catalog.=) t3.c1) ORDER BY t2.c2)");
  EXPECT_EQ(outcome.section().section.columns[1].heading, "days");
  const Outcome csv = compiled(
      "template t { from time_entries as e sheet \"S\" { group by e.task "
      "column \"T\" = e.task } nest \"n\" in \"S\" { column \"i\" = e.id } }");
  EXPECT_EQ(csv.section().section.columns.size(), 1U) << "only JSON has children";
}

TEST(Quote, DoublesQuotes) {
  EXPECT_EQ(quote_identifier("a"), "\"a\"");
  EXPECT_EQ(quote_identifier("x\"; drop table y; --"), "\"x\"\"; drop table y; --\"");
  EXPECT_EQ(quote_qualified("S", "t.u"), "\"S\".\"t.u\"");
  EXPECT_EQ(quote_operator("a\"b", "<="), "OPERATOR(\"a\"\"b\".<=)");
  EXPECT_THROW(quote_operator("a", "= x"), Error);
  EXPECT_THROW(quote_operator("a", ""), Error);
}

}  // namespace
}  // namespace pgexport::dsl
