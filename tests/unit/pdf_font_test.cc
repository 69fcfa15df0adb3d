#include "formats/pdf/font_file.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "core/error.h"
#include "formats/pdf/font_files.h"
#include "formats/pdf/font_program.h"
#include "formats/pdf/font_set.h"

namespace pgexport {
namespace {

std::string main_font() { return default_font_files().chain[0].regular; }
std::string main_bytes() { return read_font_bytes(main_font()); }

FontFile load(const std::string &path) { return {read_font_bytes(path), path}; }

std::string message_of(std::string bytes) {
  try {
    FontFile(std::move(bytes), "test.ttf");
  } catch (const Error &error) {
    EXPECT_STREQ(error.state(), sqlstate::invalid_parameter_value);
    return error.message();
  }
  return "none";
}

TEST(FontFile, KnowsItsGlyphs) {
  const FontFile font = load(main_font());
  EXPECT_EQ(font.postscript_name(), "LiberationSans");
  EXPECT_EQ(font.advance(font.glyph('0')), 556);
  EXPECT_EQ(font.advance(font.glyph('W')), 944);
  EXPECT_NE(font.glyph(0x1EAF), 0);
  EXPECT_EQ(font.glyph(0x65E5), 0);
  EXPECT_EQ(font.glyph(0x1F600), 0);
  EXPECT_EQ(font.cap_height(), 688);
  const FontFile::Box box = font.box(font.glyph('H'));
  EXPECT_EQ(box.bottom, 0);
  EXPECT_NEAR(box.top, font.cap_height(), 1);
}

TEST(FontFile, FindsGlyphsOfAllPlanes) {
  EXPECT_NE(load("/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf").glyph(0x1F600), 0);
}

TEST(FontFile, MarksTheGlyphsOfGlyphs) {
  // In DejaVu Sans U+01D8 is composed of a composed glyph.
  const FontFile font = load("/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf");
  std::vector<bool> used(font.glyph_count());
  font.mark_used(font.glyph(0x1D8), used);
  EXPECT_GE(std::count(used.begin(), used.end(), true), 4);
}

TEST(FontFile, AbsentFilesAreAnError) {
  try {
    read_font_bytes("/nonexistent.ttf");
    FAIL();
  } catch (const Error &error) {
    EXPECT_STREQ(error.state(), sqlstate::undefined_file);
    EXPECT_NE(error.hint().find("fonts-liberation2"), std::string::npos);
  }
  EXPECT_THROW(read_font_bytes("/tmp"), Error);
}

TEST(FontFile, RefusesWhatCannotBeEmbedded) {
  EXPECT_NE(message_of("").find("not a TrueType font"), std::string::npos);
  EXPECT_NE(message_of("OTTO" + std::string(100, '\0')).find("PostScript"), std::string::npos);
  std::string font = main_bytes();
  const std::size_t os2 = font.find("OS/2");
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(font[os2 + 8 + i]); };
  const std::size_t offset =
      std::size_t{byte(0)} << 24 | std::size_t{byte(1)} << 16 | std::size_t{byte(2)} << 8 | byte(3);
  font[offset + 9] = 2;
  EXPECT_NE(message_of(font).find("licence"), std::string::npos);
}

TEST(FontFile, RefusesFilesThatAreCutShort) {
  const std::string font = main_bytes();
  for (const std::size_t size :
       {std::size_t{3}, std::size_t{12}, std::size_t{100}, std::size_t{5000}, font.size() / 2}) {
    EXPECT_NE(message_of(font.substr(0, size)), "none") << size;
  }
}

std::size_t program_size(const std::string &path, std::u32string_view characters) {
  FontFile font = load(path);
  std::vector<bool> used(font.glyph_count());
  font.mark_used(0, used);
  for (const char32_t character : characters) font.mark_used(font.glyph(character), used);
  return font_program(font, used, false).size();
}

TEST(FontProgram, HoldsTheUsedGlyphsOnly) {
  const std::size_t none = program_size(main_font(), U"");
  EXPECT_LT(none, 30'000u);
  EXPECT_GT(program_size(main_font(), U"a"), none);
  EXPECT_LT(program_size(main_font(), U"abc"), none + 1'000);
}

TEST(FontProgram, HoldsTheGlyphsOfGlyphs) {
  const std::string dejavu = "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf";
  EXPECT_GE(program_size(dejavu, U"\u01D8"), program_size(dejavu, U"\u00FC"));
}

TEST(FontProgram, TheSameGlyphsGiveTheSameBytes) {
  std::string programs[2];
  for (std::string &program : programs) {
    FontFile font = load(main_font());
    std::vector<bool> used(font.glyph_count());
    font.mark_used(0, used);
    font.mark_used(font.glyph(0x1EAF), used);
    program = font_program(font, used, false);
  }
  EXPECT_EQ(programs[0], programs[1]);
}

TEST(FontSet, FallbacksMayBeAbsentButNotTheMainFont) {
  const std::string file = main_font();
  FontSet fonts({{{file, file}, {"/nonexistent.ttf"}}});
  EXPECT_FALSE(fonts.find('a', Face::regular).missing);
  EXPECT_TRUE(fonts.find(0x65E5, Face::regular).missing);
  EXPECT_THROW(FontSet({{{file, "/nonexistent.ttf"}}}), Error);
  EXPECT_THROW(FontSet(FontFiles{}), Error);
}

}  // namespace
}  // namespace pgexport
