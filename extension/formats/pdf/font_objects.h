// Writes the fonts that a document used (ISO 32000-1, 9.6 to 9.10).
#pragma once

#include <string>

#include "formats/pdf/font_set.h"
#include "formats/pdf/pdf_file.h"

#include "core/no_postgres.h"

namespace pgexport {

// Returns the entries of the resource dictionary for fonts ("/F0 3 0 R/F1 …").  The font files
// cannot be measured with afterwards.  Throws Error 38000 if a font cannot be embedded.
std::string write_fonts(PdfFile &out, FontSet &fonts);

}  // namespace pgexport
