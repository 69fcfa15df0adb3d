// A surface that keeps what is drawn, judges it, and can show it as SVG.
#pragma once

#include <array>
#include <cmath>
#include <numbers>
#include <string>
#include <string_view>
#include <vector>

#include "formats/drawing/surface.h"

namespace pgexport {

using Quad = std::array<Point, 4>;

struct DrawnText {
  std::string text;
  Quad box;
  double angle;
  TextStyle style;
};

struct DrawnRect {
  Rect rect;
  Colour colour;
};

struct DrawnSlice {
  Point centre;
  double inner, outer, start, sweep;
  Colour colour;
};

struct DrawnPath {
  std::vector<Point> points;
  Colour colour;
  double dash_on;
};

inline bool same(Colour a, Colour b) {
  return a.red == b.red && a.green == b.green && a.blue == b.blue;
}

class ChartSurface final : public Surface {
 public:
  explicit ChartSurface(const Rect &page) : page_(page) {}

  std::vector<DrawnText> texts;
  std::vector<DrawnRect> rects;
  std::vector<DrawnSlice> slices;
  std::vector<DrawnPath> lines, polylines, polygons;
  std::vector<Point> circles;

  void fill_rect(const Rect &rect, Colour colour) override {
    rects.push_back({rect, colour});
    if (!(rect.width >= 0 && rect.height >= 0)) problem("negative size");
    extent({rect.x, rect.y});
    extent({rect.x + rect.width, rect.y + rect.height});
    svg_ += "<rect x='" + number(rect.x) + "' y='" + number(rect.y) + "' width='" +
            number(rect.width) + "' height='" + number(rect.height) + "' fill='" + hex(colour) +
            "'/>\n";
  }

  void line(Point from, Point to, const Stroke &stroke) override {
    lines.push_back({{from, to}, stroke.colour, stroke.dash_on});
    path({from, to}, stroke);
  }

  void polyline(std::span<const Point> points, const Stroke &stroke) override {
    polylines.push_back({{points.begin(), points.end()}, stroke.colour, stroke.dash_on});
    path(points, stroke);
  }

  void fill_polygon(std::span<const Point> points, Colour colour) override {
    polygons.push_back({{points.begin(), points.end()}, colour, 0});
    for (const Point &point : points) extent(point);
    svg_ += "<polygon points='" + list(points) + "' fill='" + hex(colour) + "'/>\n";
  }

  void fill_circle(Point centre, double radius, Colour colour) override {
    circles.push_back(centre);
    extent({centre.x - radius, centre.y - radius});
    extent({centre.x + radius, centre.y + radius});
    svg_ += "<circle cx='" + number(centre.x) + "' cy='" + number(centre.y) + "' r='" +
            number(radius) + "' fill='" + hex(colour) + "'/>\n";
  }

  void fill_slice(Point centre, double inner, double outer, double start, double sweep,
                  Colour colour) override {
    slices.push_back({centre, inner, outer, start, sweep, colour});
    if (!(inner >= 0 && outer > inner && sweep >= 0)) problem("impossible slice");
    extent({centre.x - outer, centre.y - outer});
    extent({centre.x + outer, centre.y + outer});
    const double end = start + std::min(sweep, 359.99);
    const auto at = [&](double degrees, double r) {
      const double angle = degrees * std::numbers::pi / 180;
      return number(centre.x + r * std::sin(angle)) + " " + number(centre.y - r * std::cos(angle));
    };
    const std::string large = sweep > 180 ? "1" : "0";
    const auto arc = [&](double r, const char *way, double to) {
      return "A" + number(r) + " " + number(r) + " 0 " + large + " " + way + " " + at(to, r);
    };
    svg_ += "<path d='M" + at(start, outer) + arc(outer, "1", end) + "L" + at(end, inner) +
            (inner > 0 ? arc(inner, "0", start) : "") + "Z' fill='" + hex(colour) + "'/>\n";
  }

  void text(Point at, std::string_view text, Anchor anchor, const TextStyle &style,
            double angle) override {
    if (text.empty()) problem("empty text");
    const double width = text_width(text, style);
    const double start = anchor == Anchor::start    ? 0
                         : anchor == Anchor::middle ? -width / 2
                                                    : -width;
    const double c = std::cos(angle * std::numbers::pi / 180);
    const double s = std::sin(angle * std::numbers::pi / 180);
    // From text coordinates (along the baseline, upwards) to the page.
    const auto place = [&](double along, double up) {
      return Point{at.x + along * c - up * s, at.y - along * s - up * c};
    };
    const double up = kAscent * style.size;
    const double down = -kDescent * style.size;
    const Quad box = {place(start, up), place(start + width, up), place(start + width, down),
                      place(start, down)};
    for (const Point &corner : box) extent(corner);
    texts.push_back({std::string(text), box, angle, style});
    const char *name = anchor == Anchor::start    ? "start"
                       : anchor == Anchor::middle ? "middle"
                                                  : "end";
    svg_ += "<text x='" + number(at.x) + "' y='" + number(at.y) + "' font-size='" +
            number(style.size) + "' fill='" + hex(style.colour) + "' text-anchor='" + name + "'" +
            (style.face == Face::bold ? " font-weight='bold'" : "") +
            (angle != 0 ? " transform='rotate(" + number(-angle) + " " + number(at.x) + " " +
                              number(at.y) + ")'"
                        : "") +
            ">" + escaped(text) + "</text>\n";
  }

  // Helvetica's widths of ASCII (Adobe's font metrics); other characters are as wide as a digit,
  // those of three and more bytes as an em.
  double text_width(std::string_view text, const TextStyle &style) override {
    static constexpr std::array<int, 95> kWidths = {
        278,  278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278,
        556,  556, 556, 556, 556, 556, 556, 556, 556, 556, 278, 278, 584, 584, 584, 556,
        1015, 667, 667, 722, 722, 667, 611, 778, 722, 278, 500, 667, 556, 833, 722, 778,
        667,  778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 278, 278, 278, 469, 556,
        333,  556, 556, 500, 556, 556, 278, 556, 556, 222, 222, 500, 222, 833, 556, 556,
        556,  556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334, 260, 334, 584};
    double width = 0;
    for (const char byte : text) {
      const auto b = static_cast<unsigned char>(byte);
      if (b >= 0x20 && b < 0x7F) {
        width += kWidths[b - 0x20];
      } else if (b >= 0xC0) {
        width += b >= 0xE0 ? 1000 : 556;
      }
    }
    return width / 1000 * style.size * (style.face == Face::bold ? 1.07 : 1);
  }

  // What is wrong with the drawing; empty if nothing is.
  std::string problems() const {
    std::string all = problems_;
    for (std::size_t i = 0; i < texts.size(); ++i) {
      for (std::size_t j = i + 1; j < texts.size(); ++j) {
        if (overlap(texts[i].box, texts[j].box)) {
          all += "\"" + texts[i].text + "\" overlaps \"" + texts[j].text + "\"\n";
        }
      }
    }
    return all;
  }

  std::string svg() const {
    return "<svg xmlns='http://www.w3.org/2000/svg' viewBox='" + number(page_.x) + " " +
           number(page_.y) + " " + number(page_.width) + " " + number(page_.height) + "' width='" +
           number(page_.width) + "pt' height='" + number(page_.height) +
           "pt' font-family='Liberation Sans'>\n<rect x='" + number(page_.x) + "' y='" +
           number(page_.y) + "' width='100%' height='100%' fill='white'/>\n" + svg_ + "</svg>\n";
  }

  const std::string &operations() const { return svg_; }

 private:
  static constexpr double kAscent = 0.9;
  static constexpr double kDescent = 0.22;

  void problem(const std::string &what) {
    if (problems_.size() < 1000) problems_ += what + "\n";
  }

  void extent(Point p) {
    constexpr double kTolerance = 1e-6;
    if (!std::isfinite(p.x) || !std::isfinite(p.y)) return problem("not finite");
    if (p.x < page_.x - kTolerance || p.x > page_.x + page_.width + kTolerance ||
        p.y < page_.y - kTolerance || p.y > page_.y + page_.height + kTolerance) {
      problem("outside: " + number(p.x) + ", " + number(p.y));
    }
  }

  void path(std::span<const Point> points, const Stroke &stroke) {
    for (const Point &point : points) extent(point);
    svg_ += "<polyline points='" + list(points) + "' fill='none' stroke-linejoin='round' stroke='" +
            hex(stroke.colour) + "' stroke-width='" + number(stroke.width) + "'" +
            (stroke.dash_on > 0 ? " stroke-dasharray='" + number(stroke.dash_on) + " " +
                                      number(stroke.dash_off) + "'"
                                : "") +
            "/>\n";
  }
  void path(std::initializer_list<Point> points, const Stroke &stroke) {
    path(std::span<const Point>(points.begin(), points.size()), stroke);
  }

  // Whether convex shapes overlap: no side of either separates them.
  static bool overlap(const Quad &a, const Quad &b) { return !separated(a, b) && !separated(b, a); }

  static bool separated(const Quad &a, const Quad &b) {
    constexpr double kTolerance = 1e-6;
    for (std::size_t i = 0; i < a.size(); ++i) {
      const Point from = a[i];
      const Point to = a[(i + 1) % a.size()];
      const double length = std::hypot(to.x - from.x, to.y - from.y);
      if (length == 0) continue;
      bool all_outside = true;
      for (const Point &p : b) {
        const double side = ((to.x - from.x) * (p.y - from.y) - (to.y - from.y) * (p.x - from.x));
        all_outside = all_outside && side / length <= kTolerance;
      }
      if (all_outside) return true;
    }
    return false;
  }

  static std::string number(double x) {
    std::array<char, 40> text = {};
    std::snprintf(text.data(), text.size(), "%.3f", x);
    return text.data();
  }

  static std::string hex(Colour colour) {
    std::array<char, 8> text = {};
    std::snprintf(text.data(), text.size(), "#%02x%02x%02x", colour.red, colour.green, colour.blue);
    return text.data();
  }

  static std::string list(std::span<const Point> points) {
    std::string text;
    for (const Point &point : points) text += number(point.x) + "," + number(point.y) + " ";
    return text;
  }

  static std::string escaped(std::string_view text) {
    std::string out;
    for (const char c : text) {
      out += c == '<' ? "&lt;" : c == '&' ? "&amp;" : std::string(1, c);
    }
    return out;
  }

  const Rect page_;
  std::string svg_;
  std::string problems_;
};

}  // namespace pgexport
