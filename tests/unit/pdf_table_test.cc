// Tables on pages: nothing is lost, and what belongs together stays together.
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "pdf_page_text.h"
#include "pdf_samples.h"

namespace pgexport {
namespace {

constexpr double kBottom = 841.89 - 42.5;

TableHead head_of(std::vector<Column> columns) {
  TableHead head;
  head.columns = std::move(columns);
  return head;
}

std::string numbered(const char *word, int i) { return word + std::to_string(i); }

// The pages of a document with one table of one text column "r0", "r1" … and a column of numbers.
std::vector<PageText> pages_of(int rows, OptionValues options = {}, TableHead head = {}) {
  if (head.columns.empty()) {
    head.columns = {text_column("Name"), summed(integer_column("Number"))};
  }
  options.set("orientation", std::string("portrait"));
  SampleDocument document({}, options);
  document.begin_table(head);
  for (int i = 0; i < rows; ++i) document.row({text_value(numbered("r", i)), integer_value(i)});
  return read_pages(document.end_table().finish());
}

TEST(PdfTable, EveryRowStandsOnAPageOnceBelowTheHeadings) {
  const std::vector<PageText> pages = pages_of(2500);
  int next = 0;
  for (const PageText &page : pages) {
    EXPECT_EQ(page.count("Name"), 1U);
    EXPECT_EQ(page.count("Number"), 1U);
    for (const std::string &name : page.starting("r")) EXPECT_EQ(name, numbered("r", next++));
    for (const PlacedText &text : page.texts) {
      if (text.text.starts_with("r")) {
        EXPECT_LT(text.y, kBottom);
      }
    }
  }
  EXPECT_EQ(next, 2500);
}

TEST(PdfTable, ThePagesAreNumberedToTheLast) {
  const std::vector<PageText> pages = pages_of(300);
  for (std::size_t i = 0; i < pages.size(); ++i) {
    EXPECT_TRUE(
        pages[i].has("Page " + std::to_string(i + 1) + " of " + std::to_string(pages.size())));
  }
}

TEST(PdfTable, WithoutRowsItSaysSo) {
  const std::vector<PageText> pages = pages_of(0);
  ASSERT_EQ(pages.size(), 1U);
  EXPECT_TRUE(pages[0].has("Name"));
  EXPECT_TRUE(pages[0].has("No data"));
  EXPECT_FALSE(pages[0].has("Total"));
}

// Whatever the number of rows, the total has a row above it on its page.
TEST(PdfTable, TheTotalIsNeverAlone) {
  for (int rows = 40; rows < 100; ++rows) {
    const std::vector<PageText> pages = pages_of(rows);
    const PageText &last = pages.back();
    ASSERT_EQ(last.count("Total"), 1U) << rows;
    EXPECT_TRUE(last.has(std::to_string(rows * (rows - 1) / 2))) << rows;
    EXPECT_FALSE(last.starting("r").empty()) << rows;
  }
}

TEST(PdfTable, SumsAreCarriedForwardAndBroughtForward) {
  OptionValues options;
  options.set("carry_over", true);
  const std::vector<PageText> pages = pages_of(200, options);
  ASSERT_GT(pages.size(), 2U);
  int rows = 0;
  for (std::size_t i = 0; i < pages.size(); ++i) {
    const bool first = i == 0, last = i + 1 == pages.size();
    const auto before = std::to_string(rows * (rows - 1) / 2);
    EXPECT_EQ(pages[i].count("Brought forward"), first ? 0U : 1U);
    if (!first) {
      EXPECT_TRUE(pages[i].has(before));
    }
    rows += static_cast<int>(pages[i].starting("r").size());
    EXPECT_EQ(pages[i].count("Carried forward"), last ? 0U : 1U);
    EXPECT_TRUE(pages[i].has(std::to_string(rows * (rows - 1) / 2)));
  }
  EXPECT_EQ(rows, 200);
}

// The column before the totals is as wide as the labels that stand in it, not just as its rows.
TEST(PdfTable, LabelsOfSubtotalsHaveRoomBesideTheirNumbers) {
  TableHead head =
      head_of({text_column("Team"), text_column("Name"), summed(integer_column("Hours"))});
  head.group_by = {0};
  SampleDocument document({}, {});
  document.begin_table(head);
  for (const char *team : {"Design", "Research and development"}) {
    for (int i = 0; i < 3; ++i) {
      document.row({text_value(team), text_value(numbered("r", i)), integer_value(i)});
    }
  }
  const std::vector<PageText> pages = read_pages(document.end_table().finish());
  int subtotals = 0;
  for (const PlacedText &label : pages.at(0).texts) {
    if (!label.text.starts_with("Subtotal")) continue;
    ++subtotals;
    EXPECT_TRUE(std::any_of(pages[0].texts.begin(), pages[0].texts.end(), [&](const PlacedText &t) {
      return t.text == "3" && std::abs(t.y - label.y) < 0.1;
    })) << label.text;
  }
  EXPECT_EQ(subtotals, 2);
}

// Groups of every small size: the head of a group is followed by a row, the subtotal preceded.
TEST(PdfTable, GroupsKeepTheirHeadsAndSubtotals) {
  TableHead head = head_of({text_column("Team"), text_column("Name"), summed(integer_column("N"))});
  head.group_by = {0};
  SampleDocument document({});
  document.begin_table(head);
  int row = 0;
  for (int group = 0; group < 120; ++group) {
    for (int i = 0; i <= group % 7; ++i, ++row) {
      document.row(
          {text_value(numbered("t", group)), text_value(numbered("r", row)), integer_value(1)});
    }
  }
  int rows = 0, groups = 0, subtotals = 0;
  for (const PageText &page : read_pages(document.end_table().finish())) {
    std::vector<std::string> column;
    for (const PlacedText &text : page.texts) {
      const std::string &t = text.text;
      if (t.starts_with("r") || t.starts_with("Team: ") || t.starts_with("Subtotal")) {
        column.push_back(t);
      }
    }
    EXPECT_TRUE(column.front().starts_with("Team: ")) << "a page says which group goes on";
    for (std::size_t i = 0; i < column.size(); ++i) {
      const bool is_row = column[i].starts_with("r");
      rows += is_row ? 1 : 0;
      if (column[i].starts_with("Subtotal")) {
        ++subtotals;
        EXPECT_TRUE(i > 0 && column[i - 1].starts_with("r"));
      }
      if (column[i].starts_with("Team: ")) {
        groups += column[i].ends_with("(continued)") ? 0 : 1;
        EXPECT_TRUE(i + 1 < column.size() && column[i + 1].starts_with("r")) << column[i];
      }
    }
  }
  EXPECT_EQ(rows, row);
  EXPECT_EQ(groups, 120);
  EXPECT_EQ(subtotals, 120);
}

TEST(PdfTable, AGroupWithoutAValueIsNamed) {
  TableHead head = head_of({text_column("Team"), text_column("Name")});
  head.group_by = {0};
  SampleDocument document({});
  document.begin_table(head).row({null_value(), text_value("r0")}).end_table();
  const std::vector<PageText> pages = read_pages(document.finish());
  ASSERT_EQ(pages[0].starting("Team: ").size(), 1U);
  EXPECT_GT(pages[0].starting("Team: ")[0].size(), std::string("Team: ").size());
}

// The same rows on the pages of a set, all columns on one of them.
TEST(PdfTable, AWideTableStandsInBands) {
  constexpr int kColumns = 60, kRows = 90;
  TableHead head;
  head.columns.push_back(text_column("Key"));
  for (int i = 1; i < kColumns; ++i) head.columns.push_back(integer_column(numbered("c", i)));
  head.title = "Wide";
  SampleDocument document({});
  document.begin_table(head);
  for (int row = 0; row < kRows; ++row) {
    std::vector<Value> values{text_value(numbered("k", row))};
    for (int i = 1; i < kColumns; ++i) values.push_back(integer_value(row * 100000 + i));
    document.row(values);
  }
  const std::vector<PageText> pages = read_pages(document.end_table().finish());
  std::set<std::string> headings, values;
  for (const PageText &page : pages) {
    EXPECT_TRUE(page.has("Key"));
    const std::vector<std::string> keys = page.starting("k");
    ASSERT_FALSE(keys.empty());
    for (const std::string &c : page.starting("c")) {
      if (c == "(continued)") continue;
      headings.insert(c);
      const int column = std::atoi(c.c_str() + 1);
      for (const std::string &key : keys) {
        const int row = std::atoi(key.c_str() + 1);
        const std::string value = std::to_string(row * 100000 + column);
        EXPECT_TRUE(page.has(value)) << value;
        EXPECT_TRUE(values.insert(value).second) << "twice: " << value;
      }
    }
  }
  EXPECT_EQ(headings.size(), kColumns - 1U);
  EXPECT_EQ(values.size(), static_cast<std::size_t>(kRows) * (kColumns - 1));
}

TEST(PdfTable, SixteenHundredColumns) {
  constexpr int kColumns = 1600;
  TableHead head;
  std::vector<Value> values;
  for (int i = 0; i < kColumns; ++i) {
    head.columns.push_back(integer_column(numbered("c", i)));
    values.push_back(integer_value(1000000 + i));
  }
  SampleDocument document({});
  document.begin_table(head).row(values).row(values).end_table();
  std::set<std::string> headings, seen;
  for (const PageText &page : read_pages(document.finish())) {
    for (const std::string &c : page.starting("c")) headings.insert(c);
    for (const std::string &v : page.starting("1000")) seen.insert(v);
    for (const std::string &v : page.starting("1001")) seen.insert(v);
  }
  EXPECT_EQ(headings.size(), kColumns);
  EXPECT_EQ(seen.size(), kColumns);
}

// A cell of 10 MB: every word of it in order, the row after it too.
TEST(PdfTable, AGiantCellGoesOnOverPages) {
  constexpr int kWords = 1'250'000;
  std::string giant;
  for (int i = 0; i < kWords; ++i)
    giant += "w" + std::to_string(1000000 + i) + (i % 9 ? ' ' : '\n');
  ASSERT_GT(giant.size(), 10U << 20);
  SampleDocument document({});
  document.begin_table(head_of({integer_column("No"), text_column("Text")}));
  document.row({integer_value(1), text_value(giant)}).row({integer_value(2), text_value("after")});
  const std::vector<PageText> pages = read_pages(document.end_table().finish());
  EXPECT_GT(pages.size(), 100U);
  int next = 0;
  for (const PageText &page : pages) {
    EXPECT_TRUE(page.has("Text"));
    for (const std::string &line : page.starting("w")) {
      std::istringstream words(line);
      for (std::string word; words >> word; ++next) {
        if (word != "w" + std::to_string(1000000 + next)) FAIL() << word << " at " << next;
      }
    }
  }
  EXPECT_EQ(next, kWords);
  EXPECT_TRUE(pages.back().has("after"));
}

// A row that fits on a page is not split, one of more than a third of it may be, with two lines on
// either side.
TEST(PdfTable, RowsAreSplitOnlyIfTheyAreTall) {
  for (int lines = 1; lines < 70; ++lines) {
    std::string text;
    for (int i = 0; i < lines; ++i) text += "x" + std::to_string(i) + "\n";
    SampleDocument document({});
    document.begin_table(head_of({text_column("Text")}));
    for (int i = 0; i < 5; ++i) document.row({text_value(text)});
    for (const PageText &page : read_pages(document.end_table().finish())) {
      std::size_t run = 0;
      const std::vector<std::string> drawn = page.starting("x");
      for (std::size_t i = 0; i < drawn.size(); ++i) {
        run = i > 0 && drawn[i] != "x0" ? run + 1 : 1;
        if (i + 1 < drawn.size() && drawn[i + 1] != "x0") continue;
        const auto whole = static_cast<std::size_t>(lines);
        if (lines <= 20) {
          EXPECT_EQ(run, whole) << lines;
        } else {
          EXPECT_GE(run, std::min<std::size_t>(whole, 2)) << lines;
        }
      }
    }
  }
}

TEST(PdfTable, AWideNumberIsSetSmallerNotBroken) {
  TableHead head = head_of({text_column("Name"), integer_column("N")});
  head.columns[1].style.width = 6;
  SampleDocument document({});
  document.begin_table(head).row({text_value("a"), integer_value(123456789)});
  const std::vector<PageText> pages = read_pages(document.end_table().finish());
  const PlacedText *number = pages[0].find("123456789");
  ASSERT_NE(number, nullptr);
  EXPECT_LT(number->size, 9);
}

TEST(PdfTable, NumbersEndAtTheSameEdge) {
  TableHead head = head_of({text_column("Name"), integer_column("N")});
  SampleDocument document({});
  document.begin_table(head).row({text_value("a"), integer_value(1)});
  document.row({text_value("b"), integer_value(1000)}).end_table();
  const std::vector<PageText> pages = read_pages(document.finish());
  const double digit = 0.556 * 9;
  EXPECT_NEAR(pages[0].find("1")->x + digit, pages[0].find("1000")->x + 4 * digit, 0.02);
}

TEST(PdfTable, TheSameRowsGiveTheSameBytes) {
  const auto make = [] {
    DocumentInfo info;
    info.title = "Twice";
    SampleDocument document(info);
    document.begin_table(head_of({text_column("Name")}));
    for (int i = 0; i < 500; ++i) document.row({text_value(numbered("r", i))});
    return document.end_table().finish();
  };
  EXPECT_EQ(make(), make());
}

TEST(PdfTable, NullIsEmptyAndABooleanIsAWord) {
  SampleDocument document({});
  document.begin_table(head_of({boolean_column("A"), boolean_column("B"), boolean_column("C")}));
  document.row({boolean_value(true), boolean_value(false), null_value()}).end_table();
  const std::vector<PageText> pages = read_pages(document.finish());
  EXPECT_EQ(pages[0].count("yes"), 1U);
  EXPECT_EQ(pages[0].count("no"), 1U);
}

TEST(PdfTable, TheSampleAndLaterRowsAreLaidOutAlike) {
  TableHead head = head_of({text_column("Name"), integer_column("N")});
  SampleDocument document({});
  document.begin_table(head);
  for (int i = 0; i < 1500; ++i) document.row({text_value(numbered("r", i)), integer_value(7)});
  double x = -1;
  for (const PageText &page : read_pages(document.end_table().finish())) {
    for (const PlacedText &text : page.texts) {
      if (!text.text.starts_with("r")) continue;
      if (x < 0) x = text.x;
      EXPECT_NEAR(text.x, x, 0.01);
    }
  }
}

// A tuple of an integer and a text with a short header.
TEST(PdfTable, TuplesAreWrittenAsTheirCells) {
  const ColumnLayout columns[] = {{Storage::int4, 4, CellTag::integer, CellTag::null},
                                  {Storage::varlena, 4, CellTag::text, CellTag::null}};
  const TupleLayout layout{columns, 2, {nullptr, 0, 0}};
  TableHead head = head_of({integer_column("N"), text_column("T")});
  head.layout = &layout;
  alignas(8) const char tuple[] = {7, 0, 0, 0, (2 + 1) << 1 | 1, 'a', 'b'};
  alignas(8) const char external[] = {7, 0, 0, 0, 1, 18, 0};
  SampleDocument document({});
  document.begin_table(head);
  EXPECT_EQ(document.writer().row(TupleView{external, nullptr}), WriteOutcome::needs_cells);
  EXPECT_EQ(document.writer().row(TupleView{tuple, nullptr}), WriteOutcome::ok);
  SampleDocument from_cells({});
  from_cells.begin_table(head).row({integer_value(7), text_value("ab")});
  EXPECT_EQ(document.end_table().finish(), from_cells.end_table().finish());
}

TEST(PdfTable, CancelLeavesNothing) {
  SampleDocument document({});
  document.begin_table(head_of({text_column("Name")}));
  for (int i = 0; i < 3000; ++i) document.row({text_value("r")});
  document.writer().cancel();
  document.writer().cancel();
}

}  // namespace
}  // namespace pgexport
