// Title block, key figures, texts, charts, half widths, header and footer.
#include <gtest/gtest.h>

#include "pdf_page_text.h"
#include "pdf_samples.h"

namespace pgexport {
namespace {

DocumentInfo titled(const std::string &title = "Report") {
  DocumentInfo info;
  info.title = title;
  return info;
}

TableHead head_of(SectionKind kind, std::vector<Column> columns) {
  TableHead head;
  head.kind = kind;
  head.columns = std::move(columns);
  return head;
}

OptionValues option(const char *name, const std::string &value) {
  OptionValues values;
  values.set(name, value);
  return values;
}

// The SQLSTATE of the error that `call` throws, or an empty text.
template <typename Call>
std::string state_of(Call call) {
  try {
    call();
  } catch (const Error &error) {
    return error.state();
  }
  return {};
}

TEST(PdfSections, TheTitleBlockStandsOnTheFirstPageOnly) {
  DocumentInfo info = titled();
  info.subtitle = "Sub";
  info.filters = "region = North";
  info.user = "ada";
  info.document_time = 3'600'000'000;
  info.utc_offset = 7200;
  info.time_zone = "Europe/Paris";
  SampleDocument document(info);
  document.begin_table(head_of(SectionKind::table, {text_column("Name")}));
  for (int i = 0; i < 100; ++i) document.row({text_value("r")});
  const std::vector<PageText> pages = read_pages(document.end_table().finish());
  ASSERT_GT(pages.size(), 1U);
  EXPECT_GT(pages[0].find("Report")->size, 14);
  EXPECT_TRUE(pages[0].has("Sub"));
  EXPECT_TRUE(pages[0].has("Filters: region = North"));
  EXPECT_EQ(pages[0].starting("Generated Jan 1, 2000, 03:00").size(), 1U);
  EXPECT_EQ(pages[0].count("Report"), 1U);
  EXPECT_EQ(pages[1].count("Report"), 1U) << "in the header";
  EXPECT_FALSE(pages[1].has("Sub"));
}

TEST(PdfSections, ADocumentWithoutSectionsHasItsTitle) {
  SampleDocument document(titled());
  const std::vector<PageText> pages = read_pages(document.finish());
  ASSERT_EQ(pages.size(), 1U);
  EXPECT_TRUE(pages[0].has("Report"));
}

TEST(PdfSections, HeaderAndFooterAreFilled) {
  OptionValues values = option("header", "{title}|{user}");
  values.set("footer", std::string("{{{page}/{pages}}}"));
  DocumentInfo info = titled();
  info.user = "ada";
  SampleDocument document(info, values);
  const PageText page = read_pages(document.finish())[0];
  EXPECT_TRUE(page.has("ada"));
  ASSERT_TRUE(page.has("{1/1}"));
  EXPECT_EQ(page.count("Report"), 2U);
  EXPECT_NEAR(page.find("{1/1}")->x, page.width / 2, 15);
  EXPECT_GT(page.find("ada")->x, page.width / 2);
}

TEST(PdfSections, BadOptionsAreRefused) {
  const auto refused = [](const char *name, const std::string &value) {
    return state_of([&] { pdf_format().needs(option(name, value)); });
  };
  for (const char *text : {"{titel}", "{page", "page}", "a|b|c|d", "{}"}) {
    EXPECT_EQ(refused("header", text), sqlstate::invalid_parameter_value) << text;
  }
  for (const char *text : {"red", "#12345", "#12345G", "1F4E79", "#1F4E791"}) {
    EXPECT_EQ(refused("accent", text), sqlstate::invalid_parameter_value) << text;
  }
  EXPECT_EQ(refused("accent", "#ffFFff"), "");
  for (const auto &[name, number] :
       std::initializer_list<std::pair<const char *, std::int64_t>>{{"margin", 9},
                                                                    {"margin", 51},
                                                                    {"font_size", 5},
                                                                    {"font_size", 15},
                                                                    {"repeat_columns", -1},
                                                                    {"repeat_columns", 9}}) {
    OptionValues values;
    values.set(name, number);
    EXPECT_EQ(state_of([&] { pdf_format().needs(values); }), sqlstate::invalid_parameter_value)
        << name;
  }
}

TEST(PdfSections, AnUnknownPlaceholderNamesTheNearest) {
  try {
    pdf_format().needs(option("footer", "{pgae}"));
    FAIL();
  } catch (const Error &error) {
    EXPECT_NE(error.hint().find("page"), std::string::npos) << error.hint();
  }
}

TEST(PdfSections, AnUnknownLocaleIsRefused) {
  DocumentInfo info = titled();
  info.locale = "tlh";
  EXPECT_EQ(state_of([&] { SampleDocument document(info); }), sqlstate::invalid_parameter_value);
}

TEST(PdfSections, WordsAndNumbersAreOfTheLocale) {
  DocumentInfo info = titled();
  info.locale = "de_DE";
  SampleDocument document(info);
  TableHead head =
      head_of(SectionKind::table, {text_column("Name"), summed(money_column("Betrag"))});
  document.begin_table(head).row({text_value("a"), money_value(123456)}).end_table();
  const PageText page = read_pages(document.finish())[0];
  EXPECT_EQ(page.count("1.234,56"), 2U);
  EXPECT_TRUE(page.has("Gesamt"));
  EXPECT_TRUE(page.has("Seite 1 von 1"));
}

TableHead figures_head() {
  TableHead head =
      head_of(SectionKind::figures, {integer_column("Revenue"), integer_column("old"),
                                     integer_column("Cost"), integer_column("old_cost")});
  head.columns[0].style.compare = "old";
  head.columns[2].style.compare = "old_cost";
  head.columns[2].style.lower_is_better = true;
  return head;
}

TEST(PdfSections, KeyFiguresShowTheChange) {
  SampleDocument document(titled());
  document.begin_table(figures_head());
  document.row({integer_value(110), integer_value(100), integer_value(50), integer_value(0)});
  const PageText page = read_pages(document.end_table().finish())[0];
  EXPECT_TRUE(page.has("Revenue"));
  EXPECT_TRUE(page.has("110"));
  EXPECT_EQ(page.starting("+10.0").size(), 1U);
  EXPECT_TRUE(page.has("previous period: 100"));
  EXPECT_TRUE(page.has("previous period: 0")) << "from zero on there is no percentage";
  EXPECT_EQ(page.starting("+").size(), 1U);
  EXPECT_FALSE(page.has("old"));
}

TEST(PdfSections, KeyFiguresAreOneRow) {
  SampleDocument document(titled());
  document.begin_table(figures_head());
  const std::vector<Value> row(4, integer_value(1));
  document.row(row);
  EXPECT_EQ(state_of([&] { document.row(row); }), sqlstate::cardinality_violation);
}

TEST(PdfSections, KeyFiguresWithoutARowSaySo) {
  SampleDocument document(titled());
  document.begin_table(figures_head()).end_table();
  EXPECT_TRUE(read_pages(document.finish())[0].has("No data"));
}

TEST(PdfSections, AHundredKeyFiguresGoOnOverPages) {
  TableHead head = head_of(SectionKind::figures, {});
  std::vector<Value> row;
  for (int i = 0; i < 100; ++i) {
    head.columns.push_back(integer_column("f" + std::to_string(i)));
    row.push_back(integer_value(i));
  }
  SampleDocument document(titled());
  document.begin_table(head).row(row).end_table();
  std::size_t labels = 0;
  for (const PageText &page : read_pages(document.finish())) {
    labels += page.starting("f").size();
    for (const PlacedText &text : page.texts) EXPECT_LT(text.y, page.height - 15);
  }
  EXPECT_EQ(labels, 100U);
}

TEST(PdfSections, TextHasParagraphsHeadingsAndLists) {
  SampleDocument document(titled());
  document.text({"note", "Note", "# Head\nFirst line\nsecond line\n\nNext\n- item", false, false});
  const PageText page = read_pages(document.finish())[0];
  for (const char *text : {"Note", "Head", "First line", "second line", "Next", "item"}) {
    EXPECT_TRUE(page.has(text)) << text;
  }
  EXPECT_GT(page.find("Head")->size, page.find("Next")->size);
  EXPECT_GT(page.find("item")->x, page.find("Next")->x);
  const double line = page.find("second line")->y - page.find("First line")->y;
  EXPECT_GT(page.find("Next")->y - page.find("second line")->y, 1.3 * line);
}

TEST(PdfSections, ALongTextGoesOnOverPages) {
  std::string text;
  for (int i = 0; i < 3000; ++i) text += "l" + std::to_string(i) + "\n";
  SampleDocument document(titled());
  document.text({"note", "", text, false, false});
  int next = 0;
  for (const PageText &page : read_pages(document.finish())) {
    for (const std::string &line : page.starting("l")) {
      EXPECT_EQ(line, "l" + std::to_string(next++));
    }
  }
  EXPECT_EQ(next, 3000);
}

SampleDocument &short_table(SampleDocument &document, const std::string &title, int rows) {
  TableHead head = head_of(SectionKind::table, {text_column("N" + title), integer_column("V")});
  head.title = title;
  head.half_width = true;
  document.begin_table(head);
  for (int i = 0; i < rows; ++i) {
    document.row({text_value(title + std::to_string(i)), integer_value(i)});
  }
  return document.end_table();
}

TEST(PdfSections, TwoOfHalfTheWidthStandBesideEachOther) {
  SampleDocument document(titled());
  short_table(document, "A", 5);
  short_table(document, "B", 9);
  document.text({"after", "After", "text", false, false});
  const PageText page = read_pages(document.finish())[0];
  EXPECT_EQ(page.find("A")->y, page.find("B")->y);
  EXPECT_GT(page.find("B")->x, page.width / 2);
  EXPECT_GT(page.find("After")->y, page.find("B8")->y);
}

TEST(PdfSections, OneOfHalfTheWidthAloneTakesTheWhole) {
  SampleDocument document(titled());
  short_table(document, "A", 5);
  document.text({"wide", "Wide", "text", false, false});
  short_table(document, "B", 5);
  const PageText page = read_pages(document.finish())[0];
  EXPECT_EQ(page.find("A")->x, page.find("B")->x);
  EXPECT_LT(page.find("A0")->y, page.find("Wide")->y);
  EXPECT_GT(page.find("B")->y, page.find("Wide")->y);
}

TEST(PdfSections, ALongTableOfHalfTheWidthTakesTheWholeInItsTurn) {
  SampleDocument document(titled());
  short_table(document, "A", 5);
  short_table(document, "B", 31);
  const PageText page = read_pages(document.finish())[0];
  EXPECT_GT(page.find("B")->y, page.find("A4")->y);
  EXPECT_EQ(page.find("A")->x, page.find("B")->x);
  EXPECT_EQ(page.starting("B3").size(), 2U);
}

TableHead chart_head() {
  TableHead head = head_of(SectionKind::chart, {text_column("Month"), integer_column("Revenue")});
  ChartSpec spec;
  spec.title = "Chart";
  head.charts = {{spec, 0, {1}}};
  return head;
}

TEST(PdfSections, AChartShowsItsCategories) {
  SampleDocument document(titled());
  document.begin_table(chart_head());
  for (const char *month : {"Jan", "Feb", "Mar"}) {
    document.row({text_value(month), integer_value(5)});
  }
  const PageText page = read_pages(document.end_table().finish())[0];
  for (const char *text : {"Chart", "Jan", "Feb", "Mar"}) EXPECT_TRUE(page.has(text)) << text;
}

TEST(PdfSections, AChartOfTooManyPointsIsRefused) {
  SampleDocument document(titled());
  document.begin_table(chart_head());
  const std::vector<Value> row{text_value("x"), integer_value(1)};
  for (int i = 0; i < kMaxChartPoints; ++i) document.row(row);
  EXPECT_EQ(state_of([&] { document.row(row); }), sqlstate::program_limit_exceeded);
}

TEST(PdfSections, AChartOfTextsIsRefused) {
  SampleDocument document(titled());
  TableHead head = chart_head();
  head.columns[1] = text_column("Revenue");
  EXPECT_EQ(state_of([&] { document.begin_table(head); }), sqlstate::invalid_parameter_value);
}

TEST(PdfSections, AChartWithoutRowsSaysSo) {
  SampleDocument document(titled());
  document.begin_table(chart_head()).end_table();
  EXPECT_TRUE(read_pages(document.finish())[0].has("No data"));
}

TEST(PdfSections, ChartsOfATableComeAfterIt) {
  TableHead head = chart_head();
  head.kind = SectionKind::table;
  SampleDocument document(titled());
  document.begin_table(head);
  for (int i = 0; i < 10; ++i)
    document.row({text_value("m" + std::to_string(i)), integer_value(i)});
  const PageText page = read_pages(document.end_table().finish())[0];
  EXPECT_GT(page.find("Chart")->y, page.find("m9")->y);
}

TEST(PdfSections, SectionsAndGroupsAreInTheOutline) {
  SampleDocument document(titled());
  document.text({"note", "Note", "text", false, false});
  TableHead head = head_of(SectionKind::table, {text_column("Team"), text_column("Name")});
  head.name = "people";
  head.group_by = {0};
  document.begin_table(head).row({text_value("Red"), text_value("a")});
  document.row({text_value("Blue"), text_value("b")}).end_table();
  const std::string file = document.finish();
  const PdfReader reader(file);
  for (const char *title :
       {"/Title(Note)", "/Title(people)", "/Title(Team: Red)", "/Title(Team: Blue)"}) {
    EXPECT_EQ(reader.count(title), 1U) << title;
  }
}

TEST(PdfSections, APageBreakStartsAPage) {
  SampleDocument document(titled());
  document.text({"a", "A", "text", false, false});
  document.text({"b", "B", "text", false, true});
  const std::vector<PageText> pages = read_pages(document.finish());
  ASSERT_EQ(pages.size(), 2U);
  EXPECT_TRUE(pages[0].has("A"));
  EXPECT_TRUE(pages[1].has("B"));
}

TEST(PdfSections, OnlyAWideTableTurnsThePage) {
  TableHead wide = head_of(SectionKind::table, {});
  std::vector<Value> row;
  for (int i = 0; i < 12; ++i) {
    wide.columns.push_back(text_column("Column " + std::to_string(i)));
    row.push_back(text_value("quite a long value here"));
  }
  SampleDocument document({});
  document.begin_table(head_of(SectionKind::table, {text_column("Name")}));
  document.row({text_value("r")}).end_table();
  document.begin_table(wide).row(row).end_table();
  const std::vector<PageText> pages = read_pages(document.finish());
  ASSERT_EQ(pages.size(), 2U);
  EXPECT_LT(pages[0].width, pages[0].height);
  EXPECT_GT(pages[1].width, pages[1].height);
}

TEST(PdfSections, PreviewsReadLikeThePage) {
  OutputBuffer out;
  const auto writer = pdf_format().make_writer({}, out);
  writer->begin({});
  writer->begin_table(head_of(SectionKind::table, {money_column("M"), boolean_column("B")}));
  const std::size_t before = out.size();
  const Value money = money_value(-123456);
  writer->preview_cell(data_cell(CellTag::numeric, money.text.data(), money.text.size()), 0);
  writer->preview_cell(integer_cell(CellTag::boolean, 1), 1);
  EXPECT_EQ(out.view().substr(before), "-1,234.56yes");
}

TEST(PdfSections, MissingCharactersAreAWarning) {
  SampleDocument document({});
  document.text({"a", "", "\U00013000", false, false});
  document.finish();
  ASSERT_EQ(document.writer().warnings().size(), 1U);
}

}  // namespace
}  // namespace pgexport
