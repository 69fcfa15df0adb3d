// A section of a PDF document that is made of rows.
#pragma once

#include <string>

#include "core/cell.h"
#include "core/text/locale.h"
#include "formats/pdf/page_flow.h"
#include "formats/pdf/panel_flow.h"
#include "formats/pdf/pdf_settings.h"
#include "formats/pdf/theme.h"
#include "formats/pdf/typesetter.h"
#include "formats/row_writer.h"

#include "core/no_postgres.h"

namespace pgexport::pdf {

// What the sections of one document share.
struct Workshop {
  const PdfSettings &settings;
  const Theme &theme;
  const Locale &locale;
  Typesetter &typesetter;
  PageFlow &flow;
  PanelFlow &panels;
};

// What stands above a section; empty in a document of a plain query.
inline const std::string &heading_of(const TableHead &head) {
  return head.title.empty() ? head.name : head.title;
}

class RowSection {
 public:
  virtual ~RowSection() = default;

  // Returns false, having done nothing, for a row with an array that cannot be read where it lies.
  virtual bool add(const Cell *cells) = 0;

  // After the last row.
  virtual void finish() = 0;
};

}  // namespace pgexport::pdf
