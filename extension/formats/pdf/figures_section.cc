#include "formats/pdf/figures_section.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <utility>

#include "core/error.h"
#include "formats/option_error.h"
#include "formats/pdf/number_value.h"
#include "formats/pdf/prose_block.h"

namespace pgexport::pdf {

namespace {

std::size_t column_named(const std::vector<Column> &columns, const std::string &name) {
  const auto found = std::find_if(columns.begin(), columns.end(),
                                  [&name](const Column &column) { return column.name == name; });
  if (found != columns.end()) return static_cast<std::size_t>(found - columns.begin());
  std::vector<std::string_view> names;
  names.reserve(columns.size());
  for (const Column &column : columns) names.push_back(column.name);
  throw Error(sqlstate::undefined_column,
              "column \"" + excerpt(name) + "\" to compare a key figure with does not exist", {},
              did_you_mean(nearest_name(name, names)));
}

void require_number(const Column &column) {
  if (has_number_value(column.tag)) return;
  throw Error(sqlstate::invalid_parameter_value,
              "key figure \"" + excerpt(column.heading) + "\" cannot be compared",
              "Its type is " + column.type_name + ".", "Compare columns of numbers.");
}

}  // namespace

FiguresSection::FiguresSection(const Workshop &workshop, const TableHead &head)
    : workshop_(workshop), head_(head) {
  const std::vector<Column> &columns = head_.columns;
  std::vector<bool> before(columns.size());
  for (std::size_t i = 0; i < columns.size(); ++i) {
    texts_.emplace_back(columns[i], workshop.locale);
    Tile tile{i, std::nullopt};
    if (!columns[i].style.compare.empty()) {
      tile.before = column_named(columns, columns[i].style.compare);
      require_number(columns[i]);
      require_number(columns[*tile.before]);
      before[*tile.before] = true;
    }
    tiles_.push_back(tile);
  }
  std::erase_if(tiles_, [&before](const Tile &tile) { return before[tile.column]; });
}

bool FiguresSection::add(const Cell *cells) {
  if (has_row_) {
    throw Error(sqlstate::cardinality_violation, "key figures come from one row only",
                "The query of section \"" + excerpt(head_.name) + "\" returns more.",
                "Aggregate in the query, or make the section a table.");
  }
  std::vector<Figure> figures;
  for (const Tile &tile : tiles_) {
    OutputBuffer value;
    if (!texts_[tile.column].append(value, cells[tile.column])) return false;
    figures.push_back(
        {head_.columns[tile.column].heading, std::string(value.view()), change_of(tile, cells)});
    if (figures.back().value.empty()) figures.back().value = "\u2013";
  }
  figures_ = std::move(figures);
  has_row_ = true;
  return true;
}

// The value of the period before reads like that of this period, unless it has a format of its own.
std::size_t FiguresSection::before_format(const Tile &tile) const {
  return head_.columns[*tile.before].style.format.empty() ? tile.column : *tile.before;
}

std::string FiguresSection::text_of(std::size_t column, const Cell &cell) {
  OutputBuffer text;
  texts_[column].append(text, cell);
  return std::string(text.view());
}

std::optional<FigureChange> FiguresSection::change_of(const Tile &tile, const Cell *cells) {
  if (!tile.before) return std::nullopt;
  const std::optional<double> now = number_value(cells[tile.column]);
  const std::optional<double> then = number_value(cells[*tile.before]);
  if (!now || !then || !std::isfinite(*now) || !std::isfinite(*then)) return std::nullopt;
  FigureChange change;
  change.direction = (*now > *then) - (*now < *then);
  change.good = (change.direction < 0) == head_.columns[tile.column].style.lower_is_better;
  if (*then != 0) change.amount = percent((*now - *then) / std::abs(*then));
  change.before = std::string(workshop_.locale.words.previous_period) + ": " +
                  text_of(before_format(tile), cells[*tile.before]);
  return change;
}

std::string FiguresSection::percent(double change) const {
  static constexpr double kWide = 10;  // from 1,000 % on decimals say nothing
  const bool wide = std::abs(change) >= kWide;
  const FormatCode code(wide ? "+#,##0\u00A0%;\u2212#,##0\u00A0%;0\u00A0%"
                             : "+0.0\u00A0%;\u22120.0\u00A0%;0.0\u00A0%");
  return code.text(real_cell(CellTag::float64, change), workshop_.locale);
}

void FiguresSection::finish() {
  std::unique_ptr<Block> block;
  if (has_row_) {
    block =
        std::make_unique<FiguresBlock>(workshop_.typesetter, workshop_.theme, std::move(figures_));
  } else {
    block = std::make_unique<ProseBlock>(workshop_.typesetter, workshop_.theme,
                                         std::string(workshop_.locale.words.no_data));
  }
  workshop_.panels.add({heading_of(head_), std::move(block)}, head_.half_width);
}

}  // namespace pgexport::pdf
