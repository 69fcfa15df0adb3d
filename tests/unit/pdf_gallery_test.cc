// Documents of every kind, to be looked at: with PDF_GALLERY set to a directory they are written
// there.
#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <fstream>

#include "pdf_samples.h"

namespace pgexport {
namespace {

const char *const kRegions[] = {"North", "South", "East", "West"};
const char *const kPeople[] = {"Ada Lovelace", "Grace Hopper", "Alan Turing", "Edsger Dijkstra",
                               "Barbara Liskov"};
const char *const kProjects[] = {"Ledger migration", "Quarterly close", "Data warehouse",
                                 "Customer portal: second phase with single sign-on"};

// A small generator of numbers, the same everywhere.
class Numbers {
 public:
  std::int64_t below(std::int64_t limit) {
    state_ = state_ * 6364136223846793005U + 1442695040888963407U;
    return static_cast<std::int64_t>((state_ >> 33) % static_cast<std::uint64_t>(limit));
  }

 private:
  std::uint64_t state_ = 42;
};

constexpr std::int64_t kDay = 9500;  // 2026-01-04
constexpr std::int64_t kMicrosecondsPerDay = 86'400'000'000;

std::string logo() {
  std::ifstream file(std::string(GOLDEN_DIR) + "/pdf/logo.png", std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

DocumentInfo info(const std::string &title) {
  DocumentInfo info;
  info.title = title;
  info.subtitle = "Professional Services \u00B7 fourth quarter 2025";
  info.document_time = kDay * kMicrosecondsPerDay + 34'200'000'000;
  info.utc_offset = 3600;
  info.time_zone = "Europe/Berlin";
  info.user = "controller";
  info.filters = "region in (North, South, East, West), 2025-10-01 to 2025-12-31";
  info.logo = logo();
  return info;
}

OptionValues options(std::initializer_list<std::pair<const char *, std::string>> texts) {
  OptionValues values;
  for (const auto &[name, text] : texts) values.set(name, text);
  return values;
}

void show(const std::string &name, const std::string &document) {
  EXPECT_TRUE(document.starts_with("%PDF-1."));
  EXPECT_NE(document.rfind("%%EOF"), std::string::npos);
  const char *directory = std::getenv("PDF_GALLERY");
  if (directory == nullptr) return;
  std::ofstream(std::string(directory) + "/" + name + ".pdf", std::ios::binary) << document;
}

TableHead time_entries() {
  TableHead head;
  head.columns = {date_column("Date"),
                  text_column("Employee"),
                  text_column("Project"),
                  text_column("Description"),
                  summed(real_column("Hours")),
                  money_column("Rate"),
                  summed(money_column("Amount")),
                  boolean_column("Billable")};
  head.columns[4].style.format = "#,##0.00";
  return head;
}

std::vector<Value> time_entry(Numbers &numbers, std::int64_t i) {
  static const char *const kWork[] = {"Design review", "Implementation of the import",
                                      "Meeting with the customer about open points", "Tests",
                                      "Migration of the ledger, second run"};
  const std::int64_t quarters = 1 + numbers.below(32);
  const std::int64_t rate = 9000 + 500 * numbers.below(12);
  return {date_value(kDay - 90 + i % 90),
          text_value(kPeople[numbers.below(5)]),
          text_value(kProjects[numbers.below(4)]),
          text_value(kWork[numbers.below(5)]),
          real_value(static_cast<double>(quarters) / 4),
          money_value(rate),
          money_value(rate * quarters / 4),
          boolean_value(numbers.below(5) != 0)};
}

TEST(PdfGallery, PlainTable) {
  Numbers numbers;
  SampleDocument document(info("Time entries"));
  document.begin_table(time_entries());
  for (int i = 0; i < 120; ++i) document.row(time_entry(numbers, i));
  show("plain_table", document.end_table().finish());
}

TEST(PdfGallery, RuledWithoutTitle) {
  Numbers numbers;
  DocumentInfo bare;
  bare.document_time = kDay * kMicrosecondsPerDay;
  SampleDocument document(bare, options({{"style", "ruled"}, {"page", "Letter"}}));
  TableHead head = time_entries();
  head.columns.resize(4);
  document.begin_table(head);
  for (int i = 0; i < 60; ++i) {
    std::vector<Value> row = time_entry(numbers, i);
    row.resize(4);
    document.row(row);
  }
  show("ruled", document.end_table().finish());
}

TEST(PdfGallery, GroupedWithCarryOver) {
  Numbers numbers;
  OptionValues values = options({{"footer", "{user}|{title}|{page} / {pages}"}});
  values.set("carry_over", true);
  SampleDocument document(info("Revenue by region and project"), values);
  TableHead head = time_entries();
  head.columns.insert(head.columns.begin(), text_column("Region"));
  head.title = "Billable work";
  head.name = "work";
  head.group_by = {0, 3};
  document.begin_table(head);
  for (const char *region : kRegions) {
    for (const char *project : kProjects) {
      const auto count = 3 + numbers.below(14);
      for (std::int64_t i = 0; i < count; ++i) {
        std::vector<Value> row = time_entry(numbers, i);
        row[2] = text_value(project);
        row.insert(row.begin(), text_value(region));
        document.row(row);
      }
    }
  }
  show("grouped", document.end_table().finish());
}

TEST(PdfGallery, WideTableInBands) {
  Numbers numbers;
  SampleDocument document(info("Budget by cost centre"));
  TableHead head;
  head.title = "Monthly budget";
  head.name = "budget";
  head.columns.push_back(text_column("Cost centre"));
  for (int i = 1; i <= 40; ++i) {
    head.columns.push_back(summed(money_column("Month " + std::to_string(i))));
  }
  document.begin_table(head);
  for (int i = 0; i < 70; ++i) {
    std::vector<Value> row{text_value("Centre " + std::to_string(4000 + i) +
                                      (i % 9 == 0 ? " with a rather long name" : ""))};
    for (int month = 0; month < 40; ++month) row.push_back(money_value(numbers.below(90'000'000)));
    document.row(row);
  }
  show("bands", document.end_table().finish());
}

TEST(PdfGallery, LongTexts) {
  Numbers numbers;
  SampleDocument document(info("Incident reports"));
  TableHead head;
  head.columns = {integer_column("No"), date_column("Opened"), text_column("Summary"),
                  text_column("What happened"), text_column("Reference")};
  document.begin_table(head);
  const std::string sentence =
      "The nightly load stopped because a partition was missing; it was created by hand and the "
      "load was started again. ";
  for (int i = 0; i < 14; ++i) {
    std::string story;
    const auto sentences = i == 6 ? 90 : 1 + numbers.below(5);
    for (std::int64_t n = 0; n < sentences; ++n) story += sentence;
    if (i % 4 == 1) story += "\n\nSecond paragraph, after an empty line.";
    document.row({integer_value(i + 1), date_value(kDay + i), text_value("Load stopped"),
                  text_value(story),
                  text_value("https://tickets.example.com/browse/OPS-" + std::to_string(i) +
                             "?filter=aVeryLongTokenWithoutAnySpaceInIt0123456789")});
  }
  show("long_texts", document.end_table().finish());
}

ChartColumns chart(ChartKind kind, const std::string &title, int category,
                   std::vector<int> values) {
  ChartSpec spec;
  spec.kind = kind;
  spec.title = title;
  return {spec, category, std::move(values)};
}

TableHead monthly_head(SectionKind kind) {
  TableHead head;
  head.kind = kind;
  head.columns = {text_column("Month"), money_column("Revenue"), money_column("Cost")};
  return head;
}

void monthly_rows(SampleDocument &document) {
  static const char *const kMonths[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                        "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  for (int i = 0; i < 12; ++i) {
    document.row({text_value(kMonths[i]),
                  money_value(41'000'000 + 1'300'000 * i + (i % 3) * 2'000'000),
                  money_value(33'000'000 + 900'000 * i + (i % 4) * 1'500'000)});
  }
}

TEST(PdfGallery, ExecutiveSummary) {
  SampleDocument document(info("Executive summary"));
  TableHead figures;
  figures.kind = SectionKind::figures;
  figures.title = "Key figures";
  figures.columns = {money_column("Revenue"),
                     money_column("revenue_before"),
                     money_column("Cost"),
                     money_column("cost_before"),
                     real_column("Utilisation"),
                     real_column("utilisation_before"),
                     integer_column("Open invoices"),
                     integer_column("invoices_before"),
                     integer_column("Customers")};
  for (const int i : {0, 2})
    figures.columns[static_cast<std::size_t>(i)].style.format = "\u20AC #,##0";
  figures.columns[4].style.format = "0.0 %";
  figures.columns[5].style.format = "0.0 %";
  figures.columns[0].style.compare = "revenue_before";
  figures.columns[2].style.compare = "cost_before";
  figures.columns[2].style.lower_is_better = true;
  figures.columns[4].style.compare = "utilisation_before";
  figures.columns[6].style.compare = "invoices_before";
  figures.columns[6].style.lower_is_better = true;
  document.begin_table(figures)
      .row({money_value(612'540'000), money_value(571'000'000), money_value(455'120'000),
            money_value(440'300'000), real_value(0.783), real_value(0.801), integer_value(37),
            integer_value(52), integer_value(214)})
      .end_table();

  document.text(
      {"comment", "Comment",
       "Revenue grew for the third quarter in a row. Costs rose less than revenue, mainly "
       "because subcontracting fell.\n\n- Utilisation is below target in the South.\n"
       "- Two customers account for 41 % of open invoices.\n- The price list of 2026 is "
       "in force from 1 January on.",
       true});
  TableHead top;
  top.title = "Top customers";
  top.half_width = true;
  top.columns = {text_column("Customer"), summed(money_column("Revenue"))};
  document.begin_table(top);
  const char *const customers[] = {"Northwind Traders", "Contoso", "Adventure Works",
                                   "Fabrikam",          "Litware", "Tailspin Toys"};
  for (int i = 0; i < 6; ++i) {
    document.row({text_value(customers[i]), money_value(91'450'000 - 12'100'000 * i)});
  }
  document.end_table();

  TableHead bars = monthly_head(SectionKind::chart);
  bars.title = "Revenue and cost";
  bars.half_width = true;
  bars.charts = {chart(ChartKind::bar, "", 0, {1, 2})};
  document.begin_table(bars);
  monthly_rows(document);
  document.end_table();

  TableHead shares;
  shares.kind = SectionKind::chart;
  shares.title = "Revenue by region";
  shares.half_width = true;
  shares.columns = {text_column("Region"), money_column("Revenue")};
  shares.charts = {chart(ChartKind::doughnut, "", 0, {1})};
  document.begin_table(shares);
  for (int i = 0; i < 4; ++i) {
    document.row({text_value(kRegions[i]), money_value(220'000'000 - 40'000'000 * i)});
  }
  document.end_table();
  show("summary", document.finish());
}

TEST(PdfGallery, TableWithCharts) {
  SampleDocument document(info("Revenue"), options({{"accent", "#8A1538"}}));
  TableHead head = monthly_head(SectionKind::table);
  head.title = "Revenue by month";
  head.columns[1] = summed(head.columns[1]);
  head.columns[2] = summed(head.columns[2]);
  head.charts = {chart(ChartKind::line, "Revenue and cost by month", 0, {1, 2}),
                 chart(ChartKind::area, "Revenue", 0, {1})};
  document.begin_table(head);
  monthly_rows(document);
  show("table_with_charts", document.end_table().finish());
}

TEST(PdfGallery, NoRows) {
  SampleDocument document(info("Empty"));
  TableHead head = time_entries();
  head.title = "Time entries";
  document.begin_table(head).end_table();
  head.kind = SectionKind::figures;
  document.begin_table(head).end_table();
  show("no_rows", document.finish());
}

}  // namespace
}  // namespace pgexport
