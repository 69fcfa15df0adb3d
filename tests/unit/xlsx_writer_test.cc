// Each line of EDGE CASES, XLSX, that the writer decides is a test here.
#include "formats/xlsx/xlsx_writer.h"

#include <dirent.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <fstream>
#include <initializer_list>
#include <limits>
#include <memory>
#include <sstream>

#include "core/error.h"
#include "formats/xlsx/xml_text.h"
#include "sheet_reader.h"

namespace pgexport::xlsx {
namespace {

constexpr std::int64_t kSecond = 1'000'000;
constexpr std::int64_t kDay = 86'400 * kSecond;

template <typename T>
void put(std::string &bytes, T value) {
  bytes.append(reinterpret_cast<const char *>(&value), sizeof value);
}

// The body of a numeric in the short form.
std::string numeric(bool negative, int weight, int scale, std::initializer_list<int> digits) {
  std::string body;
  put(body, static_cast<std::uint16_t>(0x8000 | (negative ? 0x2000 : 0) | scale << 7 |
                                       (weight < 0 ? 0x40 : 0) | (weight & 0x3F)));
  for (const int digit : digits) put(body, static_cast<std::int16_t>(digit));
  return body;
}

std::string special_numeric(std::uint16_t header) {
  std::string body;
  put(body, header);
  return body;
}

Cell text(std::string_view value) { return data_cell(CellTag::text, value.data(), value.size()); }
Cell integer(std::int64_t value) { return integer_cell(CellTag::integer, value); }
Cell real(double value) { return real_cell(CellTag::float64, value); }
Cell number(const std::string &body) {
  return data_cell(CellTag::numeric, body.data(), body.size());
}
Cell moment(CellTag tag, std::int64_t value) { return zoned_cell(tag, value, 0); }
Cell interval(const IntervalValue &value) {
  Cell cell;
  cell.interval = &value;
  cell.tag = CellTag::interval;
  return cell;
}

Column column(std::string heading, CellTag tag, int precision = 0, int scale = -1) {
  Column made{std::move(heading), "type", tag};
  made.name = made.heading;
  made.precision = precision;
  made.scale = scale;
  return made;
}

TableHead head_of(std::vector<Column> columns) {
  TableHead head;
  head.columns = std::move(columns);
  return head;
}

class Document {
 public:
  explicit Document(XlsxSettings settings = {}, DocumentInfo info = {}, SheetLimits limits = {}) {
    writer_ = std::make_unique<XlsxWriter>(std::move(settings), out_, limits);
    writer_->begin(info);
  }

  XlsxWriter &writer() { return *writer_; }
  Document &begin(const TableHead &head) {
    writer_->begin_table(head);
    return *this;
  }
  Document &row(const std::vector<Cell> &cells) {
    EXPECT_EQ(writer_->row(cells.data()), WriteOutcome::ok) << writer_->failure().what();
    return *this;
  }
  Document &end() {
    writer_->end_table();
    return *this;
  }
  PackageReader finish() {
    writer_->finish();
    return PackageReader(out_.view());
  }
  std::string bytes() const { return std::string(out_.view()); }

 private:
  OutputBuffer out_;
  std::unique_ptr<XlsxWriter> writer_;
};

constexpr const char *kFirstSheet = "xl/worksheets/sheet1.xml";

// The cell that one value becomes, as `type:value`; "none" if there is no cell.
std::string cell_of(const Cell &cell, const Column &of, XlsxSettings settings = {}) {
  Document document(std::move(settings));
  const PackageReader package = document.begin(head_of({column("#", CellTag::integer, 5), of}))
                                    .row({integer(1), cell})
                                    .end()
                                    .finish();
  const std::string &xml = package.part(kFirstSheet);
  const SheetReader sheet(xml);
  const ReadCell *found = sheet.cell(1, 2);
  return found ? found->type + ":" + found->value : "none";
}

std::string cell_of(const Cell &cell) { return cell_of(cell, column("value", cell.tag)); }

Error row_error(const Cell &cell, XlsxSettings settings = {}) {
  Document document(std::move(settings));
  document.begin(head_of({column("note", cell.tag)})).row({text("fine")});
  EXPECT_EQ(document.writer().row(&cell), WriteOutcome::failed);
  return document.writer().failure();
}

// Every style's number format code, by the style's number.
std::string format_of(const PackageReader &package, int style) {
  const std::string &xml = package.part("xl/styles.xml");
  std::size_t at = xml.find("<cellXfs");
  for (int i = 0; i <= style; ++i) at = xml.find("<xf ", at + 1);
  const std::size_t id = xml.find("numFmtId=\"", at) + 10;
  const std::string number = xml.substr(id, xml.find('"', id) - id);
  const std::size_t code = xml.find("<numFmt numFmtId=\"" + number + "\"");
  if (code == std::string::npos) return "built-in " + number;
  const std::size_t begin = xml.find("formatCode=\"", code) + 12;
  return SheetReader::unescaped(xml.substr(begin, xml.find('"', begin) - begin));
}

TEST(XlsxCells, Numbers) {
  EXPECT_EQ(cell_of(integer(-42)), ":-42");
  EXPECT_EQ(cell_of(real(0.1)), ":0.1");
  EXPECT_EQ(cell_of(real(1e20)), ":1e+20");
  EXPECT_EQ(cell_of(real_cell(CellTag::float32, 0.1F)), ":0.1");
  EXPECT_EQ(cell_of(number(numeric(true, 0, 2, {19, 9000}))), ":-19.90");
  EXPECT_EQ(cell_of(integer_cell(CellTag::boolean, 1)), "b:1");
  EXPECT_EQ(cell_of(integer_cell(CellTag::boolean, 0)), "b:0");
}

TEST(XlsxCells, FifteenDigitsAreNumbersSixteenAreText) {
  EXPECT_EQ(cell_of(integer(999'999'999'999'999)), ":999999999999999");
  EXPECT_EQ(cell_of(integer(1'000'000'000'000'000)), ":1000000000000000") << "one digit, exact";
  EXPECT_EQ(cell_of(integer(1'234'567'890'123'456)), "inlineStr:1234567890123456");
  EXPECT_EQ(cell_of(integer(-1'234'567'890'123'450)), ":-1234567890123450");
  EXPECT_EQ(cell_of(integer(INT64_MIN)), "inlineStr:-9223372036854775808");
  EXPECT_EQ(cell_of(number(numeric(false, 2, 3, {1234, 5678, 9012, 3450}))), ":123456789012.345");
  EXPECT_EQ(cell_of(number(numeric(false, 3, 3, {1, 2345, 6789, 123, 4560}))),
            "inlineStr:1234567890123.456");
  EXPECT_EQ(cell_of(number(numeric(false, 3, 3, {1, 2345, 6789, 123, 4560})),
                    column("value", CellTag::numeric, 15, 3)),
            ":1234567890123.456")
      << "a type of at most 15 digits is not looked at";
  EXPECT_EQ(cell_of(number(numeric(false, -5, 20, {1234}))), ":0.00000000000000001234");
}

TEST(XlsxCells, NumbersBeyondADoubleAreText) {
  std::string huge = numeric(false, 62, 0, {1});
  EXPECT_TRUE(cell_of(number(huge)).starts_with(":1000")) << "10^248";
  std::string body;  // the long form: 10^400
  put(body, std::uint16_t{0});
  put(body, std::int16_t{100});
  put(body, std::int16_t{1});
  EXPECT_TRUE(cell_of(number(body)).starts_with("inlineStr:1000"));
  EXPECT_EQ(cell_of(real(5e-324)), "inlineStr:5e-324") << "Excel reads denormals as zero";
}

TEST(XlsxCells, NotANumberIsText) {
  EXPECT_EQ(cell_of(real(NAN)), "inlineStr:NaN");
  EXPECT_EQ(cell_of(real(-INFINITY)), "inlineStr:-Infinity");
  EXPECT_EQ(cell_of(real_cell(CellTag::float32, INFINITY)), "inlineStr:Infinity");
  EXPECT_EQ(cell_of(number(special_numeric(0xC000))), "inlineStr:NaN");
  EXPECT_EQ(cell_of(number(special_numeric(0xD000))), "inlineStr:Infinity");
}

TEST(XlsxCells, NullIsNoCellAndEmptyTextIsOne) {
  EXPECT_EQ(cell_of(null_cell(), column("value", CellTag::text)), "none");
  EXPECT_EQ(cell_of(text("")), "inlineStr:");
}

TEST(XlsxCells, TextsAreNeverFormulasOrLinks) {
  for (const char *value : {"=1+1", "+1", "-1", "@SUM(A1)", "http://example.com/", "\tx"}) {
    EXPECT_EQ(cell_of(text(value)), std::string("inlineStr:") + value);
  }
  Document document;
  const PackageReader package = document.begin(head_of({column("a", CellTag::text)}))
                                    .row({text("https://example.com/")})
                                    .end()
                                    .finish();
  EXPECT_FALSE(SheetReader(package.part(kFirstSheet)).has("<hyperlink"));
}

TEST(XlsxCells, LeadingZerosStayInText) {
  EXPECT_EQ(cell_of(text("00123")), "inlineStr:00123");
  Column ids = column("id", CellTag::integer, 10);
  ids.style.exact_text = true;
  EXPECT_EQ(cell_of(integer(7), ids), "inlineStr:7");
  Column amounts = column("amount", CellTag::numeric, 10, 2);
  amounts.style.exact_text = true;
  EXPECT_EQ(cell_of(number(numeric(false, 0, 2, {7})), amounts), "inlineStr:7.00");
}

TEST(XlsxCells, SpacesAtTheEndsArePreserved) {
  Document document;
  const PackageReader package = document.begin(head_of({column("a", CellTag::text)}))
                                    .row({text(" a")})
                                    .row({text("a\n")})
                                    .row({text("a b")})
                                    .end()
                                    .finish();
  const SheetReader sheet(package.part(kFirstSheet));
  EXPECT_TRUE(sheet.cell(0, 2)->preserve);
  EXPECT_TRUE(sheet.cell(0, 3)->preserve);
  EXPECT_FALSE(sheet.cell(0, 4)->preserve);
}

TEST(XlsxCells, IllegalCharacters) {
  EXPECT_EQ(cell_of(text("a\x01"
                         "b_x0041_<&>")),
            "inlineStr:a_x0001_b_x005F_x0041_<&>");
  EXPECT_EQ(cell_of(text("\uFFFE")), "inlineStr:_xFFFE_");
}

TEST(XlsxCells, InvalidUtf8NamesRowAndColumn) {
  const Error error = row_error(text("caf\xE9"));
  EXPECT_STREQ(error.state(), "22021");
  EXPECT_EQ(error.message(), "text of column \"note\" in row 2 is not valid UTF-8");
}

TEST(XlsxCells, LongTexts) {
  std::string longest;
  for (std::size_t i = 0; i < kMaxCellText - 1; ++i) longest += i % 2 ? "é" : "a";
  EXPECT_EQ(cell_of(text(longest + "z")), "inlineStr:" + longest + "z");
  const Error error = row_error(text(longest + "zz"));
  EXPECT_STREQ(error.state(), "22001");
  EXPECT_EQ(error.message(), "text of column \"note\" in row 2 is too long for an Excel cell");
  EXPECT_NE(error.detail().find("32768"), std::string::npos);
  EXPECT_NE(error.hint().find("long_text"), std::string::npos);

  XlsxSettings truncating;
  truncating.truncate_long_text = true;
  EXPECT_EQ(cell_of(text(longest + "zz"), column("t", CellTag::text), truncating),
            "inlineStr:" + longest + "\u2026");
  // A pair of units is not split.
  EXPECT_EQ(cell_of(text(longest.substr(0, longest.size() - 2) + "\U0001F600zz"),
                    column("t", CellTag::text), truncating),
            "inlineStr:" + longest.substr(0, longest.size() - 2) + "\u2026");
  const std::string bytes(20'000, '\x01');
  EXPECT_STREQ(row_error(data_cell(CellTag::bytes, bytes.data(), bytes.size())).state(), "22001")
      << "whatever the type";
}

TEST(XlsxCells, OtherTypesAreTheirText) {
  const char bytes[] = {0, '\xFF'};
  EXPECT_EQ(cell_of(data_cell(CellTag::bytes, bytes, 2)), "inlineStr:\\x00ff");
  const std::string uuid(16, '\x11');
  EXPECT_EQ(cell_of(data_cell(CellTag::uuid, uuid.data(), 16)),
            "inlineStr:11111111-1111-1111-1111-111111111111");
  const std::string json = "{\"a\": \"<\"}";
  EXPECT_EQ(cell_of(data_cell(CellTag::json, json.data(), json.size())), "inlineStr:" + json);
}

TEST(XlsxDates, DaysBefore1900AndAfter9999AreText) {
  const auto date = [](std::int64_t days) { return integer_cell(CellTag::date, days); };
  EXPECT_EQ(cell_of(date(0)), ":36526");
  EXPECT_EQ(cell_of(date(-36524)), ":1");
  EXPECT_EQ(cell_of(date(-36525)), "inlineStr:1899-12-31");
  EXPECT_EQ(cell_of(date(-36466)), ":59");
  EXPECT_EQ(cell_of(date(-36465)), ":61");
  EXPECT_EQ(cell_of(date(2'921'939)), ":2958465");
  EXPECT_EQ(cell_of(date(2'921'940)), "inlineStr:10000-01-01");
  EXPECT_EQ(cell_of(date(-746'000)), "inlineStr:0044-07-10 BC");
  EXPECT_EQ(cell_of(date(kDateInfinity)), "inlineStr:infinity");
  EXPECT_EQ(cell_of(date(kDateMinusInfinity)), "inlineStr:-infinity");
}

TEST(XlsxDates, TimesOfDay) {
  EXPECT_EQ(cell_of(moment(CellTag::time, kDay / 2)), ":0.5");
  EXPECT_EQ(cell_of(moment(CellTag::time, 0)), ":0");
  EXPECT_EQ(cell_of(moment(CellTag::time, kDay)), "inlineStr:24:00:00");
  EXPECT_EQ(cell_of(zoned_cell(CellTag::timetz, kDay / 2, 7200)), "inlineStr:12:00:00+02");
}

TEST(XlsxDates, TimestampsAreWhatClocksShow) {
  EXPECT_EQ(cell_of(moment(CellTag::timestamp, kDay / 4)), ":36526.25");
  EXPECT_EQ(cell_of(moment(CellTag::timestamp, -kDay / 4)), ":36525.75");
  EXPECT_EQ(cell_of(zoned_cell(CellTag::timestamptz, 0, 6 * 3600)), ":36526.25");
  EXPECT_EQ(cell_of(zoned_cell(CellTag::timestamptz, 0, -6 * 3600)), ":36525.75");
  EXPECT_EQ(cell_of(moment(CellTag::timestamp, kTimeInfinity)), "inlineStr:infinity");
  EXPECT_EQ(cell_of(moment(CellTag::timestamptz, kTimeMinusInfinity)), "inlineStr:-infinity");
  EXPECT_EQ(cell_of(moment(CellTag::timestamp, -40'000 * kDay)), "inlineStr:1890-06-26 00:00:00");
  const std::int64_t last_second = 2'921'940 * kDay - kSecond;
  EXPECT_EQ(cell_of(moment(CellTag::timestamp, last_second)).rfind(":2958465.99998", 0), 0U);
  EXPECT_EQ(cell_of(moment(CellTag::timestamp, last_second + kSecond - 1)),
            "inlineStr:9999-12-31 23:59:59.999999")
      << "a reader would round it to the year 10000";
}

TEST(XlsxDates, Durations) {
  const IntervalValue day_and_half{kDay / 2, 1, 0}, month{0, 0, 1}, negative{-kSecond, 0, 0},
      mixed{-kDay, 2, 0}, endless{0, 3'000'000, 0};
  EXPECT_EQ(cell_of(interval(day_and_half)), ":1.5") << "[h]:mm:ss shows 36:00:00";
  EXPECT_EQ(cell_of(interval(month)), "inlineStr:1 mon");
  EXPECT_EQ(cell_of(interval(negative)), "inlineStr:-00:00:01");
  EXPECT_EQ(cell_of(interval(mixed)), ":1");
  EXPECT_EQ(cell_of(interval(endless)), "inlineStr:3000000 days");
}

TEST(XlsxFormats, DefaultsByTypeAndOverride) {
  Column percent = column("p", CellTag::float64);
  percent.style.format = "0.0%";
  Document document;
  const std::string amount = numeric(false, 0, 2, {7});
  const IntervalValue hour{3600 * kSecond, 0, 0};
  const PackageReader package =
      document
          .begin(
              head_of({column("n", CellTag::numeric, 10, 2), column("i", CellTag::integer, 10, 0),
                       column("d", CellTag::date), column("t", CellTag::timestamp),
                       column("h", CellTag::interval), percent, column("s", CellTag::text)}))
          .row({number(amount), integer(3), integer_cell(CellTag::date, 0),
                moment(CellTag::timestamp, 0), interval(hour), real(0.5), text("x")})
          .end()
          .finish();
  const SheetReader sheet(package.part(kFirstSheet));
  const auto format = [&](int c) { return format_of(package, sheet.cell(c, 2)->style); };
  EXPECT_EQ(format(0), "#,##0.00");
  EXPECT_EQ(format(1), "0");
  EXPECT_EQ(format(2), "yyyy-mm-dd");
  EXPECT_EQ(format(3), "yyyy-mm-dd hh:mm:ss");
  EXPECT_EQ(format(4), "[h]:mm:ss");
  EXPECT_EQ(format(5), "0.0%");
  EXPECT_EQ(format(6), "built-in 0");
}

TEST(XlsxFormats, WrongCodesAndTooMany) {
  Column wrong = column("p", CellTag::float64);
  wrong.style.format = "0.0\"";
  Document document;
  EXPECT_THROW(document.begin(head_of({wrong})), Error);
  std::vector<Column> many;
  for (int i = 0; i < 220; ++i) {
    many.push_back(column("c", CellTag::float64));
    many.back().style.format = "0.0\"" + std::to_string(i) + "\"";
  }
  try {
    Document().begin(head_of(many));
    ADD_FAILURE();
  } catch (const Error &error) {
    EXPECT_STREQ(error.state(), "54000");
  }
}

TEST(XlsxSheets, FrameOfATable) {
  Document document;
  const PackageReader package =
      document.begin(head_of({column("a", CellTag::text)})).row({text("x")}).end().finish();
  const SheetReader sheet(package.part(kFirstSheet));
  EXPECT_TRUE(sheet.has("<pane ySplit=\"1\" topLeftCell=\"A2\""));
  EXPECT_TRUE(sheet.has("<autoFilter ref=\"A1:A2\"/>"));
  EXPECT_TRUE(sheet.has("<col min=\"1\" max=\"1\" width="));
  EXPECT_TRUE(sheet.has("numberStoredAsText=\"1\""));
  EXPECT_FALSE(sheet.has("mergeCell"));
  const std::string &book = package.part("xl/workbook.xml");
  EXPECT_NE(book.find("<sheet name=\"Data\""), std::string::npos);
  EXPECT_NE(book.find("_xlnm._FilterDatabase"), std::string::npos);
  EXPECT_NE(book.find("_xlnm.Print_Titles"), std::string::npos);
  EXPECT_EQ(book.find("date1904"), std::string::npos);
}

TEST(XlsxSheets, OptionsChangeTheFrame) {
  XlsxSettings settings;
  settings.sheet = "Hours: all";
  settings.freeze_header = false;
  settings.autofilter = false;
  settings.orientation = Orientation::landscape;
  settings.paper = Paper::letter;
  settings.footer = pdf::parse_running_line("footer", "{user}|{title} & {page}/{pages}");
  DocumentInfo info;
  info.title = "R&D";
  info.user = "alice";
  Document document(settings, info);
  const PackageReader package =
      document.begin(head_of({column("a", CellTag::text)})).row({text("x")}).end().finish();
  const SheetReader sheet(package.part(kFirstSheet));
  EXPECT_FALSE(sheet.has("<pane"));
  EXPECT_FALSE(sheet.has("<autoFilter"));
  EXPECT_TRUE(sheet.has("paperSize=\"1\" orientation=\"landscape\""));
  EXPECT_TRUE(
      sheet.has("<oddFooter>&amp;Lalice&amp;RR&amp;&amp;D &amp;&amp; &amp;P/&amp;N</oddFooter>"));
  EXPECT_NE(package.part("xl/workbook.xml").find("name=\"Hours_ all\""), std::string::npos);
}

TEST(XlsxSheets, RowsOfLongTextsAreHigher) {
  Document document;
  document.begin(head_of({column("a", CellTag::text), column("b", CellTag::text)}))
      .row({text("x"), text(std::string(130, 'y'))})
      .row({text("one\ntwo"), text("z")})
      .row({text("x"), text(std::string(32'000, 'y'))})
      .row({text("x"), text("z")});
  const PackageReader package = document.end().finish();
  const SheetReader sheet(package.part(kFirstSheet));
  EXPECT_TRUE(sheet.has("<row r=\"2\" ht=\"45\"><c"));
  EXPECT_TRUE(sheet.has("<row r=\"3\" ht=\"30\"><c"));
  EXPECT_TRUE(sheet.has("<row r=\"4\" ht=\"409\"><c"));
  EXPECT_TRUE(sheet.has("<row r=\"5\"><c"));
  EXPECT_NE(sheet.cell(1, 2)->style, sheet.cell(1, 5)->style) << "wrapped";
}

TEST(XlsxSheets, ZeroRowsHaveHeadings) {
  Document document;
  TableHead head = head_of({column("a", CellTag::integer, 10)});
  head.columns[0].style.total = Aggregate::sum;
  const PackageReader package = document.begin(head).end().finish();
  const SheetReader sheet(package.part(kFirstSheet));
  EXPECT_EQ(sheet.cell(0, 1)->value, "a");
  EXPECT_TRUE(sheet.has("<autoFilter ref=\"A1:A1\"/>"));
}

TEST(XlsxSheets, TooManyColumns) {
  Document document;
  const std::vector<Column> columns(kMaxSheetColumns + 1, column("a", CellTag::integer, 10));
  try {
    document.begin(head_of(columns));
    ADD_FAILURE();
  } catch (const Error &error) {
    EXPECT_STREQ(error.state(), "54000");
  }
}

TEST(XlsxSheets, ManyColumnsHaveAddresses) {
  std::vector<Column> columns(1600, column("a", CellTag::integer, 10));
  std::vector<Cell> cells(1600, null_cell());
  cells[0] = integer(1);
  cells[1599] = integer(2);
  Document document;
  const PackageReader package = document.begin(head_of(columns)).row(cells).end().finish();
  const SheetReader sheet(package.part(kFirstSheet));
  EXPECT_EQ(sheet.row(2).cells.size(), 2u);
  EXPECT_EQ(sheet.cell(1599, 2)->value, "2");
}

TEST(XlsxSheets, MoreRowsThanASheetHolds) {
  SheetLimits limits;
  limits.rows = 4;  // headings and three rows
  TableHead head = head_of({column("n", CellTag::integer, 10), column("t", CellTag::text)});
  head.columns[0].style.total = Aggregate::sum;
  DocumentInfo info;
  info.title = "Hours";
  Document document({}, info, limits);
  document.begin(head);
  for (int i = 1; i <= 7; ++i) document.row({integer(i), text("x")});
  const PackageReader package = document.end().finish();
  const std::string &book = package.part("xl/workbook.xml");
  for (const char *name : {"\"Hours\"", "\"Hours (2)\"", "\"Hours (3)\""}) {
    EXPECT_NE(book.find(std::string("<sheet name=") + name), std::string::npos) << name;
  }
  const SheetReader first(package.part(kFirstSheet)),
      second(package.part("xl/worksheets/sheet2.xml")),
      third(package.part("xl/worksheets/sheet3.xml"));
  EXPECT_EQ(first.rows().size(), 4u);
  EXPECT_EQ(second.cell(0, 1)->value, "n") << "headings again";
  EXPECT_EQ(second.cell(0, 2)->value, "4");
  EXPECT_EQ(third.cell(0, 2)->value, "7");
  const ReadCell *total = third.cell(0, 3);
  EXPECT_EQ(total->formula, "SUBTOTAL(9,'Hours'!A2:A4,'Hours (2)'!A2:A4,A2:A2)");
  EXPECT_EQ(total->value, "28");
  EXPECT_TRUE(first.has("<autoFilter ref=\"A1:B4\"/>"));
  EXPECT_TRUE(third.has("<autoFilter ref=\"A1:B2\"/>")) << "without the totals";
}

TEST(XlsxSheets, MoreBytesThanAPartHolds) {
  SheetLimits limits;
  limits.bytes = 1000;
  Document document({}, {}, limits);
  document.begin(head_of({column("t", CellTag::text)}));
  for (int i = 0; i < 40; ++i) document.row({text(std::string(50, 'x'))});
  const PackageReader package = document.end().finish();
  std::size_t rows = 0;
  int sheets = 0;
  for (const ZipEntry &part : package.parts()) {
    if (!part.name.starts_with("xl/worksheets/sheet")) continue;
    ++sheets;
    rows += SheetReader(part.bytes).rows().size() - 1;
  }
  EXPECT_GT(sheets, 2);
  EXPECT_EQ(rows, 40u);
}

TEST(XlsxTotals, LiveWithTheExactValue) {
  TableHead head = head_of({column("who", CellTag::text), column("n", CellTag::numeric, 10, 2),
                            column("i", CellTag::integer, 10, 0), column("c", CellTag::text),
                            column("d", CellTag::date)});
  head.columns[1].style.total = Aggregate::sum;
  head.columns[2].style.total = Aggregate::avg;
  head.columns[3].style.total = Aggregate::count;
  head.columns[4].style.total = Aggregate::max;
  const std::string a = numeric(false, -1, 2, {1000}), b = numeric(false, -1, 2, {2000});
  Document document;
  document.begin(head)
      .row({text("x"), number(a), integer(1), text("y"), integer_cell(CellTag::date, 0)})
      .row({text("y"), number(b), integer(2), null_cell(), integer_cell(CellTag::date, 9)});
  const PackageReader package = document.end().finish();
  const SheetReader sheet(package.part(kFirstSheet));
  EXPECT_EQ(sheet.cell(0, 4)->value, "Total");
  EXPECT_EQ(sheet.cell(1, 4)->formula, "SUBTOTAL(9,B2:B3)");
  EXPECT_EQ(sheet.cell(1, 4)->value, "0.30") << "not 0.30000000000000004";
  EXPECT_EQ(sheet.cell(2, 4)->formula, "SUBTOTAL(1,C2:C3)");
  EXPECT_EQ(std::stod(sheet.cell(2, 4)->value), 1.5);
  EXPECT_EQ(format_of(package, sheet.cell(2, 4)->style), "#,##0.00") << "an average has decimals";
  EXPECT_EQ(sheet.cell(3, 4)->formula, "SUBTOTAL(3,D2:D3)");
  EXPECT_EQ(sheet.cell(3, 4)->value, "1");
  EXPECT_EQ(sheet.cell(4, 4)->value, "36535");
  EXPECT_TRUE(sheet.has("<autoFilter ref=\"A1:E3\"/>"));
}

TEST(XlsxTotals, ResultOfManyDigitsIsANumber) {
  TableHead head = head_of({column("who", CellTag::text), column("n", CellTag::numeric)});
  head.columns[1].style.total = Aggregate::avg;
  const std::string one = numeric(false, 0, 0, {1}), two = numeric(false, 0, 0, {2});
  Document document;
  document.begin(head);
  for (const std::string *n : {&one, &one, &two}) document.row({text("x"), number(*n)});
  const PackageReader package = document.end().finish();
  const SheetReader sheet(package.part(kFirstSheet));
  EXPECT_EQ(sheet.cell(1, 5)->formula, "SUBTOTAL(1,B2:B4)");
  EXPECT_EQ(sheet.cell(1, 5)->type, "") << "as Excel's own result will be";
  EXPECT_EQ(sheet.cell(1, 5)->value, "1.3333333333333333");
}

TEST(XlsxTotals, NotLiveWhereTextsWouldBeLeftOut) {
  TableHead head = head_of({column("t", CellTag::text), column("n", CellTag::integer, 19, 0)});
  head.columns[1].style.total = Aggregate::sum;
  Document document;
  document.begin(head)
      .row({text("a"), integer(1'234'567'890'123'456)})
      .row({text("b"), integer(1)});
  const PackageReader package = document.end().finish();
  const SheetReader sheet(package.part(kFirstSheet));
  EXPECT_EQ(sheet.cell(1, 4)->formula, "");
  EXPECT_EQ(sheet.cell(1, 4)->value, "1234567890123457");
  EXPECT_EQ(document.writer().warnings(),
            std::vector<std::string>{"Column \"n\": 1 value is written as text, because Excel's "
                                     "numbers have 15 digits."});
}

TEST(XlsxGroups, OutlineAndSubtotals) {
  TableHead head = head_of({column("region", CellTag::text), column("team", CellTag::text),
                            column("n", CellTag::integer, 10, 0)});
  head.group_by = {0, 1};
  head.columns[2].style.total = Aggregate::sum;
  Document document;
  document.begin(head)
      .row({text("East"), text("a"), integer(1)})
      .row({text("East"), text("a"), integer(2)})
      .row({text("East"), null_cell(), integer(3)})
      .row({text("West"), text("a"), integer(4)});
  const PackageReader package = document.end().finish();
  const SheetReader sheet(package.part(kFirstSheet));
  const auto total = [&](std::int64_t row) {
    const ReadRow &read = sheet.row(row);
    const auto label =
        read.cells.at(0).value.empty() ? read.cells.at(1).value : read.cells.at(0).value;
    return std::to_string(read.outline_level) + " " + label + " " + read.cells.at(2).formula + "=" +
           read.cells.at(2).value;
  };
  EXPECT_EQ(sheet.row(2).outline_level, 2);
  EXPECT_EQ(total(4), "1 a Subtotal SUBTOTAL(9,C2:C3)=3");
  EXPECT_EQ(total(6), "1 (empty) Subtotal SUBTOTAL(9,C5:C5)=3");
  EXPECT_EQ(total(7), "0 East Subtotal SUBTOTAL(9,C2:C6)=6");
  EXPECT_EQ(total(9), "1 a Subtotal SUBTOTAL(9,C8:C8)=4");
  EXPECT_EQ(total(10), "0 West Subtotal SUBTOTAL(9,C8:C9)=4");
  EXPECT_EQ(total(11), "0 Total SUBTOTAL(9,C2:C10)=10");
  EXPECT_TRUE(sheet.has("outlineLevelRow=\"2\""));
  EXPECT_FALSE(sheet.has("<autoFilter")) << "sorting would tear the groups apart";
}

TEST(XlsxGroups, GoOnOnTheNextSheet) {
  SheetLimits limits;
  limits.rows = 3;
  TableHead head = head_of({column("g", CellTag::text), column("n", CellTag::integer, 10, 0)});
  head.group_by = {0};
  head.columns[1].style.total = Aggregate::sum;
  Document document({}, {}, limits);
  document.begin(head);
  for (int i = 1; i <= 3; ++i) document.row({text("a"), integer(i)});
  const PackageReader package = document.end().finish();
  const SheetReader second(package.part("xl/worksheets/sheet2.xml"));
  EXPECT_EQ(second.cell(1, 3)->formula, "SUBTOTAL(9,'Data'!B2:B3,B2:B2)");
  EXPECT_EQ(second.cell(1, 3)->value, "6");
}

TEST(XlsxFormulas, LiveInEachRow) {
  TableHead head = head_of({column("Hours", CellTag::integer, 10, 0),
                            column("Share", CellTag::float64), column("Tag", CellTag::text)});
  head.columns[1].style.formula = "[Hours] / total([Hours])";
  head.columns[2].style.formula = "[Tag] & \"<\"";
  head.columns[2].style.formula = "IF([Hours] > 1, \"a<b\", \"c\")";
  Document document;
  document.begin(head)
      .row({integer(1), real(0.25), text("c")})
      .row({integer(3), real(0.75), null_cell()});
  const PackageReader package = document.end().finish();
  const SheetReader sheet(package.part(kFirstSheet));
  EXPECT_NE(sheet.cell(1, 2)->formula.find("A2/total_Hours"), std::string::npos);
  EXPECT_EQ(sheet.cell(1, 2)->value, "0.25");
  EXPECT_NE(sheet.cell(1, 3)->formula.find("A3/total_Hours"), std::string::npos);
  EXPECT_EQ(sheet.cell(2, 2)->type, "str");
  EXPECT_EQ(sheet.cell(2, 2)->value, "c");
  EXPECT_NE(sheet.cell(2, 3)->formula.find("\"a<b\""), std::string::npos);
  EXPECT_EQ(sheet.cell(2, 3)->value, "");
  EXPECT_NE(
      package.part("xl/workbook.xml")
          .find("<definedName name=\"total_Hours\">SUBTOTAL(9,'Data'!$A$2:$A$3)</definedName>"),
      std::string::npos);
}

// A plain value of more than 15 digits stays exact as a text; a formula's is computed anew.
TEST(XlsxFormulas, ResultsAreNumbersWhateverTheirDigits) {
  TableHead head = head_of({column("Hours", CellTag::integer), column("Twice", CellTag::integer)});
  head.columns[1].style.formula = "[Hours] * 2";
  Document document;
  document.begin(head).row({integer(1'234'567'890'123'457), integer(2'469'135'780'246'914)});
  const PackageReader package = document.end().finish();
  const SheetReader sheet(package.part(kFirstSheet));
  EXPECT_EQ(sheet.cell(0, 2)->type, "inlineStr");
  EXPECT_EQ(sheet.cell(1, 2)->type, "");
  EXPECT_EQ(sheet.cell(1, 2)->value, "2469135780246914");
}

ChartColumns chart_over(ChartKind kind, int category, std::vector<int> values) {
  ChartColumns chart;
  chart.spec.kind = kind;
  chart.spec.title = "A chart";
  chart.category = category;
  chart.values = std::move(values);
  return chart;
}

TEST(XlsxCharts, BesideTheirTable) {
  TableHead head = head_of({column("month", CellTag::text), column("n", CellTag::integer, 10, 0)});
  head.charts = {chart_over(ChartKind::line, 0, {1})};
  DocumentInfo info;
  info.title = "It's";
  Document document({}, info);
  document.begin(head).row({text("Jan"), integer(1)}).row({text("Feb"), null_cell()});
  const PackageReader package = document.end().finish();
  EXPECT_TRUE(SheetReader(package.part(kFirstSheet)).has("<drawing r:id=\"rId1\"/>"));
  EXPECT_NE(package.part("xl/worksheets/_rels/sheet1.xml.rels").find("Id=\"rId1\""),
            std::string::npos);
  const std::string &chart = package.part("xl/charts/chart1.xml");
  EXPECT_NE(chart.find("<c:f>'It''s'!$B$2:$B$3</c:f>"), std::string::npos);
  EXPECT_NE(chart.find("<c:v>Jan</c:v>"), std::string::npos) << "the cache is filled";
  EXPECT_NE(chart.find("A chart"), std::string::npos);
}

// The chart of a table with these values.
std::string chart_xml(ChartKind kind, std::initializer_list<std::int64_t> values, bool horizontal) {
  TableHead head = head_of({column("m", CellTag::text), column("n", CellTag::integer, 10, 0)});
  head.charts = {chart_over(kind, 0, {1})};
  head.charts[0].spec.horizontal = horizontal;
  Document document;
  document.begin(head);
  for (const std::int64_t value : values) document.row({text("x"), integer(value)});
  return document.end().finish().part("xl/charts/chart1.xml");
}

TEST(XlsxCharts, LengthsBeginAtZero) {
  const auto limits = [](ChartKind kind, std::initializer_list<std::int64_t> values,
                         bool horizontal = false) {
    const std::string xml = chart_xml(kind, values, horizontal);
    const std::string axis = xml.substr(xml.find("<c:valAx>"));
    const bool least = axis.find("<c:min val=\"0\"/>") != std::string::npos;
    const bool most = axis.find("<c:max val=\"0\"/>") != std::string::npos;
    return std::string(least ? "min" : "") + (most ? "max" : "");
  };
  EXPECT_EQ(limits(ChartKind::bar, {610, 600, 605}), "min");
  EXPECT_EQ(limits(ChartKind::bar, {610, 600, 605}, true), "min");
  EXPECT_EQ(limits(ChartKind::area, {610, 600, 605}), "min");
  EXPECT_EQ(limits(ChartKind::bar, {610, -1}), "");
  EXPECT_EQ(limits(ChartKind::bar, {-610, -600}), "max");
  EXPECT_EQ(limits(ChartKind::bar, {0, 0}), "");
  EXPECT_EQ(limits(ChartKind::line, {610, 600, 605}), "") << "its slope is what counts";
}

TEST(XlsxCharts, OfGroupsHaveTheirOwnSheet) {
  TableHead head = head_of({column("g", CellTag::text), column("n", CellTag::integer, 10, 0)});
  head.group_by = {0};
  head.charts = {chart_over(ChartKind::bar, 0, {1})};
  Document document;
  document.begin(head).row({text("a"), integer(1)}).row({text("b"), integer(2)});
  const PackageReader package = document.end().finish();
  EXPECT_NE(package.part("xl/charts/chart1.xml").find("<c:f>'Data data'!$B$2:$B$3</c:f>"),
            std::string::npos);
}

TEST(XlsxCharts, TooManyPointsAndNoNumbers) {
  TableHead head = head_of({column("m", CellTag::text), column("n", CellTag::integer, 10, 0)});
  head.charts = {chart_over(ChartKind::bar, 0, {1})};
  Document document;
  document.begin(head);
  for (int i = 0; i < kMaxChartPoints; ++i) document.row({text("x"), integer(i)});
  const Cell cells[] = {text("x"), integer(1)};
  EXPECT_EQ(document.writer().row(cells), WriteOutcome::failed);
  EXPECT_STREQ(document.writer().failure().state(), "54000");
  head.charts = {chart_over(ChartKind::bar, 1, {0})};
  EXPECT_THROW(Document().begin(head), Error);
}

TEST(XlsxCharts, NegativeSlice) {
  TableHead head = head_of({column("m", CellTag::text), column("n", CellTag::integer, 10, 0)});
  head.charts = {chart_over(ChartKind::pie, 0, {1})};
  Document document;
  document.begin(head).row({text("x"), integer(-1)}).end();
  EXPECT_THROW(document.writer().finish(), Error);
}

TEST(XlsxSummary, FiguresTextsAndCharts) {
  DocumentInfo info;
  info.title = "Report";
  info.subtitle = "March";
  info.is_plain = false;
  Document document({}, info);
  TableHead table = head_of({column("a", CellTag::integer, 10, 0)});
  table.name = "Rows";
  document.begin(table).row({integer(5)}).end();
  TableHead figures = head_of(
      {column("Revenue", CellTag::integer, 10, 0), column("Before", CellTag::integer, 10, 0)});
  figures.kind = SectionKind::figures;
  figures.name = "figures";
  figures.columns[0].style.compare = "Before";
  document.begin(figures).row({integer(110), integer(100)}).end();
  document.writer().text({"note", "Note", "One paragraph.\n\n- item\n- other"});
  TableHead chart = head_of({column("m", CellTag::text), column("n", CellTag::integer, 10, 0)});
  chart.kind = SectionKind::chart;
  chart.name = "chart";
  chart.charts = {chart_over(ChartKind::doughnut, 0, {1})};
  document.begin(chart).row({text("x"), integer(1)}).end();
  const PackageReader package = document.finish();

  const std::string &book = package.part("xl/workbook.xml");
  EXPECT_LT(book.find("name=\"Summary\""), book.find("name=\"Rows\"")) << "the first tab";
  EXPECT_LT(book.find("name=\"Rows\""), book.find("name=\"chart data\""));
  // The tab leads to the part that was written first.
  const std::string &relations = package.part("xl/_rels/workbook.xml.rels");
  const std::size_t rows_sheet = relations.find("Id=\"rId2\"");
  EXPECT_EQ(relations.substr(relations.find("Target=", rows_sheet), 31),
            "Target=\"worksheets/sheet1.xml\"/");
  EXPECT_EQ(SheetReader(package.part(kFirstSheet)).cell(0, 2)->value, "5");
  const std::string &strings = package.part("xl/sharedStrings.xml");
  for (const char *shown : {"Report", "March", "One paragraph.", "\u2022 item\n\u2022 other",
                            "\u25B2 +10.0 %", "Revenue"}) {
    EXPECT_NE(strings.find(shown), std::string::npos) << shown;
  }
  EXPECT_NE(package.part("xl/worksheets/sheet2.xml").find("<v>110</v>"), std::string::npos);
}

// A grey PNG of 1 by 1 pixels.
constexpr unsigned char kPng[] = {
    0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0x00, 0x00, 0x00, 0x0d, 0x49, 0x48,
    0x44, 0x52, 0x00, 0x00, 0x00, 0x01, 0x00, 0x00, 0x00, 0x01, 0x08, 0x00, 0x00, 0x00,
    0x00, 0x3a, 0x7e, 0x9b, 0x55, 0x00, 0x00, 0x00, 0x0a, 0x49, 0x44, 0x41, 0x54, 0x78,
    0x9c, 0x63, 0x68, 0x00, 0x00, 0x00, 0x82, 0x00, 0x81, 0x77, 0xcd, 0x72, 0xb6, 0x00,
    0x00, 0x00, 0x00, 0x49, 0x45, 0x4e, 0x44, 0xae, 0x42, 0x60, 0x82};

TEST(XlsxSummary, HasTheLogo) {
  DocumentInfo info;
  info.title = "Report";
  info.logo.assign(reinterpret_cast<const char *>(kPng), sizeof kPng);
  Document document({}, info);
  document.writer().text({"note", "Note", "Text."});
  const PackageReader package = document.finish();
  EXPECT_EQ(package.part("xl/media/image1.png"), info.logo);
  EXPECT_NE(package.part("xl/drawings/drawing1.xml").find("descr=\"Logo\""), std::string::npos);

  info.logo.resize(info.logo.size() - 20);
  EXPECT_THROW(Document({}, info), Error) << "a damaged one is never part of a workbook";
}

TEST(XlsxSummary, LongTitlesAndNames) {
  std::string name;
  for (int i = 0; i < 400; ++i) name += i % 2 ? "漢" : "'";
  DocumentInfo info;
  info.title = name;
  info.author = name;
  info.filters = name;
  Document document({}, info);
  document.writer().text({"note", name, "Text."});
  TableHead head = head_of({column(name, CellTag::text), column("=n", CellTag::integer, 10, 0)});
  head.name = name;
  head.columns[1].style.total = Aggregate::sum;
  head.charts = {chart_over(ChartKind::bar, 0, {1})};
  head.charts[0].spec.title = "=" + name;
  document.begin(head).row({text(name), integer(1)}).end();
  const PackageReader package = document.finish();
  for (const ZipEntry &part : package.parts()) {
    EXPECT_EQ(repaired_utf8(part.bytes), part.bytes) << part.name << ": a character was cut";
  }
  const std::string &book = package.part("xl/workbook.xml");
  const std::size_t names = book.find("Print_Titles");
  ASSERT_NE(names, std::string::npos);
  EXPECT_EQ(book.substr(book.find("$1:$1", names), 5), "$1:$1") << "cut off";
}

TEST(XlsxFormats, CodeLongerThanTheLibraryKeeps) {
  Column wide = column("p", CellTag::float64);
  wide.style.format = "0\"" + std::string(124, 'x') + "\"";
  EXPECT_NO_THROW(Document().begin(head_of({wide})));
  wide.style.format = "0\"" + std::string(125, 'x') + "\"";
  EXPECT_THROW(Document().begin(head_of({wide})), Error);
}

TEST(XlsxSummary, FiguresOfTwoRows) {
  TableHead figures = head_of({column("a", CellTag::integer, 10, 0)});
  figures.kind = SectionKind::figures;
  Document document;
  document.begin(figures).row({integer(1)});
  const Cell cell = integer(2);
  EXPECT_EQ(document.writer().row(&cell), WriteOutcome::failed);
  EXPECT_STREQ(document.writer().failure().state(), "21000");
}

TEST(XlsxProperties, OnlyWhatTheDocumentSays) {
  DocumentInfo info;
  info.title = "T<1>";
  info.author = "Finance";
  info.document_time = 86'400 * kSecond;
  Document document({}, info);
  const PackageReader package =
      document.begin(head_of({column("a", CellTag::text)})).row({text("x")}).end().finish();
  const std::string &core = package.part("docProps/core.xml");
  EXPECT_NE(core.find("<dc:title>T&lt;1&gt;</dc:title>"), std::string::npos);
  EXPECT_NE(core.find("<dc:creator>Finance</dc:creator>"), std::string::npos);
  EXPECT_NE(core.find(">2000-01-02T00:00:00Z</dcterms:created>"), std::string::npos);
  EXPECT_NE(core.find(">2000-01-02T00:00:00Z</dcterms:modified>"), std::string::npos);
  for (const ZipEntry &part : package.parts()) {
    EXPECT_EQ(part.bytes.find("/proc/"), std::string::npos) << part.name;
    EXPECT_EQ(part.bytes.find("/dev/shm"), std::string::npos) << part.name;
  }
}

std::string small_document() {
  DocumentInfo info;
  info.title = "Same";
  Document document({}, info);
  TableHead head = head_of({column("a", CellTag::text), column("n", CellTag::integer, 10, 0)});
  head.columns[1].style.total = Aggregate::sum;
  head.charts = {chart_over(ChartKind::bar, 0, {1})};
  document.begin(head);
  for (int i = 0; i < 900; ++i) document.row({text("row"), integer(i)});
  document.end().finish();
  return document.bytes();
}

TEST(XlsxBytes, TheSameForTheSameRows) { EXPECT_EQ(small_document(), small_document()); }

TEST(XlsxRows, TupleAndCellsGiveTheSame) {
  // A row (int4 7, null, int8 9) as it lies in a heap tuple.
  const ColumnLayout columns[] = {{Storage::int4, 4, CellTag::integer, CellTag::null},
                                  {Storage::int4, 4, CellTag::integer, CellTag::null},
                                  {Storage::int8, 8, CellTag::integer, CellTag::null}};
  const TupleLayout layout{columns, 3, {nullptr, 0, 0}};
  alignas(8) char data[16] = {};
  const std::int32_t seven = 7;
  const std::int64_t nine = 9;
  std::memcpy(data, &seven, 4);
  std::memcpy(data + 8, &nine, 8);
  const std::uint8_t present = 0b101;
  TableHead head = head_of({column("a", CellTag::integer, 10), column("b", CellTag::integer, 10),
                            column("c", CellTag::integer, 19)});
  head.layout = &layout;
  Document from_tuple;
  from_tuple.begin(head);
  EXPECT_EQ(from_tuple.writer().row(TupleView{data, &present}), WriteOutcome::ok);
  from_tuple.end().finish();
  Document from_cells;
  from_cells.begin(head).row({integer(7), null_cell(), integer(9)}).end().finish();
  EXPECT_EQ(from_tuple.bytes(), from_cells.bytes());
}

TEST(XlsxRows, PreviewShowsWhatTheSheetShows) {
  Document document;
  document.begin(head_of({column("n", CellTag::numeric, 10, 2), column("d", CellTag::date),
                          column("b", CellTag::boolean), column("t", CellTag::text)}));
  const auto preview = [&](const Cell &cell, std::size_t at) {
    OutputBuffer out;
    XlsxWriter writer({}, out);
    writer.begin({});
    writer.begin_table(head_of({column("n", CellTag::numeric, 10, 2), column("d", CellTag::date),
                                column("b", CellTag::boolean), column("t", CellTag::text)}));
    const std::size_t before = out.size();
    writer.preview_cell(cell, at);
    return std::string(out.view().substr(before));
  };
  EXPECT_EQ(preview(number(numeric(false, 1, 2, {123, 4567, 8900})), 0), "1,234,567.89");
  EXPECT_EQ(preview(integer_cell(CellTag::date, 0), 1), "2000-01-01");
  EXPECT_EQ(preview(integer_cell(CellTag::date, -40'000), 1), "1890-06-26");
  EXPECT_EQ(preview(integer_cell(CellTag::boolean, 1), 2), "TRUE");
  EXPECT_EQ(preview(text("<x>"), 3), "<x>");
}

int open_files() {
  int count = 0;
  DIR *const folder = opendir("/proc/self/fd");
  while (readdir(folder)) ++count;
  closedir(folder);
  return count;
}

int shared_memory_files() {
  int count = 0;
  DIR *const folder = opendir("/dev/shm");
  while (readdir(folder)) ++count;
  closedir(folder);
  return count;
}

TEST(XlsxCancel, LeavesNothingBehind) {
  small_document();  // whatever the first document opens for good
  const int files = open_files(), shared = shared_memory_files();
  for (int i = 0; i < 20; ++i) {
    small_document();
    Document abandoned;
    abandoned.begin(head_of({column("a", CellTag::text)})).row({text("x")});
    abandoned.writer().cancel();
    abandoned.writer().cancel();
    TableHead pie = head_of({column("m", CellTag::text), column("n", CellTag::integer, 10, 0)});
    pie.charts = {chart_over(ChartKind::pie, 0, {1})};
    Document failed;
    failed.begin(pie).row({text("x"), integer(-1)}).end();
    EXPECT_THROW(failed.writer().finish(), Error);
  }
  EXPECT_EQ(open_files(), files);
  EXPECT_EQ(shared_memory_files(), shared);
}

}  // namespace
}  // namespace pgexport::xlsx
