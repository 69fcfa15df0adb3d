// Writes PDF documents from C++ values, without a server.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "core/error.h"
#include "core/output_buffer.h"
#include "formats/options.h"
#include "formats/pdf/pdf_format.h"
#include "formats/row_writer.h"

namespace pgexport {

// One value of a sample row.
struct Value {
  Cell cell;
  std::string text;  // what a cell with bytes points to
};

inline Value null_value() { return {null_cell(), {}}; }
inline Value text_value(std::string text) { return {null_cell(), std::move(text)}; }
inline Value integer_value(std::int64_t value) {
  return {integer_cell(CellTag::integer, value), {}};
}
inline Value real_value(double value) { return {real_cell(CellTag::float64, value), {}}; }
inline Value date_value(std::int64_t days) { return {integer_cell(CellTag::date, days), {}}; }
inline Value boolean_value(bool value) { return {integer_cell(CellTag::boolean, value), {}}; }

// PostgreSQL's storage of a numeric with two decimals: short form, digits of base 10,000.
inline Value money_value(std::int64_t cents) {
  const bool negative = cents < 0;
  std::uint64_t rest =
      negative ? 0 - static_cast<std::uint64_t>(cents) : static_cast<std::uint64_t>(cents);
  std::vector<std::uint16_t> digits{static_cast<std::uint16_t>(rest % 100 * 100)};
  for (rest /= 100; rest > 0; rest /= 10000) {
    digits.insert(digits.begin(), static_cast<std::uint16_t>(rest % 10000));
  }
  const int weight = static_cast<int>(digits.size()) - 2;
  const unsigned header =
      0x8000U | (negative ? 0x2000U : 0U) | (2U << 7) | (static_cast<unsigned>(weight) & 0x7FU);
  std::string body;
  const auto put = [&body](unsigned word) {
    body += static_cast<char>(word & 0xFF);
    body += static_cast<char>(word >> 8);
  };
  put(header);
  for (const std::uint16_t digit : digits) put(digit);
  Value value{null_cell(), std::move(body)};
  value.cell.tag = CellTag::numeric;
  return value;
}

inline Column text_column(std::string heading) { return {heading, "text", CellTag::text, heading}; }
inline Column integer_column(std::string heading) {
  return {heading, "integer", CellTag::integer, heading};
}
inline Column real_column(std::string heading) {
  return {heading, "double precision", CellTag::float64, heading};
}
inline Column date_column(std::string heading) { return {heading, "date", CellTag::date, heading}; }
inline Column boolean_column(std::string heading) {
  return {heading, "boolean", CellTag::boolean, heading};
}
inline Column money_column(std::string heading) {
  return {heading, "numeric(14,2)", CellTag::numeric, heading, 14, 2, {}};
}
inline Column summed(Column column) {
  column.style.total = Aggregate::sum;
  return column;
}

class SampleDocument {
 public:
  explicit SampleDocument(const DocumentInfo &info, const OptionValues &options = {})
      : writer_(pdf_format().make_writer(options, out_)) {
    writer_->begin(info);
  }

  SampleDocument &begin_table(const TableHead &head) {
    writer_->begin_table(head);
    return *this;
  }

  // Throws the writer's error if it has one.
  SampleDocument &row(const std::vector<Value> &values) {
    std::vector<Cell> cells;
    for (const Value &value : values) cells.push_back(cell_of(value));
    if (writer_->row(cells.data()) != WriteOutcome::ok) throw Error(writer_->failure());
    return *this;
  }

  SampleDocument &end_table() {
    writer_->end_table();
    return *this;
  }

  SampleDocument &text(const TextBlock &block) {
    writer_->text(block);
    return *this;
  }

  std::string finish() {
    writer_->finish();
    return std::string(out_.view());
  }

  RowWriter &writer() { return *writer_; }

 private:
  static Cell cell_of(const Value &value) {
    if (value.cell.tag == CellTag::numeric) {
      return data_cell(CellTag::numeric, value.text.data(), value.text.size());
    }
    if (!value.cell.is_null() || value.text.empty()) return value.cell;
    return data_cell(CellTag::text, value.text.data(), value.text.size());
  }

  OutputBuffer out_;
  std::unique_ptr<RowWriter> writer_;
};

}  // namespace pgexport
