// The colours and sizes of one document.
#pragma once

#include "formats/drawing/surface.h"
#include "formats/pdf/pdf_settings.h"

#include "core/no_postgres.h"

namespace pgexport::pdf {

struct Theme {
  explicit Theme(const PdfSettings &settings);

  TableStyle table_style;

  Colour accent;
  Colour accent_text;  // the accent, dark enough to be read on white
  Colour ink = {0x22, 0x26, 0x2B};
  Colour muted = {0x66, 0x6E, 0x78};
  Colour rule = {0xC9, 0xCF, 0xD6};
  Colour hairline = {0xE1, 0xE5, 0xE9};
  Colour header_fill;
  Colour zebra_fill;
  Colour good = {0x1E, 0x7B, 0x3C};
  Colour bad = {0xB4, 0x23, 0x18};

  // Points.
  double text_size;
  double title_size = 20;
  double subtitle_size = 12;
  double section_size = 12.5;
  double small_size = 8;
  double section_gap = 20;  // above a section that does not begin a page
  double half_gap = 18;     // between two sections beside each other
};

// From baseline to baseline.
inline double line_height(double size) { return size * 1.25; }

}  // namespace pgexport::pdf
