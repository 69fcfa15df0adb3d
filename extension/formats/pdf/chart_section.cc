#include "formats/pdf/chart_section.h"

#include <memory>

#include "formats/pdf/chart_block.h"

namespace pgexport::pdf {

ChartSection::ChartSection(const Workshop &workshop, const TableHead &head)
    : workshop_(workshop),
      title_(heading_of(head)),
      half_width_(head.half_width),
      chart_(head, head.charts.front(), workshop.locale, workshop.theme.accent) {}

bool ChartSection::add(const Cell *cells) { return chart_.add(cells); }

void ChartSection::finish() {
  workshop_.panels.add({title_, std::make_unique<ChartBlock>(workshop_.theme, chart_.take())},
                       half_width_);
}

}  // namespace pgexport::pdf
