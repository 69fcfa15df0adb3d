// The fonts of one document and the characters it uses of them.
//
// A font file gives up to two fonts of the PDF, which share its program: a simple one whose codes
// are those of WinAnsiEncoding (ISO 32000-1, annex D), one byte a character, for the main typeface;
// and a composite one of two bytes whose codes are given in the order of first use.  As each
// character gets a code of its own, also where two share a glyph, what a reader copies or searches
// is exactly what was written.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <tuple>
#include <vector>

#include "formats/drawing/surface.h"
#include "formats/pdf/font_file.h"
#include "formats/pdf/font_files.h"

#include "core/no_postgres.h"

namespace pgexport {

enum class GlyphKind : std::uint8_t {
  unknown,  // not looked up yet
  plain,
  mark,      // stands over or under the letter before it
  reorders,  // belongs to, or steers, text from right to left
};

struct Glyph {
  std::uint16_t font = 0;    // number of the PDF font
  std::uint16_t code = 0;    // in that font
  std::uint16_t index = 0;   // in the font file
  std::int16_t advance = 0;  // thousandths of the font size
  GlyphKind kind = GlyphKind::unknown;
  bool drawn = true;     // false: a character that only steers others
  bool missing = false;  // no font has it: a box
};

// What a byte of ASCII is in a string of the simple font.
enum class ByteKind : std::uint8_t { plain, escaped, other };

// The simple font of the main typeface.
struct SimpleFont {
  std::array<std::int16_t, 256> advances{};
  std::array<ByteKind, 256> kinds{};  // `other` from 0x80 on: those are not characters of UTF-8
  std::array<bool, 256> used{};       // by code
  std::array<std::uint16_t, 256> glyphs{};
};

// One code of a composite font.
struct CompositeGlyph {
  std::uint16_t index;
  std::int16_t advance;
  char32_t character;  // what it stands for; 0 for the box
};

// A font file of the document.
struct DocumentFont {
  std::unique_ptr<FontFile> file;
  std::unique_ptr<SimpleFont> simple;     // of the main typeface only
  std::vector<CompositeGlyph> composite;  // by code; code 0 is the glyph for missing characters
  bool drew_missing = false;
};

// Unicode's character for a code of WinAnsiEncoding, 0 if it has none.
char32_t winansi_character(int code);

class FontSet {
 public:
  explicit FontSet(const FontFiles &files);

  // The glyph for a character.
  const Glyph &find(char32_t character, Face face) {
    if (character < kCharacters) {
      if (const auto &block = blocks_[static_cast<int>(face)][character >> 8]) {
        const Glyph &glyph = (*block)[character & 0xFF];
        if (glyph.kind != GlyphKind::unknown) return glyph;
      }
    }
    return resolve(character, face);
  }

  // The glyph of the character `shown`, a joined form that stands for `character`; that of the
  // character itself if no font has the form.
  const Glyph &find_form(char32_t shown, char32_t character, Face face);

  // A code that shows nothing, has no width and stands for the character: one of the further
  // letters of a ligature.  A code that stood for all of them would be read in the wrong order by
  // programs that turn text from right to left around character by character.
  const Glyph &find_silent(char32_t character, Face face);

  SimpleFont &simple(Face face) { return *fonts_[static_cast<std::size_t>(face)].simple; }
  FontFile::Box box(const Glyph &glyph) const;
  const FontFile &main() const { return *fonts_[0].file; }

  // Counts a box that was drawn for `character`, by that font.
  void count_missing(char32_t character, std::uint16_t font);
  std::string missing_characters() const;

  // Fonts by number / 2; even numbers are the simple fonts, odd ones the composite.  Those whose
  // file was not needed have none.
  std::vector<DocumentFont> &fonts() { return fonts_; }

  static bool is_composite(std::uint16_t font) { return font % 2 != 0; }

 private:
  static constexpr char32_t kCharacters = 0x110000;
  static constexpr std::size_t kFaces = 2;
  using Block = std::array<Glyph, 256>;

  const Glyph &resolve(char32_t character, Face face);
  Glyph look_up(char32_t shown, char32_t character, Face face);
  DocumentFont *font_of(std::size_t place, Face face, std::size_t &number);
  void load(std::size_t place, Face face);
  static void make_simple(DocumentFont &font);

  const FontFiles files_;
  std::vector<bool> tried_;
  std::vector<DocumentFont> fonts_;  // place in the chain * 2 + face
  std::array<std::vector<std::unique_ptr<Block>>, kFaces> blocks_;
  std::map<std::tuple<Face, char32_t, char32_t>, Glyph> forms_;  // face, shown, character
  std::uint64_t missing_count_ = 0;
  std::vector<char32_t> missing_examples_;
};

}  // namespace pgexport
