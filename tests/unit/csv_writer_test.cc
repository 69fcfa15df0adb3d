#include "formats/csv/csv_writer.h"

#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <initializer_list>
#include <limits>
#include <memory>
#include <sstream>
#include <string>

#include "core/error.h"
#include "formats/csv/csv_format.h"

namespace pgexport {
namespace {

constexpr std::int64_t kSecond = 1000000;
constexpr std::int64_t kDay = 86400 * kSecond;

template <typename T>
void put(std::string &bytes, T value) {
  bytes.append(reinterpret_cast<const char *>(&value), sizeof value);
}

void align(std::string &bytes, std::size_t alignment, std::size_t shift = 0) {
  while ((bytes.size() + shift) % alignment != 0) bytes.push_back('\0');
}

Cell text(std::string_view value) { return data_cell(CellTag::text, value.data(), value.size()); }
Cell integer(std::int64_t value) { return integer_cell(CellTag::integer, value); }
Cell real(double value) { return real_cell(CellTag::float64, value); }
Cell data(CellTag tag, const std::string &bytes) {
  return data_cell(tag, bytes.data(), bytes.size());
}

// The body of a numeric in the short form.
std::string numeric(bool negative, int weight, int scale, std::initializer_list<int> digits) {
  std::string body;
  put(body, static_cast<std::uint16_t>(0x8000 | (negative ? 0x2000 : 0) | scale << 7 |
                                       (weight < 0 ? 0x40 : 0) | (weight & 0x3F)));
  for (const int digit : digits) put(body, static_cast<std::int16_t>(digit));
  return body;
}

// The jsonb {"<key>": "<value>"}.
std::string jsonb_object(std::string_view key, std::string_view value) {
  std::string body;
  put(body, std::uint32_t{0x20000001});
  put(body, static_cast<std::uint32_t>(0x80000000 | key.size()));
  put(body, static_cast<std::uint32_t>(value.size()));
  return body.append(key).append(value);
}

// The jsonb "<value>", a scalar.
std::string jsonb_scalar(std::string_view value) {
  std::string body;
  put(body, std::uint32_t{0x50000001});
  put(body, static_cast<std::uint32_t>(0x80000000 | value.size()));
  return body.append(value);
}

constexpr std::uint32_t kBool = 16, kBytea = 17, kInt4 = 23, kText = 25, kFloat8 = 701,
                        kTimestamp = 1114, kInterval = 1186, kNumeric = 1700, kJsonb = 3802;
constexpr std::size_t kArrayShift = 4;  // of the varlena header that a cell does not have

struct ArrayBuilder {
  explicit ArrayBuilder(std::uint32_t element_type, std::vector<int> dims,
                        std::vector<int> lower_bounds = {}, std::string nulls = {}) {
    lower_bounds.resize(dims.size(), 1);
    const auto header = 16 + 8 * dims.size() + nulls.size();
    put(bytes, static_cast<std::int32_t>(dims.size()));
    put(bytes, static_cast<std::int32_t>(nulls.empty() ? 0 : (header + 7) / 8 * 8));
    put(bytes, element_type);
    for (const int dim : dims) put(bytes, dim);
    for (const int bound : lower_bounds) put(bytes, bound);
    bytes += nulls;
    align(bytes, 8, kArrayShift);
  }
  template <typename T>
  ArrayBuilder &fixed(T value) {
    align(bytes, alignof(T), kArrayShift);
    put(bytes, value);
    return *this;
  }
  ArrayBuilder &varlena(std::string_view value) {
    align(bytes, 4, kArrayShift);
    put(bytes, static_cast<std::uint32_t>((value.size() + 4) << 2));
    bytes.append(value);
    return *this;
  }
  Cell cell() const { return data(CellTag::flat_array, bytes); }

  std::string bytes;
};

TableHead head_of(std::initializer_list<const char *> headings) {
  TableHead head;
  for (const char *heading : headings) head.columns.push_back({heading, "text", CellTag::text});
  return head;
}

// A document being written; the headings default to a, b, c …
class Document {
 public:
  explicit Document(std::string_view options, TableHead head) {
    writer_ = csv_format().make_writer(parse_options(csv_format(), options), out_);
    writer_->begin({});
    writer_->begin_table(head);
  }
  Document(std::string_view options, int columns) : Document(options, letters(columns)) {}

  WriteOutcome try_row(const std::vector<Cell> &cells) { return writer_->row(cells.data()); }
  Document &row(const std::vector<Cell> &cells) {
    EXPECT_EQ(try_row(cells), WriteOutcome::ok);
    return *this;
  }
  std::string preview(const Cell &cell) {
    const std::size_t before = out_.size();
    writer_->preview_cell(cell, 0);
    return so_far().substr(before);
  }
  WriteOutcome row(const TupleView &tuple) { return writer_->row(tuple); }
  const Error &failure() const { return writer_->failure(); }

  std::string so_far() const { return std::string(out_.view()); }
  std::string finish() {
    writer_->end_table();
    writer_->finish();
    return so_far();
  }

 private:
  static TableHead letters(int columns) {
    TableHead head;
    for (int i = 0; i < columns; ++i) {
      head.columns.push_back({std::string(1, static_cast<char>('a' + i)), "text", CellTag::text});
    }
    return head;
  }

  OutputBuffer out_;
  std::unique_ptr<RowWriter> writer_;
};

std::string without_header(std::string_view options) {
  std::string object(options.empty() ? "{}" : options);
  object.insert(1, object == "{}" ? "\"header\": false" : "\"header\": false, ");
  return object;
}

// The line of one row, without its line end (LF unless the options say otherwise).
std::string line(const std::vector<Cell> &cells, std::string_view options = {}) {
  Document document(without_header(options), static_cast<int>(cells.size()));
  std::string out = document.row(cells).finish();
  EXPECT_TRUE(out.ends_with('\n'));
  while (out.ends_with('\n') || out.ends_with('\r')) out.pop_back();
  return out;
}

// The field of a value among others, so that the rule for a sole column does not apply.
std::string field(const Cell &cell, std::string_view options = {}) {
  std::string out = line({text("#"), cell}, options);
  EXPECT_TRUE(out.starts_with('#'));
  return out.substr(2);
}

Error settings_error(std::string_view options) {
  try {
    csv_format().needs(parse_options(csv_format(), options));
  } catch (const Error &error) {
    EXPECT_STREQ(error.state(), sqlstate::invalid_parameter_value);
    return error;
  }
  ADD_FAILURE() << "no error for " << options;
  return {"", ""};
}

std::string golden(const std::string &name) {
  std::ifstream file(std::string(GOLDEN_DIR) + "/csv/" + name, std::ios::binary);
  EXPECT_TRUE(file) << name;
  std::ostringstream bytes;
  bytes << file.rdbuf();
  return bytes.str();
}

TEST(CsvQuoting, OnlyWhereCopyDoes) {
  EXPECT_EQ(field(text("plain")), "plain");
  EXPECT_EQ(field(text("a,b")), "\"a,b\"");
  EXPECT_EQ(field(text("say \"hi\"")), "\"say \"\"hi\"\"\"");
  EXPECT_EQ(field(text("a\nb")), "\"a\nb\"");
  EXPECT_EQ(field(text("a\rb")), "\"a\rb\"");
  EXPECT_EQ(field(text("a\r\nb")), "\"a\r\nb\"");
  EXPECT_EQ(field(text(" lead ")), " lead ") << "blanks need no quotes";
  EXPECT_EQ(field(text("a\u2028b\t\x01")), "a\u2028b\t\x01");
  EXPECT_EQ(field(text("a\\b'c;d")), "a\\b'c;d");
  EXPECT_EQ(field(text("\"")), "\"\"\"\"");
}

TEST(CsvQuoting, FindsTheByteWhereverItIs) {
  for (std::size_t size = 1; size <= 200; ++size) {
    for (std::size_t at = 0; at < size; ++at) {
      std::string value(size, 'x');
      value[at] = '"';
      std::string quoted = value;
      quoted.insert(at, "\"");
      ASSERT_EQ(field(text(value)), '"' + quoted + '"') << size << " " << at;
    }
  }
}

TEST(CsvQuoting, HugeField) {
  const std::string value(1 << 20, '"');
  EXPECT_EQ(field(text(value)), std::string((2 << 20) + 2, '"'));
  const std::string plain(5 << 20, 'x');
  EXPECT_EQ(field(text(plain)), plain);
}

TEST(CsvQuoting, NullIsNotTheEmptyString) {
  EXPECT_EQ(line({null_cell(), text(""), null_cell()}), ",\"\",");
  EXPECT_EQ(line({null_cell()}), "");
  EXPECT_EQ(line({text("")}), "\"\"");
}

TEST(CsvQuoting, NullText) {
  for (const char *marker : {"\\\\N", "NULL", "(null)", "0"}) {
    const std::string options = std::string("{\"null\": \"") + marker + "\"}";
    const std::string spelled = marker == std::string("\\\\N") ? "\\N" : marker;
    EXPECT_EQ(line({null_cell(), text(spelled), text("")}, options),
              spelled + ",\"" + spelled + "\",");
  }
  EXPECT_EQ(field(integer(0), R"({"null": "0"})"), "\"0\"") << "numbers can equal it too";
  EXPECT_EQ(field(real(NAN), R"({"null": "NaN"})"), "\"NaN\"");
  EXPECT_EQ(field(integer(7), R"({"null": "0"})"), "7");
  const std::string long_null(1000, 'n');
  EXPECT_EQ(line({null_cell(), null_cell()}, R"({"null": ")" + long_null + "\"}"),
            long_null + "," + long_null);
}

TEST(CsvQuoting, EndOfCopyMarkerAloneOnALine) {
  EXPECT_EQ(line({text("\\.")}), "\"\\.\"");
  EXPECT_EQ(line({text("\\."), text("\\.")}), "\\.,\\.");
  EXPECT_EQ(Document("{}", head_of({"\\."})).finish(), "\"\\.\"\n");
}

TEST(CsvQuoting, Escape) {
  EXPECT_EQ(field(text("a\"b\\c"), R"({"escape": "\\"})"), "\"a\\\"b\\\\c\"");
  EXPECT_EQ(field(text("b\\c"), R"({"escape": "\\"})"), "b\\c") << "COPY quotes for a quote only";
  EXPECT_EQ(field(text("a'b"), R"({"quote": "'"})"), "'a''b'") << "the escape follows the quote";
  EXPECT_EQ(field(text("a\"b"), R"({"quote": "'"})"), "a\"b");
}

TEST(CsvQuoting, ForceQuote) {
  EXPECT_EQ(line({text("x"), null_cell(), integer(1)}, R"({"force_quote": true})"), "\"x\",,\"1\"");
  EXPECT_EQ(line({text("x"), text("y")}, R"({"force_quote": ["b"]})"), "x,\"y\"");
  EXPECT_EQ(line({text("x"), text("y")}, R"({"force_quote": false})"), "x,y");
  Document document(R"({"force_quote": ["n", "n"]})", head_of({"n", "m", "n"}));
  EXPECT_EQ(document.row({integer(1), integer(2), integer(3)}).finish(), "n,m,n\n\"1\",2,\"3\"\n")
      << "headings are not forced";
}

TEST(CsvQuoting, ForceQuoteByNameOrHeading) {
  TableHead head =
      head_of({"Stra\xDF"
               "e",
               "Ort", "Land"});  // LATIN1
  head.columns[0].name = "Straße";
  head.columns[1].name = "city";
  head.columns[2].name = "country";
  Document document(R"({"encoding": "LATIN1", "header": false, "force_quote": ["Straße", "Ort"]})",
                    head);
  EXPECT_EQ(document.row({text("a"), text("b"), text("c")}).finish(), "\"a\",\"b\",c\n");
  try {
    Document(R"({"force_quote": ["contry"]})", head);
    FAIL();
  } catch (const Error &error) {
    EXPECT_EQ(error.hint(), "Did you mean \"country\"?");
  }
}

TEST(CsvQuoting, ForceQuoteOfUnknownColumn) {
  try {
    Document(R"({"force_quote": ["nmae"]})", head_of({"id", "name"}));
    FAIL();
  } catch (const Error &error) {
    EXPECT_STREQ(error.state(), sqlstate::undefined_column);
    EXPECT_EQ(error.message(), "column \"nmae\" of option \"force_quote\" does not exist");
    EXPECT_EQ(error.hint(), "Did you mean \"name\"?");
  }
}

TEST(CsvQuoting, NumbersThatHoldTheDelimiter) {
  EXPECT_EQ(field(integer(-15), R"({"delimiter": "-"})"), "\"-15\"");
  EXPECT_EQ(field(integer(15), R"({"delimiter": "-"})"), "15");
  EXPECT_EQ(field(real(1.5), R"({"delimiter": "."})"), "\"1.5\"");
  EXPECT_EQ(field(data(CellTag::numeric, numeric(false, 0, 1, {1, 5000})), R"({"quote": "5"})"),
            "51.555");
  EXPECT_EQ(field(integer_cell(CellTag::boolean, 1), R"({"delimiter": "t"})"), "\"t\"");
  EXPECT_EQ(field(zoned_cell(CellTag::timestamp, 0, 0), R"({"delimiter": " "})"),
            "\"2000-01-01 00:00:00\"");
  const std::string bytes = "\xAB";
  EXPECT_EQ(field(data(CellTag::bytes, bytes), R"({"delimiter": "\\"})"), "\"\\xab\"");
  EXPECT_EQ(field(data(CellTag::bytes, bytes), R"({"null": "\\xab"})"), "\"\\xab\"");
}

TEST(CsvValues, ScalarsAsTheirOutputFunctions) {
  EXPECT_EQ(field(integer_cell(CellTag::boolean, 1)), "t");
  EXPECT_EQ(field(integer_cell(CellTag::boolean, 0)), "f");
  EXPECT_EQ(field(integer(INT64_MIN)), "-9223372036854775808");
  EXPECT_EQ(field(real(-0.0)), "-0");
  EXPECT_EQ(field(real(1e15)), "1e+15");
  EXPECT_EQ(field(real(std::numeric_limits<double>::quiet_NaN())), "NaN");
  EXPECT_EQ(field(real(-std::numeric_limits<double>::infinity())), "-Infinity");
  EXPECT_EQ(field(real_cell(CellTag::float32, 0.1f)), "0.1");
  EXPECT_EQ(field(data(CellTag::numeric, numeric(true, 0, 2, {12, 5000}))), "-12.50");
  EXPECT_EQ(field(data(CellTag::bytes, std::string("\x00\xFF\n", 3))), "\\x00ff0a");
  EXPECT_EQ(field(data(CellTag::uuid, std::string("0123456789abcdef"))),
            "30313233-3435-3637-3839-616263646566");
}

TEST(CsvValues, Times) {
  EXPECT_EQ(field(integer_cell(CellTag::date, 0)), "2000-01-01");
  EXPECT_EQ(field(integer_cell(CellTag::date, kDateInfinity)), "infinity");
  EXPECT_EQ(field(integer_cell(CellTag::date, -746117)), "0044-03-15 BC");
  EXPECT_EQ(field(zoned_cell(CellTag::time, kDay, 0)), "24:00:00");
  EXPECT_EQ(field(zoned_cell(CellTag::timetz, kSecond, -3600)), "00:00:01-01");
  EXPECT_EQ(field(zoned_cell(CellTag::timestamp, 1500000, 0)), "2000-01-01 00:00:01.5");
  EXPECT_EQ(field(zoned_cell(CellTag::timestamp, kTimeMinusInfinity, 0)), "-infinity");
  EXPECT_EQ(field(zoned_cell(CellTag::timestamptz, 0, 19800)), "2000-01-01 05:30:00+05:30");
}

TEST(CsvValues, IntervalStyle) {
  const IntervalValue value{4 * 3600 * kSecond, 3, 14};
  Cell cell{};
  cell.tag = CellTag::interval;
  cell.interval = &value;
  EXPECT_EQ(field(cell), "1 year 2 mons 3 days 04:00:00");
  EXPECT_EQ(field(cell, R"({"interval": "iso_8601"})"), "P1Y2M3DT4H");
  EXPECT_EQ(field(cell, R"({"dialect": "rfc4180", "interval": "postgres"})"),
            "1 year 2 mons 3 days 04:00:00");
}

TEST(CsvValues, Json) {
  const std::string object = R"({"a" :  1})";
  EXPECT_EQ(field(data(CellTag::json, object)), R"("{""a"" :  1}")") << "verbatim";
  const std::string jsonb = jsonb_object("k", "x,y");
  EXPECT_EQ(field(data(CellTag::jsonb, jsonb)), R"("{""k"": ""x,y""}")");
}

TEST(CsvValues, NestedCellsAreNotForCsv) {
  const RecordValue record{nullptr, nullptr, 0};
  Cell cell{};
  cell.tag = CellTag::record;
  cell.record = &record;
  Document document("{}", 1);
  EXPECT_EQ(document.try_row({cell}), WriteOutcome::failed);
  EXPECT_STREQ(document.failure().state(), sqlstate::internal_error);
}

TEST(CsvArrays, AsArrayOut) {
  EXPECT_EQ(field(ArrayBuilder(kInt4, {}).cell()), "{}");
  EXPECT_EQ(field(ArrayBuilder(kInt4, {0}).cell()), "{}");
  EXPECT_EQ(field(ArrayBuilder(kInt4, {1}).fixed(-7).cell()), "{-7}");
  EXPECT_EQ(field(ArrayBuilder(kInt4, {2}).fixed(1).fixed(2).cell()), "\"{1,2}\"");
  EXPECT_EQ(field(ArrayBuilder(kInt4, {3}, {}, "\x05").fixed(1).fixed(2).cell()), "\"{1,NULL,2}\"");
  EXPECT_EQ(field(ArrayBuilder(kBool, {2}).fixed(true).fixed(false).cell()), "\"{t,f}\"");
  EXPECT_EQ(field(ArrayBuilder(kFloat8, {1}).fixed(0.5).cell()), "{0.5}");
  EXPECT_EQ(field(ArrayBuilder(kNumeric, {1}).varlena(numeric(false, 0, 1, {1, 5000})).cell()),
            "{1.5}");
}

TEST(CsvArrays, DimensionsAndBounds) {
  EXPECT_EQ(field(ArrayBuilder(kInt4, {2, 2}).fixed(1).fixed(2).fixed(3).fixed(4).cell(),
                  R"({"delimiter": ";"})"),
            "{{1,2},{3,4}}");
  EXPECT_EQ(field(ArrayBuilder(kInt4, {1, 2, 1}).fixed(1).fixed(2).cell(), R"({"delimiter": ";"})"),
            "{{{1},{2}}}");
  EXPECT_EQ(field(ArrayBuilder(kInt4, {2}, {0}).fixed(1).fixed(2).cell(), R"({"delimiter": ";"})"),
            "[0:1]={1,2}");
  EXPECT_EQ(
      field(ArrayBuilder(kInt4, {1, 2}, {1, -3}).fixed(1).fixed(2).cell(), R"({"delimiter": ";"})"),
      "[1:1][-3:-2]={{1,2}}");
}

TEST(CsvArrays, QuotesElements) {
  const auto element = [](std::string_view value) {
    const std::string out = field(ArrayBuilder(kText, {1}).varlena(value).cell(),
                                  R"({"delimiter": "~", "quote": "`"})");
    return out.substr(1, out.size() - 2);
  };
  EXPECT_EQ(element("plain"), "plain");
  EXPECT_EQ(element("naïve"), "naïve");
  EXPECT_EQ(element("a b"), "\"a b\"");
  EXPECT_EQ(element("a,b"), "\"a,b\"");
  EXPECT_EQ(element("{"), "\"{\"");
  EXPECT_EQ(element("}"), "\"}\"");
  EXPECT_EQ(element("a\"b\\c"), "\"a\\\"b\\\\c\"");
  EXPECT_EQ(element("\\"), "\"\\\\\"");
  EXPECT_EQ(element("\"\""), "\"\\\"\\\"\"");
  EXPECT_EQ(element(""), "\"\"");
  EXPECT_EQ(element("null"), "\"null\"");
  EXPECT_EQ(element("NuLL"), "\"NuLL\"");
  EXPECT_EQ(element("nulls"), "nulls");
  EXPECT_EQ(element("\x0E\x15LL"), "\x0E\x15LL");
  for (const char *space : {"\t", "\v", "\f"}) {
    EXPECT_EQ(element(space), std::string("\"") + space + "\"");
  }
}

TEST(CsvArrays, OtherElements) {
  const char *const options = R"({"delimiter": "~", "quote": "`"})";
  EXPECT_EQ(field(ArrayBuilder(kBytea, {1}).varlena("\xAB\x01").cell(), options), R"({"\\xab01"})");
  EXPECT_EQ(field(ArrayBuilder(kTimestamp, {1}).fixed(std::int64_t{0}).cell(), options),
            R"({"2000-01-01 00:00:00"})");
  EXPECT_EQ(field(ArrayBuilder(kInterval, {1}).fixed(IntervalValue{0, 1, 1}).cell(), options),
            R"({"1 mon 1 day"})");
  EXPECT_EQ(field(ArrayBuilder(kInterval, {1}).fixed(IntervalValue{0, 1, 1}).cell(),
                  R"({"dialect": "rfc4180", "delimiter": "~", "quote": "`"})"),
            "{P1M1D}");
  EXPECT_EQ(field(ArrayBuilder(kJsonb, {1}).varlena(jsonb_object("k", "v")).cell(), options),
            R"({"{\"k\": \"v\"}"})");
}

TEST(CsvArrays, CorruptedArrayFailsAndWritesNothing) {
  Document document("{}", 2);
  const std::string before = document.so_far();
  const ArrayBuilder cut(kInt4, {2});
  EXPECT_EQ(document.try_row({text("x"), cut.cell()}), WriteOutcome::failed);
  EXPECT_STREQ(document.failure().state(), sqlstate::data_corrupted);
  EXPECT_EQ(document.so_far(), before);
  const std::string tiny = "abc";
  EXPECT_EQ(document.try_row({text("x"), data(CellTag::flat_array, tiny)}), WriteOutcome::failed);
  document.row({text("x"), text("y")});
  EXPECT_EQ(document.finish(), before + "x,y\n") << "the writer lives on";
}

TEST(CsvFormulaGuard, Texts) {
  const auto guarded = [](std::string_view value) {
    return field(text(value), R"({"formula_guard": true})");
  };
  for (const char *start : {"=", "+", "-", "@", "|", "%", "\t", "\r", "\n", " =",
                            "\u00A0=", "\uFF1D", "\uFF0B", "\uFF0D", "\uFF20"}) {
    const std::string value = std::string(start) + "1";
    EXPECT_EQ(guarded(value), "\"'" + value + "\"") << value;
    EXPECT_NE(field(text(value))[1], '\'') << "off by default";
  }
  EXPECT_EQ(guarded("=\"a\""), "\"'=\"\"a\"\"\"");
  EXPECT_EQ(guarded("a=1"), "a=1");
  EXPECT_EQ(guarded("'=1"), "'=1");
  EXPECT_EQ(guarded(" "), " ");
  EXPECT_EQ(guarded(""), "\"\"");
  EXPECT_EQ(guarded("-"), "\"'-\"");
}

TEST(CsvFormulaGuard, NeitherNumbersNorTimes) {
  const char *const options = R"({"formula_guard": true})";
  EXPECT_EQ(field(integer(-5), options), "-5");
  EXPECT_EQ(field(real(-0.5), options), "-0.5");
  EXPECT_EQ(field(data(CellTag::numeric, numeric(true, 0, 0, {5})), options), "-5");
  EXPECT_EQ(field(integer_cell(CellTag::date, kDateMinusInfinity), options), "-infinity");
  EXPECT_EQ(line({integer(-5)}, R"({"formula_guard": true, "force_quote": true})"), "\"-5\"");
}

TEST(CsvFormulaGuard, HeadingsJsonAndOtherQuotes) {
  EXPECT_EQ(Document(R"({"formula_guard": true})", head_of({"=a", "b"})).finish(), "\"'=a\",b\n");
  const std::string json = "\t{}";
  EXPECT_EQ(field(data(CellTag::json, json), R"({"formula_guard": true})"), "\"'\t{}\"");
  const std::string jsonb = jsonb_scalar("=1");
  EXPECT_EQ(field(data(CellTag::jsonb, jsonb), R"({"formula_guard": true})"), "\"\"\"=1\"\"\"");
  EXPECT_EQ(field(text("=1"), R"({"formula_guard": true, "quote": "'"})"), "'''=1'")
      << "a guard that is the quote is escaped";
  EXPECT_EQ(field(text("\uFF1D1"), R"({"formula_guard": true, "encoding": "LATIN1"})"), "\uFF1D1")
      << "these bytes are other characters there";
}

TEST(CsvDecimal, CommaInFractionsOnly) {
  const char *const options = R"({"delimiter": ";", "decimal": "comma"})";
  EXPECT_EQ(field(real(1.5), options), "1,5");
  EXPECT_EQ(field(real(1e-7), options), "1e-07");
  EXPECT_EQ(field(real_cell(CellTag::float32, 2.25f), options), "2,25");
  EXPECT_EQ(field(data(CellTag::numeric, numeric(false, 0, 2, {12, 5000})), options), "12,50");
  EXPECT_EQ(field(zoned_cell(CellTag::timestamp, 1500000, 0), options), "2000-01-01 00:00:01.5");
  EXPECT_EQ(field(text("1.5"), options), "1.5");
  EXPECT_EQ(field(real(1.5), R"({"delimiter": ";", "quote": ",", "decimal": "comma"})"), ",1,,5,");
}

TEST(CsvDocument, HeaderGoesThroughTheSameQuoting) {
  EXPECT_EQ(Document("{}", head_of({"id", "a,b", "", "say \"x\""})).finish(),
            "id,\"a,b\",\"\",\"say \"\"x\"\"\"\n");
  EXPECT_EQ(Document(R"({"header": false})", 2).finish(), "");
}

TEST(CsvDocument, LineEndAndBom) {
  EXPECT_EQ(Document(R"({"line_end": "crlf"})", 2).row({integer(1), null_cell()}).finish(),
            "a,b\r\n1,\r\n");
  EXPECT_EQ(Document(R"({"bom": true})", 1).finish(),
            "\xEF\xBB\xBF"
            "a\n");
}

TEST(CsvDocument, OneTableWithColumns) {
  OutputBuffer out;
  CsvWriter writer(CsvSettings{}, out);
  writer.begin({});
  EXPECT_THROW(writer.begin_table({}), Error);
  writer.begin_table(head_of({"a"}));
  writer.end_table();
  EXPECT_THROW(writer.begin_table(head_of({"a"})), Error);
}

// One row of everything that dialects treat differently, and one of nulls.
std::string dialect_sample(const std::string &dialect) {
  const IntervalValue interval{90 * 60 * kSecond, 0, 1};
  Cell interval_cell{};
  interval_cell.tag = CellTag::interval;
  interval_cell.interval = &interval;
  const std::string amount = numeric(true, 0, 2, {1234, 5000});
  const std::string meta = jsonb_object("k", "v");
  const ArrayBuilder tags = ArrayBuilder(kText, {2}).varlena("x y").varlena("z");
  const std::string bytes = "\x01";
  Document document(R"({"dialect": ")" + dialect + "\"}",
                    head_of({"id", "task", "-note", "amount", "ratio", "spent", "billable", "at",
                             "tags", "meta", "raw"}));
  document.row({integer(1), text("Design; \"v2\", final"), text("=1+1"),
                data(CellTag::numeric, amount), real(0.25), interval_cell,
                integer_cell(CellTag::boolean, 1), zoned_cell(CellTag::timestamptz, 0, 3600),
                tags.cell(), data(CellTag::jsonb, meta), data(CellTag::bytes, bytes)});
  document.row(std::vector<Cell>(11, null_cell()));
  document.row(std::vector<Cell>(11, text("")));
  return document.finish();
}

TEST(CsvGolden, Dialects) {
  for (const char *dialect : {"postgres", "rfc4180", "excel", "excel-eu"}) {
    EXPECT_EQ(dialect_sample(dialect), golden(std::string(dialect) + ".csv")) << dialect;
  }
}

TEST(CsvPreview, IsTheFieldBeforeQuoting) {
  Document document(R"({"dialect": "excel-eu", "force_quote": true})", 1);
  EXPECT_EQ(document.preview(text("a;\"b\"")), "a;\"b\"");
  EXPECT_EQ(document.preview(text("")), "");
  EXPECT_EQ(document.preview(text("=1")), "'=1");
  EXPECT_EQ(document.preview(integer(-1)), "-1");
  EXPECT_EQ(document.preview(real(0.5)), "0,5");
  const std::string bytes = "\x01";
  EXPECT_EQ(document.preview(data(CellTag::bytes, bytes)), "\\x01");
  EXPECT_EQ(document.preview(ArrayBuilder(kInt4, {2}).fixed(1).fixed(2).cell()), "{1,2}");
  const std::string number = numeric(false, 0, 1, {1, 5000});
  EXPECT_EQ(document.preview(data(CellTag::numeric, number)), "1,5");
  EXPECT_THROW(document.preview(ArrayBuilder(kInt4, {2}).cell()), Error);
}

TEST(CsvSettings, ExplicitOptionsOverrideTheDialect) {
  EXPECT_EQ(Document(R"({"dialect": "excel-eu", "delimiter": "|", "bom": false, "header": true,
                         "line_end": "lf", "decimal": "point", "formula_guard": false})",
                     2)
                .row({real(0.5), text("=")})
                .finish(),
            "a|b\n0.5|=\n");
  EXPECT_EQ(Document(R"({"dialect": "excel", "encoding": "WIN1252"})", 1).finish(), "a\r\n")
      << "no byte order mark in an encoding that has none";
}

TEST(CsvSettings, Needs) {
  const auto needs = [](std::string_view options) {
    return csv_format().needs(parse_options(csv_format(), options));
  };
  EXPECT_FALSE(needs("{}").nested);
  EXPECT_EQ(needs("{}").encoding, "UTF8");
  EXPECT_EQ(needs("{}").interval_style, "postgres");
  EXPECT_FALSE(needs("{}").replace_unencodable);
  const CellNeeds other =
      needs(R"({"dialect": "rfc4180", "encoding": "LATIN1", "unencodable": "replace"})");
  EXPECT_EQ(other.encoding, "LATIN1");
  EXPECT_EQ(other.interval_style, "iso_8601");
  EXPECT_TRUE(other.replace_unencodable);
  EXPECT_EQ(needs(R"({"encoding": "utf-8", "bom": true})").encoding, "UTF8");
}

TEST(CsvSettings, Contradictions) {
  const auto message = [](std::string_view options) { return settings_error(options).message(); };
  EXPECT_EQ(message(R"({"delimiter": "\""})"), "delimiter and quote must be different");
  EXPECT_EQ(message(R"({"delimiter": "\n"})"),
            "option \"delimiter\" cannot be newline or carriage return");
  EXPECT_EQ(message(R"({"quote": "\r"})"), "option \"quote\" cannot be newline or carriage return");
  EXPECT_EQ(message(R"({"escape": "\n"})"),
            "option \"escape\" cannot be newline or carriage return");
  EXPECT_EQ(message(R"({"null": "a\nb"})"),
            "option \"null\" cannot contain newline or carriage return");
  EXPECT_EQ(message(R"({"null": "a\rb"})"),
            "option \"null\" cannot contain newline or carriage return");
  EXPECT_EQ(message(R"({"null": "a,b"})"), "option \"null\" must not contain the delimiter");
  EXPECT_EQ(message(R"({"null": "a\"b"})"), "option \"null\" must not contain the quote character");
  EXPECT_EQ(message(R"({"decimal": "comma"})"), "the delimiter cannot be the decimal sign");
  EXPECT_EQ(message(R"({"dialect": "excel-eu", "delimiter": ","})"),
            "the delimiter cannot be the decimal sign");
  EXPECT_EQ(message(R"({"bom": true, "encoding": "LATIN1"})"),
            "option \"bom\" requires encoding UTF8");
  EXPECT_EQ(message(R"({"null": "é", "encoding": "LATIN1"})"),
            "option \"null\" must be ASCII for encoding LATIN1");
  EXPECT_EQ(message(R"({"force_quote": "a"})"),
            "option \"force_quote\" must be true, \"*\" or an array of column names");
  EXPECT_EQ(message(R"({"force_quote": [1]})"),
            "option \"force_quote\" must be true, \"*\" or an array of column names");
}

TEST(CsvSettings, CharactersInsideMultibyteOnes) {
  for (const char *encoding : {"SJIS", "big5", "GBK", "UHC", "GB-18030", "JOHAB", "SHIFT_JIS_2004",
                               "Shift_JIS", "win936"}) {
    const std::string options = std::string(R"({"encoding": ")") + encoding + "\", ";
    EXPECT_NO_THROW(
        csv_format().needs(parse_options(csv_format(), options + R"("delimiter": "\t"})")));
    for (const char *option : {"delimiter", "quote", "escape"}) {
      EXPECT_EQ(settings_error(options + "\"" + option + "\": \"|\"}").message(),
                std::string("option \"") + option +
                    "\" must be below \"0\" in ASCII for encoding " + encoding);
    }
  }
  EXPECT_NO_THROW(csv_format().needs(
      parse_options(csv_format(), R"({"encoding": "EUC_JP", "delimiter": "|"})")));
}

// Bytes of a tuple with the columns of kColumns below.
constexpr ColumnLayout kColumns[] = {
    {Storage::int4, 4, CellTag::integer, CellTag::null},
    {Storage::varlena, 4, CellTag::text, CellTag::null},
    {Storage::timestamptz8, 8, CellTag::timestamptz, CellTag::null},
    {Storage::varlena, 4, CellTag::flat_array, CellTag::text},
};
constexpr ZoneWindow kZone[] = {{0, 3600}};

class CsvTuples : public ::testing::Test {
 protected:
  static TableHead head(const TupleLayout &layout) {
    TableHead head = head_of({"id", "name", "at", "tags"});
    head.layout = &layout;
    return head;
  }
  static void put_varlena(std::string &bytes, std::string_view value) {
    align(bytes, 4);
    put(bytes, static_cast<std::uint32_t>((value.size() + 4) << 2));
    bytes.append(value);
  }
  static std::string tuple(std::string_view name, std::int64_t at, const ArrayBuilder &tags) {
    std::string bytes;
    put(bytes, std::int32_t{7});
    bytes.push_back(static_cast<char>((name.size() + 1) << 1 | 1));  // short varlena header
    bytes.append(name);
    align(bytes, 8);
    put(bytes, at);
    put_varlena(bytes, tags.bytes);
    return bytes;
  }

  const TupleLayout layout_{kColumns, 4, {kZone, 1, 1000 * kDay}};
  const ArrayBuilder tags_ = ArrayBuilder(kText, {2}).varlena("x").varlena("y z");
};

TEST_F(CsvTuples, AreWrittenAsTheirCells) {
  const std::string bytes = tuple("a,b", kDay, tags_);
  Document from_tuple("{}", head(layout_));
  EXPECT_EQ(from_tuple.row(TupleView{bytes.data(), nullptr}), WriteOutcome::ok);
  const std::uint8_t present[] = {0b0010};
  std::string only_name;
  only_name.push_back(5);
  only_name.push_back('q');
  EXPECT_EQ(from_tuple.row(TupleView{only_name.data(), present}), WriteOutcome::ok);

  Document from_cells("{}", head(layout_));
  from_cells.row(
      {integer(7), text("a,b"), zoned_cell(CellTag::timestamptz, kDay, 3600), tags_.cell()});
  from_cells.row({null_cell(), text("q"), null_cell(), null_cell()});
  EXPECT_EQ(from_tuple.finish(), from_cells.finish());
}

TEST_F(CsvTuples, WhatCannotBeReadInPlaceNeedsCells) {
  Document document("{}", head(layout_));
  const std::string before = document.so_far();
  const std::string outside_zone = tuple("n", 2000 * kDay, tags_);
  EXPECT_EQ(document.row(TupleView{outside_zone.data(), nullptr}), WriteOutcome::needs_cells);
  EXPECT_EQ(document.so_far(), before);
  const std::string cut_array = tuple("n", 0, ArrayBuilder(kText, {2}).varlena("x"));
  EXPECT_EQ(document.row(TupleView{cut_array.data(), nullptr}), WriteOutcome::needs_cells);
  EXPECT_EQ(document.so_far(), before);
  std::string external = tuple("n", 0, tags_);
  external[4] = 0x01;
  EXPECT_EQ(document.row(TupleView{external.data(), nullptr}), WriteOutcome::needs_cells);
  EXPECT_EQ(document.so_far(), before);
}

}  // namespace
}  // namespace pgexport
