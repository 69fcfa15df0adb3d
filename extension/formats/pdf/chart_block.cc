#include "formats/pdf/chart_block.h"

#include <algorithm>
#include <utility>

#include "core/text/locale.h"

namespace pgexport::pdf {

namespace {

// A chart is never higher than this, so that it fits on every page.
constexpr double kMostHeight = 460;

}  // namespace

ChartBlock::ChartBlock(const Theme &theme, ChartData data) : theme_(theme), data_(std::move(data)) {
  if (!is_empty()) check_chart(data_);
}

std::vector<Strip> ChartBlock::arrange(double width) {
  width_ = width;
  if (is_empty()) return {{3 * line_height(theme_.text_size)}};
  return {{std::min(chart_height(data_, width), kMostHeight)}};
}

void ChartBlock::draw(std::size_t, PdfPage &page, Point at) {
  if (!is_empty()) {
    return draw_chart(
        page, {at.x, at.y, width_, std::min(chart_height(data_, width_), kMostHeight)}, data_);
  }
  const double line = line_height(theme_.text_size);
  page.text({at.x, at.y + line}, data_.spec.title, Anchor::start,
            {Face::bold, theme_.text_size, theme_.ink});
  page.text({at.x, at.y + 2 * line}, data_.locale->words.no_data, Anchor::start,
            {Face::regular, theme_.text_size, theme_.muted});
}

}  // namespace pgexport::pdf
