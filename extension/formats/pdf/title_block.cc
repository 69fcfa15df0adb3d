#include "formats/pdf/title_block.h"

#include <algorithm>

#include "core/text/format_code.h"
#include "formats/pdf/line_breaker.h"

namespace pgexport::pdf {

namespace {

constexpr double kLogoWidth = 130, kLogoHeight = 46;
constexpr double kPixel = 72.0 / 96;  // a small logo is not blown up beyond this
constexpr double kLogoGap = 16;
constexpr double kRule = 1.2;
constexpr double kBelow = 16;
constexpr int kMostLines = 6;  // of a title or of filters; the last one ends with an ellipsis
constexpr std::string_view kEllipsis = "\u2026";

std::string time_text(const DocumentInfo &info, const Locale &locale, std::string_view code) {
  constexpr std::int64_t kMicroseconds = 1'000'000;
  const std::int64_t local = info.document_time + info.utc_offset * kMicroseconds;
  return FormatCode(code).text(zoned_cell(CellTag::timestamp, local, 0), locale);
}

}  // namespace

std::string date_text(const DocumentInfo &info, const Locale &locale) {
  return time_text(info, locale, locale.date_format);
}

std::string date_time_text(const DocumentInfo &info, const Locale &locale) {
  std::string text = time_text(info, locale, locale.date_time_format);
  if (!info.time_zone.empty()) text += " (" + info.time_zone + ")";
  return text;
}

TitleBlock::TitleBlock(const DocumentInfo &info, Typesetter &typesetter, const Theme &theme,
                       const Locale &locale)
    : info_(info), typesetter_(typesetter), theme_(theme), locale_(locale) {}

void TitleBlock::add_logo(PdfPages &pages) {
  if (info_.logo.empty()) return;
  const Picture picture = read_picture(info_.logo);
  const double scale = std::min({kLogoWidth / picture.width, kLogoHeight / picture.height, kPixel});
  const double width = picture.width * scale, height = picture.height * scale;
  logo_ = Logo{pages.add_picture(picture), width, height};
}

bool TitleBlock::is_empty() const {
  return info_.title.empty() && info_.subtitle.empty() && info_.filters.empty() &&
         info_.logo.empty();
}

std::string TitleBlock::generated() const {
  std::string text = std::string(locale_.words.generated) + " " + date_time_text(info_, locale_);
  if (!info_.user.empty()) text += " \u00B7 " + info_.user;
  return text;
}

double TitleBlock::draw(PdfPage &page, const Rect &area) const {
  if (is_empty()) return 0;
  double width = area.width;
  if (logo_) {
    page.picture(logo_->picture,
                 {area.x + area.width - logo_->width, area.y, logo_->width, logo_->height});
    width -= logo_->width + kLogoGap;
  }
  const Point at{area.x, area.y};
  double height = 0;
  const auto add = [&](std::string_view text, const TextStyle &style, double gap) {
    if (text.empty()) return;
    if (height > 0) height += gap;
    height += draw_lines(page, text, style, {at.x, at.y + height}, width);
  };
  const TextStyle small{Face::regular, theme_.small_size + 0.5, theme_.muted};
  add(info_.title, {Face::bold, theme_.title_size, theme_.accent_text}, 0);
  add(info_.subtitle, {Face::regular, theme_.subtitle_size, theme_.ink}, 1);
  if (!info_.filters.empty()) {
    add(std::string(locale_.words.filters) + ": " + info_.filters, small, 5);
  }
  add(generated(), small, 3);
  if (logo_) height = std::max(height, logo_->height);
  height += 8;
  page.fill_rect({area.x, area.y + height, area.width, kRule}, theme_.accent);
  return height + kRule + kBelow;
}

double TitleBlock::draw_lines(PdfPage &page, std::string_view text, const TextStyle &style,
                              Point at, double width) const {
  LineBreaker breaker(typesetter_, text, style, width);
  const double line = line_height(style.size);
  int count = 0;
  for (TextLine broken; count < kMostLines && breaker.next(broken); ++count) {
    std::string drawn(broken.text);
    if (broken.hyphen) drawn += '-';
    if (count + 1 == kMostLines && !breaker.rest().empty()) drawn += kEllipsis;
    page.text({at.x, at.y + count * line + style.size * 0.95}, drawn, Anchor::start, style);
  }
  return count * line;
}

}  // namespace pgexport::pdf
