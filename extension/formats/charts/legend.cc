#include "formats/charts/legend.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>

#include "formats/charts/style.h"
#include "formats/charts/text_fit.h"

namespace pgexport {

namespace {

using namespace chart_style;

constexpr double kSwatch = 7;
constexpr double kLineSample = 20;
constexpr double kAfterSample = 4;
constexpr double kBetween = 14;
constexpr double kRow = 11;
constexpr double kLeastName = 20;
constexpr double kMarkerRadius = 2.2;

struct Entry {
  std::optional<std::size_t> series;  // none: stands for the series there is no room for
  std::string name;
  double width;   // sample and name
  Point at = {};  // upper left corner of its row
};

double sample_width(ChartKind kind) { return kind == ChartKind::line ? kLineSample : kSwatch; }

std::vector<Entry> entries_of(Surface &surface, const PlotData &data, ChartKind kind,
                              double most_width) {
  const double sample = sample_width(kind) + kAfterSample;
  std::vector<Entry> entries;
  for (std::size_t i = 0; i < data.series.size(); ++i) {
    std::string name = shortened(surface, data.series[i].name, most_width - sample, kLabel);
    const double width = sample + surface.text_width(name, kLabel);
    entries.push_back({i, std::move(name), width});
  }
  return entries;
}

// Puts the entries in lines from the left and returns the number of lines.
int set_in_lines(std::vector<Entry> &entries, const Rect &area) {
  Point at = {area.x, area.y};
  int lines = 1;
  for (Entry &entry : entries) {
    if (at.x > area.x && at.x + entry.width > area.x + area.width) {
      at = {area.x, at.y + kRow};
      ++lines;
    }
    entry.at = at;
    at.x += entry.width + kBetween;
  }
  return lines;
}

int divided_up(int a, int b) { return (a + b - 1) / b; }

// Columns of equal width, in `lines` lines if names can be shortened to that; in more otherwise,
// up to a limit, with the number of the series that are missing as the last entry.
std::vector<Entry> set_in_columns(Surface &surface, const Rect &area, const PlotData &data,
                                  ChartKind kind, int lines) {
  const auto n = static_cast<int>(data.series.size());
  const double least_pitch = sample_width(kind) + kAfterSample + kLeastName + kBetween;
  const auto most_columns =
      std::max(1, static_cast<int>(std::floor((area.width + kBetween) / least_pitch)));
  const int columns = std::min(divided_up(n, lines), most_columns);
  const auto most_lines = std::max(1, static_cast<int>(area.height * 0.4 / kRow));
  const double pitch = (area.width + kBetween) / columns;
  std::vector<Entry> entries = entries_of(surface, data, kind, pitch - kBetween);
  const int room = most_lines * columns;
  if (n > room) {
    entries.erase(entries.begin() + (room - 1), entries.end());
    entries.push_back({{}, "+" + std::to_string(n - room + 1), 0});
  }
  for (std::size_t i = 0; i < entries.size(); ++i) {
    const int column = static_cast<int>(i) % columns;
    const int line = static_cast<int>(i) / columns;
    entries[i].at = {area.x + column * pitch, area.y + line * kRow};
  }
  return entries;
}

void draw_sample(Surface &surface, Point left, const SeriesLook &look, ChartKind kind) {
  if (kind != ChartKind::line) {
    surface.fill_rect({left.x, left.y - kSwatch / 2, kSwatch, kSwatch}, look.colour);
    return;
  }
  surface.line(left, {left.x + kLineSample, left.y},
               {look.colour, kSeriesStroke, look.dash_on, look.dash_off});
  draw_marker(surface, {left.x + kLineSample / 2, left.y}, look);
}

void draw_entry(Surface &surface, const Entry &entry, const PlotData &data, ChartKind kind) {
  Point at = {entry.at.x, entry.at.y + kRow / 2};
  if (entry.series) {
    draw_sample(surface, at, series_look(data.series[*entry.series], *entry.series), kind);
    at.x += sample_width(kind) + kAfterSample;
  }
  if (entry.name.empty()) return;
  surface.text({at.x, at.y + kHalfDigit * kLabel.size}, entry.name, Anchor::start, kLabel);
}

void draw_entries(Surface &surface, const std::vector<Entry> &entries, const PlotData &data,
                  ChartKind kind) {
  for (const Entry &entry : entries) draw_entry(surface, entry, data, kind);
}

bool draw_beside(Surface &surface, Rect &area, const PlotData &data, ChartKind kind) {
  if (static_cast<double>(data.series.size()) * kRow > area.height) return false;
  std::vector<Entry> entries = entries_of(surface, data, kind, area.width * 0.3);
  double width = 0;
  for (const Entry &entry : entries) width = std::max(width, entry.width);
  Point at = {area.x + area.width - width, area.y};
  for (Entry &entry : entries) {
    entry.at = at;
    at.y += kRow;
  }
  draw_entries(surface, entries, data, kind);
  area.width -= width + kBetween;
  return true;
}

void take_from_top(Rect &area, double height) {
  area.y += height;
  area.height -= height;
}

}  // namespace

SeriesLook series_look(const PlotSeries &series, std::size_t index) {
  // Lengths without common divisor, so that each pair of marker and dashes comes once in 20.
  constexpr std::array<std::array<double, 2>, 5> kDashes = {
      {{0, 0}, {5, 2}, {2, 1.5}, {9, 3}, {1, 1.5}}};
  constexpr int kMarkers = 4;
  const auto &dash = kDashes[index % kDashes.size()];
  return {series.colour, dash[0], dash[1], static_cast<int>(index % kMarkers)};
}

void draw_marker(Surface &surface, Point at, const SeriesLook &look) {
  const double r = kMarkerRadius;
  if (look.marker == 1) {
    const double side = 0.9 * r;
    surface.fill_rect({at.x - side, at.y - side, 2 * side, 2 * side}, look.colour);
  } else if (look.marker == 2) {
    const std::array<Point, 3> triangle = {{{at.x, at.y - 1.2 * r},
                                            {at.x + 1.15 * r, at.y + 0.8 * r},
                                            {at.x - 1.15 * r, at.y + 0.8 * r}}};
    surface.fill_polygon(triangle, look.colour);
  } else if (look.marker == 3) {
    const double d = 1.3 * r;
    const std::array<Point, 4> diamond = {
        {{at.x, at.y - d}, {at.x + d, at.y}, {at.x, at.y + d}, {at.x - d, at.y}}};
    surface.fill_polygon(diamond, look.colour);
  } else {
    surface.fill_circle(at, r, look.colour);
  }
}

void draw_title(Surface &surface, Rect &area, const std::string &title) {
  const double line = kTitle.size * kLineHeight;
  const auto most_lines = std::clamp(static_cast<int>(area.height / 3 / line), 1, 3);
  const auto lines =
      wrapped(surface, label_line(title), area.width, static_cast<std::size_t>(most_lines), kTitle);
  double baseline = area.y + kTitle.size * kAscent;
  for (const std::string &text : lines) {
    if (!text.empty()) surface.text({area.x, baseline}, text, Anchor::start, kTitle);
    baseline += line;
  }
  if (!lines.empty()) take_from_top(area, static_cast<double>(lines.size()) * line + kGap);
}

void draw_legend(Surface &surface, Rect &area, const PlotData &data, ChartKind kind) {
  if (data.series.size() < 2) return;
  const auto most_lines = std::max(1, static_cast<int>(area.height * 0.2 / kRow));
  std::vector<Entry> entries = entries_of(surface, data, kind, area.width);
  const int lines = set_in_lines(entries, area);
  if (lines > most_lines && draw_beside(surface, area, data, kind)) return;
  if (lines > most_lines) entries = set_in_columns(surface, area, data, kind, most_lines);
  draw_entries(surface, entries, data, kind);
  take_from_top(area, entries.back().at.y + kRow + kGap - area.y);
}

}  // namespace pgexport
