// A section that is one chart.
#pragma once

#include "formats/pdf/chart_data.h"
#include "formats/pdf/row_section.h"

#include "core/no_postgres.h"

namespace pgexport::pdf {

class ChartSection final : public RowSection {
 public:
  // REQUIRES: the head has one chart.
  ChartSection(const Workshop &workshop, const TableHead &head);

  bool add(const Cell *cells) override;
  void finish() override;

 private:
  const Workshop &workshop_;
  const std::string title_;
  const bool half_width_;
  ChartCollector chart_;
};

}  // namespace pgexport::pdf
