// A TrueType font (OpenType 1.9 with `glyf` outlines) read from a file and checked.
//
// What is not checked when the file is read is checked at each access: a glyph that reaches
// outside its table does not exist.  Nothing of the file is trusted by the code that embeds it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/no_postgres.h"

namespace pgexport {

// Reads a whole file.  Throws Error 58P01 if there is none or it cannot be read.
std::string read_font_bytes(const std::string &path);

class FontFile {
 public:
  struct Table {
    std::uint32_t offset = 0;  // in the file
    std::uint32_t length = 0;
  };

  // Extent of a glyph's outline in thousandths of the font size.
  struct Box {
    int left = 0, bottom = 0, right = 0, top = 0;
  };

  // `bytes` is the file, `name` what errors call it.  Throws Error 22023.
  FontFile(std::string bytes, std::string name);

  // The glyph for a character, or 0 if the font has none that can be embedded.
  std::uint16_t glyph(char32_t character) const;

  // Thousandths of the font size.  REQUIRES: glyph < glyph_count(), as below.
  int advance(std::uint16_t glyph) const;
  Box box(std::uint16_t glyph) const;

  // Marks the glyph and those it is composed of, however deeply.
  void mark_used(std::uint16_t glyph, std::vector<bool> &used) const;

  std::uint16_t glyph_count() const { return glyph_count_; }
  const std::string &name() const { return name_; }
  const std::string &postscript_name() const { return postscript_name_; }
  std::span<const unsigned char> bytes() const {
    return {reinterpret_cast<const unsigned char *>(bytes_.data()), bytes_.size()};
  }
  std::uint32_t directory_offset() const { return directory_; }

  // All in thousandths of the font size.
  int ascent() const { return ascent_; }
  int descent() const { return descent_; }  // negative
  int cap_height() const { return cap_height_; }
  int x_height() const { return x_height_; }
  Box bounds() const { return bounds_; }

  // Makes the widths of unused glyphs 0, so that they compress to nothing when embedded; they
  // cannot be asked for afterwards.
  void forget_other_advances(const std::vector<bool> &used);

 private:
  struct Range {  // of a glyph in the file
    std::uint32_t offset;
    std::uint32_t length;
  };

  std::uint8_t u8(std::size_t at) const { return static_cast<std::uint8_t>(bytes_[at]); }
  std::uint16_t u16(std::size_t at) const;
  std::int16_t i16(std::size_t at) const { return static_cast<std::int16_t>(u16(at)); }
  std::uint32_t u32(std::size_t at) const;
  int thousandths(int units) const;

  void read_directory();
  std::size_t entry_offset(int table) const;
  void read_header();
  void read_metrics();
  void read_character_maps();
  void read_names();
  bool find_table(std::string_view tag, Table &table) const;
  Table table(std::string_view tag, std::uint32_t least_length) const;
  bool check_segments(std::uint32_t offset) const;
  bool check_groups(std::uint32_t offset) const;
  std::uint16_t glyph_by_segments(char32_t character) const;
  std::uint16_t glyph_by_groups(char32_t character) const;
  bool glyph_range(std::uint16_t glyph, Range &range) const;
  template <typename Visit>
  bool visit_components(const Range &range, Visit visit) const;
  bool is_whole(std::uint16_t glyph, int depth, int &budget) const;
  [[noreturn]] void refuse(const std::string &why) const;

  std::string bytes_;
  std::string name_;
  std::string postscript_name_;
  std::uint32_t directory_ = 0;
  Table cmap_, glyf_, loca_, hmtx_;
  std::uint32_t segments_ = 0;  // offset of the cmap subtable of format 4
  std::uint32_t groups_ = 0;    // of format 12, 0: none
  std::uint16_t glyph_count_ = 0;
  std::uint16_t metric_count_ = 0;
  int units_per_em_ = 0;
  bool long_offsets_ = false;
  int ascent_ = 0, descent_ = 0, cap_height_ = 0, x_height_ = 0;
  Box bounds_;
};

}  // namespace pgexport
