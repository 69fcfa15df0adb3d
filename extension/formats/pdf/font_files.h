// Which font files a document may use.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/no_postgres.h"

namespace pgexport {

// The files of one typeface: TrueType outlines (.ttf, or the first font of a .ttc).
struct FontPair {
  std::string regular;
  std::string bold = {};  // empty: bold text is drawn with the regular file
};

// The main typeface, then those that are asked, in order, for characters it does not have.  A
// fallback whose file is absent is passed over; the main one must be there.
struct FontFiles {
  std::vector<FontPair> chain;
};

// Where Debian's packages put them: Liberation Sans (fonts-liberation2) for Latin, Greek, Cyrillic
// and Hebrew; DejaVu Sans (fonts-dejavu-core) for Arabic and symbols; VL Gothic (fonts-vlgothic)
// for Japanese; Nanum Gothic (fonts-nanum) for Korean; WenQuanYi Zen Hei (fonts-wqy-zenhei) for
// Chinese.
FontFiles default_font_files();

// A list of files separated by commas, the bold file of a typeface behind a plus sign:
//   /fonts/Inter.ttf + /fonts/Inter-Bold.ttf, /fonts/Noto.ttf
// Empty: the default files.
FontFiles read_font_files(std::string_view text);

}  // namespace pgexport
