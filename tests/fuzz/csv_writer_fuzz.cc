// Every document that the writer makes reads back, by a reader of its own, as the values that went
// in; nulls and empty strings stay apart.
#include <fuzzer/FuzzedDataProvider.h>

#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.h"
#include "formats/csv/csv_format.h"
#include "formats/csv/csv_settings.h"

namespace pgexport {
namespace {

using Field = std::optional<std::string>;
using Line = std::vector<Field>;

void require(bool condition) {
  if (!condition) std::abort();
}

// Reads CSV as COPY FROM does: a field may begin with a quote anywhere, an escape counts inside
// quotes and before a quote or an escape, and only an unquoted field can be null.
class Reader {
 public:
  Reader(std::string_view document, const CsvSettings &settings)
      : rest_(document), settings_(settings) {}

  bool at_end() const { return rest_.empty(); }

  Line read_line() {
    Line line;
    do line.push_back(read_field());
    while (take(settings_.delimiter));
    if (settings_.crlf) require(take('\r'));
    require(take('\n'));
    return line;
  }

  bool take(char c) {
    if (rest_.empty() || rest_[0] != c) return false;
    rest_.remove_prefix(1);
    return true;
  }

 private:
  Field read_field() {
    std::string value;
    if (take(settings_.quote)) {
      while (!take(settings_.quote) || (settings_.quote == settings_.escape && next_is_quote())) {
        value += read_quoted();
      }
      return value;
    }
    while (!at_end() && rest_[0] != settings_.delimiter && rest_[0] != '\r' && rest_[0] != '\n') {
      require(rest_[0] != settings_.quote);
      value += next();
    }
    if (value == settings_.null_text) return std::nullopt;
    return value;
  }

  // REQUIRES: a quote that is its own escape was just taken.
  bool next_is_quote() const { return !rest_.empty() && rest_[0] == settings_.quote; }

  char read_quoted() {
    const char c = next();
    const bool escapes = c == settings_.escape && settings_.escape != settings_.quote &&
                         !rest_.empty() &&
                         (rest_[0] == settings_.escape || rest_[0] == settings_.quote);
    return escapes ? next() : c;
  }

  char next() {
    require(!rest_.empty());
    const char c = rest_[0];
    rest_.remove_prefix(1);
    return c;
  }

  std::string_view rest_;
  const CsvSettings &settings_;
};

OptionValues random_options(FuzzedDataProvider &input) {
  OptionValues values;
  static constexpr const char *kDialects[] = {"postgres", "rfc4180", "excel", "excel-eu"};
  values.set("dialect", std::string(input.PickValueInArray(kDialects)));
  for (const char *name : {"delimiter", "quote", "escape"}) {
    if (input.ConsumeBool())
      values.set(name, std::string(1, input.ConsumeIntegralInRange('\1', '\x7F')));
  }
  for (const char *name : {"header", "bom", "formula_guard"}) {
    if (input.ConsumeBool()) values.set(name, input.ConsumeBool());
  }
  if (input.ConsumeBool()) values.set("null", input.ConsumeRandomLengthString(8));
  if (input.ConsumeBool()) values.set("force_quote", std::string("true"));
  return values;
}

struct Value {
  Cell cell;
  Field text;  // as it must read back
  bool may_be_guarded;
};

std::string hex(std::string_view bytes) {
  constexpr char kDigits[] = "0123456789abcdef";
  std::string out = "\\x";
  for (const char c : bytes) {
    out += kDigits[static_cast<unsigned char>(c) >> 4];
    out += kDigits[c & 0xF];
  }
  return out;
}

// `bytes` must outlive the cell.
Value random_value(FuzzedDataProvider &input, const std::string &bytes, bool decimal_comma) {
  switch (input.ConsumeIntegralInRange(0, 7)) {
    case 0: return {null_cell(), std::nullopt, false};
    case 1: {
      const auto value = input.ConsumeIntegral<std::int64_t>();
      return {integer_cell(CellTag::integer, value), std::to_string(value), false};
    }
    case 2: return {integer_cell(CellTag::boolean, 1), "t", false};
    case 3: return {real_cell(CellTag::float64, -0.5), decimal_comma ? "-0,5" : "-0.5", false};
    case 4: return {zoned_cell(CellTag::timestamp, 0, 0), "2000-01-01 00:00:00", false};
    case 5: return {data_cell(CellTag::bytes, bytes.data(), bytes.size()), hex(bytes), false};
    default: return {data_cell(CellTag::text, bytes.data(), bytes.size()), bytes, true};
  }
}

void require_same(const Field &read, const Value &written) {
  if (read == written.text) return;
  require(written.may_be_guarded && read && *read == "'" + *written.text);
}

void require_line(Reader &reader, const std::vector<Value> &written) {
  const Line line = reader.read_line();
  require(line.size() == written.size());
  for (std::size_t i = 0; i < line.size(); ++i) require_same(line[i], written[i]);
}

void round_trip(FuzzedDataProvider &input) {
  const OptionValues values = random_options(input);
  const CsvSettings settings = read_csv_settings(values);
  OutputBuffer out;
  const auto writer = csv_format().make_writer(values, out);

  TableHead head;
  std::vector<Value> headings;
  const auto columns = input.ConsumeIntegralInRange<std::size_t>(1, 4);
  for (std::size_t i = 0; i < columns; ++i) {
    head.columns.push_back({input.ConsumeRandomLengthString(16), "text", CellTag::text});
    headings.push_back({null_cell(), head.columns.back().heading, true});
  }
  writer->begin({});
  writer->begin_table(head);

  std::vector<std::vector<Value>> rows;
  std::vector<std::string> texts;
  texts.reserve(64);
  while (input.remaining_bytes() > 0 && rows.size() < 16) {
    std::vector<Value> row;
    std::vector<Cell> cells;
    for (std::size_t i = 0; i < columns; ++i) {
      texts.push_back(input.ConsumeRandomLengthString(300));
      row.push_back(random_value(input, texts.back(), settings.decimal_comma));
      cells.push_back(row.back().cell);
    }
    require(writer->row(cells.data()) == WriteOutcome::ok);
    rows.push_back(std::move(row));
  }
  writer->end_table();
  writer->finish();

  Reader reader(out.view(), settings);
  if (settings.bom) require(reader.take('\xEF') && reader.take('\xBB') && reader.take('\xBF'));
  if (settings.header) require_line(reader, headings);
  for (const auto &row : rows) require_line(reader, row);
  require(reader.at_end());
}

}  // namespace
}  // namespace pgexport

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size) {
  FuzzedDataProvider input(data, size);
  try {
    pgexport::round_trip(input);
  } catch (const pgexport::Error &) {  // options that contradict each other
  }
  return 0;
}
