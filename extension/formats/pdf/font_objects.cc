#include "formats/pdf/font_objects.h"

#include <libdeflate.h>

#include <algorithm>
#include <cstdio>

#include "formats/pdf/font_program.h"
#include "formats/pdf/pdf_text.h"

namespace pgexport {

namespace {

constexpr int kNonsymbolic = 32;           // flag of a font descriptor
constexpr std::size_t kMaxMappings = 100;  // of one bfchar section

std::string hex(std::size_t value, int digits) {
  char text[16];
  std::snprintf(text, sizeof text, "<%0*zX>", digits, value);
  return text;
}

// What a viewer reads to tell which characters the codes stand for.  Technical note 5411.
class ToUnicode {
 public:
  explicit ToUnicode(int digits) : digits_(digits) {
    map_ =
        "/CIDInit/ProcSet findresource begin\n12 dict begin\nbegincmap\n"
        "/CIDSystemInfo<</Registry(Adobe)/Ordering(UCS)/Supplement 0>>def\n"
        "/CMapName/Adobe-Identity-UCS def\n/CMapType 2 def\n1 begincodespacerange\n" +
        hex(0, digits) + hex((std::size_t{1} << 4 * digits) - 1, digits) + "\nendcodespacerange\n";
  }

  void add(std::size_t code, char32_t character) {
    section_ += hex(code, digits_) + "<" + utf16_digits({&character, 1}) + ">\n";
    if (++count_ == kMaxMappings) end_section();
  }

  const std::string &finish() {
    end_section();
    map_ += "endcmap\nCMapName currentdict/CMap defineresource pop\nend\nend\n";
    return map_;
  }

 private:
  void end_section() {
    if (count_ == 0) return;
    map_ += std::to_string(count_) + " beginbfchar\n" + section_ + "endbfchar\n";
    section_.clear();
    count_ = 0;
  }

  const int digits_;
  std::string map_, section_;
  std::size_t count_ = 0;
};

// One font file in the document.
class FontObjects {
 public:
  FontObjects(PdfFile &out, DocumentFont &font) : out_(out), font_(font) {}

  bool uses_simple() const {
    return font_.simple && std::find(font_.simple->used.begin(), font_.simple->used.end(), true) !=
                               font_.simple->used.end();
  }
  bool uses_composite() const { return font_.composite.size() > 1 || font_.drew_missing; }

  // REQUIRES: one of the two is used.
  void write_program() {
    std::vector<bool> used(font_.file->glyph_count());
    font_.file->mark_used(0, used);
    if (uses_simple()) {
      for (std::size_t code = 0; code < 256; ++code) {
        if (font_.simple->used[code]) font_.file->mark_used(font_.simple->glyphs[code], used);
      }
    }
    for (const CompositeGlyph &glyph : font_.composite) font_.file->mark_used(glyph.index, used);
    const std::string program = font_program(*font_.file, used, uses_simple());
    name_ = subset_tag(program) + "+" + font_.file->postscript_name();
    const int number = out_.reserve();
    out_.add_stream(number, "/Length1 " + std::to_string(program.size()), program, Effort::small);
    write_descriptor(number);
  }

  int write_simple() {
    const SimpleFont &simple = *font_.simple;
    const auto *const begin = simple.used.begin();
    const auto first = static_cast<std::size_t>(std::find(begin, simple.used.end(), true) - begin);
    std::size_t last = 255;
    while (!simple.used[last]) --last;
    ToUnicode map(2);
    std::string widths;
    for (std::size_t code = first; code <= last; ++code) {
      widths += std::to_string(simple.used[code] ? simple.advances[code] : 0) + " ";
      if (!simple.used[code]) continue;
      map.add(code, winansi_character(static_cast<int>(code)));
    }
    const int number = out_.reserve();
    out_.add_object(number, "<</Type/Font/Subtype/TrueType/BaseFont/" + name_ +
                                "/Encoding/WinAnsiEncoding/FirstChar " + std::to_string(first) +
                                "/LastChar " + std::to_string(last) + "/Widths[" + widths +
                                "]/FontDescriptor " + reference(descriptor_) + "/ToUnicode " +
                                reference(write_map(map)) + ">>");
    return number;
  }

  int write_composite() {
    std::string widths, glyphs;
    ToUnicode map(4);
    for (std::size_t code = 0; code < font_.composite.size(); ++code) {
      const CompositeGlyph &glyph = font_.composite[code];
      widths += std::to_string(glyph.advance) + " ";
      glyphs.push_back(static_cast<char>(glyph.index >> 8));
      glyphs.push_back(static_cast<char>(glyph.index & 0xFF));
      if (glyph.character != 0) map.add(code, glyph.character);
    }
    const int glyph_map = out_.reserve(), descendant = out_.reserve(), number = out_.reserve();
    out_.add_stream(glyph_map, {}, glyphs, Effort::small);
    out_.add_object(descendant, "<</Type/Font/Subtype/CIDFontType2/BaseFont/" + name_ +
                                    "/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)"
                                    "/Supplement 0>>/W[0[" +
                                    widths + "]]/CIDToGIDMap " + reference(glyph_map) +
                                    "/FontDescriptor " + reference(descriptor_) + ">>");
    out_.add_object(number, "<</Type/Font/Subtype/Type0/BaseFont/" + name_ +
                                "/Encoding/Identity-H/DescendantFonts[" + reference(descendant) +
                                "]/ToUnicode " + reference(write_map(map)) + ">>");
    return number;
  }

 private:
  // Six letters that differ where the subsets do (ISO 32000-1, 9.6.4).
  static std::string subset_tag(const std::string &program) {
    std::uint32_t sum = libdeflate_crc32(0, program.data(), program.size());
    std::string tag;
    for (int i = 0; i < 6; ++i) {
      tag.push_back(static_cast<char>('A' + sum % 26));
      sum /= 26;
    }
    return tag;
  }

  void write_descriptor(int program) {
    const FontFile &file = *font_.file;
    const FontFile::Box box = file.bounds();
    descriptor_ = out_.reserve();
    out_.add_object(
        descriptor_,
        "<</Type/FontDescriptor/FontName/" + name_ + "/Flags " + std::to_string(kNonsymbolic) +
            "/FontBBox[" + std::to_string(box.left) + " " + std::to_string(box.bottom) + " " +
            std::to_string(box.right) + " " + std::to_string(box.top) + "]/ItalicAngle 0/Ascent " +
            std::to_string(file.ascent()) + "/Descent " + std::to_string(file.descent()) +
            "/CapHeight " + std::to_string(file.cap_height()) + "/StemV 80/FontFile2 " +
            reference(program) + ">>");
  }

  int write_map(ToUnicode &map) {
    const int number = out_.reserve();
    out_.add_stream(number, {}, map.finish(), Effort::small);
    return number;
  }

  PdfFile &out_;
  DocumentFont &font_;
  std::string name_;
  int descriptor_ = 0;
};

}  // namespace

std::string write_fonts(PdfFile &out, FontSet &fonts) {
  std::string resources;
  int number = 0;
  for (DocumentFont &font : fonts.fonts()) {
    FontObjects objects(out, font);
    const bool simple = font.file && objects.uses_simple();
    const bool composite = font.file && objects.uses_composite();
    if (simple || composite) objects.write_program();
    if (simple) {
      resources += "/F" + std::to_string(number) + " " + reference(objects.write_simple());
    }
    if (composite) {
      resources += "/F" + std::to_string(number + 1) + " " + reference(objects.write_composite());
    }
    number += 2;
  }
  return resources;
}

}  // namespace pgexport
