// Turns UTF-8 text into glyphs of the document's fonts, and measures it.
//
// Each character is looked for in the fonts of the chain, in order.  A character that none has is
// drawn as a box, counted, and still found by a search (/ActualText).  Text of another direction
// is put into visual order and Arabic letters are joined (fribidi); marks are placed over the
// letter before them.  Indic and Thai text is not shaped: its characters stand side by side.
//
// In a line a tab and every other control character, also a newline, is drawn as a space;
// characters that only steer other programs (soft hyphen, zero-width spaces and joiners, direction
// marks, byte order mark, variation selectors) are not drawn.  Bytes that are not UTF-8 are drawn
// as U+FFFD.
//
// Widths are in thousandths of the font size, those the document declares: what is measured is
// what a viewer shows.  Not thread-safe; one object per document.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/output_buffer.h"
#include "formats/drawing/surface.h"
#include "formats/pdf/font_file.h"
#include "formats/pdf/font_files.h"

#include "core/no_postgres.h"

namespace pgexport {

class FontSet;
struct Glyph;

// One line of text, ready to be drawn.  Reuse one object for many lines.
class ShapedText {
 public:
  std::int64_t units() const { return units_; }  // thousandths of the font size
  double width(double size) const { return static_cast<double>(units_) * size / 1000; }

 private:
  friend class Typesetter;
  friend class PdfPage;

  // Characters of one font that follow each other, or one mark, or one box.
  struct Run {
    std::uint32_t end;        // of its bytes in codes_
    std::uint16_t font;       // number of the PDF font
    std::int16_t before = 0;  // go left before it, in thousandths of the font size
    std::int16_t after = 0;   // go left after it
    std::int16_t rise = 0;    // raise it
    bool missing = false;     // a box
    bool ends_span = false;   // of runs that together stand for other characters
    std::uint32_t span = 0;   // of the span that starts here: its place in spans_, from 1

    bool is_plain() const { return before == 0 && after == 0 && rise == 0; }
  };

  void clear();

  OutputBuffer codes_;  // as they stand in a string of the page's stream, escaped
  std::vector<Run> runs_;
  std::vector<std::u32string> spans_;  // what they stand for
  std::int64_t units_ = 0;
};

class Typesetter {
 public:
  // Reads the main fonts; fallbacks are read when first needed.  Throws Error 58P01 if a main font
  // is absent or cannot be read, 22023 if a font file is damaged or of a kind that cannot be
  // embedded.
  explicit Typesetter(const FontFiles &files);
  ~Typesetter();
  Typesetter(const Typesetter &) = delete;
  Typesetter &operator=(const Typesetter &) = delete;

  // Makes one line of text ready in `out`, whose old content is lost.
  void shape(std::string_view line, Face face, ShapedText &out);

  // Width of the line in thousandths of the font size; cheaper than shape().
  std::int64_t measure(std::string_view line, Face face);

  // Advance of the character that starts at text[at], and moves `at` behind it.  `character` is
  // U+FFFD for a byte that is not UTF-8.  The sum over a line is measure(), except where letters
  // are joined (Arabic).
  int advance(std::string_view text, std::size_t &at, Face face, char32_t &character);

  // Height of capital letters and the extent above and below the baseline, as parts of the font
  // size; of the main font.
  double cap_height() const;
  double ascent() const;
  double descent() const;  // positive

  // One sentence about the characters no font has, with their number and some of them; empty if
  // there were none.
  std::string missing_characters() const;

  FontSet &fonts() { return *fonts_; }

 private:
  struct Cluster;

  bool shape_ascii(std::string_view line, Face face, ShapedText &out);
  bool shape_in_order(std::string_view line, Face face, ShapedText &out);
  void shape_visual(std::string_view line, Face face, ShapedText &out);
  void append(const Glyph &glyph, char32_t character, ShapedText &out);
  void append_cluster(const Cluster &cluster, ShapedText &out);
  void append_mark(const Glyph &glyph, int pen, FontFile::Box &letter, ShapedText &out);
  void append_code(const Glyph &glyph, ShapedText &out);

  std::unique_ptr<FontSet> fonts_;
  ShapedText scratch_;
};

}  // namespace pgexport
