// How wide the columns of a table are, in which size its text is set, and on which pages it lies.
//
// A table that is too wide is helped in this order: long texts wrap; the page turns to landscape,
// if it may; the text gets smaller, down to a floor; the columns are cut into bands, each with the
// first columns repeated, that stand on consecutive pages.  No column is ever left out: one that
// is wider than the page is as wide as the page, and its text wraps or breaks.
//
// Widths of text and padding are given for a font of size 1, since they grow with it.
#pragma once

#include <span>
#include <vector>

#include "core/no_postgres.h"

namespace pgexport::pdf {

// What the heading and the first rows of a column need.
struct ColumnMeasure {
  double widest = 0;        // the widest text on one line
  double typical = 0;       // most texts are not wider
  double longest_word = 0;  // the widest piece that cannot be broken at a space
  bool wraps = true;        // false: a number or a date, which is never broken if it can be helped
  double heading = 0;       // the heading on one line
  double heading_word = 0;  // its longest word
  double fixed = 0;         // the width that was asked for; 0: none was
};

struct FitLimits {
  double portrait_width = 0;   // of the area for text; 0: the page may not stand upright
  double landscape_width = 0;  // likewise; 0: the page may not lie
  double font_size = 9;
  double smallest_size = 6.5;
  double padding = 0.45;     // left and right of each text, for a font of size 1
  int repeated_columns = 1;  // at the start of every band after the first
  // A narrow table is not stretched to the full width but by this at most: the eye would not find
  // from one column to the next.
  double most_stretch = 1.6;
};

struct Band {
  std::vector<int> columns;    // indexes, the repeated ones first: these as wide in each band
  std::vector<double> widths;  // one for each, with padding
  double width() const;
};

struct TableFit {
  double font_size;
  bool landscape;
  std::vector<Band> bands;  // at least one
};

// REQUIRES: at least one column, at least one width in `limits`.
TableFit fit_columns(std::span<const ColumnMeasure> columns, const FitLimits &limits);

// As one band in a given width, at the given size or smaller; no bands if that cannot be done
// without breaking what should not be broken.
TableFit fit_columns_within(std::span<const ColumnMeasure> columns, double width,
                            const FitLimits &limits);

}  // namespace pgexport::pdf
