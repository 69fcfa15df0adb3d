// A chart as a block.
#pragma once

#include "formats/charts/chart.h"
#include "formats/pdf/panel.h"
#include "formats/pdf/theme.h"

#include "core/no_postgres.h"

namespace pgexport::pdf {

class ChartBlock final : public Block {
 public:
  // `theme` lives as long as the object.  Throws what check_chart() throws.
  ChartBlock(const Theme &theme, ChartData data);

  std::vector<Strip> arrange(double width) override;
  void draw(std::size_t strip, PdfPage &page, Point at) override;

 private:
  bool is_empty() const { return data_.categories.empty(); }

  const Theme &theme_;
  const ChartData data_;
  double width_ = 0;
};

}  // namespace pgexport::pdf
