// Whatever a font file holds, it is refused with an Error or its glyphs can be embedded: libharu
// never sees what it would read wrongly.
//
// Random bytes do not get far; most inputs change a few bytes of a font that is sound.
#include <fuzzer/FuzzedDataProvider.h>

#include <string>
#include <vector>

#include "core/error.h"
#include "formats/pdf/font_file.h"
#include "formats/pdf/font_files.h"
#include "formats/pdf/font_program.h"

namespace pgexport {
namespace {

constexpr std::size_t kDirectory = 12, kEntry = 16, kTables = 20;

const std::string &sound_font() {
  // DejaVu Sans: characters beyond the BMP, glyphs composed of composed glyphs.
  static const std::string &bytes =
      *new std::string(read_font_bytes(default_font_files().chain[1].regular));
  return bytes;
}

std::size_t offset_of_table(const std::string &font, std::size_t i) {
  std::size_t offset = 0;
  for (std::size_t j = 0; j < 4; ++j) {
    offset = offset << 8 | static_cast<unsigned char>(font[kDirectory + kEntry * i + 8 + j]);
  }
  return offset;
}

std::string changed_font(FuzzedDataProvider &input) {
  std::string font = sound_font();
  while (input.remaining_bytes() > 1) {
    const auto table = input.ConsumeIntegralInRange<std::size_t>(0, kTables);
    const std::size_t base = table == kTables ? 0 : offset_of_table(font, table);
    const std::size_t at =
        base + input.ConsumeIntegral<std::uint16_t>() % (input.ConsumeBool() ? 64u : 0x10000u);
    if (at < font.size()) font[at] = input.ConsumeIntegral<char>();
  }
  return font;
}

}  // namespace
}  // namespace pgexport

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size) {
  using namespace pgexport;
  FuzzedDataProvider input(data, size);
  const bool with_character_map = input.ConsumeBool();
  const bool changed = input.ConsumeBool();
  try {
    FontFile font(changed ? changed_font(input) : input.ConsumeRemainingBytesAsString(), "fuzz");
    std::vector<bool> used(font.glyph_count());
    font.mark_used(0, used);
    for (const char32_t character : U"aHx\u00E9\u01D8\u0644\u65E5\U0001F600") {
      const std::uint16_t glyph = font.glyph(character);
      if (glyph >= font.glyph_count()) __builtin_trap();
      font.advance(glyph);
      font.box(glyph);
      font.mark_used(glyph, used);
    }
    font_program(font, used, with_character_map);
  } catch (const Error &) {
  }
  return 0;
}
