#include "dsl/section_parser.h"

#include <array>
#include <utility>

#include "dsl/block_parser.h"
#include "dsl/limits.h"
#include "dsl/query_parser.h"

namespace pgexport::dsl {

namespace {

using Items = std::string_view;

constexpr std::array<Items, 9> kSheetItems = {"title",  "half",  "page",  "where", "group",
                                              "column", "order", "limit", "chart"};
constexpr std::array<Items, 7> kSheetOnce = {"title",    "half",     "page", "where",
                                             "group by", "order by", "limit"};
constexpr BlockRules kSheetRules = {"a sheet", kSheetItems, kSheetOnce};

constexpr std::array<Items, 6> kChartItems = {"title",  "category", "value",
                                              "format", "stacked",  "horizontal"};
constexpr std::array<Items, 8> kChartOnce = {
    "title", "category", "category axis", "value", "value axis", "format", "stacked", "horizontal"};
constexpr BlockRules kChartRules = {"a chart", kChartItems, kChartOnce};

constexpr std::array<Items, 13> kChartSectionItems = {
    "title", "half",     "page",  "where",  "group",   "column",    "order",
    "limit", "category", "value", "format", "stacked", "horizontal"};
constexpr std::array<Items, 14> kChartSectionOnce = {
    "title",    "half",          "page",  "where",      "group by", "order by", "limit",
    "category", "category axis", "value", "value axis", "format",   "stacked",  "horizontal"};
constexpr BlockRules kChartSectionRules = {"a chart", kChartSectionItems, kChartSectionOnce};

constexpr std::array<Items, 5> kSummaryItems = {"title", "half", "page", "where", "metric"};
constexpr std::array<Items, 4> kSummaryOnce = {"title", "half", "page", "where"};
constexpr BlockRules kSummaryRules = {"a summary", kSummaryItems, kSummaryOnce};

constexpr std::array<Items, 4> kTextItems = {"title", "half", "page", "paragraph"};
constexpr std::array<Items, 3> kTextOnce = {"title", "half", "page"};
constexpr BlockRules kTextRules = {"a text", kTextItems, kTextOnce};

constexpr std::array<Items, 5> kNestItems = {"where", "group", "column", "order", "limit"};
constexpr std::array<Items, 4> kNestOnce = {"where", "group by", "order by", "limit"};
constexpr BlockRules kNestRules = {"a nest", kNestItems, kNestOnce};

constexpr std::array<Items, 1> kGroupOptions = {"subtotal"};
constexpr BlockRules kGroupRules = {"a group", kGroupOptions, kGroupOptions};

// Takes the first word of a section.
SectionHead begin_section(TokenStream &stream, std::string_view word) {
  SectionHead head;
  stream.take_comments(head.comments.before);
  stream.expect_word(word);
  head.place = stream.previous().place;
  return head;
}

void read_section_name(TokenStream &stream, SectionHead &head, std::string_view what) {
  const Place place = stream.peek().place;
  head.name = read_name(stream, what);
  head.place = place;
}

// Reads `title`, `half` or `page break`, if one is next.
bool read_head_item(TokenStream &stream, SectionHead &head) {
  const Token &token = stream.peek();
  if (!token.is_word("title") && !token.is_word("half") && !token.is_word("page")) return false;
  stream.take_comments(head.comments.before);
  if (stream.take_word("title")) {
    head.title = read_name(stream, "a title");
  } else if (stream.take_word("half")) {
    head.half = true;
  } else {
    stream.take();
    stream.expect_word("break");
    head.page_break = true;
  }
  return true;
}

HeadingUse read_heading_use(TokenStream &stream) {
  const Place place = stream.peek().place;
  return {read_name(stream, "the heading of a column"), place};
}

// Reads one item of a chart, if one is next.  `title` is where its title goes.
void read_chart_item(TokenStream &stream, Chart &chart, std::string &title) {
  if (stream.take_words("category", "axis")) {
    chart.category_axis = read_name(stream, "the title of an axis");
  } else if (stream.take_words("value", "axis")) {
    chart.value_axis = read_name(stream, "the title of an axis");
  } else if (stream.take_word("category")) {
    chart.category = read_heading_use(stream);
  } else if (stream.take_word("value")) {
    do {
      chart.values.push_back(read_heading_use(stream));
    } while (stream.take_symbol(","));
  } else if (stream.take_word("format")) {
    chart.format = read_name(stream, "a format");
  } else if (stream.take_word("stacked")) {
    chart.stacked = true;
  } else if (stream.take_word("horizontal")) {
    chart.horizontal = true;
  } else {
    stream.expect_word("title");
    title = read_name(stream, "a title");
  }
}

Chart read_sheet_chart(TokenStream &stream) {
  Chart chart;
  stream.take_comments(chart.comments.before);
  stream.expect_word("chart");
  chart.place = stream.previous().place;
  chart.form = read_choice<ChartForm>(stream, "a kind of chart");
  if (stream.peek().kind == TokenKind::quoted) {
    stream.fail_expected("\"{\"", "A chart in a sheet has no name; its title is: title \"…\".");
  }
  BlockParser(stream, kChartRules).read(chart.comments, [&] {
    stream.take_comments(chart.comments.before);
    read_chart_item(stream, chart, chart.title);
  });
  return chart;
}

GroupBreak read_group_break(TokenStream &stream) {
  GroupBreak group;
  group.comments = begin_comments(stream);
  stream.expect_word("group");
  group.place = stream.peek().place;
  if (stream.peek().kind != TokenKind::quoted) {
    stream.fail_expected("\"by\" or the heading of a column after \"group\"");
  }
  group.heading = read_name(stream, "the heading of a column");
  BlockParser(stream, kGroupRules).read_options([&] {
    stream.expect_word("subtotal");
    group.subtotal = true;
  });
  stream.take_inner_comments(group.comments);
  return group;
}

void read_query_item(TokenStream &stream, Query &query) {
  if (!parse_query_item(stream, query)) stream.fail_expected("\"group by\"");
}

Paragraph read_paragraph(TokenStream &stream) {
  Paragraph paragraph;
  paragraph.comments = begin_comments(stream);
  stream.expect_word("paragraph");
  paragraph.place = stream.peek().place;
  paragraph.text = read_name(stream, "a paragraph");
  stream.take_inner_comments(paragraph.comments);
  return paragraph;
}

}  // namespace

Sheet parse_sheet(TokenStream &stream) {
  Sheet sheet;
  sheet.head = begin_section(stream, "sheet");
  read_section_name(stream, sheet.head, "the name of a sheet");
  BlockParser(stream, kSheetRules).read(sheet.head.comments, [&] {
    if (read_head_item(stream, sheet.head) || parse_query_item(stream, sheet.query)) return;
    if (stream.peek().is_word("chart")) {
      sheet.charts.push_back(read_sheet_chart(stream));
    } else {
      sheet.groups.push_back(read_group_break(stream));
    }
  });
  return sheet;
}

ChartSection parse_chart_section(TokenStream &stream) {
  ChartSection section;
  section.head = begin_section(stream, "chart");
  section.chart.place = section.head.place;
  section.chart.form = read_choice<ChartForm>(stream, "a kind of chart");
  read_section_name(stream, section.head, "the name of a chart");
  BlockParser(stream, kChartSectionRules).read(section.head.comments, [&] {
    if (read_head_item(stream, section.head) || parse_query_item(stream, section.query)) return;
    if (stream.peek().is_word("group")) stream.fail_expected("\"group by\"");
    stream.take_comments(section.head.comments.before);
    read_chart_item(stream, section.chart, section.head.title);
  });
  return section;
}

Summary parse_summary(TokenStream &stream) {
  Summary summary;
  summary.head = begin_section(stream, "summary");
  if (!stream.peek().is_symbol("{")) {
    read_section_name(stream, summary.head, "the name of a summary");
  }
  BlockParser(stream, kSummaryRules).read(summary.head.comments, [&] {
    if (read_head_item(stream, summary.head)) return;
    if (stream.peek().is_word("where")) {
      summary.where = parse_where(stream);
      return;
    }
    const Place place = stream.peek().place;
    summary.metrics.push_back(parse_metric(stream));
    if (summary.metrics.size() == kMaxColumns + 1) {
      stream.limit_fault(place, "there are too many metrics", kMaxColumns);
    }
  });
  return summary;
}

TextSection parse_text_section(TokenStream &stream) {
  TextSection section;
  section.head = begin_section(stream, "text");
  read_section_name(stream, section.head, "the name of a text");
  BlockParser(stream, kTextRules).read(section.head.comments, [&] {
    if (read_head_item(stream, section.head)) return;
    section.paragraphs.push_back(read_paragraph(stream));
  });
  return section;
}

Nest parse_nest(TokenStream &stream) {
  Nest nest;
  stream.take_comments(nest.comments.before);
  stream.expect_word("nest");
  nest.place = stream.peek().place;
  nest.name = read_name(stream, "the name of a nest");
  stream.expect_word("in");
  nest.parent.place = stream.peek().place;
  nest.parent.heading = read_name(stream, "the name of a sheet or a nest");
  BlockParser(stream, kNestRules).read(nest.comments, [&] { read_query_item(stream, nest.query); });
  return nest;
}

}  // namespace pgexport::dsl
