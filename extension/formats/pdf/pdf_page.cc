#include "formats/pdf/pdf_page.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <numbers>

#include "formats/pdf/font_set.h"
#include "formats/pdf/pdf_text.h"

namespace pgexport {

namespace {

// A page may have a second stream, which must find the state as it was.
constexpr std::string_view kSave = "q\n";

std::uint32_t packed(Colour colour) {
  return std::uint32_t{colour.red} << 16 | std::uint32_t{colour.green} << 8 | colour.blue;
}

void append_component(OutputBuffer &out, std::uint32_t value) {
  char *p = write_decimal(out.reserve(kMaxNumber), (value * 1000 + 127) / 255, 3);
  *p++ = ' ';
  out.advance_to(p);
}

void append_colour(OutputBuffer &out, std::uint32_t colour, std::string_view grey,
                   std::string_view rgb) {
  const std::uint32_t red = colour >> 16, green = colour >> 8 & 0xFF, blue = colour & 0xFF;
  append_component(out, red);
  if (red == green && green == blue) {
    out.append(grey);
    return;
  }
  append_component(out, green);
  append_component(out, blue);
  out.append(rgb);
}

void append_integer(OutputBuffer &out, std::int64_t value) {
  char *const p = out.reserve(kMaxNumber);
  out.advance_to(std::to_chars(p, p + kMaxNumber, value).ptr);
}

double radians(double degrees) { return degrees * std::numbers::pi / 180; }

// The angle within a full turn; none at all if it is not finite.
double turn(double degrees) { return std::isfinite(degrees) ? std::fmod(degrees, 360) : 0; }

// The point of a circle where a clock's hand at that angle leads.
Point on_circle(Point centre, double radius, double degrees) {
  const double angle = radians(degrees);
  return {centre.x + radius * std::sin(angle), centre.y - radius * std::cos(angle)};
}

}  // namespace

void PdfPage::start(const PageSize &size) {
  size_ = size;
  state_ = {};
  outside_.clear();
  in_text_ = false;
  stream_.buffer().clear();
  stream_ << kSave;
}

std::string_view PdfPage::finish() {
  while (!outside_.empty()) pop_clip();
  end_text();
  if (stream_.buffer().size() == kSave.size()) return {};
  stream_ << "Q\n";
  return stream_.buffer().view();
}

void PdfPage::end_text() {
  if (!in_text_) return;
  stream_ << "ET\n";
  in_text_ = false;
}

void PdfPage::set_fill(Colour colour) {
  const std::uint32_t fill = packed(colour);
  if (fill == state_.fill) return;
  state_.fill = fill;
  append_colour(stream_.buffer(), fill, "g\n", "rg\n");
}

void PdfPage::set_stroke(const Stroke &stroke) {
  end_text();
  const std::uint32_t colour = packed(stroke.colour);
  const std::int64_t width = to_hundredths(stroke.width);
  const std::int64_t on = std::max<std::int64_t>(0, to_hundredths(stroke.dash_on));
  const std::int64_t off = on == 0 ? 0 : std::max<std::int64_t>(0, to_hundredths(stroke.dash_off));
  if (colour != state_.stroke) append_colour(stream_.buffer(), colour, "G\n", "RG\n");
  if (width != state_.line_width) stream_ << width << "w\n";
  if (on != state_.dash_on || off != state_.dash_off) {
    stream_ << "[";
    if (on > 0) stream_ << on << off;
    stream_ << "]0 d\n";
  }
  state_.stroke = colour;
  state_.line_width = width;
  state_.dash_on = on;
  state_.dash_off = off;
}

void PdfPage::set_font(int font, double size) {
  const std::int64_t hundredths = to_hundredths(size);
  if (font == state_.font && hundredths == state_.font_size) return;
  state_.font = font;
  state_.font_size = hundredths;
  stream_ << "/F";
  append_integer(stream_.buffer(), font);
  stream_ << " " << hundredths << "Tf\n";
}

void PdfPage::move_to(Point point) { stream_ << x_of(point.x) << y_of(point.y) << "m\n"; }
void PdfPage::line_to(Point point) { stream_ << x_of(point.x) << y_of(point.y) << "l\n"; }

// The edges are rounded, not the width: neighbours meet.
void PdfPage::rectangle(const Rect &rect) {
  const std::int64_t left = x_of(rect.x), bottom = y_of(rect.y + rect.height);
  stream_ << left << bottom << x_of(rect.x + rect.width) - left << y_of(rect.y) - bottom << "re\n";
}

void PdfPage::path(std::span<const Point> points) {
  move_to(points[0]);
  for (const Point point : points.subspan(1)) line_to(point);
}

// By cubic curves of at most a quarter of the circle: off by less than 0.03 % of the radius.
void PdfPage::arc_to(Point centre, double radius, double from, double to) {
  const int parts = std::max(1, static_cast<int>(std::ceil(std::abs(to - from) / 90 - 1e-9)));
  const double step = (to - from) / parts;
  const double handle = 4.0 / 3 * std::tan(radians(step) / 4) * radius;
  for (int i = 0; i < parts; ++i) {
    const double start = from + step * i, end = start + step;
    const Point a = on_circle(centre, radius, start), b = on_circle(centre, radius, end);
    const double sa = radians(start), sb = radians(end);
    stream_ << x_of(a.x + handle * std::cos(sa)) << y_of(a.y + handle * std::sin(sa))
            << x_of(b.x - handle * std::cos(sb)) << y_of(b.y - handle * std::sin(sb)) << x_of(b.x)
            << y_of(b.y) << "c\n";
  }
}

void PdfPage::fill_rect(const Rect &rect, Colour colour) {
  end_text();
  set_fill(colour);
  rectangle(rect);
  stream_ << "f\n";
}

void PdfPage::line(Point from, Point to, const Stroke &stroke) {
  set_stroke(stroke);
  move_to(from);
  line_to(to);
  stream_ << "S\n";
}

void PdfPage::polyline(std::span<const Point> points, const Stroke &stroke) {
  if (points.size() < 2) return;
  set_stroke(stroke);
  path(points);
  // Round joins: a sharp corner of a line chart has no spike.
  stream_.buffer().append("1 j S 0 j\n");
}

void PdfPage::fill_polygon(std::span<const Point> points, Colour colour) {
  if (points.size() < 3) return;
  end_text();
  set_fill(colour);
  path(points);
  stream_ << "f\n";
}

void PdfPage::fill_circle(Point centre, double radius, Colour colour) {
  fill_slice(centre, 0, radius, 0, 360, colour);
}

void PdfPage::fill_slice(Point centre, double inner, double outer, double start, double sweep,
                         Colour colour) {
  if (!(outer > 0) || !(sweep > 0) || !std::isfinite(start + sweep + inner + outer)) return;
  end_text();
  set_fill(colour);
  const bool whole = sweep >= 360;
  const double end = start + std::min(sweep, 360.0);
  inner = std::clamp(inner, 0.0, outer);
  move_to(on_circle(centre, outer, start));
  arc_to(centre, outer, start, end);
  if (inner > 0) {
    if (whole) {
      stream_ << "h\n";
      move_to(on_circle(centre, inner, end));
    } else {
      line_to(on_circle(centre, inner, end));
    }
    arc_to(centre, inner, end, start);
  } else if (!whole) {
    line_to(centre);
  }
  stream_ << "f\n";
}

double PdfPage::text_width(std::string_view text, const TextStyle &style) {
  return static_cast<double>(typesetter_.measure(text, style.face)) * style.size / 1000;
}

void PdfPage::text(Point at, std::string_view text, Anchor anchor, const TextStyle &style,
                   double angle) {
  typesetter_.shape(text, style.face, shaped_);
  angle = turn(angle);
  if (anchor != Anchor::start) {
    const double width = shaped_.width(style.size) / (anchor == Anchor::middle ? 2 : 1);
    at.x -= width * std::cos(radians(angle));
    at.y += width * std::sin(radians(angle));
  }
  this->text(at, shaped_, style, angle);
}

void PdfPage::turned_text(Point at, const ShapedText &text, const TextStyle &style, double angle) {
  end_text();
  set_fill(style.colour);
  const std::int64_t cosine = std::llround(std::cos(radians(angle)) * 1e4);
  const std::int64_t sine = std::llround(std::sin(radians(angle)) * 1e4);
  stream_ << "BT\n";
  for (const std::int64_t factor : {cosine, sine, -sine, cosine}) {
    stream_.buffer().advance_to(write_decimal(stream_.buffer().reserve(kMaxNumber), factor, 4));
    stream_ << " ";
  }
  stream_ << x_of(at.x) << y_of(at.y) << "Tm\n";
  show(text, style.size);
  stream_ << "ET\n";
}

void PdfPage::text(Point at, const ShapedText &text, const TextStyle &style, double angle) {
  if (text.runs_.empty()) return;
  if (const double turned = turn(angle); turned != 0) {
    turned_text(at, text, style, turned);
    return;
  }
  if (!in_text_) {
    stream_ << "BT\n";
    in_text_ = true;
    text_x_ = text_y_ = 0;
  }
  set_fill(style.colour);
  const std::int64_t x = x_of(at.x), y = y_of(at.y);
  stream_ << x - text_x_ << y - text_y_ << "Td\n";
  text_x_ = x;
  text_y_ = y;
  show(text, style.size);
}

void PdfPage::show(const ShapedText &text, double size) {
  std::size_t begin = 0;
  for (const ShapedText::Run &run : text.runs_) {
    const std::string_view codes = text.codes_.view().substr(begin, run.end - begin);
    begin = run.end;
    if (run.span != 0) {
      const std::u32string &actual = text.spans_[run.span - 1];
      if (run.missing) typesetter_.fonts().count_missing(actual[0], run.font);
      stream_ << "/Span<</ActualText" << text_string(std::u32string_view(actual)) << ">>BDC\n";
    }
    if (!run.is_plain()) {
      set_font(run.font, size);
      show_shifted(run, codes, size);
    } else if (!codes.empty()) {
      set_font(run.font, size);
      stream_ << "(" << codes << ")Tj\n";
    }
    if (run.ends_span) stream_ << "EMC\n";
  }
}

void PdfPage::show_shifted(const ShapedText::Run &run, std::string_view codes, double size) {
  if (run.rise != 0) stream_ << to_hundredths(run.rise * size / 1000) << "Ts\n";
  stream_ << "[";
  append_integer(stream_.buffer(), run.before);
  stream_ << "(" << codes << ")";
  append_integer(stream_.buffer(), run.after);
  stream_ << "]TJ\n";
  if (run.rise != 0) stream_ << "0 Ts\n";
}

void PdfPage::picture(int number, const Rect &rect) {
  end_text();
  stream_ << "q " << to_hundredths(rect.width) << "0 0 " << to_hundredths(rect.height)
          << x_of(rect.x) << y_of(rect.y + rect.height) << "cm /I";
  append_integer(stream_.buffer(), number);
  stream_ << " Do Q\n";
}

void PdfPage::push_clip(const Rect &rect) {
  end_text();
  outside_.push_back(state_);
  stream_ << "q\n";
  rectangle(rect);
  stream_ << "W n\n";
}

void PdfPage::pop_clip() {
  end_text();
  stream_ << "Q\n";
  state_ = outside_.back();
  outside_.pop_back();
}

}  // namespace pgexport
