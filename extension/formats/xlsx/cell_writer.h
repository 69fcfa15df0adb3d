// Writes values as the cells of a sheet.
//
// A value becomes a number where a spreadsheet's number, a double of which 15 digits are shown, is
// that value; else it becomes its text, which is exact:
//   integers, numerics   beyond 15 significant digits
//   floats               NaN and infinities
//   dates, timestamps    before 1900-01-01, after 9999-12-31, infinities
//   time                 24:00; a time with time zone always
//   intervals            with months, negative ones, those beyond what a spreadsheet can show
// Nulls are no cell, an empty text is an empty one.  Texts never become formulas.
// Source: ECMA-376 part 1, 18.3.1.4 c.
#pragma once

#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "core/cell.h"
#include "core/output_buffer.h"
#include "formats/csv/array_text.h"
#include "formats/row_writer.h"

#include "core/no_postgres.h"

namespace pgexport::xlsx {

// XML before a value, copied in one go.
class Markup {
 public:
  Markup() = default;
  explicit Markup(std::string_view text) : size_(static_cast<std::uint8_t>(text.size())) {
    std::memcpy(text_, text.data(), text.size());
  }
  // Touches kRoom bytes.
  char *put(char *out) const {
    std::memcpy(out, text_, kRoom);
    return out + size_;
  }

  static constexpr std::size_t kRoom = 48;

 private:
  char text_[kRoom] = {};
  std::uint8_t size_ = 0;
};

// Numbers of the styles that the cells of a column have.
struct ColumnStyles {
  int value = 0;
  int wrapped = 0;         // of a text that needs more than one line
  int number_as_text = 0;  // of a text where a number or time was to be
};

// The cells of one column.
struct ColumnCells {
  ColumnCells(const Column &column, const ColumnStyles &styles, std::size_t wrap_bytes);

  std::string heading;
  int style;               // number of it
  bool always_number;      // of integers and numerics: none has more than 15 digits
  bool exact_text;         // numbers and times are texts too
  std::size_t wrap_bytes;  // a longer text may need more than one line
  Markup number, boolean, text, wrapped, number_as_text;
  std::uint64_t kept_as_text = 0;  // values that were to be numbers or times
  std::uint64_t truncated = 0;     // texts
};

class CellWriter {
 public:
  CellWriter(OutputBuffer &out, bool truncate_long_text);

  // `fixed_room` bytes are always there behind what is written: enough for the rest of a row whose
  // values are all of fixed length, kMaxFixedCell each.
  static constexpr std::size_t kMaxFixedCell = 192;
  void set_fixed_room(std::size_t fixed_room) { fixed_room_ = fixed_room; }

  // Writes what follows `<c` and, where there is one, its address: style, type, value and `</c>`.
  // REQUIRES: the cell is not null, and not an array, record or range.
  // Throws Error 22001 for a text that is too long, 22021 for one that is not UTF-8, both naming
  // column and `row`.
  char *write(char *p, const Cell &cell, ColumnCells &column, std::uint64_t row);

  // The same with a formula, whose result the value is; a null is an empty text.  A finite number
  // is one however many digits it has: the reader computes it anew, with those of a double.
  char *write_formula(char *p, std::string_view formula, const Cell &result, ColumnCells &column,
                      std::uint64_t row);

  // A cell without a value.
  char *write_blank(char *p, const ColumnCells &column);

  // What a person sees of a value that is not shown by a format code; nothing for one that is.
  // Valid until the next call.
  // `computed`: the value is the result of a formula.
  std::optional<std::string_view> text_shown(const Cell &cell, const ColumnCells &column,
                                             bool computed);

  // The lines of the longest text since the last call, 1 if none has more.
  int take_lines() { return std::exchange(lines_, 1); }

  // Whether, since the last call, there was an array with an element that cannot be read in place;
  // its cell is then not its text.
  bool take_unreadable() { return std::exchange(unreadable_, false); }

  // Makes room for `n` more bytes at `p`, beside those that are always there.
  char *room(char *p, std::size_t n) {
    out_.advance_to(p);
    return out_.reserve(n + fixed_room_);
  }

 private:
  // A value as XML: how, and the text between the tags.
  enum class Kind : std::uint8_t { number, boolean, text, kept_as_text };
  struct Value {
    Kind kind;
    std::string_view text;  // not escaped
  };

  char *write_text(char *p, std::string_view text, ColumnCells &column, std::uint64_t row);
  char *write_inline(char *p, const Markup &markup, std::string_view text, ColumnCells &column,
                     std::uint64_t row);
  char *write_escaped(char *p, std::string_view text, ColumnCells &column, std::uint64_t row);
  char *write_rendered(char *p, const Cell &cell, ColumnCells &column, std::uint64_t row);
  Value render(const Cell &cell, const ColumnCells &column);
  Value render_result(const Cell &cell, const ColumnCells &column);
  std::string_view render_text(const Cell &cell);
  std::string_view fit(std::string_view text, ColumnCells &column, std::uint64_t row);

  OutputBuffer &out_;
  const bool truncate_long_text_;
  std::size_t fixed_room_ = 0;
  bool unreadable_ = false;
  int lines_ = 1;
  ArrayText array_text_;
  OutputBuffer rendered_;  // the text of a value that is not written in place
  std::string shortened_;
};

// The value as a number of a spreadsheet at `out`, or nullptr if it has to be a text.
// REQUIRES: a tag of fixed length; kMaxFixedNumber bytes.
inline constexpr std::size_t kMaxFixedNumber = 64;
char *write_fixed_number(char *out, const Cell &cell, bool always_number);

// The same for a numeric, into `capacity` bytes; nullptr also for one that is longer.
char *write_numeric_number(char *out, std::size_t capacity, const Cell &cell);

}  // namespace pgexport::xlsx
