// Every workbook that the writer makes can be read: the parts inflate, the rows are where they were
// put, and texts come back as what went in, whatever the values, the headings and the number of
// rows of a sheet.
#include <fuzzer/FuzzedDataProvider.h>

#include <algorithm>
#include <cstdlib>
#include <optional>
#include <string>
#include <vector>

#include "core/error.h"
#include "core/text/scan.h"
#include "formats/xlsx/xlsx_writer.h"
#include "formats/xlsx/xml_text.h"
#include "sheet_reader.h"

namespace pgexport::xlsx {
namespace {

void require(bool condition) {
  if (!condition) std::abort();
}

bool is_valid(std::string_view text) {
  return spell::valid_utf8_prefix(text.data(), text.size()) == text.size();
}

// What _xHHHH_ stands for; the other way round than the writer.
std::string without_units(std::string_view text) {
  std::string plain;
  while (!text.empty()) {
    if (!looks_escaped(text)) {
      plain += text.front();
      text.remove_prefix(1);
      continue;
    }
    const auto code = std::stoul(std::string(text.substr(2, 4)), nullptr, 16);
    if (code < 0x80) {
      plain += static_cast<char>(code);
    } else {
      require(code == 0xFFFE || code == 0xFFFF);
      plain += code == 0xFFFE ? "\xEF\xBF\xBE" : "\xEF\xBF\xBF";
    }
    text.remove_prefix(7);
  }
  return plain;
}

struct Value {
  Cell cell;
  std::optional<std::string> text;  // as it must read back, of a text
};

// `bytes` and `interval` must outlive the cell.
Value random_value(FuzzedDataProvider &input, CellTag tag, std::string &bytes,
                   IntervalValue &interval) {
  if (input.ConsumeIntegralInRange(0, 9) == 0) return {null_cell(), std::nullopt};
  switch (tag) {
    case CellTag::text:
      bytes = input.ConsumeRandomLengthString(200);
      std::replace(bytes.begin(), bytes.end(), '\0', ' ');  // PostgreSQL's texts have none
      if (input.ConsumeIntegralInRange(0, 30) == 0) bytes.resize(33'000, 'x');
      return {data_cell(tag, bytes.data(), bytes.size()), bytes};
    case CellTag::bytes:
      bytes = input.ConsumeRandomLengthString(50);
      return {data_cell(tag, bytes.data(), bytes.size()), std::nullopt};
    case CellTag::float64:
      return {real_cell(tag, input.ConsumeFloatingPoint<double>()), std::nullopt};
    case CellTag::boolean: return {integer_cell(tag, input.ConsumeBool()), std::nullopt};
    case CellTag::date: return {integer_cell(tag, input.ConsumeIntegral<std::int32_t>()), {}};
    case CellTag::timestamptz: {
      // PostgreSQL's own range.
      const auto time = input.ConsumeIntegralInRange<std::int64_t>(-211'813'488'000'000'000,
                                                                   9'223'371'331'200'000'000);
      return {zoned_cell(tag, time, input.ConsumeIntegralInRange(-57'600, 57'600)), std::nullopt};
    }
    case CellTag::interval: {
      interval = {input.ConsumeIntegral<std::int64_t>(), input.ConsumeIntegral<std::int32_t>(),
                  input.ConsumeIntegralInRange(-1, 1)};
      Cell cell;
      cell.interval = &interval;
      cell.tag = tag;
      return {cell, std::nullopt};
    }
    default: return {integer_cell(tag, input.ConsumeIntegral<std::int64_t>()), std::nullopt};
  }
}

constexpr CellTag kTags[] = {CellTag::text,    CellTag::text,        CellTag::integer,
                             CellTag::float64, CellTag::boolean,     CellTag::date,
                             CellTag::bytes,   CellTag::timestamptz, CellTag::interval};

TableHead random_head(FuzzedDataProvider &input) {
  TableHead head;
  head.name = input.ConsumeRandomLengthString(40);
  const auto columns = input.ConsumeIntegralInRange<std::size_t>(1, 4);
  for (std::size_t i = 0; i < columns; ++i) {
    Column column;
    column.heading = repaired_utf8(input.ConsumeRandomLengthString(20));
    column.tag = input.PickValueInArray(kTags);
    column.style.exact_text = input.ConsumeIntegralInRange(0, 5) == 0;
    if (input.ConsumeBool()) column.style.total = Aggregate::count;
    if (column.tag == CellTag::integer && input.ConsumeBool()) {
      column.style.total = Aggregate::sum;
    }
    head.columns.push_back(std::move(column));
  }
  if (input.ConsumeIntegralInRange(0, 2) == 0) head.group_by = {0};
  return head;
}

// The rows of the table itself, without those of headings and totals.
std::vector<ReadRow> own_rows(const PackageReader &package, std::int64_t limit, bool totals,
                              bool grouped) {
  std::vector<ReadRow> found;
  for (const ZipEntry &part : package.parts()) {
    if (!part.name.starts_with("xl/worksheets/sheet")) continue;
    const SheetReader sheet(part.bytes);
    for (const auto &[number, row] : sheet.rows()) {
      require(number <= limit);
      if (number > 1 && (!grouped || row.outline_level == 1)) found.push_back(row);
    }
  }
  if (totals && !grouped) found.pop_back();
  return found;
}

void check_row(const ReadRow &read, const std::vector<Value> &written, bool truncating) {
  for (std::size_t i = 0; i < written.size(); ++i) {
    const auto found = read.cells.find(static_cast<int>(i));
    require((found == read.cells.end()) == written[i].cell.is_null());
    if (!written[i].text) continue;
    const std::string text = without_units(found->second.value);
    if (utf16_length(*written[i].text) > kMaxCellText)
      require(truncating && text.ends_with("…"));
    else
      require(text == *written[i].text);
  }
}

void round_trip(FuzzedDataProvider &input) {
  XlsxSettings settings;
  settings.truncate_long_text = input.ConsumeBool();
  SheetLimits limits;
  limits.rows = input.ConsumeIntegralInRange(2, 12);
  const bool truncating = settings.truncate_long_text;
  DocumentInfo info;
  info.title = input.ConsumeRandomLengthString(30);
  OutputBuffer out;
  XlsxWriter writer(settings, out, limits);
  writer.begin(info);
  const TableHead head = random_head(input);
  writer.begin_table(head);

  std::vector<std::vector<Value>> rows;
  std::vector<std::string> bytes(64);
  std::vector<IntervalValue> intervals(64);
  std::size_t used = 0;
  while (input.remaining_bytes() > 0 && rows.size() < 16) {
    std::vector<Value> row;
    std::vector<Cell> cells;
    bool valid = true;
    for (const Column &column : head.columns) {
      row.push_back(random_value(input, column.tag, bytes[used], intervals[used]));
      ++used;
      cells.push_back(row.back().cell);
      if (!row.back().text) continue;
      valid = valid && is_valid(*row.back().text) &&
              (truncating || utf16_length(*row.back().text) <= kMaxCellText);
    }
    const WriteOutcome outcome = writer.row(cells.data());
    require((outcome == WriteOutcome::ok) == valid);
    if (!valid) return;
    rows.push_back(std::move(row));
  }
  writer.end_table();
  writer.finish();

  const PackageReader package(out.view());
  const bool totals = std::any_of(head.columns.begin(), head.columns.end(),
                                  [](const Column &c) { return c.style.total != Aggregate::none; });
  const auto read = own_rows(package, limits.rows, totals, !head.group_by.empty());
  require(read.size() == rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) check_row(read[i], rows[i], truncating);
}

}  // namespace
}  // namespace pgexport::xlsx

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size) {
  FuzzedDataProvider input(data, size);
  try {
    pgexport::xlsx::round_trip(input);
  } catch (const pgexport::Error &) {  // a heading or a total that there cannot be
  }
  return 0;
}
