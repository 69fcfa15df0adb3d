#include "formats/pdf/table_painter.h"

#include <algorithm>
#include <utility>

#include "formats/pdf/line_breaker.h"
#include "formats/pdf/shortened.h"

namespace pgexport::pdf {

namespace {

constexpr double kRowPadding = 0.26;  // above and below a row, parts of the font size
constexpr double kGroupGap = 0.7;     // above a group of the first level, likewise
constexpr double kIndent = 0.9;       // of the groups of each further level, likewise
constexpr int kMostIndents = 6;
constexpr double kSmallest = 0.6;  // a number is set no smaller than this part of its size

constexpr double kHeaderRule = 0.9;
constexpr double kTotalRule = 0.7;
constexpr double kHairline = 0.4;
constexpr double kDoubleRule = 1.6;  // from one line of a double rule to the other

// A heading of more lines than this ends with an ellipsis.
constexpr std::size_t kMostHeadingLines = 12;
constexpr std::string_view kEllipsis = "\u2026";

// Whether there is a byte that may end a line; U+2028 and U+2029 begin with the last one.  Without
// an early exit, so that many bytes are looked at at once.
bool may_end_line(std::string_view text) {
  bool found = false;
  for (const char c : text) found |= (c == '\n') | (c == '\r') | (c == '\xE2');
  return found;
}

Face face_of(ItemKind kind) { return kind == ItemKind::row ? Face::regular : Face::bold; }

void rule(PdfPage &page, double x, double y, double width, Colour colour, double thickness) {
  page.line({x, y}, {x + width, y}, {colour, thickness});
}

}  // namespace

TablePainter::TablePainter(Typesetter &typesetter, const Theme &theme, const TablePlan &plan)
    : typesetter_(typesetter),
      theme_(theme),
      plan_(plan),
      size_(plan.fit.font_size),
      line_(line_height(size_)),
      padding_(kRowPadding * size_) {
  std::size_t most = 1;
  for (std::size_t i = 0; i < plan.columns.size(); ++i) {
    Heading heading{plan.columns[i].heading, {}};
    const double width = plan.widths[i] - 2 * plan.padding;
    LineBreaker breaker(typesetter, heading.text, {Face::bold, size_, theme.ink}, width);
    for (TextLine line; heading.lines.size() < kMostHeadingLines && breaker.next(line);) {
      heading.lines.push_back({static_cast<std::size_t>(line.text.data() - heading.text.data()),
                               static_cast<std::uint32_t>(line.text.size()), line.hyphen});
    }
    if (!breaker.rest().empty()) {
      CellLine &last = heading.lines.back();
      heading.text.resize(last.offset + last.size);
      heading.text += kEllipsis;
      last.size += static_cast<std::uint32_t>(kEllipsis.size());
    }
    most = std::max(most, heading.lines.size());
    headings_.push_back(std::move(heading));
  }
  header_height_ = static_cast<double>(most) * line_ + 2.6 * padding_;
}

bool TablePainter::fits_line(std::string_view text, Face face, double width) const {
  if (may_end_line(text)) return false;
  const auto units = static_cast<double>(typesetter_.measure(text, face));
  return units * size_ <= width * 1000;
}

void TablePainter::break_lines(TableItem &item) {
  item.line_count = 1;
  item.lines.clear();
  item.line_ends.clear();
  if (item.kind == ItemKind::group) {
    if (!fits_line(item.label, Face::bold, label_width(item))) {
      break_cell(item, item.label, Face::bold, label_width(item));
    }
    return;
  }
  break_cells(item, face_of(item.kind));
  if (item.kind != ItemKind::row) item.label_above = !label_fits(item.label);
}

void TablePainter::break_cells(TableItem &item, Face face) {
  for (std::size_t i = 0; i < item.cells.count(); ++i) {
    const std::string_view text = item.cells.cell(i);
    const double width = plan_.widths[i] - 2 * plan_.padding;
    const bool single = text.empty() || fits_line(text, face, width);
    const bool squeezed =
        !single && !plan_.columns[i].prose && fits_line(text, face, width / kSmallest);
    item.squeezed |= squeezed;
    if (single || squeezed) {
      if (item.line_ends.empty()) continue;
      item.lines.push_back({0, static_cast<std::uint32_t>(text.size()), false});
      item.line_ends.push_back(static_cast<std::uint32_t>(item.lines.size()));
      continue;
    }
    for (std::size_t before = item.line_ends.size(); before < i; ++before) {
      const auto size = static_cast<std::uint32_t>(item.cells.cell(before).size());
      item.lines.push_back({0, size, false});
      item.line_ends.push_back(static_cast<std::uint32_t>(item.lines.size()));
    }
    break_cell(item, text, face, width);
  }
}

// Adds the lines of one cell.
void TablePainter::break_cell(TableItem &item, std::string_view text, Face face, double width) {
  const std::size_t start = item.lines.size();
  LineBreaker breaker(typesetter_, text, {face, size_, theme_.ink}, width);
  for (TextLine line; breaker.next(line);) {
    item.lines.push_back({static_cast<std::size_t>(line.text.data() - text.data()),
                          static_cast<std::uint32_t>(line.text.size()), line.hyphen});
  }
  item.line_ends.push_back(static_cast<std::uint32_t>(item.lines.size()));
  item.line_count =
      std::max(item.line_count, static_cast<std::uint32_t>(item.lines.size() - start));
}

double TablePainter::indent(const TableItem &item) const {
  return std::min(item.level, kMostIndents) * kIndent * size_;
}

double TablePainter::label_width(const TableItem &item) const {
  return plan_.line_width - 2 * plan_.padding - indent(item);
}

bool TablePainter::label_fits(std::string_view label) const {
  return fits_line(label, Face::bold, plan_.label_room);
}

double TablePainter::item_height(const TableItem &item, std::uint32_t first,
                                 std::uint32_t lines) const {
  double height = lines * line_ + 2 * padding_;
  if (first > 0) return height;
  if (item.kind == ItemKind::group) height += kGroupGap * size_ / (1 + item.level);
  if (item.label_above) height += line_;
  if (item.kind == ItemKind::total) height += 2 * kDoubleRule;
  return height;
}

std::uint32_t TablePainter::lines_within(const TableItem &item, std::uint32_t first,
                                         double height) const {
  const double room = height - item_height(item, first, 0);
  if (room < line_) return 0;
  const double lines = room / line_;
  const std::uint32_t left = item.line_count - first;
  return lines >= left ? left : static_cast<std::uint32_t>(lines);
}

double TablePainter::carried_height(std::string_view label) const {
  return line_ * (label_fits(label) ? 1 : 2) + 2 * padding_;
}

// The size at which a text of one line fits into its column, if that is not too small.
double TablePainter::squeezed_size(std::string_view text, Face face, double width) const {
  const double needed = static_cast<double>(typesetter_.measure(text, face)) * size_ / 1000;
  const double part = (width - 2 * plan_.padding) / needed;
  return part < kSmallest || part > 1 ? size_ : size_ * part;
}

void TablePainter::draw_header(PdfPage &page, const Band &band, double x, double y) {
  const double width = band.width();
  const TextStyle style{Face::bold, size_, theme_.ink};
  if (theme_.table_style != TableStyle::plain) {
    page.fill_rect({x, y, width, header_height_}, theme_.header_fill);
  }
  double left = x;
  for (std::size_t i = 0; i < band.columns.size(); ++i) {
    const auto column = static_cast<std::size_t>(band.columns[i]);
    const Heading &heading = headings_[column];
    // Headings stand on the rule, those of fewer lines too.
    double top = y + header_height_ - 0.3 * padding_ - 2 * padding_ -
                 static_cast<double>(heading.lines.size()) * line_;
    for (const CellLine &line : heading.lines) {
      draw_line(page, heading.text, line, plan_.columns[column].anchor, left, top, band.widths[i],
                style);
      top += line_;
    }
    left += band.widths[i];
  }
  rule(page, x, y + header_height_, width, theme_.accent, kHeaderRule);
}

void TablePainter::draw_item(PdfPage &page, const Band &band, const TableItem &item,
                             std::uint32_t first, std::uint32_t lines, double x, double y) {
  const double width = band.width();
  const double height = item_height(item, first, lines);
  switch (item.kind) {
    case ItemKind::row:
      if (item.shaded && theme_.table_style == TableStyle::zebra) {
        page.fill_rect({x, y, width, height}, theme_.zebra_fill);
      }
      draw_cells(page, band, item, first, lines, x, y);
      if (theme_.table_style == TableStyle::ruled && first + lines == item.line_count) {
        rule(page, x, y + height, width, theme_.hairline, kHairline);
      }
      return;
    case ItemKind::group: {
      const TextStyle style{Face::bold, size_, theme_.accent_text};
      const double left = x + indent(item);
      double top = y + height - lines * line_ - 2 * padding_;
      if (item.lines.empty()) {
        draw_text(page, item.label, Anchor::start, left, top, label_width(item), style);
      }
      for (std::size_t i = first; i < std::min<std::size_t>(first + lines, item.lines.size());
           ++i) {
        draw_line(page, item.label, item.lines[i], Anchor::start, left, top, label_width(item),
                  style);
        top += line_;
      }
      rule(page, left + plan_.padding, y + height, width - (left - x) - plan_.padding, theme_.rule,
           kHairline);
      return;
    }
    case ItemKind::subtotal:
    case ItemKind::total: break;
  }
  const TextStyle style{Face::bold, size_, theme_.ink};
  const bool grand = item.kind == ItemKind::total;
  if (first == 0) {
    const double room = item.label_above ? label_width(item) : plan_.label_room;
    rule(page, x, y, width, grand ? theme_.ink : theme_.rule, kTotalRule);
    draw_text(page, shortened(typesetter_, item.label, style, room), Anchor::start, x, y,
              room + 2 * plan_.padding, style);
  }
  draw_cells(page, band, item, first, lines, x, y + (first == 0 && item.label_above ? line_ : 0));
  if (grand && first + lines == item.line_count) {
    const double bottom = y + height - kDoubleRule;
    rule(page, x, bottom - kDoubleRule, width, theme_.ink, kHairline);
    rule(page, x, bottom, width, theme_.ink, kHairline);
  }
}

void TablePainter::draw_cells(PdfPage &page, const Band &band, const TableItem &item,
                              std::uint32_t first, std::uint32_t lines, double x, double y) {
  const TextStyle style{face_of(item.kind), size_, theme_.ink};
  for (std::size_t i = 0; i < band.columns.size(); ++i) {
    const auto column = static_cast<std::size_t>(band.columns[i]);
    const std::string_view text = item.cells.cell(column);
    const double width = band.widths[i];
    const Anchor anchor = plan_.columns[column].anchor;
    TextStyle own = style;
    if (item.squeezed && !plan_.columns[column].prose) {
      own.size = squeezed_size(text, style.face, width);
    }
    if (item.line_ends.empty()) {
      if (!text.empty()) draw_text(page, text, anchor, x, y, width, own);
    } else {
      const std::uint32_t begin = column == 0 ? 0 : item.line_ends[column - 1];
      const std::uint32_t end = std::min(item.line_ends[column], begin + first + lines);
      double top = y;
      for (std::uint32_t line = begin + first; line < end; ++line, top += line_) {
        draw_line(page, text, item.lines[line], anchor, x, top, width, own);
      }
    }
    x += width;
  }
}

void TablePainter::draw_carried(PdfPage &page, const Band &band, std::string_view label,
                                const TextRow &sums, double x, double y) {
  const TextStyle style{Face::bold, size_, theme_.muted};
  const bool beside = label_fits(label);
  rule(page, x, y, band.width(), theme_.rule, kHairline);
  const double room = beside ? plan_.label_room : plan_.line_width - 2 * plan_.padding;
  draw_text(page, shortened(typesetter_, label, style, room), Anchor::start, x, y,
            room + 2 * plan_.padding, style);
  if (!beside) y += line_;
  for (std::size_t i = 0; i < band.columns.size(); ++i) {
    const auto column = static_cast<std::size_t>(band.columns[i]);
    const std::string_view text = sums.cell(column);
    if (!text.empty()) {
      draw_text(page, text, plan_.columns[column].anchor, x, y, band.widths[i], style);
    }
    x += band.widths[i];
  }
}

void TablePainter::draw_resumed(PdfPage &page, std::string_view label, double x, double y) {
  const TextStyle style{Face::bold, size_, theme_.muted};
  const double room = plan_.line_width - 2 * plan_.padding;
  draw_text(page, shortened(typesetter_, label, style, room), Anchor::start, x, y, room, style);
}

void TablePainter::draw_no_data(PdfPage &page, const Band &band, std::string_view words, double x,
                                double y) {
  draw_text(page, words, Anchor::start, x, y + line_ / 2 - padding_, band.width(),
            {Face::regular, size_, theme_.muted});
  draw_end(page, band, x, y + no_data_height());
}

void TablePainter::draw_end(PdfPage &page, const Band &band, double x, double y) {
  rule(page, x, y, band.width(), theme_.rule, kHairline);
}

void TablePainter::draw_line(PdfPage &page, std::string_view text, const CellLine &line,
                             Anchor anchor, double x, double y, double width,
                             const TextStyle &style) {
  text = text.substr(line.offset, line.size);
  if (!line.hyphen) return draw_text(page, text, anchor, x, y, width, style);
  hyphenated_.assign(text).push_back('-');
  draw_text(page, hyphenated_, anchor, x, y, width, style);
}

void TablePainter::draw_text(PdfPage &page, std::string_view text, Anchor anchor, double x,
                             double y, double width, const TextStyle &style) {
  switch (anchor) {
    case Anchor::start: x += plan_.padding; break;
    case Anchor::middle: x += width / 2; break;
    case Anchor::end: x += width - plan_.padding; break;
  }
  const double baseline = padding_ + (line_ + typesetter_.cap_height() * size_) / 2;
  page.text({x, y + baseline}, text, anchor, style);
}

}  // namespace pgexport::pdf
