// PDF.
#pragma once

#include "formats/format.h"

#include "core/no_postgres.h"

namespace pgexport {

class PdfFormat final : public Format {
 public:
  std::string_view name() const override { return "pdf"; }
  std::string_view media_type() const override { return "application/pdf"; }
  std::string_view file_extension() const override { return "pdf"; }
  std::string_view meaning() const override { return "PDF: pages to print, with charts"; }
  bool is_text() const override { return false; }
  bool shows(SectionKind) const override { return true; }
  bool has_layout() const override { return true; }
  std::span<const OptionSpec> options() const override;
  CellNeeds needs(const OptionValues &values) const override;
  std::unique_ptr<RowWriter> make_writer(const OptionValues &values,
                                         OutputBuffer &out) const override;
};

const Format &pdf_format();

}  // namespace pgexport
