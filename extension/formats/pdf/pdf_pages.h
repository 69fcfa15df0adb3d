// The pages of one PDF document, and the file around them.
//
// Pages leave as they are finished: what is kept of a page is the place of its objects in the file
// (some 40 bytes), of an outline entry its title.  Fonts, outline and page tree are written by
// finish(), where the number of pages is known; so are the header and footer of every page.
// The same calls give the same bytes: no clock, no random identifier.
//
// Life cycle: begin() { new_page() … }+ finish(), or destroy it at any time.  Nothing is held but
// memory.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "core/output_buffer.h"
#include "formats/pdf/outline.h"
#include "formats/pdf/pdf_file.h"
#include "formats/pdf/pdf_page.h"
#include "formats/pdf/picture.h"
#include "formats/pdf/typesetter.h"
#include "formats/row_writer.h"

#include "core/no_postgres.h"

namespace pgexport {

struct PdfLimits {
  int pages = 20'000;
  std::uint64_t bytes = std::uint64_t{1} << 30;
};

class PdfPages {
 public:
  // Draws what every page shows (header, footer) over the page `number` of `count`, from 1.
  using RunningDrawer = std::function<void(PdfPage &page, int number, int count)>;

  // Bytes are appended to `out`, which may be emptied between any two calls.
  PdfPages(OutputBuffer &out, Typesetter &typesetter, const PdfLimits &limits = {});
  ~PdfPages();

  // Title, author, subject and document time become the document's properties; the language is a
  // tag of BCP 47 (e.g. "de-DE") or empty.
  void begin(const DocumentInfo &info, std::string_view language = {});

  // Finishes the page before and starts one.  The page is good until the next call of new_page()
  // or finish().  Throws Error 54000 beyond the limits, for the number of pages as for the bytes.
  PdfPage &new_page(const PageSize &size);

  // REQUIRES: new_page() was called.
  PdfPage &page();

  int page_count() const;

  // Adds an entry to the outline, which leads to the height `y` of the current page.  Level 1 is
  // the uppermost; an entry is put under the last one of the level above, or of the nearest there
  // is.  REQUIRES: new_page() was called.
  void add_outline_entry(int level, std::string_view title, double y);

  // Writes the picture, for PdfPage::picture(), and returns its number there.
  int add_picture(const Picture &picture);

  // Draws the running content, if any, over every page, and completes the file.
  // REQUIRES: new_page() was called.
  void finish(const RunningDrawer &running = {});

 private:
  struct PageRecord {
    int content;         // number of its stream
    std::uint16_t size;  // index in sizes_
  };

  void finish_page();
  void check_bytes() const;
  void write_page(std::size_t i, int number, int parent, const RunningDrawer &running);
  void write_resources();
  int write_info();
  std::uint16_t size_index(const PageSize &size);

  const PdfLimits limits_;
  Typesetter &typesetter_;
  PdfFile file_;
  PdfPage page_;
  Outline outline_;
  DocumentInfo info_;
  std::string language_;
  std::vector<PageRecord> pages_;
  std::vector<PageSize> sizes_;
  std::vector<int> pictures_;
  int resources_ = 0;
  bool page_open_ = false;
};

}  // namespace pgexport
