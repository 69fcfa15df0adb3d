// Colours of series, made from the document's accent colour.
//
// From the first colour to the last the grey that a printer makes of them (0.3 red + 0.59 green +
// 0.11 blue, ISO 32000-1, 10.3.2) falls or rises in equal steps, so that the order survives there.
// The hue turns with it, towards yellow as colours get lighter and towards blue as they get darker;
// hues are those of Oklch (B. Ottosson, "A perceptual color space for image processing", 2020).
#pragma once

#include <vector>

#include "formats/drawing/surface.h"

#include "core/no_postgres.h"

namespace pgexport {

// n colours, at least one.  The first is the accent, unless that is too light to be seen on white:
// then a darker one of the same hue.
std::vector<Colour> chart_palette(Colour accent, int n);

// The colour mixed with white: share 1 is the colour itself, 0 is white.
Colour tint(Colour colour, double share);

// Black or white, whichever is easier to read on the colour (WCAG 2.1, relative luminance).
Colour text_colour_on(Colour background);

}  // namespace pgexport
