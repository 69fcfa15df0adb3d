// The look of charts: sizes in points and colours that all kinds share.
#pragma once

#include "formats/drawing/surface.h"

#include "core/no_postgres.h"

namespace pgexport::chart_style {

inline constexpr TextStyle kTitle = {Face::bold, 10.5, {0x22, 0x22, 0x22}};
inline constexpr TextStyle kLabel = {Face::regular, 7.5, {0x44, 0x44, 0x44}};
inline constexpr TextStyle kValue = {Face::regular, 7, {0x22, 0x22, 0x22}};
inline constexpr TextStyle kAxisTitle = {Face::regular, 7.5, {0x70, 0x70, 0x70}};
inline constexpr TextStyle kNotice = {Face::regular, 9, {0x70, 0x70, 0x70}};

inline constexpr Colour kPaper = {0xFF, 0xFF, 0xFF};
inline constexpr Stroke kGrid = {{0xE2, 0xE2, 0xE2}, 0.5};
inline constexpr Stroke kBaseline = {{0x80, 0x80, 0x80}, 0.75};
inline constexpr Stroke kLeader = {{0xA0, 0xA0, 0xA0}, 0.5};

inline constexpr Stroke kSeparator = {kPaper, 0.6};  // between parts of a stack

inline constexpr double kSeriesStroke = 1.4;

// How far a line of text reaches above and below its baseline, as parts of its size; enough for
// accents and descenders of the usual text faces.
inline constexpr double kAscent = 0.93;
inline constexpr double kDescent = 0.24;
inline constexpr double kLineHeight = 1.2;
// From the baseline to the middle of a digit.
inline constexpr double kHalfDigit = 0.36;

inline constexpr double kGap = 4;     // between things that must not touch
inline constexpr double kMargin = 6;  // beside a plot at least, for labels that reach over it
inline constexpr double kAxisTitleLine = 12;

}  // namespace pgexport::chart_style
