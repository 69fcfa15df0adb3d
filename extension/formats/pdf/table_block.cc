#include "formats/pdf/table_block.h"

#include <utility>

namespace pgexport::pdf {

namespace {

bool is_total(const TableItem &item) {
  return item.kind == ItemKind::subtotal || item.kind == ItemKind::total;
}

}  // namespace

TableBlock::TableBlock(Typesetter &typesetter, const Theme &theme, const Locale &locale,
                       TableMeasure measure, std::vector<TableItemPtr> items)
    : typesetter_(typesetter),
      theme_(theme),
      locale_(locale),
      measure_(std::move(measure)),
      items_(std::move(items)) {}

bool TableBlock::fits(double width) {
  return !measure_.plan_within(width, theme_).fit.bands.empty();
}

// The header, then the items or the words that there are none.
std::vector<Strip> TableBlock::arrange(double width) {
  plan_ = measure_.plan_within(width, theme_);
  painter_.emplace(typesetter_, theme_, plan_);
  std::vector<Strip> strips{{painter_->header_height(), true}};
  if (items_.empty()) strips.push_back({painter_->no_data_height()});
  for (std::size_t i = 0; i < items_.size(); ++i) {
    painter_->break_lines(*items_[i]);
    const bool keep =
        items_[i]->kind == ItemKind::group || (i + 1 < items_.size() && is_total(*items_[i + 1]));
    strips.push_back({painter_->item_height(*items_[i], 0, items_[i]->line_count), keep});
  }
  return strips;
}

void TableBlock::draw(std::size_t strip, PdfPage &page, Point at) {
  const Band &band = plan_.fit.bands.front();
  if (strip == 0) return painter_->draw_header(page, band, at.x, at.y);
  if (items_.empty()) {
    painter_->draw_no_data(page, band, locale_.words.no_data, at.x, at.y);
    return;
  }
  const TableItem &item = *items_[strip - 1];
  painter_->draw_item(page, band, item, 0, item.line_count, at.x, at.y);
  if (strip < items_.size() || item.kind == ItemKind::total) return;
  painter_->draw_end(page, band, at.x, at.y + painter_->item_height(item, 0, item.line_count));
}

}  // namespace pgexport::pdf
