#include "formats/json/json_writer.h"

#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <limits>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <vector>

#include "exact_block.h"
#include "formats/json/json_format.h"
#include "storage_fixtures.h"

namespace pgexport {
namespace {

using namespace std::string_literals;

using Row = std::vector<Cell>;

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr double kHuge = std::numeric_limits<double>::infinity();

Cell text_cell(std::string_view text) { return data_cell(CellTag::text, text.data(), text.size()); }

Cell integer(std::int64_t value) { return integer_cell(CellTag::integer, value); }

// A numeric in the short form: groups of four digits, `weight` the place of the first one.
std::string numeric(std::vector<std::uint16_t> groups, int weight, int scale, bool negative) {
  groups.insert(groups.begin(), static_cast<std::uint16_t>(0x8000 | (negative ? 0x2000 : 0) |
                                                           scale << 7 | (weight & 0x7F)));
  return {reinterpret_cast<const char *>(groups.data()), groups.size() * 2};
}

const std::string kNumericNaN("\x00\xC0", 2);
const std::string kNumericInfinity("\x00\xD0", 2);
const std::string kNumericMinusInfinity("\x00\xF0", 2);

Cell numeric_cell(const std::string &body) {
  return data_cell(CellTag::numeric, body.data(), body.size());
}

// One document with one table.
class Document {
 public:
  explicit Document(std::vector<std::string> names, std::string_view options = "{}",
                    const Format &format = json_format(), const TupleLayout *layout = nullptr)
      : writer_(format.make_writer(parse_options(format, options), out_)) {
    writer_->begin({});
    TableHead head;
    for (std::string &name : names) head.columns.push_back({std::move(name), "", CellTag::text});
    head.layout = layout;
    writer_->begin_table(head);
  }

  WriteOutcome row(const Row &cells) { return writer_->row(cells.data()); }
  WriteOutcome row(const TupleView &tuple) { return writer_->row(tuple); }

  std::string finish() {
    writer_->end_table();
    writer_->finish();
    return std::string(out_.view());
  }

  RowWriter &writer() { return *writer_; }
  const OutputBuffer &out() const { return out_; }

 private:
  OutputBuffer out_;
  std::unique_ptr<RowWriter> writer_;
};

// The value written for a cell.
std::string value_of(const Cell &cell, std::string_view options = "{}",
                     const Format &format = json_format()) {
  Document document({"v"}, options, format);
  if (document.row({cell}) != WriteOutcome::ok) {
    return document.writer().failure().state();
  }
  const std::string text = document.finish();
  EXPECT_TRUE(nlohmann::json::accept(text)) << text;
  const std::size_t start = text.find(":") + 1;
  return text.substr(start, text.rfind('}') - start);
}

std::string lines_value_of(const Cell &cell, std::string_view options = "{}") {
  return value_of(cell, options, jsonl_format());
}

Error error_of(std::vector<std::string> names, std::string_view options = "{}") {
  try {
    Document document(std::move(names), options);
  } catch (const Error &error) {
    return error;
  }
  return {"", ""};
}

TEST(JsonDocument, ArrayOfObjects) {
  Document document({"id", "task"});
  EXPECT_EQ(document.row({integer(1), text_cell("a")}), WriteOutcome::ok);
  EXPECT_EQ(document.row({integer(2), null_cell()}), WriteOutcome::ok);
  EXPECT_EQ(document.finish(),
            "[\n"
            "{\"id\":1,\"task\":\"a\"},\n"
            "{\"id\":2,\"task\":null}\n"
            "]\n");
}

TEST(JsonDocument, Lines) {
  Document document({"id", "task"}, "{}", jsonl_format());
  document.row({integer(1), text_cell("a\nb")});
  document.row({integer(2), null_cell()});
  EXPECT_EQ(document.finish(), "{\"id\":1,\"task\":\"a\\nb\"}\n{\"id\":2,\"task\":null}\n");
}

TEST(JsonDocument, NoRows) {
  EXPECT_EQ(Document({"id"}).finish(), "[]\n");
  EXPECT_EQ(Document({"id"}, R"({"pretty":true})").finish(), "[]\n");
  EXPECT_EQ(Document({"id"}, "{}", jsonl_format()).finish(), "");
}

TEST(JsonDocument, NoColumns) {
  Document document({});
  document.row(Row());
  EXPECT_EQ(document.finish(), "[\n{}\n]\n");
}

TEST(JsonDocument, NeverStartsWithAByteOrderMark) {
  Document document({"a"}, "{}", jsonl_format());
  document.row({integer(1)});
  EXPECT_EQ(document.finish()[0], '{');
}

TEST(JsonDocument, SurvivesThatItsBufferIsEmptiedBetweenRows) {
  OutputBuffer out;
  const auto writer = json_format().make_writer({}, out);
  std::string text;
  const auto drain = [&] {
    text.append(out.view());
    out.clear();
  };
  writer->begin({});
  writer->begin_table({{{"v", "", CellTag::text}}, nullptr});
  drain();
  for (int i = 0; i < 3; ++i) {
    const Cell cell = integer(i);
    ASSERT_EQ(writer->row(&cell), WriteOutcome::ok);
    drain();
  }
  writer->end_table();
  writer->finish();
  drain();
  EXPECT_EQ(text, "[\n{\"v\":0},\n{\"v\":1},\n{\"v\":2}\n]\n");
}

TEST(JsonDocument, RefusesASecondTable) {
  for (const Format *format : {&json_format(), &jsonl_format()}) {
    Document document({"a"}, "{}", *format);
    document.writer().end_table();
    try {
      document.writer().begin_table({});
      FAIL();
    } catch (const Error &error) {
      EXPECT_STREQ(error.state(), sqlstate::feature_not_supported);
    }
  }
}

TEST(JsonDocument, KeysOfAnyLengthAndContent) {
  const std::string longest(100, 'k');
  const std::string border(28, 'b');  // `,"…":` is exactly as long as the inline part of a key
  Document document({longest, border, "q\"\\\n", "", "é"}, "{}", jsonl_format());
  document.row({integer(1), integer(2), integer(3), integer(4), integer(5)});
  EXPECT_EQ(document.finish(),
            "{\"" + longest + "\":1,\"" + border + "\":2,\"q\\\"\\\\\\n\":3,\"\":4,\"é\":5}\n");
}

TEST(JsonPretty, OneKeyPerLine) {
  Document document({"id", "task"}, R"({"pretty":true})");
  document.row({integer(1), text_cell("a")});
  document.row({integer(2), null_cell()});
  EXPECT_EQ(document.finish(), R"([
  {
    "id": 1,
    "task": "a"
  },
  {
    "id": 2,
    "task": null
  }
]
)");
}

TEST(JsonPretty, RecordsAreIndentedAndArraysStayOnTheirLine) {
  const std::string_view names[] = {"a", "b"};
  const Cell inner[] = {integer(1), text_cell("x")};
  const RecordValue record{inner, names, 2};
  Cell cell = null_cell();
  cell.tag = CellTag::record;
  cell.record = &record;
  const Cell elements[] = {cell, cell};
  const int dims[] = {2};
  const ArrayValue array{elements, dims, 1, 2};
  Cell list = null_cell();
  list.tag = CellTag::array;
  list.array = &array;
  const RecordValue empty{nullptr, nullptr, 0};
  Cell none = cell;
  none.record = &empty;
  Document document({"list", "none"}, R"({"pretty":true})");
  document.row({list, none});
  EXPECT_EQ(document.finish(), R"([
  {
    "list": [{
      "a": 1,
      "b": "x"
    }, {
      "a": 1,
      "b": "x"
    }],
    "none": {}
  }
]
)");
}

TEST(JsonPretty, IsNotForLines) {
  EXPECT_THROW(parse_options(jsonl_format(), R"({"pretty":true})"), Error);
}

TEST(JsonNames, RefusesDuplicates) {
  const Error error = error_of({"a", "b", "a"});
  EXPECT_STREQ(error.state(), sqlstate::duplicate_column);
  EXPECT_NE(error.message().find("\"a\""), std::string::npos);
  EXPECT_NE(error.hint().find("duplicate_names"), std::string::npos);
  EXPECT_NE(error.hint().find("aliases"), std::string::npos);
  EXPECT_STREQ(error_of({"a", "A", "b"}).state(), "");
}

TEST(JsonNames, SuffixNeverMeetsAnotherColumn) {
  Document document({"a", "a_2", "a", "a", "a_2", "?column?", "?column?"},
                    R"({"duplicate_names":"suffix"})", jsonl_format());
  document.row(Row(7, integer(0)));
  EXPECT_EQ(
      document.finish(),
      "{\"a\":0,\"a_2\":0,\"a_3\":0,\"a_4\":0,\"a_2_2\":0,\"?column?\":0,\"?column?_2\":0}\n");
}

TEST(JsonValue, Scalars) {
  EXPECT_EQ(value_of(null_cell()), "null");
  EXPECT_EQ(value_of(integer_cell(CellTag::boolean, 1)), "true");
  EXPECT_EQ(value_of(integer_cell(CellTag::boolean, 0)), "false");
  EXPECT_EQ(value_of(integer(INT64_MIN)), "-9223372036854775808");
  EXPECT_EQ(value_of(real_cell(CellTag::float64, 0.1)), "0.1");
  EXPECT_EQ(value_of(real_cell(CellTag::float64, 1e20)), "1e+20");
  EXPECT_EQ(value_of(real_cell(CellTag::float64, -0.0)), "-0");
  EXPECT_EQ(value_of(real_cell(CellTag::float32, 0.1f)), "0.1");
  const std::string uuid("\x00\x11\x22\x33\x44\x55\x66\x77\x88\x99\xAA\xBB\xCC\xDD\xEE\xFF", 16);
  EXPECT_EQ(value_of(data_cell(CellTag::uuid, uuid.data(), 16)),
            "\"00112233-4455-6677-8899-aabbccddeeff\"");
}

TEST(JsonValue, NumericsKeepTheirScaleAndHaveNoExponent) {
  EXPECT_EQ(value_of(numeric_cell(numeric({1, 1000}, 0, 2, false))), "1.10");
  EXPECT_EQ(value_of(numeric_cell(numeric({}, 0, 20, false))), "0.00000000000000000000");
  EXPECT_EQ(value_of(numeric_cell(numeric({1}, 25, 0, true))), "-1" + std::string(100, '0'));
}

TEST(JsonValue, TimesAreIso8601) {
  constexpr std::int64_t kHour = 3600000000;
  EXPECT_EQ(value_of(integer_cell(CellTag::date, 8825)), "\"2024-02-29\"");
  EXPECT_EQ(value_of(integer_cell(CellTag::date, -746117)), "\"-0043-03-15\"");
  EXPECT_EQ(value_of(integer_cell(CellTag::time, 24 * kHour)), "\"24:00:00\"");
  EXPECT_EQ(value_of(zoned_cell(CellTag::timetz, kHour / 2, -5400)), "\"00:30:00-01:30\"");
  EXPECT_EQ(value_of(integer_cell(CellTag::timestamp, 1500000)), "\"2000-01-01T00:00:01.5\"");
  EXPECT_EQ(value_of(zoned_cell(CellTag::timestamptz, 0, 7200)), "\"2000-01-01T02:00:00+02:00\"");
  const IntervalValue interval{2 * kHour, 1, 14};
  Cell cell = null_cell();
  cell.tag = CellTag::interval;
  cell.interval = &interval;
  EXPECT_EQ(value_of(cell), "\"P1Y2M1DT2H\"");
}

TEST(JsonValue, TextIsEscapedAsPostgresDoesIt) {
  EXPECT_EQ(value_of(text_cell("")), "\"\"");
  EXPECT_EQ(value_of(text_cell("\x01\x1F\x7F\t\"\\/")), "\"\\u0001\\u001f\x7F\\t\\\"\\\\/\"");
  EXPECT_EQ(value_of(text_cell("\u2028\u2029é\xF0\x9F\x98\x80")),
            "\"\u2028\u2029é\xF0\x9F\x98\x80\"");
}

TEST(JsonValue, TextOfAnyLength) {
  for (const std::size_t n : {4095, 4096, 4097, 16384, 16385, 300000}) {
    const std::string clean(n, 'x');
    EXPECT_EQ(value_of(text_cell(clean)), "\"" + clean + "\"");
    std::string escaped;
    for (std::size_t i = 0; i < n; ++i) escaped += "\\u0001";
    EXPECT_EQ(value_of(text_cell(std::string(n, '\x01'))), "\"" + escaped + "\"");
  }
}

TEST(JsonValue, Bytes) {
  const std::string bytes("\xDE\xAD\xBE\xEF", 4);
  const Cell cell = data_cell(CellTag::bytes, bytes.data(), bytes.size());
  const Cell empty = data_cell(CellTag::bytes, bytes.data(), 0);
  EXPECT_EQ(value_of(cell), "\"3q2+7w==\"");
  EXPECT_EQ(value_of(cell, R"({"bytea":"base64"})"), "\"3q2+7w==\"");
  EXPECT_EQ(value_of(cell, R"({"bytea":"hex"})"), R"("\\xdeadbeef")");
  EXPECT_EQ(value_of(empty), "\"\"");
  EXPECT_EQ(value_of(empty, R"({"bytea":"hex"})"), R"("\\x")");
  const std::string large(100000, 'a');
  const Cell big = data_cell(CellTag::bytes, large.data(), large.size());
  EXPECT_EQ(value_of(big, R"({"bytea":"hex"})").size(), 200005u);
  EXPECT_EQ(value_of(big).size(), 133338u);
}

TEST(JsonValue, JsonIsTakenOverAsItIs) {
  const std::string json = " {\"b\" :1.0,\r\n\t\"b\": \"\\ud800\\n\" }\n";
  const Cell cell = data_cell(CellTag::json, json.data(), json.size());
  Document document({"v"});
  document.row({cell});
  EXPECT_EQ(document.finish(), "[\n{\"v\":" + json + "}\n]\n");
}

TEST(JsonValue, JsonInLinesHasNoLineBreak) {
  const std::string json = "\n{\"b\" :1,\r\n\t\"c\": \"\\n\" }\n";
  EXPECT_EQ(lines_value_of(data_cell(CellTag::json, json.data(), json.size())),
            " {\"b\" :1,  \t\"c\": \"\\n\" } ");
  const std::string broken(1000, '\n');
  EXPECT_EQ(lines_value_of(data_cell(CellTag::json, (broken + "1").data(), 1001)),
            std::string(1000, ' ') + "1");
}

TEST(JsonValue, Jsonb) {
  for (const StoredValue &value : read_stored_values("jsonb_storage.tsv")) {
    const Cell cell = data_cell(CellTag::jsonb, value.bytes.data(), value.bytes.size());
    const std::string written = lines_value_of(cell);
    EXPECT_EQ(nlohmann::json::parse(written), nlohmann::json::parse(value.text));
    EXPECT_EQ(value_of(cell, R"({"pretty":true})"), " " + value.text + "\n  ");
  }
}

TEST(JsonValue, CorruptedJsonbFailsTheRow) {
  EXPECT_EQ(value_of(data_cell(CellTag::jsonb, "\0\0\0\0", 4)), sqlstate::data_corrupted);
}

TEST(JsonValue, FlatArraysAreThoseOfToJson) {
  const std::vector<StoredValue> values = read_stored_values("array_storage.tsv");
  ASSERT_GE(values.size(), 32u);
  for (const StoredValue &value : values) {
    // As in a tuple, behind a header of one byte: at an odd address.
    const std::string shifted = "x" + value.bytes;
    const Cell cell = data_cell(CellTag::flat_array, shifted.data() + 1, value.bytes.size());
    EXPECT_EQ(nlohmann::json::parse(value_of(cell)), nlohmann::json::parse(value.text));
  }
}

TEST(JsonValue, CorruptedFlatArrayFailsTheRow) {
  const std::string bytes = from_hex("01000000000000001700000003000000010000000100000002000000");
  EXPECT_EQ(value_of(data_cell(CellTag::flat_array, bytes.data(), bytes.size())),
            sqlstate::data_corrupted);
  EXPECT_EQ(value_of(data_cell(CellTag::flat_array, bytes.data(), 3)), sqlstate::data_corrupted);
  const std::string unknown = from_hex("0000000000000000FF000000");
  EXPECT_EQ(value_of(data_cell(CellTag::flat_array, unknown.data(), unknown.size())),
            sqlstate::data_corrupted);
}

std::string array_text(std::vector<Cell> elements, std::vector<int> dims) {
  const ArrayValue array{elements.data(), dims.data(), static_cast<int>(dims.size()),
                         static_cast<int>(elements.size())};
  Cell cell = null_cell();
  cell.tag = CellTag::array;
  cell.array = &array;
  return value_of(cell);
}

TEST(JsonValue, ArraysAreNestedByDimension) {
  EXPECT_EQ(array_text({}, {}), "[]");
  EXPECT_EQ(array_text({null_cell()}, {1}), "[null]");
  EXPECT_EQ(array_text({integer(1), integer(2), integer(3)}, {3}), "[1,2,3]");
  std::vector<Cell> elements;
  for (int i = 0; i < 12; ++i) elements.push_back(integer(i));
  EXPECT_EQ(array_text(elements, {2, 3, 2}), "[[[0,1],[2,3],[4,5]],[[6,7],[8,9],[10,11]]]");
  EXPECT_EQ(array_text({integer(1)}, {1, 1, 1, 1, 1, 1}), "[[[[[[1]]]]]]");
}

std::string record_text(std::vector<std::string_view> names, std::vector<Cell> cells,
                        std::string_view options = "{}") {
  const RecordValue record{cells.data(), names.data(), static_cast<int>(cells.size())};
  Cell cell = null_cell();
  cell.tag = CellTag::record;
  cell.record = &record;
  return value_of(cell, options);
}

TEST(JsonValue, CompositesKeepTheOrderOfTheirFields) {
  EXPECT_EQ(record_text({}, {}), "{}");
  EXPECT_EQ(record_text({"z", "a\"", "z"}, {integer(1), null_cell(), text_cell("x")}),
            R"({"z":1,"a\"":null,"z":"x"})");
}

TEST(JsonValue, CompositesNestedTooDeeplyAreRefused) {
  std::vector<RecordValue> records(1002);
  std::vector<Cell> cells(records.size() + 1, integer(1));
  const std::string_view name = "r";
  for (std::size_t i = 0; i < records.size(); ++i) {
    records[i] = {&cells[i], &name, 1};
    cells[i + 1].tag = CellTag::record;
    cells[i + 1].record = &records[i];
  }
  Document document({"v"});
  EXPECT_EQ(document.row({cells[1001]}), WriteOutcome::failed);
  EXPECT_STREQ(document.writer().failure().state(), sqlstate::program_limit_exceeded);
  EXPECT_EQ(document.row({cells[1000]}), WriteOutcome::ok);
}

std::string range_text(const RangeValue &range, std::string_view options = "{}") {
  Cell cell = null_cell();
  cell.tag = CellTag::range;
  cell.range = &range;
  return value_of(cell, options);
}

TEST(JsonValue, Ranges) {
  EXPECT_EQ(range_text({integer(1), integer(5), false, true, false}),
            R"j({"lower":1,"upper":5,"bounds":"[)"})j");
  EXPECT_EQ(range_text({null_cell(), integer_cell(CellTag::date, 0), false, false, true}),
            R"j({"lower":null,"upper":"2000-01-01","bounds":"(]"})j");
  EXPECT_EQ(range_text({null_cell(), null_cell(), true, false, false}), R"j({"empty":true})j");
  EXPECT_EQ(range_text({null_cell(), null_cell(), false, false, false}, R"({"omit_nulls":true})"),
            R"j({"lower":null,"upper":null,"bounds":"()"})j");
}

TEST(JsonValue, MultirangesAreArraysOfRanges) {
  const RangeValue range{integer(1), integer(2), false, true, false};
  Cell cell = null_cell();
  cell.tag = CellTag::range;
  cell.range = &range;
  EXPECT_EQ(array_text({cell}, {1}), R"j([{"lower":1,"upper":2,"bounds":"[)"}])j");
}

TEST(JsonBigIntegers, AreNumbersByDefault) {
  EXPECT_EQ(value_of(integer(9007199254740993)), "9007199254740993");
  EXPECT_EQ(value_of(integer(9007199254740993), R"({"big_integers":"number"})"),
            "9007199254740993");
}

TEST(JsonBigIntegers, BecomeStringsBeyondTheLimit) {
  const std::string_view options = R"({"big_integers":"string"})";
  EXPECT_EQ(value_of(integer(9007199254740991), options), "9007199254740991");
  EXPECT_EQ(value_of(integer(9007199254740992), options), "\"9007199254740992\"");
  EXPECT_EQ(value_of(integer(-9007199254740991), options), "-9007199254740991");
  EXPECT_EQ(value_of(integer(-9007199254740992), options), "\"-9007199254740992\"");
  EXPECT_EQ(value_of(integer(INT64_MIN), options), "\"-9223372036854775808\"");
  EXPECT_EQ(value_of(numeric_cell(numeric({9007, 1992, 5474, 991}, 3, 0, false)), options),
            "9007199254740991");
  EXPECT_EQ(value_of(numeric_cell(numeric({9007, 1992, 5474, 992}, 3, 0, true)), options),
            "\"-9007199254740992\"");
  EXPECT_EQ(value_of(numeric_cell(numeric({1}, 25, 2, false)), options),
            "\"1" + std::string(100, '0') + ".00\"");
  EXPECT_EQ(value_of(numeric_cell(kNumericNaN), options), "\"NaN\"");
  EXPECT_EQ(value_of(real_cell(CellTag::float64, 1e300), options), "1e+300");
}

TEST(JsonNonFinite, AllOfThemInAllWays) {
  const std::vector<std::pair<Cell, std::string>> cases = {
      {real_cell(CellTag::float64, kNaN), "NaN"},
      {real_cell(CellTag::float64, kHuge), "Infinity"},
      {real_cell(CellTag::float32, -kHuge), "-Infinity"},
      {numeric_cell(kNumericNaN), "NaN"},
      {numeric_cell(kNumericInfinity), "Infinity"},
      {numeric_cell(kNumericMinusInfinity), "-Infinity"},
      {integer_cell(CellTag::date, kDateInfinity), "infinity"},
      {integer_cell(CellTag::date, kDateMinusInfinity), "-infinity"},
      {integer_cell(CellTag::timestamp, kTimeInfinity), "infinity"},
      {integer_cell(CellTag::timestamptz, kTimeMinusInfinity), "-infinity"},
  };
  for (const auto &[cell, word] : cases) {
    EXPECT_EQ(value_of(cell), "\"" + word + "\"");
    EXPECT_EQ(value_of(cell, R"({"non_finite":"string"})"), "\"" + word + "\"");
    EXPECT_EQ(value_of(cell, R"({"non_finite":"null"})"), "null");
    EXPECT_EQ(value_of(cell, R"({"non_finite":"error"})"), sqlstate::numeric_value_out_of_range);
  }
}

TEST(JsonNonFinite, ErrorNamesValueAndOption) {
  Document document({"v"}, R"({"non_finite":"error"})");
  ASSERT_EQ(document.row({real_cell(CellTag::float64, -kHuge)}), WriteOutcome::failed);
  EXPECT_NE(document.writer().failure().message().find("-Infinity"), std::string::npos);
  EXPECT_NE(document.writer().failure().hint().find("non_finite"), std::string::npos);
}

TEST(JsonOmitNulls, LeavesKeysOut) {
  const std::string_view options = R"({"omit_nulls":true})";
  Document document({"a", "b", "c"}, options);
  document.row({null_cell(), integer(1), integer(2)});
  document.row({integer(1), null_cell(), null_cell()});
  document.row({null_cell(), null_cell(), null_cell()});
  EXPECT_EQ(document.finish(), "[\n{\"b\":1,\"c\":2},\n{\"a\":1},\n{}\n]\n");
  EXPECT_EQ(record_text({"a", "b"}, {null_cell(), integer(1)}, options), "{\"b\":1}");
  EXPECT_EQ(record_text({"a", "b"}, {null_cell(), null_cell()}, options), "{}");
}

TEST(JsonOmitNulls, Pretty) {
  Document document({"a", "b"}, R"({"omit_nulls":true,"pretty":true})");
  document.row({null_cell(), integer(1)});
  document.row({null_cell(), null_cell()});
  EXPECT_EQ(document.finish(), "[\n  {\n    \"b\": 1\n  },\n  {}\n]\n");
}

TEST(JsonRow, FailureLeavesNothingBehind) {
  Document document({"a", "b"}, R"({"non_finite":"error"})");
  const Cell bad = real_cell(CellTag::float64, kNaN);
  EXPECT_EQ(document.row({integer(1), bad}), WriteOutcome::failed);
  EXPECT_EQ(document.out().view(), "[");
  EXPECT_EQ(document.row({integer(1), integer(2)}), WriteOutcome::ok);
  EXPECT_EQ(document.row({text_cell(std::string(300000, 'x')), bad}), WriteOutcome::failed);
  EXPECT_EQ(document.finish(), "[\n{\"a\":1,\"b\":2}\n]\n");
}

TEST(JsonPreview, IsTheValueOfTheMember) {
  Document document({"a", "b"}, "{}", jsonl_format());
  document.writer().preview_cell(text_cell("x\"y"), 1);
  EXPECT_EQ(document.out().view(), R"("x\"y")");
  document.writer().preview_cell(integer(7), 0);
  EXPECT_EQ(document.out().view(), R"("x\"y"7)");
  EXPECT_THROW(document.writer().preview_cell(data_cell(CellTag::flat_array, "", 0), 0), Error);
}

// ── Rows read from tuples ──

constexpr ColumnLayout kInt4Column{Storage::int4, 4, CellTag::integer, CellTag::null};
constexpr ColumnLayout kInt8Column{Storage::int8, 8, CellTag::integer, CellTag::null};
constexpr ColumnLayout kTextColumn{Storage::varlena, 4, CellTag::text, CellTag::null};
constexpr ColumnLayout kArrayColumn{Storage::varlena, 4, CellTag::flat_array, CellTag::text};
constexpr ColumnLayout kZonedColumn{Storage::timestamptz8, 8, CellTag::timestamptz, CellTag::null};

constexpr ZoneWindow kWindows[] = {{0, 3600}};
constexpr ZoneTable kZone{kWindows, 1, std::int64_t{1} << 50};

template <typename T>
std::string bytes_of(T value) {
  return {reinterpret_cast<const char *>(&value), sizeof value};
}

// A varlena with a header of one byte.
std::string short_varlena(std::string_view payload) {
  return static_cast<char>((payload.size() + 1) << 1 | 1) + std::string(payload);
}

// Writes one tuple and returns the line, or nothing if the writer asks for cells.
std::string tuple_text(const std::vector<ColumnLayout> &columns, const std::string &data,
                       const std::uint8_t *null_bits = nullptr) {
  const TupleLayout layout{columns.data(), static_cast<int>(columns.size()), kZone};
  std::vector<std::string> names;
  for (std::size_t i = 0; i < columns.size(); ++i) names.push_back(std::string(1, 'a' + i));
  Document document(names, "{}", jsonl_format(), &layout);
  const std::vector<std::uint64_t> aligned = [&] {
    std::vector<std::uint64_t> words(data.size() / 8 + 1);
    std::memcpy(words.data(), data.data(), data.size());
    return words;
  }();
  const WriteOutcome outcome =
      document.row(TupleView{reinterpret_cast<const char *>(aligned.data()), null_bits});
  const std::string text = document.finish();
  if (outcome == WriteOutcome::needs_cells) {
    EXPECT_EQ(text, "");
    return "";
  }
  EXPECT_EQ(outcome, WriteOutcome::ok);
  return text;
}

TEST(JsonTuple, IsWrittenLikeCells) {
  const std::string array =
      from_hex("010000000000000019000000020000000100000014000000610000001c000000626263");
  const std::string data = bytes_of<std::int32_t>(7) + short_varlena("x\"y") + short_varlena(array);
  EXPECT_EQ(tuple_text({kInt4Column, kTextColumn, kArrayColumn}, data),
            "{\"a\":7,\"b\":\"x\\\"y\",\"c\":[\"a\",\"bbc\"]}\n");
}

TEST(JsonTuple, NullsAndAlignment) {
  const std::uint8_t present = 0b101;
  EXPECT_EQ(
      tuple_text({kInt4Column, kTextColumn, kInt8Column},
                 bytes_of<std::int32_t>(7) + "\0\0\0\0"s + bytes_of<std::int64_t>(-8), &present),
      "{\"a\":7,\"b\":null,\"c\":-8}\n");
}

TEST(JsonTuple, ZoneIsLookedUp) {
  EXPECT_EQ(tuple_text({kZonedColumn}, bytes_of<std::int64_t>(0)),
            "{\"a\":\"2000-01-01T01:00:00+01:00\"}\n");
  EXPECT_EQ(tuple_text({kZonedColumn}, bytes_of<std::int64_t>(kTimeInfinity)),
            "{\"a\":\"infinity\"}\n");
}

TEST(JsonTuple, AsksForCellsForWhatIsNotInPlace) {
  const std::string external = "\x01\x12" + std::string(16, 'x');
  const std::string compressed = bytes_of<std::uint32_t>(12 << 2 | 2) + std::string(8, 'x');
  EXPECT_EQ(tuple_text({kInt4Column, kTextColumn}, bytes_of<std::int32_t>(7) + external), "");
  EXPECT_EQ(tuple_text({kInt4Column, kTextColumn}, bytes_of<std::int32_t>(7) + compressed), "");
  EXPECT_EQ(tuple_text({kZonedColumn}, bytes_of<std::int64_t>(-1)), "");  // before the zone table
  const std::string unreadable = from_hex("010000000000000019000000020000000100000014000000");
  EXPECT_EQ(tuple_text({kInt4Column, kArrayColumn},
                       bytes_of<std::int32_t>(7) + short_varlena(unreadable)),
            "");
}

TEST(JsonFormat, SaysWhatItIs) {
  EXPECT_EQ(json_format().name(), "json");
  EXPECT_EQ(json_format().media_type(), "application/json");
  EXPECT_EQ(json_format().file_extension(), "json");
  EXPECT_EQ(jsonl_format().name(), "jsonl");
  EXPECT_EQ(jsonl_format().media_type(), "application/x-ndjson");
  EXPECT_EQ(jsonl_format().file_extension(), "jsonl");
  EXPECT_TRUE(json_format().is_text() && jsonl_format().is_text());
  EXPECT_EQ(json_format().options().front().name, "pretty");
  EXPECT_EQ(jsonl_format().options().back().name, "sheet");
  const CellNeeds needs = json_format().needs({});
  EXPECT_TRUE(needs.nested);
  EXPECT_EQ(needs.encoding, "UTF8");
}

// ── Golden documents ──

std::string golden(const std::string &file) {
  std::ifstream in(std::string(GOLDEN_DIR) + "/json/" + file, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

std::string time_entries(const Format &format, std::string_view options) {
  Document document({"id", "task", "description", "tags", "started_at", "duration", "hours",
                     "billable", "meta", "raw", "person", "period"},
                    options, format);
  const std::string tags = from_hex(
      "01000000000000001900000002000000010000001400000061000000"
      "1400000062000000");
  const std::string hours = numeric({7, 5000}, 0, 2, false);
  const std::string nan = kNumericNaN;
  const IntervalValue duration{5400000000, 0, 0};
  Cell interval = null_cell();
  interval.tag = CellTag::interval;
  interval.interval = &duration;
  const std::string_view names[] = {"name", "manager"};
  const Cell fields[] = {text_cell("Zoë"), null_cell()};
  const RecordValue person{fields, names, 2};
  Cell record = null_cell();
  record.tag = CellTag::record;
  record.record = &person;
  const RangeValue period{integer_cell(CellTag::date, 0), null_cell(), false, true, false};
  Cell range = null_cell();
  range.tag = CellTag::range;
  range.range = &period;
  document.row({integer(9007199254740993), text_cell("=cmd"), text_cell("line\nbreak \"quoted\""),
                data_cell(CellTag::flat_array, tags.data(), tags.size()),
                zoned_cell(CellTag::timestamptz, 762525296250000, 3600), interval,
                numeric_cell(hours), integer_cell(CellTag::boolean, 1),
                data_cell(CellTag::json, "{\"a\": 1,\n \"a\": 2}", 17),
                data_cell(CellTag::bytes, "\x00\xFF", 2), record, range});
  document.row({integer(2), text_cell(""), null_cell(), null_cell(),
                zoned_cell(CellTag::timestamptz, kTimeInfinity, 0), null_cell(), numeric_cell(nan),
                null_cell(), null_cell(), null_cell(), null_cell(), null_cell()});
  return document.finish();
}

TEST(JsonGolden, Documents) {
  EXPECT_EQ(time_entries(json_format(), "{}"), golden("time_entries.json"));
  EXPECT_EQ(time_entries(jsonl_format(), "{}"), golden("time_entries.jsonl"));
  EXPECT_EQ(time_entries(json_format(), R"({"pretty":true})"), golden("time_entries_pretty.json"));
  EXPECT_EQ(time_entries(jsonl_format(), R"({"big_integers":"string","non_finite":"null",
                                             "bytea":"hex","omit_nulls":true})"),
            golden("time_entries_options.jsonl"));
}

}  // namespace
}  // namespace pgexport
