// A page area that charts and layouts draw on, without knowing what kind of document it is.
//
// Coordinates are points (1/72 inch) from the upper left corner, y downwards.  Angles are degrees
// counter-clockwise.  Nothing is kept between calls but what the page shows: each call says its
// own colours and widths.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "core/no_postgres.h"

namespace pgexport {

struct Point {
  double x, y;
};

struct Rect {
  double x, y, width, height;
};

struct Colour {
  std::uint8_t red, green, blue;
};

enum class Face : std::uint8_t { regular, bold };

struct TextStyle {
  Face face = Face::regular;
  double size = 9;  // points
  Colour colour = {0x22, 0x22, 0x22};
};

// Where the given point lies in the text: on the baseline, at its start, middle or end.
enum class Anchor : std::uint8_t { start, middle, end };

struct Stroke {
  Colour colour;
  double width = 0.5;  // points
  double dash_on = 0;  // points; 0: solid
  double dash_off = 0;
};

class Surface {
 public:
  virtual ~Surface() = default;

  virtual void fill_rect(const Rect &rect, Colour colour) = 0;
  virtual void line(Point from, Point to, const Stroke &stroke) = 0;
  virtual void polyline(std::span<const Point> points, const Stroke &stroke) = 0;
  virtual void fill_polygon(std::span<const Point> points, Colour colour) = 0;
  virtual void fill_circle(Point centre, double radius, Colour colour) = 0;

  // A slice of a disc or, with inner > 0, of a ring; angles as a clock's hand goes from 12,
  // in degrees clockwise.  A sweep of 360 or more is the whole disc or ring.
  virtual void fill_slice(Point centre, double inner, double outer, double start, double sweep,
                          Colour colour) = 0;

  // One line of UTF-8 text.
  virtual void text(Point at, std::string_view text, Anchor anchor, const TextStyle &style,
                    double angle = 0) = 0;

  // Width of that line in points.
  virtual double text_width(std::string_view text, const TextStyle &style) = 0;
};

}  // namespace pgexport
