// Writes a document as PDF: a title block, then its sections one below the other.
//
// Memory is bounded by the first rows of a table and the rows of a page: later rows leave as their
// pages fill up.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "formats/pdf/cell_text.h"
#include "formats/pdf/pdf_settings.h"
#include "formats/row_writer.h"

#include "core/no_postgres.h"

namespace pgexport {

class PdfPage;

class PdfWriter final : public RowWriter {
 public:
  PdfWriter(pdf::PdfSettings settings, OutputBuffer &out);
  ~PdfWriter() override;

  void begin(const DocumentInfo &info) override;
  void begin_table(const TableHead &head) override;
  WriteOutcome row(const Cell *cells) noexcept override;
  WriteOutcome row(const TupleView &tuple) noexcept override;
  void preview_cell(const Cell &cell, std::size_t column) override;
  void end_table() override;
  void text(const TextBlock &block) override;
  void finish() override;
  void cancel() noexcept override;
  std::vector<std::string> warnings() const override { return warnings_; }

 private:
  struct Document;

  template <typename Body>
  WriteOutcome guarded(Body body) noexcept;
  void draw_running(PdfPage &page, int number, int count) const;

  const pdf::PdfSettings settings_;
  std::unique_ptr<Document> document_;
  std::vector<pdf::CellText> previews_;  // of the open table; made with the first preview
  std::vector<Column> columns_;          // likewise
  const TupleLayout *layout_ = nullptr;
  std::size_t zone_hint_ = 0;
  std::vector<Cell> cells_;  // of a tuple
  std::vector<std::string> warnings_;
};

}  // namespace pgexport
