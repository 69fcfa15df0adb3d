// A section that is laid out as a whole, so that it can stand beside another.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "formats/pdf/pdf_page.h"

#include "core/no_postgres.h"

namespace pgexport::pdf {

// A part of a block that is never split over pages.
struct Strip {
  double height;
  bool keep_with_next = false;
  bool space = false;  // nothing is drawn: left out at the head of a page
};

class Block {
 public:
  virtual ~Block() = default;

  // Lays the block out in that width, as strips from top to bottom.  The last call counts.
  virtual std::vector<Strip> arrange(double width) = 0;

  // Draws one strip with its upper left corner at `at`.  REQUIRES: arranged.
  virtual void draw(std::size_t strip, PdfPage &page, Point at) = 0;
};

struct Panel {
  std::string title;  // heading above the block, and its entry in the outline; may be empty
  std::unique_ptr<Block> block;
};

}  // namespace pgexport::pdf
