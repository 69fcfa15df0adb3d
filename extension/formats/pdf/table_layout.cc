#include "formats/pdf/table_layout.h"

#include <algorithm>
#include <utility>

#include "formats/pdf/shortened.h"

namespace pgexport::pdf {

namespace {

constexpr double kTitleGap = 5;      // below the title
constexpr double kSmallLineGap = 3;  // below the line that says what goes on

// Rows are split if they need more than this part of a page.
constexpr double kWhole = 1.0 / 3;
constexpr std::uint32_t kLeastLines = 2;

// A table begins on a new page unless this many lines of it fit below its head.
constexpr int kLeastStart = 4;

// An outline of more groups than this is no help.
constexpr int kMostGroupEntries = 500;

bool is_total(const TableItem &item) {
  return item.kind == ItemKind::subtotal || item.kind == ItemKind::total;
}

bool keep_together(const TableItem &above, const TableItem &below) {
  return above.kind == ItemKind::group || is_total(below);
}

void replace(std::string &text, std::string_view placeholder, int number) {
  text.replace(text.find(placeholder), placeholder.size(), std::to_string(number));
}

}  // namespace

TableLayout::TableLayout(PageFlow &flow, Typesetter &typesetter, const Theme &theme,
                         const Locale &locale, ItemPool &pool, TablePlan plan, Head head)
    : flow_(flow),
      typesetter_(typesetter),
      theme_(theme),
      locale_(locale),
      pool_(pool),
      plan_(std::move(plan)),
      head_(std::move(head)),
      painter_(typesetter, theme, plan_) {}

// Chooses where the table begins: on the current page if a few rows fit there.
void TableLayout::open() {
  opened_ = true;
  flow_.ensure_page(plan_.fit.landscape);
  if (flow_.at_top()) return;
  const double least =
      theme_.section_gap + head_height(true) + kLeastStart * 2 * line_height(plan_.fit.font_size);
  if (flow_.room() < least) {
    flow_.start_page(plan_.fit.landscape);
  } else {
    flow_.advance(theme_.section_gap);
  }
}

void TableLayout::begin_page(const TableItem &first) {
  if (!opened_) open();
  resumed_.clear();
  const std::size_t going_on =
      first.kind == ItemKind::group ? static_cast<std::size_t>(first.level) : open_groups_.size();
  for (std::size_t i = 0; i < std::min(going_on, open_groups_.size()); ++i) {
    if (i > 0) resumed_ += " \u203A ";
    resumed_ += open_groups_[i];
  }
  if (!resumed_.empty()) resumed_ = continued(resumed_);
  capacity_ = flow_.full_height() - head_height(false);
  if (opening_) capacity_ = std::min(capacity_, flow_.room() - head_height(true));
  if (head_.carries) capacity_ -= painter_.carried_height(locale_.words.carried_forward);
}

void TableLayout::take(TableItemPtr item) {
  painter_.break_lines(*item);
  std::uint32_t first = 0;
  for (;;) {
    if (parts_.empty()) begin_page(*item);
    const std::uint32_t left = item->line_count - first;
    if (painter_.item_height(*item, first, left) <= room()) {
      TableItem *const raw = item.get();
      return put({raw, first, left, std::move(item)});
    }
    if (const std::uint32_t lines = lines_to_split(*item, first)) {
      put({item.get(), first, lines, nullptr});
      first += lines;
      flush(parts_.size(), false);
    } else {
      flush(parts_to_keep(*item), false);
    }
  }
}

double TableLayout::height_of(const Part &part) const {
  return painter_.item_height(*part.item, part.first, part.lines);
}

void TableLayout::put(Part part) {
  used_ += height_of(part);
  parts_.push_back(std::move(part));
}

// How many lines of an item that does not fit go on this page; 0: none, it starts the next page.
std::uint32_t TableLayout::lines_to_split(const TableItem &item, std::uint32_t first) const {
  const std::uint32_t left = item.line_count - first;
  std::uint32_t lines = std::min(painter_.lines_within(item, first, room()), left - 1);
  if (lines > kLeastLines && left - lines < kLeastLines) lines = left - kLeastLines;
  // On a page of its own it takes what there is: the head of a table leaves room for a line.
  if (parts_.empty()) return std::max(lines, std::uint32_t{1});
  const bool whole = painter_.item_height(item, first, left) <= kWhole * flow_.full_height();
  return whole || lines < kLeastLines ? 0 : lines;
}

// The parts that stay on the full page if `next` does not fit on it.
std::size_t TableLayout::parts_to_keep(const TableItem &next) const {
  const TableItem *below = &next;
  double moved = 0;
  std::size_t count = parts_.size();
  while (count > 0 && keep_together(*parts_[count - 1].item, *below)) {
    const Part &above = parts_[--count];
    moved += height_of(above);
    if (above.first > 0 || moved > kWhole * flow_.full_height()) return parts_.size();
    below = above.item;
  }
  return count > 0 ? count : parts_.size();
}

void TableLayout::flush(std::size_t count, bool last) {
  for (const Band &band : plan_.fit.bands) {
    const bool first = &band == &plan_.fit.bands.front();
    if (!first || !opening_) flow_.start_page(plan_.fit.landscape);
    draw_page(band, first && opening_, count, last);
  }
  opening_ = false;
  remember(count);
  for (std::size_t i = 0; i < count; ++i) {
    if (parts_[i].owned) pool_.give_back(std::move(parts_[i].owned));
  }
  parts_.erase(parts_.begin(), parts_.begin() + static_cast<std::ptrdiff_t>(count));
  used_ = 0;
  if (parts_.empty()) return;
  begin_page(*parts_.front().item);
  for (const Part &part : parts_) used_ += height_of(part);
}

void TableLayout::draw_page(const Band &band, bool opening, std::size_t count, bool last) {
  PdfPage &page = flow_.page();
  const double x = flow_.body().x;
  draw_head(band, opening);
  const bool outlined = &band == &plan_.fit.bands.front();
  TextRow *sums = nullptr;
  for (std::size_t i = 0; i < count; ++i) {
    const Part &part = parts_[i];
    if (part.item->kind == ItemKind::group && part.first == 0 && outlined) {
      add_outline_entry(*part.item);
    }
    painter_.draw_item(page, band, *part.item, part.first, part.lines, x, flow_.y());
    flow_.advance(height_of(part));
    if (!part.item->carried.empty()) sums = &part.item->carried;
  }
  const bool ruled_off = count > 0 && parts_[count - 1].item->kind == ItemKind::total;
  if (!ruled_off) painter_.draw_end(page, band, x, flow_.y());
  if (!head_.carries || last) return;
  const TextRow &carried = sums ? *sums : carried_;
  if (carried.empty()) return;
  painter_.draw_carried(page, band, locale_.words.carried_forward, carried, x, flow_.y());
  flow_.advance(painter_.carried_height(locale_.words.carried_forward));
}

// Keeps what the head of the next page needs of the first `count` parts.
void TableLayout::remember(std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) {
    const TableItem &item = *parts_[i].item;
    const auto level = static_cast<std::size_t>(item.level);
    if (item.kind == ItemKind::group && parts_[i].first == 0) {
      open_groups_.resize(level);
      open_groups_.push_back(item.label);
    } else if (item.kind == ItemKind::subtotal || item.kind == ItemKind::total) {
      open_groups_.resize(std::min(level, open_groups_.size()));
    }
    if (!item.carried.empty()) carried_.assign(item.carried);
  }
}

void TableLayout::finish() {
  if (!parts_.empty()) return flush(parts_.size(), true);
  if (!opening_) return;
  if (!opened_) open();
  const Band &band = plan_.fit.bands.front();
  draw_head(band, true);
  painter_.draw_no_data(flow_.page(), band, locale_.words.no_data, flow_.body().x, flow_.y());
  flow_.advance(painter_.no_data_height());
}

bool TableLayout::has_small_line(bool opening) const {
  return plan_.fit.bands.size() > 1 || (!opening && !head_.title.empty());
}

double TableLayout::head_height(bool opening) const {
  double height = painter_.header_height();
  if (opening && !head_.title.empty()) height += line_height(theme_.section_size) + kTitleGap;
  if (has_small_line(opening)) height += line_height(theme_.small_size) + kSmallLineGap;
  if (!resumed_.empty()) height += painter_.carried_height({});
  if (head_.carries && !carried_.empty()) {
    height += painter_.carried_height(locale_.words.brought_forward);
  }
  return height;
}

void TableLayout::draw_head(const Band &band, bool opening) {
  PdfPage &page = flow_.page();
  const double x = flow_.body().x;
  if (opening) draw_title();
  if (has_small_line(opening)) draw_small_line(band, opening);
  painter_.draw_header(page, band, x, flow_.y());
  flow_.advance(painter_.header_height());
  if (!resumed_.empty()) {
    painter_.draw_resumed(page, resumed_, x, flow_.y());
    flow_.advance(painter_.carried_height({}));
  }
  if (head_.carries && !carried_.empty()) {
    painter_.draw_carried(page, band, locale_.words.brought_forward, carried_, x, flow_.y());
    flow_.advance(painter_.carried_height(locale_.words.brought_forward));
  }
}

void TableLayout::draw_title() {
  if (head_.title.empty()) return;
  flow_.pages().add_outline_entry(1, head_.title, flow_.y());
  const TextStyle style{Face::bold, theme_.section_size, theme_.ink};
  flow_.page().text({flow_.body().x, flow_.y() + style.size},
                    shortened(typesetter_, head_.title, style, flow_.body().width), Anchor::start,
                    style);
  flow_.advance(line_height(style.size) + kTitleGap);
}

// What goes on from an earlier page, and which columns stand on this one.
void TableLayout::draw_small_line(const Band &band, bool opening) {
  const Rect &body = flow_.body();
  const TextStyle style{Face::regular, theme_.small_size, theme_.muted};
  const double y = flow_.y() + style.size;
  const double half = body.width / 2;
  if (!opening && !head_.title.empty()) {
    flow_.page().text({body.x, y}, shortened(typesetter_, continued(head_.title), style, half),
                      Anchor::start, style);
  }
  if (plan_.fit.bands.size() > 1) {
    flow_.page().text({body.x + band.width(), y}, span_of(band), Anchor::end, style);
  }
  flow_.advance(line_height(style.size) + kSmallLineGap);
}

std::string TableLayout::span_of(const Band &band) const {
  // Only repeated columns stand at the place in the band that they have in the table.
  std::size_t own = 0;
  const bool first = &band == &plan_.fit.bands.front();
  while (!first && band.columns[own] == static_cast<int>(own)) ++own;
  std::string text(locale_.words.columns_of_columns);
  replace(text, "{from}", band.columns[own] + 1);
  replace(text, "{to}", band.columns.back() + 1);
  replace(text, "{count}", static_cast<int>(plan_.columns.size()));
  return text;
}

std::string TableLayout::continued(std::string_view text) const {
  return std::string(text).append(" (").append(locale_.words.continued).append(")");
}

void TableLayout::add_outline_entry(const TableItem &group) {
  if (group.level > 0 || group_entries_ == kMostGroupEntries) return;
  ++group_entries_;
  const int level = head_.title.empty() ? 1 : 2;
  flow_.pages().add_outline_entry(level, group.label, flow_.y());
}

}  // namespace pgexport::pdf
