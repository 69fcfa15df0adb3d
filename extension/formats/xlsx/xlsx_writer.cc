#include "formats/xlsx/xlsx_writer.h"

#include <utility>

#include "core/error.h"
#include "formats/option_error.h"
#include "formats/xlsx/chart_sheet.h"
#include "formats/xlsx/workbook_package.h"

namespace pgexport::xlsx {

namespace {

// The one chart of a section that is a chart.
const ChartColumns &only_chart(const TableHead &head) {
  if (head.charts.size() == 1) return head.charts[0];
  throw Error(sqlstate::internal_error, "a chart section without its chart");
}

}  // namespace

XlsxWriter::XlsxWriter(XlsxSettings settings, OutputBuffer &out, const SheetLimits &limits)
    : RowWriter(out), settings_(std::move(settings)), limits_(limits), zip_(out) {}

void XlsxWriter::begin(const DocumentInfo &info) {
  workbook_.emplace(settings_, info);
  summary_.emplace(*workbook_);
}

std::string XlsxWriter::sheet_name() const {
  if (!head_.name.empty()) return head_.name;
  if (!settings_.sheet.empty()) return settings_.sheet;
  return workbook_->info.title.empty() ? "Data" : workbook_->info.title;
}

std::string XlsxWriter::section_title() const {
  return head_.title.empty() ? head_.name : head_.title;
}

void XlsxWriter::begin_table(const TableHead &head) {
  head_ = head;
  cells_.resize(head.columns.size());
  switch (head.kind) {
    case SectionKind::chart: chart_.emplace(head, only_chart(head), workbook_->locale); break;
    case SectionKind::figures: figure_rows_ = 0; break;
    default: table_.emplace(*workbook_, zip_, head, sheet_name(), limits_); break;
  }
}

template <typename Body>
WriteOutcome XlsxWriter::complete_or_nothing(Body body) noexcept {
  try {
    return body();
  } catch (const Error &error) {
    keep_failure(error);
  } catch (...) {
    keep_out_of_memory();  // nothing below throws anything else
  }
  return WriteOutcome::failed;
}

// Returns false if an array cannot be read in place; nothing was written then.
bool XlsxWriter::add_row(const Cell *cells) {
  if (table_) return table_->row(cells);
  if (chart_) {
    chart_->add(cells);
    return true;
  }
  if (++figure_rows_ > 1) {
    throw Error("21000",
                "the key figures \"" + excerpt(section_title()) + "\" must come from one row",
                "The query returned more.", "Aggregate in the query, or make the section a table.");
  }
  summary_->add_figures(head_, cells);
  return true;
}

WriteOutcome XlsxWriter::row(const Cell *cells) noexcept {
  return complete_or_nothing([&] {
    if (add_row(cells)) return WriteOutcome::ok;
    throw Error(sqlstate::data_corrupted, "array value is corrupted");
  });
}

WriteOutcome XlsxWriter::row(const TupleView &tuple) noexcept {
  return complete_or_nothing([&] {
    if (table_ && table_->needs_whole_rows()) return WriteOutcome::needs_cells;
    TupleReader reader(*head_.layout, tuple, zone_hint_);
    for (Cell &cell : cells_) {
      if (!reader.next(cell)) return WriteOutcome::needs_cells;
    }
    return add_row(cells_.data()) ? WriteOutcome::ok : WriteOutcome::needs_cells;
  });
}

void XlsxWriter::preview_cell(const Cell &cell, std::size_t column) {
  if (table_) {
    table_->preview(out_, cell, column);
    return;
  }
  const FormatCode code(column_format(head_.columns[column]));
  code.append(out_, cell, workbook_->locale);
}

void XlsxWriter::end_table() {
  if (table_) {
    table_->finish();
    summary_->add_table(section_title(), table_->first_sheet());
    table_.reset();
  } else if (chart_) {
    if (chart_->values().categories.empty()) {
      summary_->add_no_data(section_title());
    } else {
      summary_->add_chart(section_title(), add_chart_data(*workbook_, head_.name, *chart_),
                          head_.half_width);
    }
    chart_.reset();
  } else if (figure_rows_ == 0) {
    summary_->add_no_data(section_title());
  }
}

void XlsxWriter::text(const TextBlock &block) { summary_->add_text(block); }

void XlsxWriter::finish() {
  if (!summary_->is_empty()) summary_->finish();
  if (!workbook_->summary && workbook_->sheets.empty()) {
    throw Error(sqlstate::feature_not_supported, "an Excel workbook needs at least one sheet");
  }
  for (ZipEntry &part : build_package(*workbook_)) {
    zip_.add_entry(std::move(part.name), part.bytes);
  }
  zip_.finish();
}

}  // namespace pgexport::xlsx
