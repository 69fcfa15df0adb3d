// What the compiler refuses, and what it leaves out.
#include <gtest/gtest.h>

#include <array>

#include "compile_fixture.h"
#include "dsl/expressions.h"
#include "dsl/queries.h"
#include "formats/json/json_format.h"

namespace pgexport::dsl {
namespace {

using Bind = CompileTest;

// The where of a compiled template, without the rest.
std::string where_of(const Outcome &outcome) {
  const std::string &sql = outcome.sql();
  const std::size_t start = sql.find(" WHERE ");
  return start == std::string::npos ? "" : sql.substr(start + 7);
}

struct Refused {
  const char *expression;
  const char *state;
  const char *message;
  const char *hint;
};

TEST_F(Bind, RefusesValues) {
  const Refused cases[] = {
      {"e.hour", "42703", R"(relation "e" has no column "hour")", R"(Did you mean "hours"?)"},
      {"e.ctid", "42703", R"(relation "e" has no column "ctid")", ""},
      {"hous", "42703", R"(there is no column "hous")", R"(Did you mean "hours"?)"},
      {"\"open\"", "42703", R"(there is no column "open")", "A text stands between single quotes."},
      {"e", "42703", R"("e" is a relation, not a column)", "Name one of its columns, as in e.id."},
      {"x.hours", "42703", R"(there is no relation or column "x")", "Possible here: e."},
      {"e.\"Hours\"", "42703", R"(relation "e" has no column "Hours")", R"(Did you mean "hours"?)"},
      {"e.hours.\"a\"", "42804",
       R"("a" stands behind a value of type numeric, which has no fields)",
       "Only json and jsonb have fields."},
      {"nextval('s')", "42883", R"(templates have no function "nextval")", nullptr},
      {"rond(e.hours)", "42883", R"(templates have no function "rond")",
       R"(Did you mean "round"?)"},
      {"round('x', e.hours)", "42883", "there is no round(text, numeric)",
       "There is round(numeric), round(double precision), round(numeric, integer)."},
      {"lower(e.hours)", "42883", "there is no lower(numeric)", "There is lower(text)."},
      {"coalesce(e.hours)", "42883", "there is no coalesce(numeric)",
       "There is coalesce(any, any, ...)."},
      {"nullif(e.hours, 1, 2)", "42883", "there is no nullif(numeric, integer, integer)",
       "There is nullif(any, any)."},
      {"lower(distinct e.task)", "42601", R"("lower" is not an aggregate)",
       "Only aggregates take *, distinct and filter."},
      {"count()", "42883", "there is no count()", "Rows are counted by count(*)."},
      {"sum(*)", "42883", "there is no sum()", nullptr},
      {"sum(e.task)", "42883", "there is no sum(character varying)", nullptr},
      {"sum(sum(e.hours))", "42803", R"(aggregate "sum" cannot stand here)", nullptr},
      {"date_trunc('fortnight', e.day)", "22023",
       "the first argument of date_trunc is a field of time",
       "Possible are year, quarter, month, week, day, hour, minute, second."},
      {"extract(e.task, e.day)", "22023", "the first argument of extract is a field of time",
       nullptr},
      {"e.hours + e.task", "42804", "type numeric + type character varying has no meaning",
       "Cast one of them, as in value::numeric."},
      {"e.day + e.day", "42804", "type date + type date has no meaning", nullptr},
      {"e.ratio % 2", "42804", "type double precision % type double precision has no meaning",
       nullptr},
      {"-e.task", "42804", "a value of type character varying has no negative", ""},
      {"e.pause || 'x'", "42804", "type interval cannot be cast to text", nullptr},
      {"e.tags::text", "42804", "type text[] cannot be cast to text",
       "Join its elements, as in array_to_string(tags, ', ')."},
      {"e.day::int", "42804", "type date cannot be cast to int", ""},
      {"e.task::timestamptz", "42804", "type character varying cannot be cast to timestamptz", ""},
      {"case when e.hours then 1 end", "42804",
       "a condition is expected, not a value of type numeric",
       "Compare it, as in value > 0 or value is not empty."},
      {"case when true then 1 else e.task end", "42804", nullptr, nullptr},
      {"coalesce(e.day, e.task)", "42804",
       "type date cannot be compared or combined with type character varying",
       "Cast one of them, as in value::text."},
      {"coalesce(e.day, 'soon')", "22P02", R"("soon" is not a value of type date)",
       "Write a date as 2026-01-31."},
      {"greatest(e.place, e.place)", "42804",
       "greatest does not compare values of type pg_catalog.point",
       "Cast them, as in value::text."},
      {"nullif(e.status, 'open')", "42804",
       "nullif does not compare values of type tracking.status", "Cast them, as in value::text."},
      {"last_month", "42804", "last_month is a period, not a day", "Compare with it by \"in\"."},
      {"$nothing", "42P02", R"(there is no parameter "nothing")", nullptr},
      {"$p", "42804", R"(parameter "p" is a period, not a value)", "Compare with it by \"in\"."},
  };
  for (const Refused &c : cases) {
    const Diagnostic found = fault(with_column(c.expression, "param p daterange = today"));
    EXPECT_STREQ(found.state, c.state) << c.expression << ": " << found.message;
    if (c.message) {
      EXPECT_EQ(found.message, c.message) << c.expression;
    }
    if (c.hint) {
      EXPECT_EQ(found.hint, c.hint) << c.expression;
    }
    EXPECT_EQ(found.place.line, 4U) << c.expression;
  }
}

TEST_F(Bind, RefusesConditions) {
  const Refused cases[] = {
      {"e.hours", "42804", "a condition is expected, not a value of type numeric", nullptr},
      {"sum(e.hours) > 1", "42803", R"(aggregate "sum" cannot stand here)", nullptr},
      {"e.task = null", "42804", "nothing is equal to null",
       "Write \"is empty\" or \"is not empty\"."},
      {"e.hours between null and 1", "42804", "nothing is equal to null", nullptr},
      {"e.hours = 'x'", "22P02", R"("x" is not a value of type numeric)", ""},
      {"e.project_id = 'x'", "22P02", R"("x" is not a value of type integer)",
       "It must be a whole number that fits the type."},
      {"e.task = 1", "42804", "a value of type integer stands where one of type text is expected",
       ""},
      {"e.status = 'opne'", "22P02", R"("opne" is not a value of type tracking.status)",
       R"(Did you mean "open"?)"},
      {"e.status in ('open', 'lost')", "22P02", R"("lost" is not a value of type tracking.status)",
       nullptr},
      {"e.day = '2026-02-30'", "22P02", R"("2026-02-30" is not a value of type date)",
       "Write a date as 2026-01-31."},
      {"e.day = '31.01.2026'", "22P02", nullptr, nullptr},
      {"e.token = 'x'", "22P02", R"("x" is not a value of type uuid)", nullptr},
      {"e.raw = e.raw", "42804", "values of type json cannot be compared",
       "Cast them, as in value::json."},
      {"e.place = e.place", "42804", "values of type pg_catalog.point cannot be compared", ""},
      {"e.paint < e.paint", "42804", "values of type paint.color have no order",
       "They can be compared by = and <> only."},
      {"e.words = e.words", "42804", "values of type tsvector cannot be compared", ""},
      {"e.hours = e.task", "42804",
       "type numeric cannot be compared or combined with type character varying", nullptr},
      {"e.meta.\"due\" > e.day", "42804", "a JSON value is not compared with type date", nullptr},
      {"e.hours in last_month", "42804",
       "a period is compared with a date or a time, not with type numeric",
       "Cast it, as in value::date."},
      {"e.meta.\"due\" in last_month", "42804",
       "a period is compared with a date or a time, not with a JSON value", nullptr},
      {"e.day in from '2026-02-01' to '2026-01-01'", "22023", "the period ends before it begins",
       ""},
      {"e.day in from e.day to today", "42804", "the ends of a period are known dates", nullptr},
      {"e.day in from 'x' to today", "22P02", R"("x" is not a value of type date)", nullptr},
      {"e.hours in e.hours", "42804", "a list, an array or a period is expected behind in",
       "Compare with a single value by =."},
      {"e.hours in (e.hours, 1)", "42804", "a list is of literals and parameters", nullptr},
      {"e.hours in (null)", "42804", "a list is of literals and parameters",
       "Combine other comparisons by \"or\"; null is found by \"is empty\"."},
      {"e.hours contains 'x'", "42804", "a text is expected, not a value of type numeric",
       "Cast it, as in value::text."},
      {"e.task contains e.description", "42804",
       "what a text is compared with must be a text or a parameter", ""},
      {"e.task matches e.description", "42804",
       "a regular expression must be a text or a parameter", ""},
      {"e.task has any ('x')", "42804",
       "an array is expected before has, not a value of type character varying",
       "Compare a single value by in."},
      {"e.numbers has any ('x')", "22P02", R"("x" is not a value of type integer)", nullptr},
      {"e.tags has any e.numbers", "42804", "type integer[] stands where text[] is expected", ""},
      {"e.labels has any (1)", "42804", nullptr, nullptr},
      {"e.hours search 'x'", "42804", "search is over texts, not over type numeric", nullptr},
      {"e.task search e.task", "42804", "what is searched for must be a text or a parameter", ""},
      {"e.day < '0000-01-01'", "22P02", nullptr, nullptr},
      {"e.day < today + 9999 years", "22003", "the date is out of range",
       "Dates are of the years 1 to 9999."},
      {"e.id = 1e2000", "22003", nullptr, "A number has at most 1000 digits."},
  };
  for (const Refused &c : cases) {
    const Diagnostic found = fault(with_where(c.expression));
    EXPECT_STREQ(found.state, c.state) << c.expression << ": " << found.message;
    if (c.message) {
      EXPECT_EQ(found.message, c.message) << c.expression;
    }
    if (c.hint) {
      EXPECT_EQ(found.hint, c.hint) << c.expression;
    }
    EXPECT_EQ(found.place.line, 4U) << c.expression;
  }
  const std::string pattern(kMaxPattern + 1, 'a');
  EXPECT_STREQ(fault(with_where("e.task matches '" + pattern + "'")).state, "54000");
  compiled(with_where("e.task matches '" + pattern.substr(1) + "'"));
}

TEST_F(Bind, RefusesRelations) {
  const auto from = [&](const std::string &text) {
    return fault("template t {\n" + text + "\nsheet \"S\" { column \"C\" = 1 }\n}");
  };
  const Diagnostic unknown = from("from tracking.time_entry as e");
  EXPECT_STREQ(unknown.state, "42P01");
  EXPECT_EQ(unknown.message, R"(there is no relation "tracking.time_entry")");
  EXPECT_EQ(unknown.hint, R"(Did you mean "time_entries"?)");
  EXPECT_EQ(unknown.place.line, 2U);
  EXPECT_STREQ(from("from other.people").state, "42P01");
  EXPECT_STREQ(from("from \"People\"").state, "42P01");
  EXPECT_STREQ(from("from pg_catalog.pg_authid").state, "42501");
  EXPECT_STREQ(from("from people as p join people as p on p.id = p.id").state, "42712");
  EXPECT_STREQ(
      from("from people as p join projects as q on r.id = p.id join people as r on true").state,
      "42703")
      << "a join sees what is before it";
  const Diagnostic ambiguous = fault(
      "template t { from people as p join projects as q on p.id = q.id where name = 'x'\n"
      "sheet \"S\" { column \"C\" = p.id } }");
  EXPECT_STREQ(ambiguous.state, "42702");
  EXPECT_EQ(ambiguous.hint, "Say which one: p.name, q.name.");
  EXPECT_STREQ(fault("template t { sheet \"S\" { column \"C\" = 1 } }").state, "42601")
      << "no from";
}

TEST_F(Bind, RefusesRowsThatCannotBeGroupedOrSorted) {
  const auto from = [&](const std::string &sheet) {
    return fault("template t { from tracking.time_entries as e sheet \"S\" { " + sheet + " } }");
  };
  EXPECT_EQ(from("group by e.place column \"C\" = e.place").message,
            "rows cannot be grouped or sorted by values of type pg_catalog.point");
  EXPECT_STREQ(from("column \"C\" = e.id order by e.raw").state, "42804");
  EXPECT_STREQ(from("group by e.raw column \"C\" = e.raw").state, "42804");
  EXPECT_TRUE(compiled("template t { from tracking.time_entries as e sheet \"S\" { group by "
                       "e.address, e.paint column \"C\" = e.address order by e.paint } }")
                  .compiled)
      << "a type with an equality of its own";
  const Diagnostic mixed = from("column \"C\" = e.id order by count(*)");
  EXPECT_STREQ(mixed.state, "42803") << "an aggregate in the order makes groups too";
}

TEST_F(Bind, RefusesSectionsWithoutContent) {
  const auto from = [&](const std::string &section) {
    return fault("template t { from people as p " + section + " }");
  };
  EXPECT_EQ(from("sheet \"S\" { }").message, "there is no column");
  EXPECT_EQ(from("chart bar \"S\" { }").message, "there is no column");
  EXPECT_EQ(from("summary \"S\" { }").message, "there is no metric");
}

TEST_F(Bind, ANameThatIsABadlyBrokenRelationIsReportedOnce) {
  const Outcome outcome = compile_text(
      "template t { from nothing as n where n.a = 1 sheet \"S\" { column \"C\" = n.b } }");
  ASSERT_EQ(outcome.diagnostics.size(), 1U);
  EXPECT_STREQ(outcome.diagnostics[0].state, "42P01");
}

TEST_F(Bind, ReportsAllFaultsInTheOrderOfTheText) {
  const Outcome outcome = compile_text(R"(template t {
    from time_entries as e
    where e.a = 1
      and e.hours = 'x'
    sheet "S" {
      column "A" = e.b
      column "B" = nope(1)
      order by e.c
    }
  })");
  ASSERT_EQ(outcome.diagnostics.size(), 5U);
  for (std::size_t i = 0; i < 5; i++) {
    EXPECT_EQ(outcome.diagnostics[i].place.line, (std::array<std::uint32_t, 5>{3, 4, 6, 7, 8})[i]);
  }
}

TEST_F(Bind, GroupsMustCoverColumns) {
  const auto sheet = [](const std::string &body) {
    return "template t { from time_entries as e sheet \"S\" {\n" + body + " } }";
  };
  const Diagnostic found =
      fault(sheet("group by e.task column \"A\" = e.task\n"
                  "column \"B\" = e.hours * 2"));
  EXPECT_STREQ(found.state, "42803");
  EXPECT_EQ(found.message, R"(column "hours" is neither in group by nor in an aggregate)");
  EXPECT_EQ(found.hint, "Add it to group by, or write for example sum(hours).");
  EXPECT_EQ(found.place.line, 3U);
  EXPECT_STREQ(fault(sheet("column \"A\" = sum(e.hours) column \"B\" = e.task")).state, "42803");
  EXPECT_STREQ(fault(sheet("group by e.task column \"A\" = e.task order by e.id")).state, "42803");
  EXPECT_STREQ(fault(sheet("group by sum(e.hours) column \"A\" = 1")).state, "42803");
  EXPECT_STREQ(fault(sheet("group by date_trunc('month', e.day)\n"
                           "column \"A\" = date_trunc('week', e.day)"))
                   .state,
               "42803");
  compiled(
      sheet("group by date_trunc('month', e.day), e.meta.\"client\"\n"
            "column \"A\" = extract('year', date_trunc('month', e.day)) + count(*)\n"
            "column \"B\" = upper(e.meta.\"client\") column \"C\" = 1\n"
            "order by max(e.hours), date_trunc('month', e.day)"));
  EXPECT_STREQ(fault("template t { from time_entries summary { metric \"M\" = hours } }").state,
               "42803");
}

// ---- Optional parameters
// ----------------------------------------------------------------------------

struct Removed {
  const char *condition;
  const char *left;
};

TEST_F(Bind, ConditionsOnAbsentParametersDisappear) {
  const std::string billable = R"(t1."billable")";
  const Removed cases[] = {
      {"e.id = $a", ""},
      {"not e.id = $a", ""},
      {"e.id = $a and e.id = $a", ""},
      {"e.id = $a or e.billable", R"(t1."billable")"},
      {"e.id = $a and e.billable", R"(t1."billable")"},
      {"(e.id = $a or e.id in ($a, 1)) and e.billable", R"(t1."billable")"},
      {"not (e.id = $a or e.billable)", R"((NOT t1."billable"))"},
      {"not (e.id = $a and not e.id > $a)", ""},
      {"e.task in $list and e.tags has none $list", ""},
      {"e.day in $range", ""},
      {"e.day not in $range", ""},
      {"e.task contains $word and (e.task, e.description) search $word", ""},
      {"e.id + $a > 5", ""},
      {"e.id between 1 and $a", ""},
      {"case when e.id = $a then true else false end", ""},
      {"(e.billable or e.id = $a) and (e.id = $a or not e.billable)",
       R"((t1."billable" AND (NOT t1."billable")))"},
  };
  for (const Removed &c : cases) {
    const Outcome outcome = compiled(with_where(
        c.condition, "param a int? param list text[]? param range daterange? param word text?"));
    EXPECT_EQ(where_of(outcome), c.left) << c.condition;
    EXPECT_EQ(outcome.sql().find("$"), std::string::npos) << c.condition;
  }
}

TEST_F(Bind, OptionalParametersInOtherPlaces) {
  const Outcome value = compiled(with_column("coalesce(e.id, $a)", "param a int?"));
  EXPECT_EQ(
      value.sql(),
      R"(SELECT COALESCE(t1."id", $1::pg_catalog.int8) AS c1 FROM "tracking"."time_entries" AS t1)")
      << "a value is null";
  EXPECT_EQ(value.values()[0], "NULL");
  const Outcome filter = compiled(with_column("count(*) filter (where e.id = $a)", "param a int?"));
  EXPECT_EQ(filter.sql(),
            R"(SELECT pg_catalog.count(*) AS c1 FROM "tracking"."time_entries" AS t1)");
  const Diagnostic join = fault(
      "template t { param a int? from people as p join projects as q on q.id = $a\n"
      "sheet \"S\" { column \"C\" = p.id } }");
  EXPECT_EQ(join.message, "the join has no condition left without its optional parameters");
}

TEST_F(Bind, NullRemovesADefaultToo) {
  const std::string source = with_where("e.id = $a", "param a int? = 5");
  EXPECT_EQ(compiled(source).values()[0], "5");
  EXPECT_EQ(where_of(compiled(source, {.arguments = R"({"a": null})"})), "");
  EXPECT_EQ(compiled(source, {.arguments = R"({"a": 7})"}).values()[0], "7");
}

TEST_F(Bind, ACheckAssumesAllParameters) {
  const std::string source = with_where("e.id = $a and e.day in $p and e.task in $l",
                                        "param a int param p daterange? param l text[]");
  EXPECT_STREQ(fault(source).state, "22023");
  const Outcome outcome = compiled(source, {.missing = Missing::assumed});
  EXPECT_EQ(where_of(outcome),
            R"(((t1."id" OPERATOR(pg_catalog.=) $1::pg_catalog.int8) AND (t1."day" IS NOT NULL) )"
            R"(AND (t1."task" OPERATOR(pg_catalog.=) ANY ($2::pg_catalog.text[]))))");
  EXPECT_EQ(outcome.values(), (std::vector<std::string>{"NULL", "NULL"}));
  EXPECT_FALSE(compile_text("template t { from time_entries as e sheet \"S\" { group by e.id "
                            "column \"A\" = e.id } nest \"N\" in \"S\" { column \"B\" = e.x } }",
                            {.missing = Missing::assumed})
                   .compiled)
      << "also nests, whatever the format";
  const Diagnostic hidden = [&] {
    const Outcome bad =
        compile_text(with_where("e.nothing = $a", "param a int?"), {.missing = Missing::assumed});
    return bad.diagnostics.empty() ? Diagnostic{} : bad.diagnostics[0];
  }();
  EXPECT_STREQ(hidden.state, "42703") << "also in conditions that a run may leave out";
}

// ---- Values of parameters
// -----------------------------------------------------------------------------

struct ValueCase {
  const char *type;
  const char *json;
  const char *value;  // nullptr: refused
};

TEST_F(Bind, ParametersAreRead) {
  const ValueCase cases[] = {
      {"text", R"("it's $1 %s {{x}} '; drop table x; --")", "it's $1 %s {{x}} '; drop table x; --"},
      {"text", R"("")", ""},
      {"text", "5", nullptr},
      {"text", R"("a\u0000b")", nullptr},
      {"int", "42", "42"},
      {"int", R"("-9223372036854775808")", "-9223372036854775808"},
      {"int", "9223372036854775808", nullptr},
      {"int", "1.5", nullptr},
      {"int", "true", nullptr},
      {"int", R"("x")", nullptr},
      {"numeric", "0.1", "0.1"},
      {"numeric", R"("12345678901234567890.123456789")", "12345678901234567890.123456789"},
      {"numeric", R"("NaN")", nullptr},
      {"bool", "true", "true"},
      {"bool", R"("false")", "false"},
      {"bool", "1", nullptr},
      {"date", R"("2026-02-28")", "2026-02-28"},
      {"date", R"("yesterday")", "2026-11-14"},
      {"date", R"("2026-02-29")", nullptr},
      {"date", R"("infinity")", nullptr},
      {"timestamptz", R"("2026-07-01 12:00")", "2026-07-01 10:00:00+00"},
      {"timestamptz", R"("July")", nullptr},
      {"uuid", R"("00000000-0000-0000-0000-000000000001")", "00000000-0000-0000-0000-000000000001"},
      {"uuid", R"("1")", nullptr},
      {"json", R"({"a": [1, null]})", R"({"a":[1,null]})"},
      {"json", "5", "5"},
      {R"(one of ("a", "b"))", R"("b")", "b"},
      {R"(one of ("a", "b"))", R"("c")", nullptr},
      {"int[]", "[1, \"2\"]", R"({"1","2"})"},
      {"int[]", "[]", "{}"},
      {"int[]", "1", nullptr},
      {"int[]", "[null]", nullptr},
      {"int[]", "[[1]]", nullptr},
      {"text[]", R"(["a\"b\\c", "", "NULL", "{x}"])", R"({"a\"b\\c","","NULL","{x}"})"},
  };
  for (const ValueCase &c : cases) {
    const std::string source = with_column("$a", std::string("param a ") + c.type);
    const Given given{.arguments = std::string(R"({"a": )") + c.json + "}"};
    if (c.value) {
      EXPECT_EQ(compiled(source, given).values()[0], c.value) << c.type << " " << c.json;
    } else {
      const Diagnostic found = fault(source, given);
      EXPECT_STREQ(found.state, "22023") << c.type << " " << c.json;
      EXPECT_EQ(found.message.substr(0, 13), R"(parameter "a")") << found.message;
      EXPECT_EQ(found.place.line, 2U);
    }
  }
}

TEST_F(Bind, ObjectsOfParametersAreChecked) {
  const std::string source = with_where("e.id = $first", "param first int");
  const Diagnostic unknown = fault(source, {.arguments = R"({"first": 1, "frist": 2})"});
  EXPECT_STREQ(unknown.state, "42P02");
  EXPECT_EQ(unknown.hint, R"(Did you mean "first"?)");
  EXPECT_EQ(fault(source).message, R"(parameter "first" is required and has no value)");
  EXPECT_EQ(fault(source, {.arguments = R"({"first": null})"}).message,
            R"(parameter "first" is required and must not be null)");
  for (const char *text : {"[]", "5", "{", "null", R"({"first": 1, "first": 2})"}) {
    EXPECT_THROW(compile_text(source, {.arguments = text}), Error) << text;
  }
  EXPECT_THROW(compile_text(source, {.arguments = std::string(100000, '[')}), Error);
  EXPECT_THROW(compile_text(source, {.arguments = std::string(kMaxArgumentsText + 1, ' ')}), Error);
}

TEST_F(Bind, DefaultsHaveTheirTypes) {
  for (const char *declaration :
       {"param a int = 1.5", "param a int = \"x\"", "param a date = 5", "param a uuid = \"x\"",
        "param a daterange = \"x\"", "param a date = last_month", "param a int[] = 1",
        "param a int = (1)", "param a int = 1 + 1", "param a one of (\"x\") = \"y\"",
        "param a text[] = (null)", "param a date = from today to today",
        "param a daterange = (today, today)"}) {
    const Outcome outcome = compile_text(with_column("e.id", declaration));
    EXPECT_FALSE(outcome.compiled) << declaration;
  }
  const auto value = [&](const char *declaration) {
    return compiled(with_column("$a", declaration)).values()[0];
  };
  EXPECT_EQ(value("param a date = today - 3 months + 1 day"), "2026-08-16");
  EXPECT_EQ(value("param a timestamptz = today"), "2026-11-14 23:00:00+00");
  EXPECT_EQ(value("param a numeric = -1.50"), "-1.50");
  EXPECT_EQ(value("param a numeric[] = (1, 2.5)"), R"({"1","2.5"})");
  EXPECT_EQ(value("param a date[] = (today, '2026-01-01')"), R"({"2026-11-15","2026-01-01"})");
}

TEST_F(Bind, PeriodsBecomeDays) {
  const std::string source = with_where("e.day in $p", "param p daterange");
  const auto days = [&](const char *json) {
    std::string text;
    for (const auto &value :
         compiled(source, {.arguments = std::string(R"({"p": )") + json + "}"}).values()) {
      text += value + " ";
    }
    return text;
  };
  EXPECT_EQ(days(R"("last_week")"), "2026-11-02 2026-11-09 ");
  EXPECT_EQ(days(R"({"from": "2026-01-01", "to": "2026-01-31"})"), "2026-01-01 2026-02-01 ");
  EXPECT_EQ(days(R"({"from": "2026-01-31", "to": "2026-01-31"})"), "2026-01-31 2026-02-01 ");
  EXPECT_EQ(days(R"({"from": "yesterday"})"), "2026-11-14 ");
  EXPECT_EQ(days(R"({"to": "today", "from": null})"), "2026-11-16 ");
  EXPECT_EQ(days("{}"), "");
  for (const char *json : {R"("last_moth")", "5", R"({"form": "today"})", R"({"from": "x"})",
                           R"({"from": "2026-02-01", "to": "2026-01-01"})"}) {
    EXPECT_STREQ(fault(source, {.arguments = std::string(R"({"p": )") + json + "}"}).state, "22023")
        << json;
  }
  EXPECT_EQ(fault(source, {.arguments = R"({"p": "last_moth"})"}).hint,
            R"(Did you mean "last_month"?)");
}

TEST_F(Bind, WarnsOfWhatIsNotUsed) {
  const auto warnings = [](const Outcome &outcome) {
    std::vector<std::string> messages;
    for (const Diagnostic &diagnostic : outcome.diagnostics) messages.push_back(diagnostic.message);
    return messages;
  };
  const std::string ordered = " sheet \"S\" { column \"C\" = e.id order by e.id } }";
  EXPECT_EQ(warnings(compiled("template t { param a int = 1 param b int? from time_entries as e "
                              "where e.id = $b" +
                              ordered)),
            std::vector<std::string>{R"(parameter "a" is not used)"})
      << "a removed condition is a use";
  EXPECT_EQ(warnings(compiled("template t { from time_entries as e sheet \"S\" { column \"C\" = "
                              "e.id } }")),
            std::vector<std::string>{"the rows come in any order"});
  EXPECT_TRUE(warnings(compiled("template t { from time_entries as e sheet \"S\" { column \"C\" = "
                                "count(*) } }"))
                  .empty())
      << "one row has an order";
}

// ---- Layout
// -------------------------------------------------------------------------------------------

TEST_F(Bind, ColumnsBecomeStyles) {
  const Outcome outcome = compiled(R"~(template t { title "T" description "D" from time_entries as e
    text "Notes" { half page break paragraph "One." paragraph "Two." }
    sheet "S" { title "Sheet" column "Id" = e.id { as text align right width 12.5 }
      column "Hours" = e.hours { format "0.00" total avg }
      column "Task" = e.task { mask partial(2, 1) } column "Day" = e.day { mask year }
      chart area { stacked title "C" category "Task" value "Hours", "Id" value axis "h"
                   category axis "t" format "0" }
      order by e.id }
    chart pie "P" { group by e.task column "T" = e.task column "N" = count(*) category "T" value "N"
                    order by e.task half } })~");
  const Compiled &compiled = *outcome.compiled;
  EXPECT_EQ(compiled.title, "T");
  EXPECT_EQ(compiled.description, "D");
  const pgexport::Section &text = compiled.sections[0].section;
  EXPECT_EQ(text.kind, SectionKind::text);
  EXPECT_EQ(text.text, "One.\n\nTwo.");
  EXPECT_TRUE(text.half_width && text.page_break);
  EXPECT_EQ(compiled.sections[0].sql, "");
  const pgexport::Section &sheet = compiled.sections[1].section;
  EXPECT_EQ(sheet.title, "Sheet");
  EXPECT_TRUE(sheet.columns[0].style.exact_text);
  EXPECT_EQ(sheet.columns[0].style.align, Alignment::right);
  EXPECT_EQ(sheet.columns[0].style.width, 12.5);
  EXPECT_EQ(sheet.columns[1].name, "c2");
  EXPECT_EQ(sheet.columns[1].heading, "Hours");
  EXPECT_EQ(sheet.columns[1].style.format, "0.00");
  EXPECT_EQ(sheet.columns[1].style.total, Aggregate::avg);
  ASSERT_EQ(compiled.sections[1].masks.size(), 2U);
  EXPECT_EQ(compiled.sections[1].masks[0].column, "c3");
  EXPECT_EQ(compiled.sections[1].masks[0].mask.kind, MaskKind::partial);
  EXPECT_EQ(compiled.sections[1].masks[0].mask.first, 2U);
  const ChartSpec &area = sheet.charts.at(0);
  EXPECT_EQ(area.kind, ChartKind::area);
  EXPECT_TRUE(area.stacked);
  EXPECT_EQ(area.category, "c3");
  EXPECT_EQ(area.values, (std::vector<std::string>{"c2", "c1"}));
  EXPECT_EQ(area.category_title, "t");
  EXPECT_EQ(area.value_title, "h");
  EXPECT_EQ(compiled.sections[2].section.kind, SectionKind::chart);
  EXPECT_EQ(compiled.sections[2].section.charts.at(0).values, std::vector<std::string>{"c2"});
}

struct Body {
  const char *body;
  const char *state;
  const char *message;
};

TEST_F(Bind, RefusesLayouts) {
  const Body cases[] = {
      {R"(sheet "S" { column "A" = e.id column "A" = e.day })", "42701",
       R"(two columns are called "A")"},
      {R"(sheet "S" { column "A" = e.task { total sum } })", "42804",
       R"(column "A" of type character varying has no such total)"},
      {R"(sheet "S" { column "A" = e.day { total avg } })", "42804", nullptr},
      {R"(sheet "S" { column "A" = e.id { format "[0" } })", "22023", nullptr},
      {R"(sheet "S" { column "A" = e.id { width 256 } })", "22023",
       "a width is at most 255 digits"},
      {R"(sheet "S" { column "A" = e.id { mask partial(1, 1) } })", "42804", nullptr},
      {R"(sheet "S" { column "A" = e.task { mask month } })", "42804", nullptr},
      {R"(sheet "S" { column "A" = e.id { mask hash total sum } })", "42501",
       "a masked column has no total"},
      {R"(sheet "S" { column "A" = e.id { mask redact } column "B" = formula "[A] * 2" })", "42501",
       R"(the formula uses "A", whose values are masked)"},
      {R"(sheet "S" { column "A" = formula "[B]" column "B" = formula "[A]" })", "22023",
       "formulas depend on each other in a circle"},
      {R"(sheet "S" { column "A" = e.id column "B" = formula "[C] + 1" })", "42703", nullptr},
      {R"(sheet "S" { column "A" = e.id column "B" = formula "[A" })", "42601", nullptr},
      {R"(sheet "S" { column "A" = e.day column "B" = formula "[A] + 1" })", "22023", nullptr},
      {R"~(sheet "S" { column "A" = e.id column "B" = formula "[A] / total([A])"
                      column "C" = formula "total([B])" })~",
       "22023", R"("B" uses a total itself and cannot have one here)"},
      {R"(sheet "S" { group "B" column "A" = e.id })", "42703", R"(there is no column "B")"},
      {R"(sheet "S" { group "B" column "A" = e.id column "B" = formula "[A]" })", "22023",
       "rows are not grouped by a formula"},
      {R"(sheet "S" { column "A" = e.id chart bar { category "A" value "B" } })", "42703", nullptr},
      {R"(sheet "S" { column "A" = e.id chart bar { value "A" } })", "22023",
       "a chart needs a category and a value"},
      {R"(sheet "S" { column "A" = e.id chart bar { category "A" value "A" format "[0" } })",
       "22023", nullptr},
      {R"(sheet "S" { column "A" = e.task chart bar { category "A" value "A" } })", "42804",
       R"(column "A" of type character varying is no value of a chart)"},
      {R"(summary { metric "M" = count(*) { compare previous } })", "42P02",
       "compare previous needs a parameter of type daterange"},
      {R"(summary { metric "M" = count(*) { format "[0" } })", "22023", nullptr},
      {R"(sheet "S" { column "A" = e.id } nest "N" in "S" { column "B" = e.id })", "42803",
       R"("S" has no group by, so its rows have no children)"},
      {R"(sheet "S" { column "A" = e.id } nest "N" in "T" { column "B" = e.id })", "42704",
       R"(there is no sheet or nest "T")"},
      {R"(sheet "S" { group by e.id column "A" = e.id } nest "N" in "M" { column "B" = e.id }
          nest "M" in "N" { column "C" = e.id })",
       "22023", R"(nest "N" is inside itself)"},
      {R"(sheet "S" { group by e.id column "A" = e.id } nest "A" in "S" { column "B" = e.id })",
       "42701", R"(nest "A" has the name of a column)"},
      {R"(sheet "S" { group by e.id column "A" = e.id }
          nest "N" in "S" { column "B" = formula "[C]" })",
       "0A000", "a column of a nest has no formula"},
      {R"(sheet "S" { group by e.id column "A" = e.id }
          nest "N" in "S" { column "B" = e.task { mask redact } })",
       "0A000", "a column of a nest has no mask"},
      {R"(csv { delimiter ";" heder off } sheet "S" { column "A" = e.id })", "22023", nullptr},
      {R"(csv { header maybe } sheet "S" { column "A" = e.id })", "22023", nullptr},
  };
  for (const Body &c : cases) {
    const Diagnostic found =
        fault(std::string("template t { from time_entries as e\n") + c.body + " }",
              {.format = &json_format()});
    EXPECT_STREQ(found.state, c.state) << c.body << ": " << found.message;
    if (c.message) {
      EXPECT_EQ(found.message, c.message) << c.body;
    }
    EXPECT_GE(found.place.line, 2U) << c.body;
  }
}

TEST_F(Bind, NestsHaveLimits) {
  std::string source =
      "template t { from time_entries as e sheet \"0\" { group by e.id column "
      "\"A\" = e.id order by e.id }";
  const auto nest = [](std::size_t number) {
    return " nest \"" + std::to_string(number) + "\" in \"" + std::to_string(number - 1) +
           "\" { group by e.id column \"A\" = e.id }";
  };
  for (std::size_t i = 1; i <= kMaxNestDepth; i++) source += nest(i);
  compiled(source + "}", {.format = &json_format()});
  EXPECT_STREQ(fault(source + nest(kMaxNestDepth + 1) + "}", {.format = &json_format()}).state,
               "54000");
  std::string wide =
      "template t { from time_entries as e sheet \"S\" { group by e.id column \"A\" = "
      "e.id } nest \"N\" in \"S\" {";
  for (std::size_t i = 0; i < kMaxNestColumns; i++) {
    wide += " column \"" + std::to_string(i) + "\" = e.id";
  }
  compiled(wide + "} }", {.format = &json_format()});
  EXPECT_STREQ(fault(wide + " column \"x\" = e.id } }", {.format = &json_format()}).state, "54000");
}

TEST_F(Bind, PeriodsToCompareWith) {
  const auto summary = [](const char *parameters, const char *condition, const char *compare) {
    return std::string("template t { ") + parameters + " from time_entries as e " + condition +
           " summary { metric \"M\" = count(*) { compare previous " + compare + " } } }";
  };
  const char *two = "param a daterange = today param b daterange = last_month";
  EXPECT_EQ(fault(summary(two, "where e.day in $a and e.day in $b", "")).message,
            "the template has several periods to compare with");
  compiled(summary(two, "where e.day in $a and e.day in $b", "$b"));
  EXPECT_EQ(fault(summary(two, "where e.day in $a", "$b")).message,
            "no condition is on $b, so the period before it is the same");
  const Outcome filtered = compiled(
      "template t { param p daterange = last_month from time_entries as "
      "e summary { metric \"M\" = count(*) filter (where e.day in $p) "
      "{ compare previous } } }");
  EXPECT_EQ(filtered.values(), (std::vector<std::string>{"2026-10-01", "2026-11-01", "2026-09-01"}))
      << "also within the metric";
  const Outcome absent = compiled(summary("param a daterange?", "where e.day in $a", ""));
  EXPECT_EQ(absent.section().section.columns.size(), 1U) << "nothing is before no period";
}

TEST_F(Bind, OptionsOfFormats) {
  const std::string source =
      "template t { from time_entries as e sheet \"S\" { column \"C\" = e.id order by e.id }\n"
      "csv { dialect excel header off force_quote (\"C\") null \"-\" }\n"
      "json { pretty on }\n"
      "pdf { page a4 }\n}";
  const Outcome csv = compiled(source);
  EXPECT_EQ(csv.compiled->options,
            R"({"dialect":"excel","force_quote":["C"],"header":false,"null":"-"})");
  ASSERT_EQ(csv.diagnostics.size(), 1U);
  EXPECT_EQ(csv.diagnostics[0].message, "there is no format pdf here; its options are not checked");
  EXPECT_EQ(csv.diagnostics[0].place.line, 4U);
  EXPECT_EQ(compiled(source, {.format = &json_format()}).compiled->options, R"({"pretty":true})");
}

TEST_F(Bind, ParametersAreShown) {
  const Outcome outcome =
      compiled(with_where("e.day in $p and e.task in $tasks and e.id = $id and e.billable = $flag",
                          "param p daterange = last_month { label \"Period\" } param tasks text[]\n"
                          "param id int? param flag bool = true"),
               {.arguments = R"({"tasks": ["a","b","c","d","e","f","g","h","i","j","k","l"]})"});
  std::string text;
  for (const ShownParameter &shown : outcome.compiled->parameters) {
    text += shown.name + "/" + shown.label + "=" + shown.text + ";";
  }
  EXPECT_EQ(text,
            "p/Period=2026-10-01 to 2026-10-31;tasks/tasks=a, b, c, d, e, f, g, h, i, j and 2 "
            "more;flag/flag=true;");
}

}  // namespace
}  // namespace pgexport::dsl
