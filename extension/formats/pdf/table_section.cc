#include "formats/pdf/table_section.h"

#include <utility>

#include "formats/pdf/chart_block.h"
#include "formats/pdf/table_block.h"

namespace pgexport::pdf {

namespace {

constexpr std::size_t kSampledRows = 1000;
// A few huge rows say as much about the widths.
constexpr std::size_t kSampledBytes = std::size_t{8} << 20;

// A table of half the width does not go on on another page.
constexpr std::size_t kMostPanelRows = 30;

}  // namespace

TableSection::TableSection(const Workshop &workshop, const TableHead &head)
    : workshop_(workshop),
      head_(head),
      body_(body_columns(head_)),
      rows_(head_, workshop.locale, workshop.settings.carry_over, pool_),
      measure_(workshop.typesetter, head_, body_) {
  for (const ChartColumns &chart : head_.charts) {
    charts_.emplace_back(head_, chart, workshop.locale, workshop.theme.accent);
  }
}

bool TableSection::add(const Cell *cells) {
  if (!rows_.add(cells, [this](TableItemPtr item) { take(std::move(item)); })) return false;
  for (ChartCollector &chart : charts_) chart.add(cells);
  return true;
}

void TableSection::take(TableItemPtr item) {
  if (layout_) return layout_->take(std::move(item));
  measure_.add(*item);
  sampled_rows_ += item->kind == ItemKind::row ? 1 : 0;
  sampled_bytes_ += item->cells.bytes();
  sample_.push_back(std::move(item));
  if (is_sampled()) begin_layout(false);
}

bool TableSection::is_sampled() const {
  return sampled_rows_ >= kSampledRows || sampled_bytes_ >= kSampledBytes;
}

void TableSection::begin_layout(bool complete) {
  workshop_.panels.flush();
  TablePlan plan = measure_.plan(workshop_.flow.setup(), workshop_.theme,
                                 workshop_.settings.repeat_columns, complete);
  layout_.emplace(workshop_.flow, workshop_.typesetter, workshop_.theme, workshop_.locale, pool_,
                  std::move(plan), TableLayout::Head{heading_of(head_), rows_.carries()});
  for (TableItemPtr &item : sample_) layout_->take(std::move(item));
  sample_.clear();
}

void TableSection::finish() {
  rows_.finish([this](TableItemPtr item) { take(std::move(item)); });
  if (!layout_ && !(head_.half_width && place_as_panel())) begin_layout(true);
  if (layout_) layout_->finish();
  place_charts();
}

bool TableSection::place_as_panel() {
  if (sampled_rows_ > kMostPanelRows) return false;
  auto block = std::make_unique<TableBlock>(workshop_.typesetter, workshop_.theme, workshop_.locale,
                                            measure_, std::move(sample_));
  if (!block->fits(workshop_.panels.half_width())) {
    sample_ = block->take_items();
    return false;
  }
  workshop_.panels.add({heading_of(head_), std::move(block)}, true);
  return true;
}

// One chart takes the full width; of several, two stand beside each other.
void TableSection::place_charts() {
  const bool half_width = charts_.size() > 1;
  for (ChartCollector &chart : charts_) {
    workshop_.panels.add({{}, std::make_unique<ChartBlock>(workshop_.theme, chart.take())},
                         half_width);
  }
  if (half_width) workshop_.panels.flush();
}

}  // namespace pgexport::pdf
