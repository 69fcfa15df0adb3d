// Dates, times and durations through one section of a format code.
#pragma once

#include "core/cell.h"
#include "core/output_buffer.h"
#include "core/text/format_section.h"
#include "core/text/locale.h"

#include "core/no_postgres.h"

namespace pgexport::format {

// -1, 0 or 1: which section of a code shows this interval.  A month counts as 30 days.
int sign_of(const IntervalValue &interval);

// Appends a date, time, timestamp or interval, times of day rounded to the seconds or fractions of
// a second that the section shows.  Returns false, having appended nothing, for what it cannot
// show: a year of a time, the hours of an interval of months, infinity, years before 1.  With
// `with_sign` a negative interval begins with a minus sign.
// REQUIRES: section.kind is moment; the cell is one of those kinds.
bool append_moment(OutputBuffer &out, const Section &section, const Cell &cell, bool with_sign,
                   const Locale &locale);

}  // namespace pgexport::format
