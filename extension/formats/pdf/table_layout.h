// Puts the items of a table on pages.
//
// Items are collected until a page is full and then drawn, once per band, on consecutive pages, so
// that the same rows stand on the pages of a set.  What is kept together:
//
//   - a group's head with the first row below it, and with the heads of inner groups
//   - a row of totals with the row above it
//   - the lines of a row, unless it is taller than a third of a page: then it is split, with at
//     least two lines on either side
//
// Each page repeats the table's title, the headings and the groups that go on, and, if sums are
// carried over, the sums brought forward.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "core/text/locale.h"
#include "formats/pdf/page_flow.h"
#include "formats/pdf/table_item.h"
#include "formats/pdf/table_painter.h"

#include "core/no_postgres.h"

namespace pgexport::pdf {

class TableLayout {
 public:
  struct Head {
    std::string title;     // also in the outline; may be empty
    bool carries = false;  // sums are carried over
  };

  // All but `plan` and `head` must live as long as the object.
  TableLayout(PageFlow &flow, Typesetter &typesetter, const Theme &theme, const Locale &locale,
              ItemPool &pool, TablePlan plan, Head head);

  void take(TableItemPtr item);

  // Draws what is left; if there were no items, that there is no data.
  void finish();

 private:
  // Lines of an item on the page that is being collected.  The last part of an item owns it.
  struct Part {
    TableItem *item;
    std::uint32_t first, lines;
    TableItemPtr owned;
  };

  void open();
  void begin_page(const TableItem &first);
  double room() const { return capacity_ - used_; }
  double height_of(const Part &part) const;
  void put(Part part);
  std::uint32_t lines_to_split(const TableItem &item, std::uint32_t first) const;
  std::size_t parts_to_keep(const TableItem &next) const;
  // Draws the first `count` parts; those after them begin the next page.
  void flush(std::size_t count, bool last);
  void draw_page(const Band &band, bool opening, std::size_t count, bool last);
  void remember(std::size_t count);

  double head_height(bool opening) const;
  void draw_head(const Band &band, bool opening);
  void draw_title();
  void draw_small_line(const Band &band, bool opening);
  bool has_small_line(bool opening) const;
  std::string span_of(const Band &band) const;
  std::string continued(std::string_view text) const;
  void add_outline_entry(const TableItem &group);

  PageFlow &flow_;
  Typesetter &typesetter_;
  const Theme &theme_;
  const Locale &locale_;
  ItemPool &pool_;
  const TablePlan plan_;
  const Head head_;
  TablePainter painter_;

  std::vector<Part> parts_;
  double used_ = 0;      // height of parts_
  double capacity_ = 0;  // of the page that is being collected, for parts
  bool opened_ = false;  // the place of the first page is chosen
  bool opening_ = true;  // the first page is not drawn yet
  std::string resumed_;  // the groups that go on at the head of the page; empty: none does
  std::vector<std::string> open_groups_;  // labels, outermost first, after the last part drawn
  TextRow carried_;                       // the sums up to the last row drawn
  int group_entries_ = 0;                 // in the outline
};

}  // namespace pgexport::pdf
