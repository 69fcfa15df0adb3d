#include "formats/pdf/theme.h"

#include <cmath>

#include "formats/charts/palette.h"

namespace pgexport::pdf {

namespace {

// WCAG 2.1, "relative luminance".
double luminance(Colour colour) {
  const auto linear = [](std::uint8_t channel) {
    const double c = channel / 255.0;
    return c <= 0.04045 ? c / 12.92 : std::pow((c + 0.055) / 1.055, 2.4);
  };
  return 0.2126 * linear(colour.red) + 0.7152 * linear(colour.green) + 0.0722 * linear(colour.blue);
}

// Darkens the colour until its contrast with white is at least 4.5 to 1 (WCAG 2.1, level AA).
Colour readable_on_white(Colour colour) {
  constexpr double kEnough = 4.5;
  constexpr double kStep = 0.94;
  while (1.05 / (luminance(colour) + 0.05) < kEnough) {
    colour = {static_cast<std::uint8_t>(colour.red * kStep),
              static_cast<std::uint8_t>(colour.green * kStep),
              static_cast<std::uint8_t>(colour.blue * kStep)};
  }
  return colour;
}

constexpr double kHeaderTint = 0.10;
constexpr double kZebraTint = 0.045;

}  // namespace

Theme::Theme(const PdfSettings &settings)
    : table_style(settings.style),
      accent(settings.accent),
      accent_text(readable_on_white(settings.accent)),
      header_fill(tint(settings.accent, kHeaderTint)),
      zebra_fill(tint(settings.accent, kZebraTint)),
      text_size(settings.font_size) {}

}  // namespace pgexport::pdf
