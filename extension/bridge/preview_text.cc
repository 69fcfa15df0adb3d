#include "bridge/preview_text.h"

namespace pgexport {

PreviewText::PreviewText(const DocumentSpec &spec)
    : spec_(spec), writer_(spec.format->make_writer(spec.values, buffer_)) {}

void PreviewText::begin(std::int64_t document_time, const ColumnHead *columns, int count) {
  TableHead head;
  for (int i = 0; i < count; i++) {
    head.columns.push_back({columns[i].heading, columns[i].type_name, columns[i].tag});
  }
  writer_->begin({spec_.title, document_time});
  writer_->begin_table(head);
}

std::string_view PreviewText::cell(const Cell &cell, int column) {
  buffer_.clear();
  writer_->preview_cell(cell, static_cast<std::size_t>(column));
  return buffer_.view();
}

}  // namespace pgexport
