#include "formats/charts/palette.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

namespace pgexport {

namespace {

constexpr double kDarkest = 0.22;  // grey, of 0 to 1
constexpr double kLightest = 0.78;
constexpr double kYellowHue = 105;  // degrees in Oklch
constexpr double kBlueHue = 275;
constexpr double kGreyChroma = 0.02;    // below it a hue means nothing
constexpr double kSeriesChroma = 0.09;  // what a series has at least, unless the accent is grey

struct Oklch {
  double lightness, chroma, hue;  // hue in degrees
};

using Linear = std::array<double, 3>;  // linear sRGB, 0 to 1 within the gamut

double to_linear(std::uint8_t channel) {
  const double c = channel / 255.0;
  return c <= 0.04045 ? c / 12.92 : std::pow((c + 0.055) / 1.055, 2.4);
}

std::uint8_t from_linear(double c) {
  c = std::clamp(c, 0.0, 1.0);
  const double encoded = c <= 0.0031308 ? 12.92 * c : 1.055 * std::pow(c, 1 / 2.4) - 0.055;
  return static_cast<std::uint8_t>(std::lround(encoded * 255));
}

Oklch to_oklch(Colour colour) {
  const double r = to_linear(colour.red);
  const double g = to_linear(colour.green);
  const double b = to_linear(colour.blue);
  const double l = std::cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
  const double m = std::cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
  const double s = std::cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
  const double lightness = 0.2104542553 * l + 0.7936177850 * m - 0.0040720468 * s;
  const double a = 1.9779984951 * l - 2.4285922050 * m + 0.4505937099 * s;
  const double bb = 0.0259040371 * l + 0.7827717662 * m - 0.8086757660 * s;
  return {lightness, std::hypot(a, bb), std::atan2(bb, a) * 180 / std::numbers::pi};
}

Linear to_linear_rgb(const Oklch &colour) {
  const double angle = colour.hue * std::numbers::pi / 180;
  const double a = colour.chroma * std::cos(angle);
  const double b = colour.chroma * std::sin(angle);
  const double l = std::pow(colour.lightness + 0.3963377774 * a + 0.2158037573 * b, 3);
  const double m = std::pow(colour.lightness - 0.1055613458 * a - 0.0638541728 * b, 3);
  const double s = std::pow(colour.lightness - 0.0894841775 * a - 1.2914855480 * b, 3);
  return {4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
          -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
          -0.0041960863 * l - 0.7034186147 * m + 1.7076147010 * s};
}

bool in_gamut(const Linear &rgb) {
  return std::all_of(rgb.begin(), rgb.end(), [](double c) { return c > -1e-4 && c < 1 + 1e-4; });
}

// The colour, paler if sRGB has none so strong.
Colour to_colour(Oklch colour) {
  constexpr int kSteps = 24;
  const double chroma = colour.chroma;
  Linear rgb = to_linear_rgb(colour);
  for (int step = 1; step <= kSteps && !in_gamut(rgb); ++step) {
    colour.chroma = chroma * (kSteps - step) / kSteps;
    rgb = to_linear_rgb(colour);
  }
  return {from_linear(rgb[0]), from_linear(rgb[1]), from_linear(rgb[2])};
}

double grey_of(Colour colour) {
  return (0.3 * colour.red + 0.59 * colour.green + 0.11 * colour.blue) / 255;
}

// The lightness that gives the colour this grey.
Colour with_grey(Oklch colour, double grey) {
  constexpr int kSteps = 20;
  double dark = 0;
  double light = 1;
  for (int step = 0; step < kSteps; ++step) {
    colour.lightness = (dark + light) / 2;
    (grey_of(to_colour(colour)) < grey ? dark : light) = colour.lightness;
  }
  return to_colour(colour);
}

// From -180 to 180: the shorter way round the circle.
double hue_distance(double from, double to) { return std::remainder(to - from, 360); }

double luminance(Colour colour) {
  return 0.2126 * to_linear(colour.red) + 0.7152 * to_linear(colour.green) +
         0.0722 * to_linear(colour.blue);
}

}  // namespace

std::vector<Colour> chart_palette(Colour accent, int n) {
  const Oklch first = to_oklch(accent);
  if (grey_of(accent) > kLightest) accent = with_grey(first, kLightest);
  std::vector<Colour> colours = {accent};
  const double first_grey = grey_of(accent);
  const bool lighten = kLightest - first_grey >= first_grey - kDarkest;
  const double last_grey = lighten ? kLightest : kDarkest;
  const double turn = hue_distance(first.hue, lighten ? kYellowHue : kBlueHue);
  const bool grey = first.chroma < kGreyChroma;
  // Two colours need not use the whole range; seven and more do.
  const double reach = std::min(1.0, 0.55 + 0.09 * (n - 2));
  for (int i = 1; i < n; ++i) {
    const double t = reach * i / (n - 1);
    Oklch mixed = first;
    if (!grey) {
      mixed.hue += t * turn;
      mixed.chroma += t * (std::max(first.chroma, kSeriesChroma) - first.chroma);
    }
    colours.push_back(with_grey(mixed, first_grey + t * (last_grey - first_grey)));
  }
  return colours;
}

Colour tint(Colour colour, double share) {
  const auto mix = [share](std::uint8_t channel) {
    return static_cast<std::uint8_t>(std::lround(255 - share * (255 - channel)));
  };
  return {mix(colour.red), mix(colour.green), mix(colour.blue)};
}

Colour text_colour_on(Colour background) {
  const double light = luminance(background);
  const double contrast_with_white = 1.05 / (light + 0.05);
  const double contrast_with_black = (light + 0.05) / 0.05;
  if (contrast_with_white >= contrast_with_black) return {0xFF, 0xFF, 0xFF};
  return {0, 0, 0};
}

}  // namespace pgexport
