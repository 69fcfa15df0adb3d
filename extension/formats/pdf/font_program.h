// The part of a font file that a document needs, made by libharu.
//
// libharu 2.3.0 looks one level deep into composed glyphs and would drop the rest; it is told here
// of every glyph.  It keeps tables no viewer reads; they are left out (ISO 32000-1, 9.9: a font of
// a composite font needs neither "name" nor "post" nor "cmap").
#pragma once

#include <string>
#include <vector>

#include "formats/pdf/font_file.h"

#include "core/no_postgres.h"

namespace pgexport {

// The TrueType program with the outlines of the used glyphs under their old numbers.  The file's
// other advances are forgotten (FontFile::forget_other_advances()).
// REQUIRES: `used` was made by FontFile::mark_used() and holds glyph 0.
// Throws Error 38000 if libharu refuses the font, std::bad_alloc.
std::string font_program(FontFile &file, const std::vector<bool> &used, bool with_character_map);

}  // namespace pgexport
