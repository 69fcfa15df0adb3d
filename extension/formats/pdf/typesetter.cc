#include "formats/pdf/typesetter.h"

#include <algorithm>

#include "formats/pdf/bidi_text.h"
#include "formats/pdf/font_set.h"
#include "formats/pdf/utf8.h"

namespace pgexport {

namespace {

// Where a mark without a letter before it goes: the width of a letter.
constexpr int kLetterWidth = 500;

// No mark is farther from its letter than this.
constexpr int kMaxShift = 20'000;

// Between a letter, or a mark, and the mark above or below it.
constexpr int kMarkGap = 80;

char *write_code_byte(char *p, unsigned byte) {
  const char c = static_cast<char>(byte);
  if (c == '\r') {
    *p++ = '\\';
    *p++ = 'r';
    return p;
  }
  if (c == '(' || c == ')' || c == '\\') *p++ = '\\';
  *p++ = c;
  return p;
}

std::int16_t to_run_unit(int value) {
  return static_cast<std::int16_t>(std::clamp(value, -kMaxShift, kMaxShift));
}

std::u32string decode(std::string_view text) {
  std::u32string characters;
  characters.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) characters.push_back(next_character(text, at));
  return characters;
}

}  // namespace

// A letter, or a ligature of several, with its marks.
struct Typesetter::Cluster {
  const Glyph *letter = nullptr;  // nullptr: the text begins with a mark
  std::u32string text;            // the letter and its marks
  // The further letters of a ligature, each as a code of no width: see FontSet::find_silent().
  std::vector<const Glyph *> silent;
  std::vector<const Glyph *> marks;
};

Typesetter::Typesetter(const FontFiles &files) : fonts_(std::make_unique<FontSet>(files)) {}
Typesetter::~Typesetter() = default;

double Typesetter::cap_height() const { return fonts_->main().cap_height() / 1000.0; }
double Typesetter::ascent() const { return fonts_->main().ascent() / 1000.0; }
double Typesetter::descent() const { return -fonts_->main().descent() / 1000.0; }
std::string Typesetter::missing_characters() const { return fonts_->missing_characters(); }

void ShapedText::clear() {
  codes_.clear();
  runs_.clear();
  spans_.clear();
  units_ = 0;
}

void Typesetter::shape(std::string_view line, Face face, ShapedText &out) {
  out.clear();
  if (shape_ascii(line, face, out) || shape_in_order(line, face, out)) return;
  out.clear();
  shape_visual(line, face, out);
}

// False, with nothing written, if there is anything but printable ASCII.
bool Typesetter::shape_ascii(std::string_view line, Face face, ShapedText &out) {
  SimpleFont &font = fonts_->simple(face);
  std::int64_t units = 0;
  std::size_t escapes = 0;
  for (const char c : line) {
    const auto code = static_cast<unsigned char>(c);
    const ByteKind kind = font.kinds[code];
    if (kind == ByteKind::other) return false;
    escapes += static_cast<std::size_t>(kind);
    units += font.advances[code];
    font.used[code] = true;
  }
  if (line.empty()) return true;
  char *p = out.codes_.reserve(line.size() + escapes);
  if (escapes == 0) {
    p = std::copy(line.begin(), line.end(), p);
  } else {
    for (const char c : line) p = write_code_byte(p, static_cast<unsigned char>(c));
  }
  out.codes_.advance_to(p);
  const auto number = static_cast<std::uint16_t>(static_cast<int>(face) * 2);
  out.runs_.push_back({static_cast<std::uint32_t>(out.codes_.size()), number});
  out.units_ = units;
  return true;
}

// False if the text must be reordered or has marks.
bool Typesetter::shape_in_order(std::string_view line, Face face, ShapedText &out) {
  for (std::size_t at = 0; at < line.size();) {
    const char32_t character = next_character(line, at);
    const Glyph &glyph = fonts_->find(character, face);
    if (glyph.kind == GlyphKind::reorders || glyph.kind == GlyphKind::mark) return false;
    if (glyph.drawn) append(glyph, character, out);
  }
  return true;
}

void Typesetter::shape_visual(std::string_view line, Face face, ShapedText &out) {
  Cluster cluster;
  for (const VisualCharacter &place : to_visual(decode(line))) {
    const Glyph &glyph = fonts_->find_form(place.shown, place.text[0], face);
    if (!glyph.drawn) continue;
    const bool mark = glyph.kind == GlyphKind::mark;
    if (!mark) {
      append_cluster(cluster, out);
      cluster = {&glyph, {}, {}, {}};
      for (std::size_t i = 1; i < place.text.size(); ++i) {
        cluster.silent.push_back(&fonts_->find_silent(place.text[i], face));
      }
    } else {
      cluster.marks.push_back(&glyph);
    }
    cluster.text += place.text;
  }
  append_cluster(cluster, out);
}

void Typesetter::append_cluster(const Cluster &cluster, ShapedText &out) {
  if (cluster.text.empty()) return;
  const std::size_t first_run = out.runs_.size();
  // A mark on its own gets the room of a letter.
  int pen = kLetterWidth;
  FontFile::Box letter{0, 0, kLetterWidth, fonts_->main().x_height()};
  if (cluster.letter) {
    pen = cluster.letter->advance;
    const FontFile::Box outline = fonts_->box(*cluster.letter);
    // A space has no outline to place marks on.
    letter = outline.top > outline.bottom ? outline : FontFile::Box{0, 0, pen, letter.top};
    if (!cluster.marks.empty())
      out.runs_.push_back({static_cast<std::uint32_t>(out.codes_.size()), cluster.letter->font});
    // Programs that take text out of a document read it from the right: what follows in the text
    // stands before.
    for (auto silent = cluster.silent.rbegin(); silent != cluster.silent.rend(); ++silent) {
      append(**silent, 0, out);
    }
    append(*cluster.letter, cluster.text[0], out);
  } else {
    out.runs_.push_back(
        {static_cast<std::uint32_t>(out.codes_.size()), cluster.marks[0]->font, -kLetterWidth});
    out.units_ += kLetterWidth;
  }
  for (const Glyph *mark : cluster.marks) append_mark(*mark, pen, letter, out);
  // A raised mark is on a line of its own to programs that take text out of a document.
  const bool has_box = cluster.letter && cluster.letter->missing;
  if (cluster.marks.empty() || has_box) return;
  out.spans_.push_back(cluster.text);
  out.runs_[first_run].span = static_cast<std::uint32_t>(out.spans_.size());
  out.runs_.back().ends_span = true;
}

void Typesetter::append(const Glyph &glyph, char32_t character, ShapedText &out) {
  auto &runs = out.runs_;
  out.units_ += glyph.advance;
  if (glyph.missing) {
    out.spans_.emplace_back(1, character);
    runs.push_back({0, glyph.font});
    runs.back().missing = runs.back().ends_span = true;
    runs.back().span = static_cast<std::uint32_t>(out.spans_.size());
  } else if (runs.empty() || runs.back().font != glyph.font || runs.back().ends_span ||
             !runs.back().is_plain()) {
    runs.push_back({0, glyph.font});
  }
  append_code(glyph, out);
}

void Typesetter::append_code(const Glyph &glyph, ShapedText &out) {
  char *p = out.codes_.reserve(4);
  if (FontSet::is_composite(glyph.font)) {
    p = write_code_byte(p, glyph.code >> 8);
  } else {
    fonts_->simple(static_cast<Face>(glyph.font / 2)).used[glyph.code] = true;
  }
  out.codes_.advance_to(write_code_byte(p, glyph.code & 0xFF));
  out.runs_.back().end = static_cast<std::uint32_t>(out.codes_.size());
}

// Draws the mark over the middle of the letter, above or below what is there, and returns to where
// the pen was: `pen` after the letter's origin.
void Typesetter::append_mark(const Glyph &glyph, int pen, FontFile::Box &letter, ShapedText &out) {
  const FontFile::Box mark = fonts_->box(glyph);
  const int x_height = fonts_->main().x_height();
  const int back = pen - (letter.left + letter.right - mark.left - mark.right) / 2;
  int rise = 0;
  // What is inside the letter, as the dot of a Hebrew one, stays where the font has it.
  if (mark.bottom > x_height * 9 / 10) {
    rise = letter.top + kMarkGap - mark.bottom;
    letter.top = mark.top + rise;
  } else if (mark.top <= 0) {
    rise = std::min(0, letter.bottom);
    letter.bottom = mark.bottom + rise - kMarkGap;
  }
  out.runs_.push_back(
      {0, glyph.font, to_run_unit(back), to_run_unit(glyph.advance - back), to_run_unit(rise)});
  append_code(glyph, out);
}

std::int64_t Typesetter::measure(std::string_view line, Face face) {
  std::int64_t units = 0;
  const SimpleFont &font = fonts_->simple(face);
  for (std::size_t at = 0; at < line.size();) {
    const auto byte = static_cast<unsigned char>(line[at]);
    if (font.kinds[byte] != ByteKind::other) {
      units += font.advances[byte];
      ++at;
      continue;
    }
    const Glyph &glyph = fonts_->find(next_character(line, at), face);
    if (glyph.kind == GlyphKind::reorders || glyph.kind == GlyphKind::mark) {
      shape(line, face, scratch_);
      return scratch_.units();
    }
    units += glyph.advance;
  }
  return units;
}

int Typesetter::advance(std::string_view text, std::size_t &at, Face face, char32_t &character) {
  character = next_character(text, at);
  const Glyph &glyph = fonts_->find(character, face);
  return glyph.kind == GlyphKind::mark ? 0 : glyph.advance;
}

}  // namespace pgexport
