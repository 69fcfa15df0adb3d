#include "formats/pdf/page_flow.h"

#include <utility>

namespace pgexport::pdf {

PageFlow::PageFlow(PdfPages &pages, const PageSetup &setup, Opening opening)
    : pages_(pages),
      setup_(setup),
      opening_(std::move(opening)),
      shape_(page_shape(setup, !setup.may_stand())),
      landscape_(!setup.may_stand()) {}

void PageFlow::ensure_page(bool landscape) {
  if (broken_ || pages_.page_count() == 0 || landscape != landscape_) start_page(landscape);
}

void PageFlow::start_page(bool landscape) {
  landscape_ = landscape;
  shape_ = page_shape(setup_, landscape);
  PdfPage &page = pages_.new_page({shape_.width, shape_.height});
  y_ = body().y;
  used_ = false;
  broken_ = false;
  if (pages_.page_count() == 1) y_ += opening_(page, body());
}

}  // namespace pgexport::pdf
