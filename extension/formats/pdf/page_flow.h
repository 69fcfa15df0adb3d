// Fills pages from top to bottom: where on which page the next thing stands.
//
// A page is started only when something is to be put on it, so that it can take the orientation of
// what begins it.
#pragma once

#include <functional>

#include "formats/pdf/page_setup.h"
#include "formats/pdf/pdf_pages.h"

#include "core/no_postgres.h"

namespace pgexport::pdf {

class PageFlow {
 public:
  // `opening` draws what the first page begins with, into the given area, and returns its height.
  using Opening = std::function<double(PdfPage &page, const Rect &area)>;

  PageFlow(PdfPages &pages, const PageSetup &setup, Opening opening);

  const PageSetup &setup() const { return setup_; }
  PdfPages &pages() { return pages_; }

  // Goes on with the current page if it has this orientation, else starts one.
  void ensure_page(bool landscape);
  // The same in the orientation of the current page.
  void ensure_page() { ensure_page(landscape_); }
  void start_page(bool landscape);
  // What comes next starts a page.
  void break_page() { broken_ = pages_.page_count() > 0; }

  // REQUIRES of all below: ensure_page() or start_page() was called since break_page().

  PdfPage &page() { return pages_.page(); }
  const Rect &body() const { return shape_.body; }
  bool landscape() const { return landscape_; }

  double y() const { return y_; }
  double room() const { return body().y + body().height - y_; }
  void advance(double height) {
    y_ += height;
    used_ = true;
  }
  // Nothing stands on this page yet but the opening.
  bool at_top() const { return !used_; }
  // The most that the next page has room for.
  double full_height() const { return body().height; }

 private:
  PdfPages &pages_;
  const PageSetup setup_;
  Opening opening_;
  PageShape shape_;
  bool landscape_;
  bool broken_ = false;
  bool used_ = false;
  double y_ = 0;
};

}  // namespace pgexport::pdf
