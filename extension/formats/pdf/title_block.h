// What a document begins with: logo, title, subtitle, filters, when and by whom it was made.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/text/locale.h"
#include "formats/pdf/pdf_pages.h"
#include "formats/pdf/theme.h"
#include "formats/row_writer.h"

#include "core/no_postgres.h"

namespace pgexport::pdf {

class TitleBlock {
 public:
  // `info` is copied; the others live as long as the object.
  TitleBlock(const DocumentInfo &info, Typesetter &typesetter, const Theme &theme,
             const Locale &locale);

  // Adds the logo, if there is one, to the document, which has begun.  Throws what read_picture()
  // throws.
  void add_logo(PdfPages &pages);

  // A document without title, subtitle, logo and filters has none.
  bool is_empty() const;

  // Draws the block at the head of the area and returns its height.
  double draw(PdfPage &page, const Rect &area) const;

 private:
  struct Logo {
    int picture;
    double width, height;  // points
  };

  double draw_lines(PdfPage &page, std::string_view text, const TextStyle &style, Point at,
                    double width) const;
  std::string generated() const;

  const DocumentInfo info_;
  Typesetter &typesetter_;
  const Theme &theme_;
  const Locale &locale_;
  std::optional<Logo> logo_;
};

// The document's time in its zone, in the locale's way; the second also to the minute and with
// the zone.
std::string date_text(const DocumentInfo &info, const Locale &locale);
std::string date_time_text(const DocumentInfo &info, const Locale &locale);

}  // namespace pgexport::pdf
