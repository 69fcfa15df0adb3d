// Breaks the texts of a table into lines and draws its parts, one band at a time.
#pragma once

#include <cstdint>
#include <string_view>

#include "formats/pdf/pdf_page.h"
#include "formats/pdf/table_plan.h"

#include "core/no_postgres.h"

namespace pgexport::pdf {

class TablePainter {
 public:
  // All must live as long as the object.
  TablePainter(Typesetter &typesetter, const Theme &theme, const TablePlan &plan);

  // Breaks the item's texts for the widths of the plan and sets its line_count.
  void break_lines(TableItem &item);

  double header_height() const { return header_height_; }
  // Of `lines` of its lines, from `first` on.
  double item_height(const TableItem &item, std::uint32_t first, std::uint32_t lines) const;
  // How many lines of the item, from `first` on, a height has room for.
  std::uint32_t lines_within(const TableItem &item, std::uint32_t first, double height) const;
  double carried_height(std::string_view label) const;

  // Draw at the upper left corner (x, y), in the widths of the band.
  void draw_header(PdfPage &page, const Band &band, double x, double y);
  void draw_item(PdfPage &page, const Band &band, const TableItem &item, std::uint32_t first,
                 std::uint32_t lines, double x, double y);
  void draw_carried(PdfPage &page, const Band &band, std::string_view label, const TextRow &sums,
                    double x, double y);
  // The groups that go on from the page before; as high as a row of one line.
  void draw_resumed(PdfPage &page, std::string_view label, double x, double y);
  // The words that there are no rows, and the end of the table.
  double no_data_height() const { return 2 * line_; }
  void draw_no_data(PdfPage &page, const Band &band, std::string_view words, double x, double y);
  void draw_end(PdfPage &page, const Band &band, double x, double y);

 private:
  struct Heading {
    std::string text;
    std::vector<CellLine> lines;
  };

  bool fits_line(std::string_view text, Face face, double width) const;
  void break_cell(TableItem &item, std::string_view text, Face face, double width);
  void break_cells(TableItem &item, Face face);
  double indent(const TableItem &item) const;
  double label_width(const TableItem &item) const;
  bool label_fits(std::string_view label) const;

  void draw_cells(PdfPage &page, const Band &band, const TableItem &item, std::uint32_t first,
                  std::uint32_t lines, double x, double y);
  void draw_text(PdfPage &page, std::string_view text, Anchor anchor, double x, double y,
                 double width, const TextStyle &style);
  void draw_line(PdfPage &page, std::string_view text, const CellLine &line, Anchor anchor,
                 double x, double y, double width, const TextStyle &style);
  double squeezed_size(std::string_view text, Face face, double width) const;

  Typesetter &typesetter_;
  const Theme &theme_;
  const TablePlan &plan_;
  const double size_;
  const double line_;     // from baseline to baseline
  const double padding_;  // above and below each row
  std::vector<Heading> headings_;
  double header_height_ = 0;
  std::string hyphenated_;
};

}  // namespace pgexport::pdf
