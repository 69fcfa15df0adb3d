// The outline (bookmarks) of a PDF document (ISO 32000-1, 12.3.3).
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "formats/pdf/pdf_file.h"

#include "core/no_postgres.h"

namespace pgexport {

class Outline {
 public:
  // `page` counts from 0; `y` is from the bottom of the page, in hundredths of a point.
  void add(int level, std::string_view title, int page, std::int64_t y);

  bool empty() const { return entries_.empty(); }

  // Writes it and returns the number of its root.  Page i is object `first_page` + i.
  // REQUIRES: not empty.
  int write(PdfFile &out, int first_page) const;

 private:
  static constexpr int kNone = -1;

  struct Entry {
    std::string title;  // as a text string
    std::int64_t y;
    int page;
    int level;
    int parent;  // index of an entry, kNone: the root
    int previous = kNone, next = kNone, first = kNone, last = kNone;
    int children = 0;
  };

  std::vector<Entry> entries_;
  std::vector<int> path_;  // the last entry and those it is under
  int top_entries_ = 0, first_top_ = kNone, last_top_ = kNone;
};

}  // namespace pgexport
