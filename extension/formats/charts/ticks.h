// Where the marks of a value axis stand.
//
// Steps are 1, 2, 2.5 or 5 times a power of ten (P. Heckbert, "Nice Numbers for Graph Labels", in
// Graphics Gems, 1990; 2.5 as in J. Talbot, S. Lin and P. Hanrahan, "An Extension of Wilkinson's
// Algorithm for Positioning Tick Labels on Axes", 2010).  The first and the last mark enclose the
// data, so that no value lies outside the axis.
#pragma once

#include "core/no_postgres.h"

namespace pgexport {

// Mark i stands at i * step, for first <= i <= last.  step is mantissa * 10 ^ exponent.
struct Ticks {
  long long first, last;
  double mantissa;
  int exponent;

  double at(long long i) const;
  double low() const { return at(first); }
  double high() const { return at(last); }
};

// Marks that cover low to high in at most `max_intervals` steps (at least 2), if that is possible
// with steps which are multiples of 10 ^ least_exponent; with more otherwise.
// REQUIRES: both finite, low <= high, magnitudes up to 1e302.
Ticks nice_ticks(double low, double high, int max_intervals, int least_exponent);

}  // namespace pgexport
