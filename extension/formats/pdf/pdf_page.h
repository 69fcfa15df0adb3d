// One page of a PDF document, while it is being drawn.
//
// Draws by writing operators of ISO 32000-1 (PDF 1.7), clause 8 and 9, into the page's stream.
// Coordinates are those of Surface: points from the upper left corner.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "formats/drawing/surface.h"
#include "formats/pdf/operators.h"
#include "formats/pdf/typesetter.h"

#include "core/no_postgres.h"

namespace pgexport {

struct PageSize {
  double width, height;  // points, 10 to 14,400
};

class PdfPage final : public Surface {
 public:
  explicit PdfPage(Typesetter &typesetter) : typesetter_(typesetter) {}

  PageSize size() const { return size_; }

  void fill_rect(const Rect &rect, Colour colour) override;
  void line(Point from, Point to, const Stroke &stroke) override;
  void polyline(std::span<const Point> points, const Stroke &stroke) override;
  void fill_polygon(std::span<const Point> points, Colour colour) override;
  void fill_circle(Point centre, double radius, Colour colour) override;
  void fill_slice(Point centre, double inner, double outer, double start, double sweep,
                  Colour colour) override;
  void text(Point at, std::string_view text, Anchor anchor, const TextStyle &style,
            double angle = 0) override;
  double text_width(std::string_view text, const TextStyle &style) override;

  // A line that was shaped before, from its start.  REQUIRES: shaped with style.face.
  void text(Point at, const ShapedText &text, const TextStyle &style, double angle = 0);

  // A picture of PdfPages::add_picture(), stretched to the rectangle.
  void picture(int number, const Rect &rect);

  // What is drawn between the two is cut to the rectangle.  They nest.
  void push_clip(const Rect &rect);
  void pop_clip();

 private:
  friend class PdfPages;

  // What the operators so far have set.
  struct State {
    std::uint32_t fill = 0;
    std::uint32_t stroke = 0;
    std::int64_t line_width = 100;
    std::int64_t dash_on = 0, dash_off = 0;
    int font = -1;
    std::int64_t font_size = 0;
  };

  void start(const PageSize &size);
  // The stream, complete; empty if nothing was drawn.
  std::string_view finish();

  std::int64_t x_of(double x) const { return to_hundredths(x); }
  std::int64_t y_of(double y) const { return to_hundredths(size_.height - y); }
  void end_text();
  void set_fill(Colour colour);
  void set_stroke(const Stroke &stroke);
  void set_font(int font, double size);
  void move_to(Point point);
  void line_to(Point point);
  void arc_to(Point centre, double radius, double from, double to);
  void rectangle(const Rect &rect);
  void path(std::span<const Point> points);
  void turned_text(Point at, const ShapedText &text, const TextStyle &style, double angle);
  void show(const ShapedText &text, double size);
  void show_shifted(const ShapedText::Run &run, std::string_view codes, double size);

  Typesetter &typesetter_;
  ShapedText shaped_;
  OperatorStream stream_;
  PageSize size_{};
  State state_;
  std::vector<State> outside_;  // of the clips that are open
  bool in_text_ = false;
  std::int64_t text_x_ = 0, text_y_ = 0;  // where the last line of text started
};

}  // namespace pgexport
