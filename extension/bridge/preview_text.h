// The cells of a preview: each as the text its format writes for it.
#pragma once

#include "bridge/document.h"

namespace pgexport {

class PreviewText {
 public:
  explicit PreviewText(const DocumentSpec &spec);

  // C++ world (inside pg_entry).
  void begin(const DocumentFacts &facts, const Section &section, const ColumnHead *columns,
             int count);
  // The text stays valid until the next call.  REQUIRES: the cell is not null.
  std::string_view cell(const Cell &cell, int column);

 private:
  const DocumentSpec &spec_;
  OutputBuffer buffer_;
  std::unique_ptr<RowWriter> writer_;
};

}  // namespace pgexport
