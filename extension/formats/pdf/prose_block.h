// Running text as a block.
//
// Paragraphs are separated by empty lines; within one, line breaks stay.  A line that begins with
// "# " or "## " is a heading, one with "- " an item of a list.  Nothing else has a meaning.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "formats/pdf/panel.h"
#include "formats/pdf/theme.h"
#include "formats/pdf/typesetter.h"

#include "core/no_postgres.h"

namespace pgexport::pdf {

class ProseBlock final : public Block {
 public:
  // The first two live as long as the object.
  ProseBlock(Typesetter &typesetter, const Theme &theme, std::string text);

  std::vector<Strip> arrange(double width) override;
  void draw(std::size_t strip, PdfPage &page, Point at) override;

 private:
  struct Line {
    std::string_view text;
    TextStyle style;
    double indent;
    bool bullet, hyphen;
  };

  void add_source_line(std::string_view source, double width, std::vector<Strip> &strips);
  void add_space(double height, std::vector<Strip> &strips);

  Typesetter &typesetter_;
  const Theme &theme_;
  const std::string text_;
  std::vector<Line> lines_;
};

}  // namespace pgexport::pdf
