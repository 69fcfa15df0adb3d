#include "formats/pdf/table_plan.h"

#include <algorithm>
#include <cmath>

#include "formats/pdf/cell_text.h"

namespace pgexport::pdf {

namespace {

// No column gets wider than some hundred letters because of one text; it need not be read to its
// end to know that.
constexpr std::size_t kMostMeasured = 1000;

constexpr std::string_view kNewlines = "\n\r";
constexpr std::string_view kBreaks = " \n\r\t";

// Room that a sum which is not known yet gets beside what was seen.
constexpr std::string_view kGrowth = "0,000";

// Calls `use` with each piece of `text` between characters of `separators`.
template <typename Use>
void for_each_piece(std::string_view text, std::string_view separators, Use use) {
  for (;;) {
    const std::size_t end = text.find_first_of(separators);
    use(text.substr(0, end));
    if (end == std::string_view::npos) return;
    text.remove_prefix(end + 1);
  }
}

// The narrowest room before the first totalled column of a band.
double label_room(const TablePlan &plan) {
  double least = plan.fit.bands.empty() ? 0 : plan.fit.bands[0].width();
  for (const Band &band : plan.fit.bands) {
    double room = 0;
    for (std::size_t i = 0; i < band.columns.size(); ++i) {
      if (plan.columns[static_cast<std::size_t>(band.columns[i])].totalled) break;
      room += band.widths[i];
    }
    least = std::min(least, room);
  }
  return least - 2 * plan.padding;
}

constexpr double kPadding = 0.45;    // for a font of size 1
constexpr double kWidestLabel = 20;  // some 40 letters; a longer one stands above its totals
constexpr double kSmallestSize = 6.5;
constexpr double kPanelStretch = 2.5;  // in half a page there is no long way for the eye

}  // namespace

TableMeasure::TableMeasure(Typesetter &typesetter, const TableHead &head, std::span<const int> body)
    : typesetter_(typesetter), seen_(body.size()) {
  const double digit = width_of("0", Face::regular);
  for (const int i : body) {
    const Column &column = head.columns[static_cast<std::size_t>(i)];
    columns_.push_back({column.heading, anchor_of(column), is_prose(column.tag),
                        column.style.total != Aggregate::none});
    ColumnMeasure measure;
    measure.wraps = columns_.back().prose;
    measure.heading = width_of(column.heading, Face::bold);
    measure.heading_word = longest_word(column.heading, Face::bold);
    measure.fixed = column.style.width * digit;
    measures_.push_back(measure);
  }
}

void TableMeasure::add(const TableItem &item) {
  if (item.kind == ItemKind::group) return;
  if (item.kind != ItemKind::row) {
    label_ = std::max(label_, width_of(item.label.substr(0, kMostMeasured), Face::bold));
  }
  const Face face = item.kind == ItemKind::row ? Face::regular : Face::bold;
  for (std::size_t i = 0; i < item.cells.count(); ++i) {
    if (!item.cells.cell(i).empty()) add_cell(i, item.cells.cell(i), face);
  }
}

void TableMeasure::add_cell(std::size_t column, std::string_view text, Face face) {
  text = text.substr(0, kMostMeasured);
  ColumnMeasure &measure = measures_[column];
  double width = 0;
  if (text.find_first_of(kNewlines) == std::string_view::npos) {
    width = width_of(text, face);
  } else {
    for_each_piece(text, kNewlines,
                   [&](std::string_view line) { width = std::max(width, width_of(line, face)); });
  }
  Seen &seen = seen_[column];
  seen.count += 1;
  seen.sum += width;
  seen.squares += width * width;
  measure.widest = std::max(measure.widest, width);
  if (measure.wraps && width > measure.longest_word) {
    measure.longest_word = std::max(measure.longest_word, longest_word(text, face));
  }
}

double TableMeasure::width_of(std::string_view text, Face face) {
  return static_cast<double>(typesetter_.measure(text, face)) / 1000;
}

double TableMeasure::longest_word(std::string_view text, Face face) {
  double longest = 0;
  for_each_piece(text, kBreaks,
                 [&](std::string_view word) { longest = std::max(longest, width_of(word, face)); });
  return longest;
}

// Most texts are not wider than the mean and one and a half standard deviations.
std::vector<ColumnMeasure> TableMeasure::measures(bool complete) {
  std::vector<ColumnMeasure> measures = measures_;
  const double growth = width_of(kGrowth, Face::bold);
  for (std::size_t i = 0; i < measures.size(); ++i) {
    ColumnMeasure &measure = measures[i];
    if (columns_[i].totalled && !complete && !columns_[i].prose) measure.widest += growth;
    const Seen &seen = seen_[i];
    const double mean = seen.count > 0 ? seen.sum / seen.count : 0;
    const double variance = seen.count > 0 ? seen.squares / seen.count - mean * mean : 0;
    measure.typical = std::min(measure.widest, mean + 1.5 * std::sqrt(std::max(0.0, variance)));
  }
  make_room_for_labels(measures);
  return measures;
}

// Labels of totals stand in the columns before the first that has one.  They get the room that they
// lack in the first column, if that is one of texts, which may shrink again.
void TableMeasure::make_room_for_labels(std::vector<ColumnMeasure> &measures) const {
  if (columns_.empty() || columns_[0].totalled || !columns_[0].prose) return;
  double room = -2 * kPadding;
  for (std::size_t i = 0; i < measures.size() && !columns_[i].totalled; ++i) {
    room += std::max(measures[i].widest, measures[i].heading) + 2 * kPadding;
  }
  const double lacking = std::min(label_, kWidestLabel) - room;
  if (lacking <= 0) return;
  measures[0].widest = std::max(measures[0].widest, measures[0].heading) + lacking;
  measures[0].typical = measures[0].widest;
}

TablePlan TableMeasure::plan_of(TableFit fit, double line_width) const {
  TablePlan plan;
  plan.columns = columns_;
  plan.fit = std::move(fit);
  plan.widths.resize(columns_.size());
  plan.line_width = line_width;
  plan.padding = kPadding * plan.fit.font_size;
  for (const Band &band : plan.fit.bands) {
    for (std::size_t i = 0; i < band.columns.size(); ++i) {
      plan.widths[static_cast<std::size_t>(band.columns[i])] = band.widths[i];
    }
  }
  plan.label_room = label_room(plan);
  return plan;
}

TablePlan TableMeasure::plan(const PageSetup &setup, const Theme &theme, int repeated_columns,
                             bool complete) {
  FitLimits limits;
  limits.portrait_width = setup.may_stand() ? page_shape(setup, false).body.width : 0;
  limits.landscape_width = setup.may_lie() ? page_shape(setup, true).body.width : 0;
  limits.font_size = theme.text_size;
  limits.smallest_size = std::min(kSmallestSize, theme.text_size);
  limits.padding = kPadding;
  limits.repeated_columns = repeated_columns;
  TableFit fit = fit_columns(measures(complete), limits);
  const double width = page_shape(setup, fit.landscape).body.width;
  return plan_of(std::move(fit), width);
}

TablePlan TableMeasure::plan_within(double width, const Theme &theme) {
  FitLimits limits;
  limits.font_size = theme.text_size;
  limits.smallest_size = std::min(kSmallestSize, theme.text_size);
  limits.padding = kPadding;
  limits.most_stretch = kPanelStretch;
  return plan_of(fit_columns_within(measures(true), width, limits), width);
}

}  // namespace pgexport::pdf
