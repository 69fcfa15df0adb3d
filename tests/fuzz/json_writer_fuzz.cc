// Random values and options, written as JSON and read back by another library: what is read must
// be what was written.
#include <fuzzer/FuzzedDataProvider.h>

#include <cmath>
#include <deque>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

#include "core/text/scan.h"
#include "formats/json/json_writer.h"

namespace pgexport {
namespace {

using Json = nlohmann::ordered_json;

void check(bool condition) {
  if (!condition) __builtin_trap();
}

// Makes cells together with what a reader must find in their place, and owns what they point to.
class ValueMaker {
 public:
  ValueMaker(FuzzedDataProvider &data, const JsonOptions &options)
      : data_(data), options_(options) {}

  Cell make(Json &expected, int depth = 0) {
    switch (data_.ConsumeIntegralInRange(0, depth < 4 ? 13 : 10)) {
      case 0: expected = nullptr; return null_cell();
      case 1: return boolean(expected);
      case 2: return integer(expected, data_.ConsumeIntegral<std::int64_t>());
      case 3: return integer(expected, data_.ConsumeIntegral<std::int16_t>());
      case 4: return real(expected);
      case 5: return small_real(expected);
      case 6: return numeric(expected);
      case 7: return text(expected);
      case 8: return bytes(expected);
      case 9: return json(expected);
      case 10: return date(expected);
      case 11: return array(expected, depth);
      case 12: return record(expected, depth);
      default: return range(expected, depth);
    }
  }

  // Set when a value must make the row fail.
  bool must_fail() const { return must_fail_; }

 private:
  const std::string &keep(std::string text) { return strings_.emplace_back(std::move(text)); }

  std::string utf8() {
    const std::string random = data_.ConsumeRandomLengthString(300);
    return random.substr(0, spell::valid_utf8_prefix(random.data(), random.size()));
  }

  Json non_finite(const char *word) {
    if (options_.non_finite == NonFinite::error) must_fail_ = true;
    return options_.non_finite == NonFinite::string ? Json(word) : Json(nullptr);
  }

  Cell boolean(Json &expected) {
    const bool value = data_.ConsumeBool();
    expected = value;
    return integer_cell(CellTag::boolean, value);
  }

  Cell integer(Json &expected, std::int64_t value) {
    expected = value;
    if (options_.big_integers == BigIntegers::string && std::fabs(value) > 9007199254740991.0) {
      expected = std::to_string(value);
    }
    return integer_cell(CellTag::integer, value);
  }

  Cell real(Json &expected) {
    const double value = data_.ConsumeFloatingPoint<double>();
    expected = value;
    if (std::isnan(value)) expected = non_finite("NaN");
    if (std::isinf(value)) expected = non_finite(value > 0 ? "Infinity" : "-Infinity");
    return real_cell(CellTag::float64, value);
  }

  // A float4 whose decimal text is exact.
  Cell small_real(Json &expected) {
    const double value = data_.ConsumeIntegral<std::int16_t>() / 8.0;
    expected = value;
    return real_cell(CellTag::float32, value);
  }

  Cell numeric(Json &expected) {
    const std::uint16_t group = data_.ConsumeIntegralInRange<std::uint16_t>(0, 9999);
    const int weight = data_.ConsumeIntegralInRange(0, 3);
    const std::uint16_t head = static_cast<std::uint16_t>(0x8000 | weight);
    const std::uint16_t words[] = {head, group};
    const bool nan = data_.ConsumeBool();
    const std::uint16_t nan_word = 0xC000;
    const std::string &body =
        keep(nan ? std::string(reinterpret_cast<const char *>(&nan_word), 2)
                 : std::string(reinterpret_cast<const char *>(words), group == 0 ? 2 : 4));
    const Cell cell = data_cell(CellTag::numeric, body.data(), body.size());
    if (nan) {
      expected = non_finite("NaN");
      return cell;
    }
    std::int64_t value = group;
    for (int i = 0; i < weight; ++i) value *= 10000;
    if (group == 0 && weight > 0) return numeric_zero(expected);
    integer(expected, value);
    return cell;
  }

  Cell numeric_zero(Json &expected) {
    const std::uint16_t zero = 0x8000;
    const std::string &body = keep(std::string(reinterpret_cast<const char *>(&zero), 2));
    expected = 0;
    return data_cell(CellTag::numeric, body.data(), body.size());
  }

  Cell text(Json &expected) {
    std::string value = utf8();
    if (data_.ConsumeProbability<float>() < 0.02f) {
      const std::size_t times = data_.ConsumeIntegralInRange<std::size_t>(1, 2000);
      const std::string unit = value;
      for (std::size_t i = 0; i < times && value.size() < 40000; ++i) value += unit;
    }
    expected = value;
    const std::string &kept = keep(std::move(value));
    return data_cell(CellTag::text, kept.data(), kept.size());
  }

  Cell bytes(Json &expected) {
    const std::string &value = keep(data_.ConsumeRandomLengthString(100));
    expected = options_.bytes == BytesStyle::hex ? hex(value) : base64(value);
    return data_cell(CellTag::bytes, value.data(), value.size());
  }

  static std::string hex(const std::string &bytes) {
    std::string out = "\\x";
    for (const char c : bytes) {
      out += "0123456789abcdef"[static_cast<unsigned char>(c) >> 4];
      out += "0123456789abcdef"[c & 15];
    }
    return out;
  }

  static std::string base64(const std::string &bytes) {
    static const char kDigits[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string out;
    for (std::size_t i = 0; i < bytes.size(); i += 3) {
      unsigned bits = 0;
      for (std::size_t j = i; j < i + 3; ++j) {
        bits = bits << 8 | (j < bytes.size() ? static_cast<unsigned char>(bytes[j]) : 0u);
      }
      for (unsigned j = 0; j < 4; ++j) {
        out += i + j > bytes.size() ? '=' : kDigits[bits >> (18 - 6 * j) & 63];
      }
    }
    return out;
  }

  Cell json(Json &expected) {
    expected = {{"k", utf8()}, {"n", data_.ConsumeIntegral<std::int32_t>()}};
    const std::string &value = keep(expected.dump(data_.ConsumeIntegralInRange(-1, 3)));
    return data_cell(CellTag::json, value.data(), value.size());
  }

  Cell date(Json &expected) {
    if (data_.ConsumeBool()) {
      expected = non_finite("-infinity");
      return integer_cell(CellTag::date, kDateMinusInfinity);
    }
    expected = "2000-01-01";
    return integer_cell(CellTag::date, 0);
  }

  Cell array(Json &expected, int depth) {
    const int rows = data_.ConsumeIntegralInRange(0, 3);
    const int width = data_.ConsumeIntegralInRange(1, 3);
    const bool flat = data_.ConsumeBool();
    std::vector<Cell> &cells = cells_.emplace_back();
    expected = Json::array();
    for (int r = 0; r < rows; ++r) {
      Json inner = Json::array();
      for (int c = 0; c < (flat ? 1 : width); ++c) {
        Json value;
        cells.push_back(make(value, depth + 1));
        inner.push_back(value);
      }
      expected.push_back(flat ? inner[0] : inner);
    }
    std::vector<int> &dims = dims_.emplace_back();
    if (rows > 0) dims = flat ? std::vector<int>{rows} : std::vector<int>{rows, width};
    Cell cell = null_cell();
    cell.tag = CellTag::array;
    cell.array = &arrays_.emplace_back(ArrayValue{
        cells.data(), dims.data(), static_cast<int>(dims.size()), static_cast<int>(cells.size())});
    return cell;
  }

  Cell record(Json &expected, int depth) {
    const int count = data_.ConsumeIntegralInRange(0, 3);
    std::vector<Cell> &cells = cells_.emplace_back();
    std::vector<std::string_view> &names = names_.emplace_back();
    expected = Json::object();
    for (int i = 0; i < count; ++i) {
      const std::string &name = keep(std::to_string(i) + utf8());
      Json value;
      cells.push_back(make(value, depth + 1));
      names.push_back(name);
      if (options_.omit_nulls && cells.back().is_null()) continue;
      expected[name] = value;
    }
    Cell cell = null_cell();
    cell.tag = CellTag::record;
    cell.record = &records_.emplace_back(RecordValue{cells.data(), names.data(), count});
    return cell;
  }

  Cell range(Json &expected, int depth) {
    RangeValue range{};
    range.empty = data_.ConsumeBool();
    range.lower_inclusive = data_.ConsumeBool();
    range.upper_inclusive = data_.ConsumeBool();
    range.lower = range.upper = null_cell();
    if (range.empty) {
      expected = {{"empty", true}};
    } else {
      Json lower, upper;
      range.lower = make(lower, depth + 1);
      range.upper = make(upper, depth + 1);
      expected = {{"lower", lower}, {"upper", upper}};
      expected["bounds"] =
          std::string(range.lower_inclusive ? "[" : "(") + (range.upper_inclusive ? "]" : ")");
    }
    Cell cell = null_cell();
    cell.tag = CellTag::range;
    cell.range = &ranges_.emplace_back(range);
    return cell;
  }

  FuzzedDataProvider &data_;
  const JsonOptions &options_;
  bool must_fail_ = false;
  // Containers whose elements stay where they are.
  std::deque<std::string> strings_;
  std::deque<std::vector<Cell>> cells_;
  std::deque<std::vector<std::string_view>> names_;
  std::deque<std::vector<int>> dims_;
  std::deque<ArrayValue> arrays_;
  std::deque<RecordValue> records_;
  std::deque<RangeValue> ranges_;
};

JsonOptions random_options(FuzzedDataProvider &data) {
  JsonOptions options;
  options.lines = data.ConsumeBool();
  options.pretty = data.ConsumeBool() && !options.lines;
  options.omit_nulls = data.ConsumeBool();
  options.big_integers = data.PickValueInArray({BigIntegers::number, BigIntegers::string});
  options.non_finite =
      data.PickValueInArray({NonFinite::string, NonFinite::null, NonFinite::error});
  options.bytes = data.PickValueInArray({BytesStyle::base64, BytesStyle::hex});
  options.duplicate_names = data.PickValueInArray({DuplicateNames::error, DuplicateNames::suffix});
  return options;
}

Json read_back(std::string_view text, bool lines) {
  if (!lines) return Json::parse(text);
  Json rows = Json::array();
  for (std::size_t i = 0; i < text.size();) {
    const std::size_t end = text.find('\n', i);
    check(end != text.npos);
    rows.push_back(Json::parse(text.substr(i, end - i)));
    i = end + 1;
  }
  return rows;
}

// The keys of a row are the columns' names in their order; the values are compared one by one.
void compare_row(const Json &read, const std::vector<Json> &expected) {
  check(read.is_object() && read.size() == expected.size());
  std::size_t i = 0;
  for (const auto &item : read.items()) check(item.value() == expected[i++]);
}

void run(FuzzedDataProvider &data) {
  const JsonOptions options = random_options(data);
  TableHead head;
  std::set<std::string> distinct;
  const int columns = data.ConsumeIntegralInRange(0, 5);
  for (int i = 0; i < columns; ++i) {
    std::string name = data.ConsumeRandomLengthString(40);
    name.resize(spell::valid_utf8_prefix(name.data(), name.size()));
    distinct.insert(name);
    head.columns.push_back({name, "", CellTag::text});
  }
  OutputBuffer out;
  JsonWriter writer(options, out);
  writer.begin({});
  try {
    writer.begin_table(head);
  } catch (const Error &) {
    check(options.duplicate_names == DuplicateNames::error &&
          distinct.size() < head.columns.size());
    return;
  }

  std::vector<std::vector<Json>> expected;
  for (int rows = data.ConsumeIntegralInRange(0, 4); rows > 0; --rows) {
    ValueMaker values(data, options);
    std::vector<Cell> cells;
    std::vector<Json> row;
    for (int i = 0; i < columns; ++i) {
      Json value;
      cells.push_back(values.make(value));
      if (!options.omit_nulls || !cells.back().is_null()) row.push_back(value);
    }
    const WriteOutcome outcome = writer.row(cells.data());
    check(outcome == (values.must_fail() ? WriteOutcome::failed : WriteOutcome::ok));
    if (outcome == WriteOutcome::ok) expected.push_back(std::move(row));
  }
  writer.end_table();
  writer.finish();

  const Json read = read_back(out.view(), options.lines);
  check(read.size() == expected.size());
  for (std::size_t i = 0; i < expected.size(); ++i) compare_row(read[i], expected[i]);
}

}  // namespace
}  // namespace pgexport

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *bytes, std::size_t size) {
  FuzzedDataProvider data(bytes, size);
  pgexport::run(data);
  return 0;
}
