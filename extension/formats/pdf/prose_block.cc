#include "formats/pdf/prose_block.h"

#include <utility>

#include "formats/pdf/line_breaker.h"

namespace pgexport::pdf {

namespace {

constexpr double kParagraphGap = 0.55;  // parts of the text's size
constexpr double kBulletIndent = 11;
constexpr double kLeading = 1.38;

}  // namespace

ProseBlock::ProseBlock(Typesetter &typesetter, const Theme &theme, std::string text)
    : typesetter_(typesetter), theme_(theme), text_(std::move(text)) {}

std::vector<Strip> ProseBlock::arrange(double width) {
  lines_.clear();
  std::vector<Strip> strips;
  std::string_view rest = text_;
  while (!rest.empty()) {
    const std::size_t end = rest.find('\n');
    std::string_view source = rest.substr(0, end);
    if (source.ends_with('\r')) source.remove_suffix(1);
    add_source_line(source, width, strips);
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
  }
  return strips;
}

void ProseBlock::add_space(double height, std::vector<Strip> &strips) {
  if (strips.empty() || strips.back().space) return;
  strips.push_back({height, false, true});
  lines_.push_back({});
}

void ProseBlock::add_source_line(std::string_view source, double width,
                                 std::vector<Strip> &strips) {
  const double size = theme_.text_size + 0.5;
  if (source.find_first_not_of(" \t") == std::string_view::npos) {
    return add_space(kParagraphGap * size, strips);
  }
  Line line{source, {Face::regular, size, theme_.ink}, 0, false, false};
  bool heading = false;
  const auto begins = [&](std::string_view mark) {
    if (!source.starts_with(mark)) return false;
    source.remove_prefix(mark.size());
    return true;
  };
  if (begins("# ") || begins("## ")) {
    heading = true;
    line.style.face = Face::bold;
    if (line.text.starts_with("# ")) line.style.size = size + 1.5;
    add_space(kParagraphGap * size, strips);
  } else if (begins("- ")) {
    line.bullet = true;
    line.indent = kBulletIndent;
  }
  LineBreaker breaker(typesetter_, source, line.style, width - line.indent);
  for (TextLine broken; breaker.next(broken);) {
    line.text = broken.text;
    line.hyphen = broken.hyphen;
    lines_.push_back(line);
    strips.push_back({kLeading * line.style.size, heading});
    line.bullet = false;
  }
}

void ProseBlock::draw(std::size_t strip, PdfPage &page, Point at) {
  const Line &line = lines_[strip];
  const double baseline = at.y + line.style.size * 1.02;
  if (line.bullet) {
    page.fill_circle({at.x + 3.5, baseline - line.style.size * 0.3}, 1.3, theme_.accent);
  }
  std::string text(line.text);
  if (line.hyphen) text += '-';
  page.text({at.x + line.indent, baseline}, text, Anchor::start, line.style);
}

}  // namespace pgexport::pdf
