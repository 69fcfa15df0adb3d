#include "formats/pdf/figures_block.h"

#include <algorithm>
#include <array>
#include <utility>

#include "formats/pdf/line_breaker.h"

namespace pgexport::pdf {

namespace {

constexpr std::size_t kMostPerLine = 4;
constexpr double kLeastTile = 112;
constexpr double kGap = 10;
constexpr double kInset = 10;
constexpr double kBar = 2.5;  // of the accent colour, at the left edge
constexpr double kLabelSize = 8.5;
constexpr double kValueSize = 21;
constexpr double kLeastValueSize = 11;
constexpr double kChangeSize = 9;
constexpr double kTriangle = 7;
constexpr std::size_t kMostLabelLines = 2;
constexpr std::size_t kMostValueLines = 6;

constexpr std::string_view kEllipsis = "\u2026";

void fill_triangle(PdfPage &page, Point centre, double width, int direction, Colour colour) {
  const double half = width / 2;
  const double tip = centre.y - direction * half * 0.9;
  const double base = centre.y + direction * half * 0.8;
  const std::array<Point, 3> corners{
      {{centre.x, tip}, {centre.x - half, base}, {centre.x + half, base}}};
  page.fill_polygon(corners, colour);
}

}  // namespace

FiguresBlock::FiguresBlock(Typesetter &typesetter, const Theme &theme, std::vector<Figure> figures)
    : typesetter_(typesetter), theme_(theme), figures_(std::move(figures)) {}

std::vector<Strip> FiguresBlock::arrange(double width) {
  const auto possible = static_cast<std::size_t>((width + kGap) / (kLeastTile + kGap));
  const std::size_t most = std::clamp<std::size_t>(possible, 1, kMostPerLine);
  const std::size_t count = figures_.size();
  // As many lines as needed, and as few tiles in each as that allows: five are three and two.
  const std::size_t lines = (count + most - 1) / most;
  per_line_ = (count + lines - 1) / lines;
  tile_width_ =
      (width - static_cast<double>(per_line_ - 1) * kGap) / static_cast<double>(per_line_);
  tiles_.clear();
  for (const Figure &figure : figures_) tiles_.push_back(arrange_tile(figure));
  line_heights_.clear();
  std::vector<Strip> strips;
  for (std::size_t first = 0; first < count; first += per_line_) {
    double height = 0;
    for (std::size_t i = first; i < std::min(count, first + per_line_); ++i) {
      height = std::max(height, tiles_[i].height);
    }
    line_heights_.push_back(height);
    strips.push_back({height + (first + per_line_ < count ? kGap : 0)});
  }
  return strips;
}

std::vector<std::string> FiguresBlock::lines_of(std::string_view text, const TextStyle &style,
                                                std::size_t most) const {
  std::vector<std::string> lines;
  LineBreaker breaker(typesetter_, text, style, tile_width_ - 2 * kInset);
  for (TextLine line; lines.size() < most && breaker.next(line);) {
    lines.emplace_back(line.text);
    if (line.hyphen) lines.back() += '-';
  }
  if (!breaker.rest().empty()) lines.back() += kEllipsis;
  return lines;
}

FiguresBlock::Tile FiguresBlock::arrange_tile(const Figure &figure) const {
  Tile tile;
  tile.label_lines = lines_of(figure.label, {Face::regular, kLabelSize, {}}, kMostLabelLines);
  const double room = tile_width_ - 2 * kInset;
  const double units = static_cast<double>(typesetter_.measure(figure.value, Face::bold));
  tile.value_size =
      std::clamp(units > 0 ? room * 1000 / units : kValueSize, kLeastValueSize, kValueSize);
  tile.value_lines = lines_of(figure.value, {Face::bold, tile.value_size, {}}, kMostValueLines);
  tile.height = 2 * kInset +
                static_cast<double>(tile.label_lines.size()) * line_height(kLabelSize) +
                static_cast<double>(tile.value_lines.size()) * line_height(tile.value_size) + 3;
  if (figure.change) {
    tile.before_lines =
        lines_of(figure.change->before, {Face::regular, theme_.small_size, {}}, kMostLabelLines);
    tile.height += line_height(kChangeSize) + 2 +
                   static_cast<double>(tile.before_lines.size()) * line_height(theme_.small_size);
  }
  return tile;
}

void FiguresBlock::draw(std::size_t strip, PdfPage &page, Point at) {
  const std::size_t first = strip * per_line_;
  for (std::size_t i = first; i < std::min(figures_.size(), first + per_line_); ++i) {
    const double x = at.x + static_cast<double>(i - first) * (tile_width_ + kGap);
    draw_tile(page, {x, at.y, tile_width_, line_heights_[strip]}, figures_[i], tiles_[i]);
  }
}

void FiguresBlock::draw_tile(PdfPage &page, const Rect &area, const Figure &figure,
                             const Tile &tile) {
  page.fill_rect(area, theme_.zebra_fill);
  page.fill_rect({area.x, area.y, kBar, area.height}, theme_.accent);
  double y = area.y + kInset;
  const double x = area.x + kInset;
  const auto draw_lines = [&](const std::vector<std::string> &lines, const TextStyle &style) {
    for (const std::string &line : lines) {
      page.text({x, y + style.size}, line, Anchor::start, style);
      y += line_height(style.size);
    }
  };
  draw_lines(tile.label_lines, {Face::regular, kLabelSize, theme_.muted});
  y += 1;
  draw_lines(tile.value_lines, {Face::bold, tile.value_size, theme_.accent_text});
  if (!figure.change) return;
  y += 2;
  draw_change(page, {x, y}, *figure.change);
  y += line_height(kChangeSize) + 2;
  draw_lines(tile.before_lines, {Face::regular, theme_.small_size, theme_.muted});
}

void FiguresBlock::draw_change(PdfPage &page, Point at, const FigureChange &change) {
  const Point centre{at.x + kTriangle / 2 + 1, at.y + kChangeSize * 0.64};
  Colour colour = theme_.muted;
  if (change.direction == 0) {
    page.fill_rect({centre.x - kTriangle / 2, centre.y - 0.8, kTriangle, 1.6}, colour);
  } else if (change.good) {
    colour = theme_.good;
    fill_triangle(page, centre, kTriangle, change.direction, colour);
  } else {
    colour = theme_.bad;
    page.fill_circle(centre, kTriangle * 0.72, colour);
    fill_triangle(page, centre, kTriangle * 0.72, change.direction, {0xFF, 0xFF, 0xFF});
  }
  page.text({centre.x + kTriangle / 2 + 5, at.y + kChangeSize}, change.amount, Anchor::start,
            {Face::bold, kChangeSize, colour});
}

}  // namespace pgexport::pdf
