// Whatever bytes a text holds, it is measured as it is shaped, broken into lines that hold all of
// it and fit, and drawn.
#include <fuzzer/FuzzedDataProvider.h>

#include <string>

#include "formats/pdf/line_breaker.h"
#include "formats/pdf/pdf_pages.h"
#include "formats/pdf/typesetter.h"

namespace pgexport {
namespace {

void require(bool condition) {
  if (!condition) __builtin_trap();
}

void draw_lines(Typesetter &typesetter, PdfPage &page, std::string_view text,
                const TextStyle &style, double width) {
  LineBreaker breaker(typesetter, text, style, width);
  ShapedText shaped;
  const char *at = text.data();
  for (TextLine line; breaker.next(line);) {
    require(line.text.data() >= at && line.text.data() + line.text.size() <= text.end());
    // Between two lines there are spaces and newlines only; a line moves on.
    const std::string_view rest = breaker.rest();
    require(rest.data() > at);
    at = rest.data();
    typesetter.shape(line.text, style.face, shaped);
    require(shaped.units() == typesetter.measure(line.text, style.face));
    page.text({20, 20}, shaped, style);
  }
  require(at == text.end() || text.empty());
}

}  // namespace
}  // namespace pgexport

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size) {
  using namespace pgexport;
  FuzzedDataProvider input(data, size);
  const TextStyle style{input.ConsumeBool() ? Face::bold : Face::regular,
                        input.ConsumeFloatingPointInRange<double>(-1, 40),
                        {}};
  const double width = input.ConsumeFloatingPointInRange<double>(-10, 600);
  const double angle = input.ConsumeFloatingPoint<double>();
  const std::string text = input.ConsumeRemainingBytesAsString();

  // Fonts are only read, and reading them for each input would be most of the work.
  static Typesetter &typesetter = *new Typesetter(default_font_files());
  OutputBuffer out;
  PdfPages pages(out, typesetter);
  pages.begin({});
  PdfPage &page = pages.new_page({595.28, 841.89});
  page.text({100, 100}, text, Anchor::middle, style, angle);
  draw_lines(typesetter, page, text, style, width);
  pages.add_outline_entry(1, text, 10);
  pages.new_page({595.28, 841.89});
  return 0;
}
