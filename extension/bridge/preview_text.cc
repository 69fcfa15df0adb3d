#include "bridge/preview_text.h"

namespace pgexport {

PreviewText::PreviewText(const DocumentSpec &spec)
    : spec_(spec), writer_(spec.format->make_writer(spec.values, buffer_)) {}

void PreviewText::begin(const DocumentFacts &facts, const Section &section,
                        const ColumnHead *columns, int count) {
  writer_->begin(document_info(spec_, facts));
  writer_->begin_table(table_head(section, columns, count, nullptr));
}

std::string_view PreviewText::cell(const Cell &cell, int column) {
  buffer_.clear();
  writer_->preview_cell(cell, static_cast<std::size_t>(column));
  return buffer_.view();
}

}  // namespace pgexport
