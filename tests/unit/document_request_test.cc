// The JSON of a document and the options of a plain query, read into the document model.

#include "formats/document_request.h"

#include <gtest/gtest.h>

#include <functional>

#include "core/error.h"
#include "formats/table_head.h"

namespace pgexport {
namespace {

OptionValues options(const char *format, std::string_view text) {
  return parse_options(require_format(format), text);
}

DocumentRequest read(std::string_view text, const char *format = "json",
                     std::string_view given = "{}") {
  return read_document(text, require_format(format), options(format, given));
}

Error error_of(const std::function<void()> &call) {
  try {
    call();
  } catch (const Error &error) {
    return error;
  }
  return Error("00000", "no error");
}

std::string message(std::string_view text) {
  return error_of([&] { read(text); }).message();
}

// A document whose one section has these members beside its name and query.
std::string section_with(const std::string &members) {
  return R"({"sections": [{"name": "A", "query": "SELECT 1", )" + members + "}]}";
}

TEST(DocumentRequest, ReadsEveryMember) {
  const DocumentRequest request = read(R"({
    "title": "T", "subtitle": "S", "author": "A", "subject": "J", "filters": "F",
    "sections": [
      {"kind": "table", "name": "Hours", "title": "All hours", "query": "SELECT $1", "args": ["1", null],
       "columns": ["a", {"name": "b", "heading": "B", "format": "0.00", "align": "right", "width": 12.5,
                         "total": "sum", "exact": "text", "formula": "[a]"}],
       "formats": {"a": "0"}, "totals": {"a": "count"}, "group_by": ["a"],
       "charts": {"type": "pie", "category": "a", "values": "b"}, "page_break": true},
      {"kind": "figures", "name": "Key", "query": "SELECT 2",
       "columns": [{"name": "x", "compare": "y", "better": "lower"}, "y"], "width": "half"},
      {"kind": "chart", "name": "Chart", "query": "SELECT 3",
       "chart": {"type": "bar", "stacked": true, "horizontal": true, "title": "C", "category": "a",
                 "values": ["b", "c"], "category_title": "X", "value_title": "Y", "format": "0%"}},
      {"kind": "text", "name": "Note", "text": "Hello"}]})");
  EXPECT_EQ(request.title + request.subtitle + request.author + request.subject + request.filters,
            "TSAJF");
  ASSERT_EQ(request.sections.size(), 4u);

  const SectionRequest &hours = request.sections[0];
  EXPECT_EQ(hours.section.kind, SectionKind::table);
  EXPECT_EQ(hours.section.title, "All hours");
  EXPECT_EQ(hours.query, "SELECT $1");
  EXPECT_TRUE(hours.has_args);
  EXPECT_EQ(hours.args, (TextArguments{"1", std::nullopt}));
  ASSERT_EQ(hours.section.columns.size(), 2u);
  EXPECT_EQ(hours.section.columns[0].heading, "a");
  const ColumnStyle &style = hours.section.columns[1].style;
  EXPECT_EQ(hours.section.columns[1].heading, "B");
  EXPECT_EQ(style.format, "0.00");
  EXPECT_EQ(style.align, Alignment::right);
  EXPECT_EQ(style.width, 12.5);
  EXPECT_EQ(style.total, Aggregate::sum);
  EXPECT_TRUE(style.exact_text);
  EXPECT_EQ(style.formula, "[a]");
  ASSERT_EQ(hours.section.styled.size(), 1u);
  EXPECT_EQ(hours.section.styled[0].style.format, "0");
  EXPECT_EQ(hours.section.styled[0].style.total, Aggregate::count);
  EXPECT_EQ(hours.section.group_by, std::vector<std::string>{"a"});
  ASSERT_EQ(hours.section.charts.size(), 1u);
  EXPECT_EQ(hours.section.charts[0].kind, ChartKind::pie);
  EXPECT_TRUE(hours.section.page_break);
  EXPECT_FALSE(hours.section.half_width);

  const Section &key = request.sections[1].section;
  EXPECT_TRUE(key.half_width);
  EXPECT_EQ(key.columns[0].style.compare, "y");
  EXPECT_TRUE(key.columns[0].style.lower_is_better);

  const Section &chart = request.sections[2].section;
  ASSERT_EQ(chart.charts.size(), 1u);
  EXPECT_TRUE(chart.charts[0].stacked && chart.charts[0].horizontal);
  EXPECT_EQ(chart.charts[0].values, (std::vector<std::string>{"b", "c"}));
  EXPECT_EQ(chart.charts[0].format, "0%");

  EXPECT_EQ(request.sections[3].section.text, "Hello");
}

TEST(DocumentRequest, OptionsGoBeforeWhatTheDocumentSays) {
  const std::string text = R"({"title": "T", "sections": [{"name": "A", "query": "SELECT 1"}]})";
  EXPECT_EQ(read(text, "json", R"({"title": "mine"})").title, "mine");
}

TEST(DocumentRequest, ErrorsNameThePlace) {
  EXPECT_EQ(message("[]"), "the document must be an object");
  EXPECT_EQ(message("{"), "the document is not valid JSON");
  EXPECT_EQ(message("{}"),
            "the document's \"sections\" must be an array with at least one section");
  EXPECT_EQ(message(R"({"sections": []})"),
            "the document's \"sections\" must be an array with at least one section");
  EXPECT_EQ(message(R"({"sections": [1]})"), "sections[0] must be an object");
  EXPECT_EQ(message(R"({"sections": [{"query": "SELECT 1"}]})"), "sections[0].name is missing");
  EXPECT_EQ(message(R"({"sections": [{"name": "A"}]})"), "sections[0].query is missing");
  EXPECT_EQ(message(R"({"sections": [{"name": "A", "kind": "text"}]})"),
            "sections[0].text is missing");
  EXPECT_EQ(message(section_with(R"("kind": "chart")")), "sections[0].chart is missing");
  EXPECT_EQ(message(section_with(R"("args": [1])")),
            "sections[0].args must be an array of strings and nulls");
  EXPECT_EQ(message(section_with(R"("page_break": 1)")),
            "sections[0].page_break must be true or false");
  EXPECT_EQ(message(section_with(R"("columns": [])")), "sections[0].columns must name a column");
  EXPECT_EQ(message(section_with(R"("columns": [{"name": "a", "width": 256}])")),
            "sections[0].columns[0].width must be between 0 and 255");
  EXPECT_EQ(message(section_with(R"("columns": [{"name": "a", "width": "x"}])")),
            "sections[0].columns[0].width must be a number");
  EXPECT_EQ(message(section_with(R"("totals": {"a": "product"})")),
            "sections[0].totals.a must be one of none, sum, avg, min, max, count");
  EXPECT_EQ(message(section_with(R"("charts": [{"category": "a"}])")),
            "sections[0].charts[0].values is missing");
  EXPECT_EQ(message(section_with(R"("charts": [{"category": "a", "values": [1]}])")),
            "sections[0].charts[0].values must be a string or an array of strings");
  EXPECT_EQ(message(R"({"sections": [{"name": "A", "query": "q"}, {"name": "A", "query": "q"}]})"),
            "two sections are named \"A\"");
}

TEST(DocumentRequest, UnknownKeysHaveTheNearestNameAsHint) {
  const Error section = error_of([] { read(section_with(R"("groupby": ["a"])")); });
  EXPECT_EQ(section.message(), "unknown key \"groupby\" in sections[0]");
  EXPECT_EQ(section.hint(), "Did you mean \"group_by\"?");
  const Error kind = error_of([] { read(section_with(R"("kind": "tabel")")); });
  EXPECT_EQ(kind.hint(), "Did you mean \"table\"?");
  // What belongs to another kind is as unknown.
  EXPECT_EQ(message(R"({"sections": [{"name": "A", "kind": "text", "text": "x", "query": "q"}]})"),
            "unknown key \"query\" in sections[0]");
}

TEST(DocumentRequest, HasAsManySectionsAsTheLimitAllows) {
  const auto document = [](std::size_t count) {
    std::string text = R"({"sections": [)";
    for (std::size_t i = 0; i < count; i++) {
      text += (i > 0 ? ", " : "") + (R"({"name": ")" + std::to_string(i)) + R"(", "query": "q"})";
    }
    return text + "]}";
  };
  EXPECT_EQ(read(document(kMaxSections)).sections.size(), kMaxSections);
  EXPECT_EQ(error_of([&] { read(document(kMaxSections + 1)); }).state(),
            std::string(sqlstate::program_limit_exceeded));
  EXPECT_EQ(error_of([&] { read(std::string(kMaxDocumentText + 1, ' ')); }).state(),
            std::string(sqlstate::program_limit_exceeded));
}

TEST(DocumentRequest, AFormatOfOneTableTakesTheSheetThatIsNamed) {
  const std::string text = R"({"sections": [
    {"name": "A", "query": "SELECT 1"}, {"name": "B", "query": "SELECT 2"},
    {"name": "C", "kind": "text", "text": "t"}]})";
  for (const char *format : {"csv", "jsonl"}) {
    const DocumentRequest chosen = read(text, format, R"({"sheet": "B"})");
    ASSERT_EQ(chosen.sections.size(), 1u);
    EXPECT_EQ(chosen.sections[0].query, "SELECT 2");
    const Error several = error_of([&] { read(text, format); });
    EXPECT_EQ(several.detail(), "Its tables are \"A\", \"B\".");
    EXPECT_EQ(
        several.hint(),
        "Choose one with the option \"sheet\", or pack them all with \"container\": \"zip\".");
    EXPECT_EQ(read(text, format, R"({"container": "zip"})").sections.size(), 2U);
    EXPECT_EQ(error_of([&] { read(text, format, R"({"sheet": "C"})"); }).message(),
              "option \"sheet\": the document has no table \"C\"");
  }
  EXPECT_EQ(read(text).sections.size(), 3u);
  EXPECT_EQ(message(R"({"sections": [{"name": "C", "kind": "text", "text": "t"}]})"), "no error");
  EXPECT_EQ(error_of([] {
              read(R"({"sections": [{"name": "C", "kind": "text", "text": "t"}]})", "csv");
            }).message(),
            "the document has no section that format csv shows");
}

TEST(DocumentRequest, OptionsOfSectionsDoNotApplyToADocument) {
  EXPECT_EQ(error_of([] {
              read(section_with(R"("page_break": true)"), "json", R"({"args": ["1"]})");
            }).message(),
            "option \"args\" does not apply to a document");
}

TEST(PlainRequest, HasOneSectionWithoutAName) {
  const DocumentRequest request =
      plain_request(options("csv", R"({"title": "T", "columns": ["a"], "args": ["1"]})"));
  EXPECT_EQ(request.title, "T");
  ASSERT_EQ(request.sections.size(), 1u);
  EXPECT_EQ(request.sections[0].section.name, "");
  EXPECT_EQ(request.sections[0].section.columns[0].name, "a");
  EXPECT_EQ(request.sections[0].args, (TextArguments{"1"}));
}

std::vector<Column> columns(std::initializer_list<const char *> names) {
  std::vector<Column> list;
  for (const char *name : names) {
    list.push_back(
        {std::string("heading of ") + name, "integer", CellTag::integer, name, 10, 0, {}});
  }
  return list;
}

TEST(TableHead, FitsStylesGroupsAndChartsToTheColumns) {
  Section section;
  section.name = "S";
  section.title = "Title";
  section.columns = {{"a", "A", {}}, {"b", "B", {}}};
  section.columns[1].style.format = "0.0";
  section.columns[1].style.total = Aggregate::sum;
  section.styled = {{"b", "b", {}}};
  section.styled[0].style.format = "0.00";
  section.group_by = {"b"};
  section.charts.emplace_back();
  section.charts[0].category = "a";
  section.charts[0].values = {"b", "a"};
  const TableHead head = make_table_head(section, columns({"a", "b"}), nullptr);
  EXPECT_EQ(head.name, "S");
  EXPECT_EQ(head.title, "Title");
  EXPECT_EQ(head.columns[1].style.format, "0.00");
  EXPECT_EQ(head.columns[1].style.total, Aggregate::sum);
  EXPECT_EQ(head.group_by, std::vector<int>{1});
  ASSERT_EQ(head.charts.size(), 1u);
  EXPECT_EQ(head.charts[0].category, 0);
  EXPECT_EQ(head.charts[0].values, (std::vector<int>{1, 0}));
}

TEST(TableHead, AColumnThatIsNotThereIsAnError) {
  const auto refuse = [](const std::function<void(Section &)> &change) {
    Section section;
    change(section);
    return error_of([&] { make_table_head(section, columns({"hours", "b"}), nullptr); });
  };
  const Error style = refuse([](Section &s) { s.styled = {{"hour", "hour", {}}}; });
  EXPECT_EQ(style.state(), std::string(sqlstate::undefined_column));
  EXPECT_EQ(style.message(),
            "a format names the column \"hour\", which the document does not have");
  EXPECT_EQ(style.hint(), "Did you mean \"hours\"?");
  EXPECT_EQ(refuse([](Section &s) { s.group_by = {"x"}; }).message(),
            "\"group_by\" names the column \"x\", which the document does not have");
  EXPECT_EQ(refuse([](Section &s) {
              s.charts.emplace_back();
              s.charts[0].category = "b";
              s.charts[0].values = {"x"};
            }).message(),
            "a chart names the column \"x\", which the document does not have");
  EXPECT_EQ(refuse([](Section &s) {
              s.columns = {{"hours", "H", {}}, {"b", "B", {}}};
              s.columns[0].style.compare = "x";
            }).message(),
            "\"compare\" names the column \"x\", which the document does not have");
}

}  // namespace
}  // namespace pgexport
