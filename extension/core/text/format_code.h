// Excel's number format codes, so that a value looks the same in a workbook and on a page.
//
// A code is parsed once and then applied to many values.  What is supported and how it differs
// from Excel: docs/number-formats.md.
// Source: ECMA-376 part 1, 18.8.31 numFmts; behaviour as Excel's and LibreOffice's.
//
// Numbers are formatted from their decimal digits, never through a double: a numeric from its
// exact digits, a float from the shortest digits that read back as the same float.  Rounding is
// half away from zero.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/cell.h"
#include "core/output_buffer.h"
#include "core/text/decimal_digits.h"
#include "core/text/format_section.h"
#include "core/text/locale.h"

#include "core/no_postgres.h"

namespace pgexport {

// Excel's own limit of a code's length; here in bytes.
inline constexpr std::size_t kMaxFormatCode = 255;

class FormatCode {
 public:
  // Throws Error (22023) that names the code and the position of what is wrong.  An empty code is
  // General.
  explicit FormatCode(std::string_view code);

  // Appends the value as this code shows it, in UTF-8.  A null appends nothing.  A value that the
  // code cannot show (a text or a date under a code for numbers, NaN) comes out in its ordinary
  // spelling: that of PostgreSQL, numbers with the locale's decimal sign, booleans as its words.
  // REQUIRES: no array, record or range; text and JSON in UTF-8.
  void append(OutputBuffer &out, const Cell &cell, const Locale &locale) const;

  // The same as a string.
  std::string text(const Cell &cell, const Locale &locale) const;

  // True if the code is for dates, times or durations: a workbook needs a serial number under it.
  bool is_date() const;

  // Digits after the decimal sign, of the first section; -1 if they depend on the value (General,
  // text, dates).
  int decimals() const;

 private:
  const format::Section *section_for(const DecimalDigits &number, bool &with_sign) const;
  void append_number(OutputBuffer &out, const Cell &cell, const Locale &locale) const;
  void append_moment(OutputBuffer &out, const Cell &cell, const Locale &locale) const;

  std::vector<format::Section> sections_;  // for numbers and moments: three at most, or none
  std::optional<format::Section> text_section_;
};

// The code of a column that was given none.  `tag` is of its non-null cells, `scale` the digits
// after the point that its type declares, -1 if they vary.
std::string default_format_code(CellTag tag, int scale);

}  // namespace pgexport
