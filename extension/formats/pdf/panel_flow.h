// Puts panels on pages: each over the full width, or two of half the width beside each other.
#pragma once

#include <optional>
#include <string>

#include "formats/pdf/page_flow.h"
#include "formats/pdf/panel.h"
#include "formats/pdf/theme.h"
#include "formats/pdf/typesetter.h"

#include "core/no_postgres.h"

namespace pgexport::pdf {

class PanelFlow {
 public:
  // All must live as long as the object.
  PanelFlow(PageFlow &flow, Typesetter &typesetter, const Theme &theme);

  // A panel of half the width waits for the next one.
  void add(Panel panel, bool half_width);

  // Gives a waiting panel the full width.  To be called before anything else is put on the pages.
  void flush();

  // Of a panel beside another, in points, on the page where the next one stands.
  double half_width() const;

 private:
  // The strips of a panel, that of its title first.
  std::vector<Strip> arrange(Panel &panel, double width) const;
  void draw(Panel &panel, const std::vector<Strip> &strips, std::size_t strip, Point at,
            double width);
  void place(Panel panel);
  // Returns false if the two do not fit on one page.
  bool place_beside(Panel &left, Panel &right);
  void make_room(double height);
  void add_outline_entry(const Panel &panel);

  PageFlow &flow_;
  Typesetter &typesetter_;
  const Theme &theme_;
  std::optional<Panel> waiting_;
};

}  // namespace pgexport::pdf
