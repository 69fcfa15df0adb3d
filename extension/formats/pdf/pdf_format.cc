#include "formats/pdf/pdf_format.h"

#include "formats/pdf/pdf_settings.h"
#include "formats/pdf/pdf_writer.h"

namespace pgexport {

std::span<const OptionSpec> PdfFormat::options() const { return pdf::pdf_options(); }

CellNeeds PdfFormat::needs(const OptionValues &values) const {
  pdf::read_pdf_settings(values);
  return {};
}

std::unique_ptr<RowWriter> PdfFormat::make_writer(const OptionValues &values,
                                                  OutputBuffer &out) const {
  return std::make_unique<PdfWriter>(pdf::read_pdf_settings(values), out);
}

const Format &pdf_format() {
  // Never destroyed: at the exit of a backend the server's memory is gone before our statics.
  static const Format &format = *new PdfFormat;
  return format;
}

}  // namespace pgexport
