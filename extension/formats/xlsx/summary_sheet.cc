#include "formats/xlsx/summary_sheet.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <utility>

#include "core/error.h"
#include "core/text/format_code.h"
#include "formats/charts/palette.h"
#include "formats/xlsx/cell_writer.h"
#include "formats/xlsx/chart_sheet.h"
#include "formats/xlsx/column_width.h"
#include "formats/xlsx/xml_text.h"

namespace pgexport::xlsx {

namespace {

constexpr int kFirstColumn = 1;  // the one before is a margin
constexpr int kGridColumns = 12;
constexpr int kLastColumn = kFirstColumn + kGridColumns - 1;
constexpr double kMarginWidth = 2, kGridWidth = 10.5;
constexpr int kTileColumns = 3;
constexpr int kTilesInLine = kGridColumns / kTileColumns;
constexpr int kGridPixels = 74;                       // of a column of kGridWidth
constexpr double kLogoWidth = 220, kLogoHeight = 60;  // at most, in pixels
constexpr int kHalfGap = 10;                          // pixels between charts of half width
// Digits' widths on a line across the grid; letters are narrower than digits on average.
constexpr auto kLineWidth = static_cast<std::size_t>(kGridColumns * kGridWidth * 1.05);

constexpr Colour kGrey = {0x6B, 0x6B, 0x6B}, kGreen = {0x1E, 0x7B, 0x34}, kRed = {0xB3, 0x26, 0x1E};

std::optional<double> number_of(const Cell &cell) {
  char text[kMaxFixedNumber + 400];
  const char *end = nullptr;
  switch (cell.tag) {
    case CellTag::integer:
    case CellTag::float32:
    case CellTag::float64: end = write_fixed_number(text, cell, false); break;
    case CellTag::numeric: end = write_numeric_number(text, sizeof text, cell); break;
    default: break;
  }
  double value = 0;
  if (!end || std::from_chars(text, end, value).ec != std::errc()) return std::nullopt;
  return value;
}

// The paragraphs of a text: what empty lines separate.
std::vector<std::string> paragraphs(std::string_view text) {
  std::vector<std::string> found(1);
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.empty()) {
      if (!found.back().empty()) found.emplace_back();
      continue;
    }
    if (!found.back().empty()) found.back() += '\n';
    found.back() += line;
  }
  if (found.back().empty()) found.pop_back();
  return found;
}

// Lines that begin with "- " are items of a list.
std::string with_bullets(std::string_view text) {
  std::string shown;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const bool begins_line = at == 0 || text[at - 1] == '\n';
    if (begins_line && text.substr(at, 2) == "- ")
      shown += "\u2022";
    else
      shown += text[at];
  }
  return shown;
}

}  // namespace

void SummarySheet::count_cell() {
  if (sheet_.cells.size() < kMaxSummaryCells) return;
  throw Error(
      sqlstate::program_limit_exceeded,
      "the summary of a workbook holds at most " + std::to_string(kMaxSummaryCells) + " cells", {},
      "Make the largest of its sections a table.");
}

void SummarySheet::put(int row, int column, int last_column, std::string text,
                       const CellStyle &cell_style) {
  count_cell();
  if (utf16_length(text) > kMaxCellText) {
    throw Error(sqlstate::string_data_right_truncation,
                "a text of the summary is too long for an Excel cell", {},
                "Separate its paragraphs by empty lines.");
  }
  sheet_.cells.push_back(
      {row, column, last_column, style(cell_style), PlacedKind::text, std::move(text)});
}

// At the right end of the grid, beside title and subtitle, and never larger than it is.
void SummarySheet::place_logo() {
  if (workbook_.logo_width == 0) return;
  const double scale =
      std::min({1.0, kLogoWidth / workbook_.logo_width, kLogoHeight / workbook_.logo_height});
  const int left = kGridColumns * kGridPixels - static_cast<int>(workbook_.logo_width * scale);
  sheet_.logo = PlacedLogo{row_, kFirstColumn + left / kGridPixels, left % kGridPixels, scale};
}

void SummarySheet::begin_sheet() {
  if (blocks_++ > 0) return;
  sheet_.streamed = false;
  sheet_.grid_lines = false;
  sheet_.widths.assign(kFirstColumn, kMarginWidth);
  sheet_.widths.insert(sheet_.widths.end(), kGridColumns, kGridWidth);
  const DocumentInfo &info = workbook_.info;
  row_ = 1;
  place_logo();
  if (!info.title.empty()) {
    CellStyle title;
    title.size = 20;
    title.bold = true;
    title.colour = workbook_.settings.accent;
    sheet_.heights.emplace_back(row_, 28);
    put(row_++, kFirstColumn, kLastColumn, info.title, title);
  }
  if (!info.subtitle.empty()) {
    CellStyle subtitle;
    subtitle.size = 12;
    subtitle.colour = kGrey;
    sheet_.heights.emplace_back(row_, 18);
    put(row_++, kFirstColumn, kLastColumn, info.subtitle, subtitle);
  }
  CellStyle small;
  small.size = 9;
  small.colour = kGrey;
  const LocaleWords &words = workbook_.locale.words;
  if (!info.filters.empty()) {
    put(row_++, kFirstColumn, kLastColumn, std::string(words.filters) + ": " + info.filters, small);
  }
  put(row_++, kFirstColumn, kLastColumn,
      std::string(words.generated) + " " + workbook_.generated_at(), small);
  ++row_;
}

CellStyle SummarySheet::heading_style() const {
  CellStyle heading;
  heading.size = 13;
  heading.bold = true;
  heading.colour = workbook_.settings.accent;
  heading.below = Rule::thin;
  return heading;
}

void SummarySheet::add_heading(const std::string &title) {
  half_row_ = -1;
  begin_sheet();
  if (title.empty()) return;
  sheet_.heights.emplace_back(row_, 20);
  put(row_, kFirstColumn, kLastColumn, title, heading_style());
  row_ += 2;
}

void SummarySheet::add_no_data(const std::string &title) {
  add_heading(title);
  CellStyle grey;
  grey.colour = kGrey;
  put(row_, kFirstColumn, kLastColumn, std::string(workbook_.locale.words.no_data), grey);
  row_ += 2;
}

void SummarySheet::add_figures(const TableHead &head, const Cell *cells) {
  add_heading(head.title.empty() ? head.name : head.title);
  const auto column_named = [&](const std::string &name) {
    const auto found = std::find_if(head.columns.begin(), head.columns.end(),
                                    [&](const Column &column) { return column.name == name; });
    return static_cast<std::size_t>(found - head.columns.begin());
  };
  // What a figure is compared with is shown below it, not beside it.
  const auto is_compared = [&](const Column &column) {
    return std::any_of(head.columns.begin(), head.columns.end(), [&](const Column &other) {
      return !other.style.compare.empty() && other.style.compare == column.name;
    });
  };
  constexpr int kTileRows = 4;
  int tile = 0;
  for (std::size_t i = 0; i < head.columns.size(); ++i) {
    const Column &column = head.columns[i];
    if (is_compared(column)) continue;
    const std::size_t before =
        column.style.compare.empty() ? head.columns.size() : column_named(column.style.compare);
    const Cell *const compared = before < head.columns.size() ? &cells[before] : nullptr;
    add_figure(column, cells[i], compared, row_ + tile / kTilesInLine * kTileRows,
               tile % kTilesInLine);
    ++tile;
  }
  row_ += (tile + kTilesInLine - 1) / kTilesInLine * kTileRows;
}

void SummarySheet::add_figure(const Column &column, const Cell &value, const Cell *before, int row,
                              int tile) {
  const int left = kFirstColumn + tile * kTileColumns;
  const int right = left + kTileColumns - 1;
  CellStyle label;
  label.size = 9;
  label.colour = kGrey;
  put(row, left, right, column.heading, label);

  CellStyle shown;
  shown.size = 20;
  shown.bold = true;
  shown.colour = workbook_.settings.accent;
  shown.align = Alignment::left;
  const auto number = number_of(value);
  if (number) shown.format = column_format(column);
  if (tile == 0) sheet_.heights.emplace_back(row + 1, 28);
  if (number) {
    count_cell();
    sheet_.cells.push_back({row + 1, left, right, style(shown), PlacedKind::number, {}, *number});
  } else {
    const FormatCode code(column_format(column));
    put(row + 1, left, right,
        value.is_null() ? std::string("\u2013") : code.text(value, workbook_.locale), shown);
  }
  if (before) add_change(column, value, *before, row + 2, left, right);
}

void SummarySheet::add_change(const Column &column, const Cell &value, const Cell &before, int row,
                              int left, int right) {
  const auto now = number_of(value), then = number_of(before);
  if (!now || !then) return;
  CellStyle change;
  change.size = 9;
  change.colour = kGrey;
  std::string text = "=";
  if (*now != *then) {
    const bool up = *now > *then;
    change.colour = up == column.style.lower_is_better ? kRed : kGreen;
    text = up ? "\u25B2" : "\u25BC";
  }
  if (*then != 0) {
    const Cell share = real_cell(CellTag::float64, (*now - *then) / std::fabs(*then));
    text += " " + FormatCode("+0.0 %;-0.0 %;0.0 %").text(share, workbook_.locale);
  }
  const FormatCode code(column_format(column));
  text += "  (" + std::string(workbook_.locale.words.previous_period) + " " +
          code.text(before, workbook_.locale) + ")";
  put(row, left, right, std::move(text), change);
}

void SummarySheet::add_paragraph(const std::string &text) {
  CellStyle body;
  body.wrap = true;
  std::string shown = text;
  for (const std::string_view mark : {"## ", "# "}) {
    if (!shown.starts_with(mark)) continue;
    shown.erase(0, mark.size());
    body.bold = true;
  }
  shown = with_bullets(shown);
  sheet_.heights.emplace_back(row_, row_height(wrapped_lines(shown, kLineWidth)));
  put(row_++, kFirstColumn, kLastColumn, std::move(shown), body);
}

void SummarySheet::add_text(const TextBlock &block) {
  add_heading(block.title.empty() ? block.name : block.title);
  for (const std::string &paragraph : paragraphs(block.text)) add_paragraph(paragraph);
  ++row_;
}

void SummarySheet::add_chart(const std::string &title, PlacedChart chart, bool half_width) {
  if (chart.spec.title.empty()) chart.spec.title = title;
  const int beside = half_row_;
  begin_sheet();
  const int width = kGridColumns * kGridPixels;
  chart.width = half_width ? width / 2 - kHalfGap : width;
  const bool second = half_width && beside >= 0;
  chart.row = second ? beside : row_;
  chart.column = second ? kFirstColumn + kGridColumns / 2 : kFirstColumn;
  half_row_ = half_width && !second ? row_ : -1;
  row_ = std::max(row_, chart.row + chart.height / kRowPixels + 2);
  sheet_.charts.push_back(std::move(chart));
}

void SummarySheet::add_table(const std::string &title, const std::string &sheet) {
  contents_.push_back({title, sheet});
}

void SummarySheet::finish() {
  if (!contents_.empty()) {
    add_heading(std::string(workbook_.locale.words.contents));
    CellStyle link;
    link.colour = workbook_.settings.accent;
    const int number = style(link);
    for (const Contents &entry : contents_) {
      count_cell();
      sheet_.cells.push_back({row_++, kFirstColumn, kFirstColumn, number, PlacedKind::link,
                              entry.title, 0, entry.sheet});
    }
  }
  sheet_.name = workbook_.names.take("Summary");
  workbook_.summary = std::move(sheet_);
}

}  // namespace pgexport::xlsx
