#include "formats/pdf/font_set.h"

#include <fribidi.h>

#include <algorithm>
#include <cstdio>

#include "core/error.h"
#include "formats/pdf/utf8.h"

namespace pgexport {

namespace {

constexpr std::size_t kMaxChain = 64;
constexpr std::size_t kMaxCodes = 0x10000;
constexpr std::size_t kMaxExamples = 5;

// 0x80 to 0x9F; the rest of the codes are Latin-1.
constexpr char32_t kWinAnsi[32] = {0x20AC, 0,      0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021,
                                   0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0,      0x017D, 0,
                                   0,      0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014,
                                   0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0,      0x017E, 0x0178};

int winansi_code(char32_t character) {
  if (character < 0x80 || (character >= 0xA0 && character <= 0xFF)) {
    return winansi_character(static_cast<int>(character)) != 0 ? static_cast<int>(character) : 0;
  }
  const auto *found = std::find(std::begin(kWinAnsi), std::end(kWinAnsi), character);
  return found == std::end(kWinAnsi) ? 0 : 0x80 + static_cast<int>(found - std::begin(kWinAnsi));
}

bool is_control(char32_t c) {
  return c < 0x20 || (c >= 0x7F && c < 0xA0) || c == 0x2028 || c == 0x2029;
}

// Characters that only steer how others are shown, and have no look themselves.
bool is_unseen(char32_t c) {
  return c == 0xAD || c == 0x034F || c == 0x061C || (c >= 0x180B && c <= 0x180E) ||
         (c >= 0x200B && c <= 0x200F) || (c >= 0x202A && c <= 0x202E) ||
         (c >= 0x2060 && c <= 0x206F) || (c >= 0xFE00 && c <= 0xFE0F) || c == 0xFEFF ||
         (c >= 0xFFF9 && c <= 0xFFFB) || (c >= 0xE0000 && c <= 0xE0FFF);
}

GlyphKind kind_of(char32_t character) {
  const FriBidiCharType type = fribidi_get_bidi_type(character);
  if (FRIBIDI_IS_RTL(type) || FRIBIDI_IS_EXPLICIT(type) || FRIBIDI_IS_ISOLATE(type) ||
      type == FRIBIDI_TYPE_AN) {
    return GlyphKind::reorders;
  }
  return type == FRIBIDI_TYPE_NSM ? GlyphKind::mark : GlyphKind::plain;
}

void append_utf8(std::string &out, char32_t c) {
  const auto put = [&](char32_t byte) { out.push_back(static_cast<char>(byte)); };
  if (c < 0x80) {
    put(c);
  } else if (c < 0x800) {
    put(0xC0 | c >> 6);
    put(0x80 | (c & 0x3F));
  } else if (c < 0x10000) {
    put(0xE0 | c >> 12);
    put(0x80 | (c >> 6 & 0x3F));
    put(0x80 | (c & 0x3F));
  } else {
    put(0xF0 | c >> 18);
    put(0x80 | (c >> 12 & 0x3F));
    put(0x80 | (c >> 6 & 0x3F));
    put(0x80 | (c & 0x3F));
  }
}

}  // namespace

char32_t winansi_character(int code) {
  if (code < 0x20 || code == 0x7F || code == 0xAD) return 0;
  return code >= 0x80 && code < 0xA0 ? kWinAnsi[code - 0x80] : static_cast<char32_t>(code);
}

FontSet::FontSet(const FontFiles &files) : files_(files) {
  if (files_.chain.empty() || files_.chain.size() > kMaxChain) {
    throw Error(sqlstate::invalid_parameter_value,
                "a PDF document needs 1 to " + std::to_string(kMaxChain) + " fonts", {},
                "Name the main typeface first, then its fallbacks.");
  }
  fonts_.resize(files_.chain.size() * kFaces);
  tried_.resize(fonts_.size());
  for (auto &blocks : blocks_) blocks.resize(kCharacters >> 8);
  for (const Face face : {Face::regular, Face::bold}) {
    load(0, face);
    make_simple(fonts_[static_cast<std::size_t>(face)]);
  }
}

void FontSet::load(std::size_t place, Face face) {
  const std::size_t number = place * kFaces + static_cast<std::size_t>(face);
  tried_[number] = true;
  const FontPair &pair = files_.chain[place];
  const std::string &path = face == Face::bold && !pair.bold.empty() ? pair.bold : pair.regular;
  DocumentFont &font = fonts_[number];
  try {
    font.file = std::make_unique<FontFile>(read_font_bytes(path), path);
  } catch (const Error &error) {
    if (place == 0 || std::string_view(error.state()) != sqlstate::undefined_file) throw;
    return;
  }
  font.composite.push_back({0, static_cast<std::int16_t>(font.file->advance(0)), 0});
}

void FontSet::make_simple(DocumentFont &font) {
  font.simple = std::make_unique<SimpleFont>();
  SimpleFont &simple = *font.simple;
  simple.kinds.fill(ByteKind::other);
  for (int code = 0; code < 256; ++code) {
    const char32_t character = winansi_character(code);
    const auto i = static_cast<std::size_t>(code);
    if (character == 0) continue;
    simple.glyphs[i] = font.file->glyph(character);
    if (simple.glyphs[i] == 0) continue;
    simple.advances[i] = static_cast<std::int16_t>(font.file->advance(simple.glyphs[i]));
    if (code >= 0x80) continue;
    const bool special = code == '(' || code == ')' || code == '\\';
    simple.kinds[i] = special ? ByteKind::escaped : ByteKind::plain;
  }
}

// The font at that place of the chain, or nullptr if its file is absent.
DocumentFont *FontSet::font_of(std::size_t place, Face face, std::size_t &number) {
  // Without a bold file of its own a typeface has one file for both.
  if (place > 0 && files_.chain[place].bold.empty()) face = Face::regular;
  number = place * kFaces + static_cast<std::size_t>(face);
  if (!tried_[number]) load(place, face);
  return fonts_[number].file ? &fonts_[number] : nullptr;
}

// Gives a code to `shown`, standing for `character`, in the first font that has it.
Glyph FontSet::look_up(char32_t shown, char32_t character, Face face) {
  for (std::size_t place = 0; place < files_.chain.size(); ++place) {
    std::size_t number;
    DocumentFont *font = font_of(place, face, number);
    if (!font) continue;
    const std::uint16_t index = font->file->glyph(shown);
    if (index == 0 || font->composite.size() == kMaxCodes) continue;
    const auto advance = static_cast<std::int16_t>(font->file->advance(index));
    const auto simple_number = static_cast<std::uint16_t>(number * 2);
    const int code_byte = shown == character ? winansi_code(character) : 0;
    if (code_byte != 0 && font->simple) {
      return {simple_number, static_cast<std::uint16_t>(code_byte), index, advance,
              GlyphKind::plain};
    }
    const auto code = static_cast<std::uint16_t>(font->composite.size());
    font->composite.push_back({index, advance, character});
    return {static_cast<std::uint16_t>(simple_number + 1), code, index, advance, GlyphKind::plain};
  }
  const auto number = static_cast<std::uint16_t>(static_cast<int>(face) * 2 + 1);
  const auto advance = fonts_[static_cast<std::size_t>(face)].composite[0].advance;
  return {number, 0, 0, advance, GlyphKind::plain, true, true};
}

const Glyph &FontSet::resolve(char32_t character, Face face) {
  if (character >= kCharacters) character = kReplacementCharacter;
  auto &block = blocks_[static_cast<std::size_t>(face)][character >> 8];
  if (!block) block = std::make_unique<Block>();
  Glyph &glyph = (*block)[character & 0xFF];
  if (glyph.kind != GlyphKind::unknown) return glyph;
  if (is_control(character)) return glyph = find(' ', face);
  if (is_unseen(character)) {
    glyph.drawn = false;
  } else {
    glyph = look_up(character, character, face);
  }
  glyph.kind = kind_of(character);
  // A box is no mark: it stands on its own.
  if (glyph.missing && glyph.kind == GlyphKind::mark) glyph.kind = GlyphKind::plain;
  return glyph;
}

const Glyph &FontSet::find_form(char32_t shown, char32_t character, Face face) {
  if (shown == character) return find(shown, face);
  const auto [place, is_new] = forms_.try_emplace({face, shown, character});
  Glyph &glyph = place->second;
  if (is_new) {
    glyph = look_up(shown, character, face);
    if (glyph.missing) glyph = find(character, face);
  }
  return glyph;
}

const Glyph &FontSet::find_silent(char32_t character, Face face) {
  const auto [place, is_new] = forms_.try_emplace({face, 0, character});
  Glyph &glyph = place->second;
  if (is_new) {
    glyph = look_up(' ', character, face);
    glyph.advance = 0;
    if (!glyph.missing) fonts_[glyph.font / 2].composite[glyph.code].advance = 0;
  }
  return glyph;
}

FontFile::Box FontSet::box(const Glyph &glyph) const {
  return fonts_[glyph.font / 2].file->box(glyph.index);
}

void FontSet::count_missing(char32_t character, std::uint16_t font) {
  fonts_[font / 2].drew_missing = true;
  ++missing_count_;
  auto &examples = missing_examples_;
  if (examples.size() == kMaxExamples) return;
  if (std::find(examples.begin(), examples.end(), character) != examples.end()) return;
  examples.push_back(character);
}

std::string FontSet::missing_characters() const {
  if (missing_count_ == 0) return {};
  std::string sentence =
      missing_count_ == 1
          ? "1 character is in none of the fonts and appears"
          : std::to_string(missing_count_) + " characters are in none of the fonts and appear";
  sentence += missing_count_ == 1 ? " as a box: " : " as boxes, among them ";
  for (std::size_t i = 0; i < missing_examples_.size(); ++i) {
    if (i > 0) sentence += ", ";
    append_utf8(sentence, missing_examples_[i]);
    char code[16];
    std::snprintf(code, sizeof code, " (U+%04X)", static_cast<unsigned>(missing_examples_[i]));
    sentence += code;
  }
  return sentence + ".";
}

}  // namespace pgexport
