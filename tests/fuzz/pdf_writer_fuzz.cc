// Any sequence of sections with any values gives a whole document or an Error: never a crash, and
// the same bytes when done again.
#include <fuzzer/FuzzedDataProvider.h>

#include <cstdlib>
#include <string>
#include <vector>

#include "core/error.h"
#include "formats/pdf/pdf_format.h"
#include "formats/row_writer.h"
#include "formats/totals.h"

namespace pgexport {
namespace {

void require(bool condition) {
  if (!condition) std::abort();
}

OptionValues random_options(FuzzedDataProvider &input) {
  OptionValues values;
  static constexpr const char *kPages[] = {"A4", "Letter", "A3"};
  static constexpr const char *kOrientations[] = {"auto", "portrait", "landscape"};
  static constexpr const char *kStyles[] = {"zebra", "ruled", "plain"};
  values.set("page", std::string(input.PickValueInArray(kPages)));
  values.set("orientation", std::string(input.PickValueInArray(kOrientations)));
  values.set("style", std::string(input.PickValueInArray(kStyles)));
  values.set("carry_over", input.ConsumeBool());
  values.set("margin", input.ConsumeIntegralInRange<std::int64_t>(10, 50));
  values.set("font_size", input.ConsumeIntegralInRange<std::int64_t>(6, 14));
  values.set("repeat_columns", input.ConsumeIntegralInRange<std::int64_t>(0, 8));
  if (input.ConsumeBool()) values.set("header", input.ConsumeRandomLengthString(40));
  return values;
}

// Mostly of what a document can show, so that most inputs reach the pages.
Column random_column(FuzzedDataProvider &input, std::size_t i) {
  static constexpr CellTag kTags[] = {CellTag::text,    CellTag::integer, CellTag::float64,
                                      CellTag::boolean, CellTag::date,    CellTag::timestamp,
                                      CellTag::bytes};
  static constexpr Aggregate kTotals[] = {Aggregate::none, Aggregate::sum, Aggregate::avg,
                                          Aggregate::max, Aggregate::count};
  static constexpr const char *kFormats[] = {"#,##0.00", "yyyy-mm-dd", "0.0 %", "@", "General"};
  Column column{input.ConsumeRandomLengthString(30), "type", input.PickValueInArray(kTags),
                "c" + std::to_string(i)};
  const Aggregate total = input.PickValueInArray(kTotals);
  if (total != Aggregate::none && can_total(total, column.tag)) column.style.total = total;
  switch (input.ConsumeIntegralInRange(0, 12)) {
    case 0: column.style.width = input.ConsumeIntegral<std::uint8_t>(); break;
    case 1: column.style.format = input.PickValueInArray(kFormats); break;
    case 2: column.style.format = input.ConsumeRandomLengthString(12); break;
    case 3: column.style.align = Alignment::center; break;
    default: break;
  }
  return column;
}

TableHead random_head(FuzzedDataProvider &input) {
  TableHead head;
  static constexpr SectionKind kKinds[] = {SectionKind::table, SectionKind::table,
                                           SectionKind::chart, SectionKind::figures};
  head.kind = input.PickValueInArray(kKinds);
  head.title = input.ConsumeRandomLengthString(30);
  head.half_width = input.ConsumeBool();
  head.page_break = input.ConsumeBool();
  const auto most = input.ConsumeBool() ? 8 : 60;
  const auto count = input.ConsumeIntegralInRange<std::size_t>(1, most);
  for (std::size_t i = 0; i < count; ++i) head.columns.push_back(random_column(input, i));
  const auto index = [&] { return input.ConsumeIntegralInRange(0, static_cast<int>(count) - 1); };
  while (head.group_by.size() < 3 && input.ConsumeBool()) head.group_by.push_back(index());
  const int value = index();
  const Column &column = head.columns[static_cast<std::size_t>(value)];
  if (!is_number(column.tag)) {
    if (head.kind == SectionKind::chart) head.kind = SectionKind::table;
  } else if (head.kind == SectionKind::chart || input.ConsumeBool()) {
    static constexpr ChartKind kCharts[] = {ChartKind::bar, ChartKind::line, ChartKind::pie};
    ChartSpec spec;
    spec.kind = input.PickValueInArray(kCharts);
    spec.title = input.ConsumeRandomLengthString(20);
    head.charts.push_back({spec, index(), {value}});
  } else if (is_number(head.columns[0].tag)) {
    head.columns[static_cast<std::size_t>(value)].style.compare = "c0";
  }
  return head;
}

// `bytes` must outlive the cell.
Cell random_cell(FuzzedDataProvider &input, CellTag tag, const std::string &bytes) {
  if (input.ConsumeIntegralInRange(0, 9) == 0) return null_cell();
  switch (tag) {
    case CellTag::text:
    case CellTag::bytes: return data_cell(tag, bytes.data(), bytes.size());
    case CellTag::float64: return real_cell(tag, input.ConsumeFloatingPoint<double>());
    case CellTag::boolean: return integer_cell(tag, input.ConsumeBool());
    case CellTag::date: return integer_cell(tag, input.ConsumeIntegral<std::int32_t>());
    case CellTag::timestamp: return zoned_cell(tag, input.ConsumeIntegral<std::int64_t>(), 0);
    default: return integer_cell(tag, input.ConsumeIntegral<std::int64_t>());
  }
}

void write_rows(FuzzedDataProvider &input, RowWriter &writer, const TableHead &head) {
  const bool figures = head.kind == SectionKind::figures;
  const auto rows = input.ConsumeIntegralInRange(0, figures ? 1 : 60);
  for (int row = 0; row < rows && input.remaining_bytes() > 0; ++row) {
    std::vector<std::string> texts(head.columns.size());
    std::vector<Cell> cells;
    for (std::size_t i = 0; i < head.columns.size(); ++i) {
      texts[i] = input.ConsumeRandomLengthString(400);
      if (input.ConsumeIntegralInRange(0, 40) == 0) {
        for (int doubling = 0; doubling < 6; ++doubling) texts[i] += texts[i];
      }
      cells.push_back(random_cell(input, head.columns[i].tag, texts[i]));
    }
    if (writer.row(cells.data()) != WriteOutcome::ok) throw Error(writer.failure());
  }
}

std::string write_document(FuzzedDataProvider &input) {
  const OptionValues values = random_options(input);
  OutputBuffer out;
  const auto writer = pdf_format().make_writer(values, out);
  DocumentInfo info;
  info.title = input.ConsumeRandomLengthString(60);
  info.filters = input.ConsumeRandomLengthString(60);
  static constexpr const char *kLocales[] = {"en", "de", "fr", "es"};
  info.locale = input.PickValueInArray(kLocales);
  writer->begin(info);
  while (input.remaining_bytes() > 0) {
    if (input.ConsumeIntegralInRange(0, 3) == 0) {
      writer->text({"t", input.ConsumeRandomLengthString(20), input.ConsumeRandomLengthString(900),
                    input.ConsumeBool(), input.ConsumeBool()});
      continue;
    }
    const TableHead head = random_head(input);
    writer->begin_table(head);
    write_rows(input, *writer, head);
    writer->end_table();
  }
  writer->finish();
  return std::string(out.view());
}

// The document, or an empty text if there was an error.
std::string outcome(const std::uint8_t *data, std::size_t size) {
  FuzzedDataProvider input(data, size);
  try {
    return write_document(input);
  } catch (const Error &) {  // what cannot be drawn
    return {};
  }
}

}  // namespace
}  // namespace pgexport

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size) {
  const std::string document = pgexport::outcome(data, size);
  pgexport::require(document.empty() ||
                    (document.starts_with("%PDF-1.5\n") && document.ends_with("%%EOF\n")));
  pgexport::require(document == pgexport::outcome(data, size));
  return 0;
}
