// How the values of one column read on a page.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "core/cell.h"
#include "core/output_buffer.h"
#include "core/text/format_code.h"
#include "core/text/locale.h"
#include "formats/csv/array_text.h"
#include "formats/drawing/surface.h"
#include "formats/row_writer.h"

#include "core/no_postgres.h"

namespace pgexport::pdf {

class CellText {
 public:
  // `column` only has to live during the call, `locale` as long as the object.  Throws Error 22023
  // for a format code that cannot be read.
  CellText(const Column &column, const Locale &locale);
  CellText(std::string_view code, const Locale &locale);

  // Appends the text of the value; nothing for a null.  Returns false for an array that cannot be
  // read where it lies; `out` then holds part of it.
  bool append(OutputBuffer &out, const Cell &cell);

 private:
  FormatCode code_;
  bool plain_text_;  // the code leaves a text as it is
  const Locale &locale_;
  std::unique_ptr<ArrayText> arrays_;  // made with the first array
};

// The code of a column's total: that of its values, but a count is a whole number, and an average
// of whole numbers has two decimals.
std::string total_format_code(const Column &column);

// Numbers and durations, which line up at their last digit and are not broken into lines.
bool is_amount(CellTag tag);
// Texts, whose lines break at words.
bool is_prose(CellTag tag);

// Where the texts of the column stand in its width.
Anchor anchor_of(const Column &column);

}  // namespace pgexport::pdf
