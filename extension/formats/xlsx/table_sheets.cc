#include "formats/xlsx/table_sheets.h"

#include <algorithm>
#include <array>
#include <utility>

#include "core/error.h"
#include "formats/charts/palette.h"
#include "formats/option_error.h"
#include "formats/xlsx/chart_sheet.h"
#include "formats/xlsx/column_width.h"
#include "formats/xlsx/xml_text.h"

namespace pgexport::xlsx {

namespace {

constexpr std::uint64_t kMeasuredRows = 1000;
constexpr std::size_t kMeasuredBytes = std::size_t{1} << 20;
constexpr std::size_t kBlock = std::size_t{256} << 10;
constexpr int kMaxOutlineLevel = 7;
// Of a function in Excel: 255 arguments.
constexpr std::size_t kMaxRanges = 250;
// Wider tables are printed on landscape pages: what an upright A4 page holds.
constexpr double kPortraitWidth = 95;
constexpr std::size_t kRowMarkup = 96;

std::string_view aggregate_function(Aggregate aggregate) {
  switch (aggregate) {
    case Aggregate::sum: return "9";
    case Aggregate::avg: return "1";
    case Aggregate::min: return "5";
    case Aggregate::max: return "4";
    case Aggregate::count: return "3";
    case Aggregate::none: break;
  }
  return {};
}

// Where a spreadsheet puts the values of a column that says nothing about it.
Alignment natural_alignment(const Column &column) {
  if (column.style.exact_text) return Alignment::left;
  switch (column.tag) {
    case CellTag::boolean: return Alignment::center;
    case CellTag::date:
    case CellTag::time:
    case CellTag::timestamp:
    case CellTag::timestamptz:
    case CellTag::interval: return Alignment::right;
    default: return is_number(column.tag) ? Alignment::right : Alignment::left;
  }
}

FormulaType formula_type(CellTag tag) {
  if (is_number(tag)) return FormulaType::number;
  if (tag == CellTag::text) return FormulaType::text;
  return tag == CellTag::boolean ? FormulaType::boolean : FormulaType::other;
}

template <std::size_t N>
char *put(char *out, const char (&text)[N]) {
  std::memcpy(out, text, N - 1);
  return out + N - 1;
}

void check_columns(const TableHead &head) {
  if (head.columns.empty()) {
    throw Error(sqlstate::feature_not_supported, "a sheet needs at least one column");
  }
  if (head.columns.size() > kMaxSheetColumns) {
    throw Error(sqlstate::program_limit_exceeded,
                "a sheet holds at most " + std::to_string(kMaxSheetColumns) + " columns",
                "The table has " + std::to_string(head.columns.size()) + ".");
  }
}

// A format code of an average of integers, if it was given none.
std::string total_format(const Column &column) {
  if (column.style.total == Aggregate::count) return "0";
  const bool whole = column.tag == CellTag::integer || column.scale == 0;
  if (column.style.total == Aggregate::avg && whole && column.style.format.empty()) {
    return "#,##0.00";
  }
  return column_format(column);
}

// "1 value is", "2 values are"
std::string counted(std::uint64_t count, std::string_view noun) {
  std::string text = std::to_string(count) + ' ' + std::string(noun);
  return text + (count == 1 ? " is" : "s are");
}

std::string ascii_name(std::string_view heading) {
  std::string name = "total_";
  for (const char c : heading.substr(0, 60)) {
    const bool letter = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    name += letter ? c : '_';
  }
  return name;
}

}  // namespace

TableSheets::TableSheets(Workbook &workbook, ZipWriter &zip, const TableHead &head,
                         std::string name, const SheetLimits &limits)
    : workbook_(workbook),
      zip_(zip),
      limits_(limits),
      base_name_(std::move(name)),
      group_by_(head.group_by),
      totals_(head.columns, head.group_by),
      group_starts_(head.group_by.size() + 1),
      has_totals_(totals_.has_totals()),
      cells_(xml_, workbook.settings.truncate_long_text) {
  check_columns(head);
  for (const ChartColumns &chart : head.charts) charts_.emplace_back(head, chart, workbook.locale);
  filter_buttons_ = workbook.settings.autofilter && group_by_.empty();
  plan_columns(head);
  plan_formulas();
  const bool arrays = std::any_of(head.columns.begin(), head.columns.end(),
                                  [](const Column &c) { return c.tag == CellTag::flat_array; });
  needs_whole_rows_ = arrays && (has_totals_ || !group_by_.empty() || !charts_.empty());
  frame_.freeze_header = workbook.settings.freeze_header;
  frame_.outline_levels = std::min(static_cast<int>(group_by_.size()), kMaxOutlineLevel);
  frame_.paper = workbook.settings.paper;
  frame_.header = workbook.header;
  frame_.footer = workbook.footer;
  first_index_ = workbook.sheets.size();
  first_sheet_ = workbook.names.take(base_name_);
  begin_sheet(first_sheet_);
}

CellStyle TableSheets::value_style(const Column &column) const {
  CellStyle style;
  style.format = column.style.exact_text ? "@" : column_format(column);
  style.align = column.style.align;
  return style;
}

ColumnCells TableSheets::total_cells(const Column &column, bool grand) {
  CellStyle style = value_style(column);
  style.format = column.style.total == Aggregate::none ? "General" : total_format(column);
  style.bold = true;
  style.above = Rule::thin;
  style.fill = Fill::tint;
  if (grand) style.below = Rule::twice;
  const int number = workbook_.styles.number(style);
  return {column, {number, number, number}, SIZE_MAX};
}

void TableSheets::plan_columns(const TableHead &head) {
  for (const Column &column : head.columns) {
    CellStyle style = value_style(column);
    FormatCode format(style.format);
    ColumnStyles numbers;
    numbers.value = workbook_.styles.number(style);
    CellStyle as_text = style;
    as_text.format = "@";
    if (style.align == Alignment::automatic) as_text.align = natural_alignment(column);
    numbers.number_as_text = workbook_.styles.number(as_text);
    style.wrap = true;
    numbers.wrapped = workbook_.styles.number(style);
    const double width = column.style.width > 0 ? std::max(column.style.width, 1.0) : kMaxAutoWidth;
    columns_.push_back({column, std::move(format),
                        ColumnCells(column, numbers, static_cast<std::size_t>(width)), std::nullopt,
                        std::nullopt, std::nullopt});
    if (!has_totals_ && group_by_.empty()) continue;
    columns_.back().subtotal = total_cells(column, false);
    columns_.back().total = total_cells(column, true);
  }
  for (const int column : group_by_) {
    columns_[static_cast<std::size_t>(column)].label_room =
        text_width(workbook_.locale.words.subtotal) + 2;
  }
  group_starts_[0].kept_as_text.assign(columns_.size(), 0);
  fixed_room_ = columns_.size() * CellWriter::kMaxFixedCell + kRowMarkup;
  cells_.set_fixed_room(fixed_room_);
}

void TableSheets::plan_formulas() {
  std::vector<FormulaColumn> known;
  for (const ColumnPlan &plan : columns_) {
    known.push_back(
        {plan.column.heading, formula_type(plan.column.tag), !plan.column.style.formula.empty()});
  }
  for (ColumnPlan &plan : columns_) {
    if (!plan.column.style.formula.empty()) {
      plan.formula = parse_formula(plan.column.style.formula, known);
    }
  }
}

void TableSheets::begin_sheet(std::string name) {
  workbook_.sheets.emplace_back();
  workbook_.sheets.back().name = std::move(name);
  sheet_row_ = 1;
  sheet_bytes_ = 0;
  opened_ = false;
  if (!frame_.widths.empty()) open_sheet();  // a further sheet of the table
  write_headings();
}

// Digits that a sum may have beside what was seen, while its rows are not all here.
std::size_t TableSheets::room_to_grow(const ColumnPlan &plan) const {
  constexpr std::size_t kThousands = 4;
  return plan.column.style.total == Aggregate::sum && !ended_ ? kThousands : 0;
}

// REQUIRES: the widths can be told.
void TableSheets::open_sheet() {
  if (frame_.widths.empty()) {
    double sum = 0;
    for (const ColumnPlan &plan : columns_) {
      const double given = std::min(plan.column.style.width, kMaxWidth);
      const double width = given > 0
                               ? given
                               : column_width(plan.widest + room_to_grow(plan),
                                              text_width(plan.column.heading), filter_buttons_);
      frame_.widths.push_back(width);
      sum += width;
    }
    const Orientation orientation = workbook_.settings.orientation;
    const bool wide = sum > kPortraitWidth || !charts_.empty();
    frame_.landscape =
        orientation == Orientation::landscape || (orientation == Orientation::automatic && wide);
  }
  workbook_.sheets.back().widths = frame_.widths;
  workbook_.sheets.back().landscape = frame_.landscape;
  // Parts are numbered in the order in which they are written.
  zip_.begin_entry("xl/worksheets/sheet" + std::to_string(workbook_.sheets.size()) + ".xml");
  zip_.write(sheet_opening(frame_));
  opened_ = true;
}

void TableSheets::flush() {
  if (!opened_) open_sheet();
  zip_.write(xml_.view());
  sheet_bytes_ += xml_.size();
  xml_.clear();
}

void TableSheets::end_sheet() {
  flush();
  const std::int64_t rows = sheet_row_ - 1;
  PlannedSheet &sheet = workbook_.sheets.back();
  sheet.rows = rows;
  const bool first = workbook_.sheets.size() - 1 == first_index_;
  const bool has_drawing = first && !charts_.empty() && !charts_[0].values().categories.empty();
  if (filter_buttons_ && sheet.filtered_rows == 0) sheet.filtered_rows = rows;
  zip_.write(sheet_closing(frame_, rows, sheet.filtered_rows, has_drawing));
  zip_.end_entry();
}

char *TableSheets::open_row(char *p, int outline_level) const {
  p = put(p, "<row r=\"");
  p = spell::write_uint64(p, static_cast<std::uint64_t>(sheet_row_));
  if (outline_level > 0) {
    p = put(p, "\" outlineLevel=\"");
    *p++ = static_cast<char>('0' + std::min(outline_level, kMaxOutlineLevel));
  }
  return put(p, "\">");
}

// `start` is where the row begins.  A height is given where a text needs one: LibreOffice computes
// none in a workbook that says it is Excel's.
void TableSheets::close_row(char *p, std::size_t start) {
  xml_.advance_to(put(p, "</row>"));
  ++sheet_row_;
  const int lines = cells_.take_lines();
  if (lines == 1) return;
  const std::string height = " ht=\"" + std::to_string(static_cast<int>(row_height(lines))) + '"';
  char *const end = xml_.reserve(height.size());
  char *const tag_end = std::find(end - (xml_.size() - start), end, '>');
  std::copy_backward(tag_end, end, end + height.size());
  std::copy(height.begin(), height.end(), tag_end);
  xml_.advance_to(end + height.size());
}

// A cell's address is written where it is not that after the cell before it.
char *TableSheets::open_cell(char *p, std::size_t column, bool &gap) const {
  p = put(p, "<c");
  if (!gap) return p;
  gap = false;
  p = put(p, " r=\"");
  p = write_column_letters(p, static_cast<int>(column));
  p = spell::write_uint64(p, static_cast<std::uint64_t>(sheet_row_));
  *p++ = '"';
  return p;
}

void TableSheets::write_headings() {
  CellStyle style;
  style.bold = true;
  style.wrap = true;
  style.middle = true;
  style.fill = Fill::accent;
  style.colour = text_colour_on(workbook_.settings.accent);
  const std::size_t start = xml_.size();
  char *p = open_row(xml_.reserve(fixed_room_), 0);
  bool gap = true;
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    const Column &column = columns_[i].column;
    style.align =
        column.style.align == Alignment::automatic ? natural_alignment(column) : column.style.align;
    const int number = workbook_.styles.number(style);
    ColumnCells heading(column, {number, number, number}, columns_[i].cells.wrap_bytes);
    const Cell text = data_cell(CellTag::text, column.heading.data(), column.heading.size());
    p = cells_.write(open_cell(p, i, gap), text, heading, 0);
  }
  close_row(p, start);
}

void TableSheets::begin_row_if_full() {
  if (sheet_row_ <= limits_.rows && sheet_bytes_ + xml_.size() < limits_.bytes) return;
  end_sheet();
  const auto count = static_cast<int>(workbook_.sheets.size() - first_index_);
  begin_sheet(workbook_.names.take_numbered(base_name_, count + 1));
}

bool TableSheets::row(const Cell *cells) {
  ++row_;
  const bool grouped = has_totals_ || !group_by_.empty();
  if (grouped) {
    const int begun = totals_.begins(cells);
    if (begun >= 0 && totals_.has_rows() && !group_by_.empty()) end_groups(begun);
    begin_row_if_full();
    if (begun >= 0 && !group_by_.empty()) begin_groups(begun);
  } else {
    begin_row_if_full();
  }
  if (!write_row(cells)) {
    --row_;
    return false;
  }
  if (grouped) totals_.add(cells);
  for (ChartRows &chart : charts_) chart.add(cells);
  if (!opened_) {
    measure(cells);
    if (row_ < kMeasuredRows && xml_.size() < kMeasuredBytes) return true;
    flush();
  } else if (xml_.size() >= kBlock) {
    flush();
  }
  return true;
}

bool TableSheets::write_row(const Cell *cells) {
  const std::size_t start = xml_.size();
  char *p = open_row(xml_.reserve(fixed_room_), static_cast<int>(group_by_.size()));
  bool gap = true;
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    ColumnPlan &plan = columns_[i];
    const Cell &cell = cells[i];
    if (plan.formula) {
      p = cells_.write_formula(open_cell(p, i, gap), formula_text(plan), cell, plan.cells, row_);
      continue;
    }
    if (cell.is_null()) {
      gap = true;
      continue;
    }
    p = cells_.write(open_cell(p, i, gap), cell, plan.cells, row_);
  }
  if (cells_.take_unreadable()) {
    cells_.take_lines();
    xml_.truncate(start);
    return false;
  }
  close_row(p, start);
  return true;
}

void TableSheets::measure(const Cell *cells) {
  OutputBuffer shown;
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    ColumnPlan &plan = columns_[i];
    if (cells[i].is_null() || plan.column.style.width > 0) continue;
    shown.clear();
    preview(shown, cells[i], i);
    plan.widest = std::max(plan.widest, text_width(shown.view()) + plan.label_room);
  }
}

// Totals are bold, and wider than the values.
void TableSheets::measure_total(const Cell &value, std::size_t column) {
  ColumnPlan &plan = columns_[column];
  OutputBuffer shown;
  preview(shown, value, column);
  plan.widest = std::max(plan.widest, text_width(shown.view()) + 1);
}

void TableSheets::preview(OutputBuffer &out, const Cell &cell, std::size_t column) {
  ColumnPlan &plan = columns_[column];
  if (const auto text = cells_.text_shown(cell, plan.cells, plan.formula.has_value()))
    out.append(*text);
  else
    plan.format.append(out, cell, workbook_.locale);
}

void TableSheets::end_groups(int outermost) {
  for (int level = totals_.levels() - 1; level >= outermost; --level) write_totals(level);
}

// The next row begins the groups from `outermost` inwards.
void TableSheets::begin_groups(int outermost) {
  const std::size_t sheet = workbook_.sheets.size() - 1 - first_index_;
  for (auto i = static_cast<std::size_t>(outermost) + 1; i < group_starts_.size(); ++i) {
    GroupStart &start = group_starts_[i];
    start.at = {sheet, sheet_row_};
    start.kept_as_text.clear();
    for (const ColumnPlan &plan : columns_) start.kept_as_text.push_back(plan.cells.kept_as_text);
  }
}

std::vector<TableSheets::RowRange> TableSheets::ranges_since(const Position &start,
                                                             std::int64_t last_row) const {
  std::vector<RowRange> ranges;
  const std::size_t current = workbook_.sheets.size() - 1 - first_index_;
  for (std::size_t sheet = start.sheet; sheet <= current; ++sheet) {
    const PlannedSheet &planned = workbook_.sheets[first_index_ + sheet];
    const std::int64_t first = sheet == start.sheet ? start.row : 2;
    const std::int64_t last = sheet == current ? last_row : planned.rows;
    if (first <= last) ranges.push_back({planned.name, first, last});
  }
  return ranges;
}

// Nothing if a formula would not give the value: if some of the values are texts.
std::optional<std::string> TableSheets::live_total(const ColumnPlan &plan, std::size_t column,
                                                   int level) const {
  const bool counts_empty = plan.formula && plan.column.style.total == Aggregate::count;
  // The grand total's level is -1.
  const auto index = static_cast<std::size_t>(std::int64_t{level} + 1);
  const GroupStart &start = group_starts_[index];
  const bool texts = plan.column.style.total != Aggregate::count &&
                     plan.cells.kept_as_text > start.kept_as_text[column];
  const auto ranges = ranges_since(start.at, sheet_row_ - 1);
  if (texts || counts_empty || ranges.empty() || ranges.size() > kMaxRanges) return std::nullopt;
  const std::string letters = column_letters(static_cast<int>(column));
  std::string formula = "SUBTOTAL(";
  formula += aggregate_function(plan.column.style.total);
  for (const RowRange &range : ranges) {
    formula += ',';
    if (range.sheet != workbook_.sheets.back().name) formula += sheet_prefix(range.sheet);
    formula += letters;
    formula += std::to_string(range.first);
    formula += ':';
    formula += letters;
    formula += std::to_string(range.last);
  }
  if (formula.size() >= kMaxExcelFormula) return std::nullopt;
  return formula + ')';
}

// The column that says what a row of totals is of; none if every column has a total.
std::size_t TableSheets::label_column(int level) const {
  if (level >= 0) return static_cast<std::size_t>(group_by_[static_cast<std::size_t>(level)]);
  const auto found = std::find_if(columns_.begin(), columns_.end(), [](const ColumnPlan &plan) {
    return plan.column.style.total == Aggregate::none;
  });
  return static_cast<std::size_t>(found - columns_.begin());
}

std::string TableSheets::label(int level) {
  const LocaleWords &words = workbook_.locale.words;
  if (level < 0) return std::string(words.total);
  const Cell &key = totals_.key(level);
  OutputBuffer text;
  if (key.is_null())
    text.append(words.empty);
  else
    preview(text, key, label_column(level));
  if (has_totals_) {
    text.push(' ');
    text.append(words.subtotal);
  }
  return std::string(text.view());
}

char *TableSheets::write_total(char *p, ColumnPlan &plan, std::size_t column, int level,
                               bool is_label) {
  ColumnCells &cells = level < 0 ? *plan.total : *plan.subtotal;
  if (plan.column.style.total != Aggregate::none) {
    const Cell value = totals_.value(level, static_cast<int>(column));
    if (value.is_null()) return cells_.write_blank(p, cells);
    if (!opened_) measure_total(value, column);
    if (const auto formula = live_total(plan, column, level)) {
      return cells_.write_formula(p, *formula, value, cells, row_);
    }
    return cells_.write(p, value, cells, row_);
  }
  if (!is_label) return cells_.write_blank(p, cells);
  const std::string text = label(level);
  return cells_.write(p, data_cell(CellTag::text, text.data(), text.size()), cells, row_);
}

void TableSheets::write_totals(int level) {
  begin_row_if_full();
  const std::size_t labelled = label_column(level);
  const std::size_t start = xml_.size();
  char *p = open_row(xml_.reserve(fixed_room_), std::max(level, 0));
  bool gap = true;
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    p = write_total(open_cell(p, i, gap), columns_[i], i, level, i == labelled);
  }
  close_row(p, start);
}

std::string TableSheets::formula_text(const ColumnPlan &plan) {
  return to_excel(*plan.formula, {[this](int column) { return cell_address(column, sheet_row_); },
                                  [this](int column) { return total_name(column); }});
}

// A name for the total of a column, whose last row nobody knows yet.
std::string TableSheets::total_name(int column) {
  for (const TotalName &known : total_names_) {
    if (known.column == column) return workbook_.defined_names[known.index].name;
  }
  const std::string base = ascii_name(columns_[static_cast<std::size_t>(column)].column.heading);
  std::string name = base;
  const auto taken = [&](const std::string &candidate) {
    return std::any_of(
        workbook_.defined_names.begin(), workbook_.defined_names.end(),
        [&](const DefinedName &other) { return same_ignoring_case(other.name, candidate); });
  };
  for (int n = 2; taken(name); ++n) name = base + '_' + std::to_string(n);
  total_names_.push_back({column, workbook_.defined_names.size()});
  workbook_.defined_names.push_back({name, {}});
  return name;
}

void TableSheets::define_totals(std::int64_t last_row) {
  for (const TotalName &total : total_names_) {
    std::string formula = "SUBTOTAL(9";
    for (const RowRange &range : ranges_since({0, 2}, last_row)) {
      formula +=
          ',' + sheet_prefix(range.sheet) + absolute_range(total.column, range.first, range.last);
    }
    if (formula.size() >= kMaxExcelFormula) {
      throw Error(sqlstate::program_limit_exceeded,
                  "the total of a formula goes over more sheets than Excel can add up", {},
                  "Compute the column in the query instead.");
    }
    workbook_.defined_names[total.index].formula = formula + ')';
  }
}

void TableSheets::finish() {
  ended_ = true;
  if (!group_by_.empty() && totals_.has_rows()) end_groups(0);
  const std::int64_t last_row = sheet_row_ - 1;
  if (filter_buttons_) workbook_.sheets.back().filtered_rows = last_row;
  define_totals(last_row);
  if (has_totals_) write_totals(GroupedTotals::kGrandTotal);
  // A sheet that only the totals needed has no rows to filter.
  if (filter_buttons_ && workbook_.sheets.back().filtered_rows == 0) {
    workbook_.sheets.back().filtered_rows = 1;
  }
  end_sheet();
  place_charts();
  keep_warnings();
}

// Beside the table, unless rows of groups or a second sheet break the range of their values.
void TableSheets::place_charts() {
  const bool whole = group_by_.empty() && workbook_.sheets.size() - 1 == first_index_;
  int row = 1;
  for (const ChartRows &rows : charts_) {
    if (rows.values().categories.empty()) continue;
    PlacedChart chart =
        whole ? chart_of_sheet(rows, first_sheet_) : add_chart_data(workbook_, base_name_, rows);
    chart.column = static_cast<int>(columns_.size()) + 1;
    chart.row = row;
    row += chart.height / kRowPixels + 2;
    workbook_.sheets[first_index_].charts.push_back(std::move(chart));
  }
}

void TableSheets::keep_warnings() {
  for (const ColumnPlan &plan : columns_) {
    const ColumnCells &cells = plan.cells;
    const std::string column = "Column \"" + excerpt(plan.column.heading) + "\": ";
    if (cells.kept_as_text > 0 && !cells.exact_text) {
      const char *reason = is_number(plan.column.tag)
                               ? " written as text, because Excel's numbers have 15 digits."
                               : " written as text, because Excel has no such time.";
      workbook_.warnings.push_back(column + counted(cells.kept_as_text, "value") + reason);
    }
    if (cells.truncated > 0) {
      workbook_.warnings.push_back(column + counted(cells.truncated, "text") +
                                   " cut to the 32,767 characters of a cell.");
    }
  }
}

}  // namespace pgexport::xlsx
