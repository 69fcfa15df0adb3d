#include "formats/xlsx/cell_writer.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/error.h"
#include "core/text/bytes_text.h"
#include "core/text/float_text.h"
#include "core/text/integer_text.h"
#include "core/text/jsonb_text.h"
#include "core/text/numeric_text.h"
#include "core/text/time_text.h"
#include "formats/csv/scalar_text.h"
#include "formats/option_error.h"
#include "formats/xlsx/column_width.h"
#include "formats/xlsx/serial_time.h"
#include "formats/xlsx/xml_text.h"

namespace pgexport::xlsx {

namespace {

constexpr std::string_view kEndValue = "</v></c>";
constexpr std::string_view kEndText = "</t></is></c>";
constexpr std::string_view kPreserve = " xml:space=\"preserve\"";
constexpr std::string_view kEllipsis = "\u2026";

constexpr int kExactDigits = 15;
constexpr std::int64_t kExactInteger = 1'000'000'000'000'000;  // 10^15
// Beyond these powers of ten a value of 15 digits is not a (normal) double.
constexpr std::ptrdiff_t kMaxWholeDigits = 308;
constexpr std::ptrdiff_t kMaxLeadingZeros = 306;

char *put(char *out, std::string_view text) { return std::copy(text.begin(), text.end(), out); }

std::string style_attribute(int style) {
  return style == 0 ? std::string() : " s=\"" + std::to_string(style) + "\"";
}

Markup value_markup(int style, std::string_view type) {
  return Markup(style_attribute(style).append(type).append("><v>"));
}

Markup text_markup(int style) {
  return Markup(style_attribute(style).append(" t=\"inlineStr\"><is><t"));
}

bool is_exact(std::int64_t value) {
  if (value > -kExactInteger && value < kExactInteger) return true;
  while (value % 10 == 0) value /= 10;
  return value > -kExactInteger && value < kExactInteger;
}

// True if the decimal text of a numeric has at most 15 significant digits and the size of a double.
bool is_exact(std::string_view text) {
  if (text.starts_with('-')) text.remove_prefix(1);
  const std::size_t first = text.find_first_of("123456789");
  if (first == std::string_view::npos) return text.find_first_not_of("0.") == text.npos;
  const std::size_t last = text.find_last_of("123456789");
  const std::size_t point = std::min(text.find('.'), text.size());
  const std::size_t inner_point = point > first && point < last ? 1 : 0;
  const auto whole = static_cast<std::ptrdiff_t>(point) - static_cast<std::ptrdiff_t>(first);
  return last - first + 1 - inner_point <= kExactDigits && whole <= kMaxWholeDigits &&
         -whole <= kMaxLeadingZeros;
}

bool is_normal(double value) {
  return value == 0 ||
         (std::isfinite(value) && std::fabs(value) >= std::numeric_limits<double>::min());
}

// Timestamps in the spreadsheet are what clocks show: those with time zone in their own offset.
char *write_timestamp_number(char *out, std::int64_t microseconds) {
  std::int64_t days = microseconds / kMicrosecondsPerDay;
  std::int64_t rest = microseconds % kMicrosecondsPerDay;
  if (rest < 0) {
    rest += kMicrosecondsPerDay;
    --days;
  }
  const auto day = serial_day(days);
  // What comes after the last second is rounded to the year 10000, which Excel does not have.
  if (!day || (*day == kMaxSerialDay && rest > kLastSecond)) return nullptr;
  return write_serial(out, *day, rest);
}

bool is_infinite(const Cell &cell) {
  return cell.integer == kTimeInfinity || cell.integer == kTimeMinusInfinity;
}

char *write_interval_number(char *out, const Cell &cell) {
  IntervalValue value;
  std::memcpy(&value, cell.data, sizeof value);
  const __int128 total =
      static_cast<__int128>(value.days) * kMicrosecondsPerDay + value.microseconds;
  const __int128 limit = static_cast<__int128>(kMaxSerialDay) * kMicrosecondsPerDay;
  if (value.months != 0 || total < 0 || total > limit) return nullptr;
  return write_serial(out, static_cast<std::int64_t>(total / kMicrosecondsPerDay),
                      static_cast<std::int64_t>(total % kMicrosecondsPerDay));
}

[[noreturn]] void refuse_encoding(const ColumnCells &column, std::uint64_t row) {
  throw Error(sqlstate::character_not_in_repertoire,
              "text of column \"" + excerpt(column.heading) + "\" in row " + std::to_string(row) +
                  " is not valid UTF-8",
              "An Excel workbook holds Unicode text only.",
              "Convert the column with convert_from(), or export it as bytea.");
}

[[noreturn]] void refuse_length(const ColumnCells &column, std::uint64_t row, std::size_t length) {
  throw Error(sqlstate::string_data_right_truncation,
              "text of column \"" + excerpt(column.heading) + "\" in row " + std::to_string(row) +
                  " is too long for an Excel cell",
              "It has " + std::to_string(length) + " UTF-16 units; a cell holds " +
                  std::to_string(kMaxCellText) + ".",
              "Use option long_text \"truncate\", leave the column away, or use another format.");
}

}  // namespace

char *write_fixed_number(char *out, const Cell &cell, bool always_number) {
  switch (cell.tag) {
    case CellTag::integer:
      if (!always_number && !is_exact(cell.integer)) return nullptr;
      return spell::write_int64(out, cell.integer);
    case CellTag::float32:
      if (!std::isfinite(cell.real)) return nullptr;
      return spell::write_float32(out, static_cast<float>(cell.real));
    case CellTag::float64:
      if (!is_normal(cell.real)) return nullptr;
      return spell::write_float64(out, cell.real);
    case CellTag::date: {
      const auto day = serial_day(cell.integer);
      return day ? write_serial(out, *day, 0) : nullptr;
    }
    case CellTag::time:
      if (cell.integer >= kMicrosecondsPerDay) return nullptr;
      return write_serial(out, 0, cell.integer);
    case CellTag::timestamp:
      return is_infinite(cell) ? nullptr : write_timestamp_number(out, cell.integer);
    case CellTag::timestamptz:
      if (is_infinite(cell)) return nullptr;
      return write_timestamp_number(out, cell.integer + std::int64_t{cell.utc_offset} * 1'000'000);
    case CellTag::interval: return write_interval_number(out, cell);
    default: return nullptr;
  }
}

char *write_numeric_number(char *out, std::size_t capacity, const Cell &cell) {
  if (spell::numeric_text_bound(cell.data, cell.size) > capacity) return nullptr;
  char *const end = spell::write_numeric(out, cell.data, cell.size);
  const std::string_view text(out, static_cast<std::size_t>(end - out));
  return spell::numeric_is_finite(cell.data, cell.size) && is_exact(text) ? end : nullptr;
}

ColumnCells::ColumnCells(const Column &column, const ColumnStyles &styles, std::size_t wrap_after)
    : heading(column.heading),
      style(styles.value),
      always_number(column.precision >= 1 && column.precision <= kExactDigits),
      exact_text(column.style.exact_text),
      wrap_bytes(wrap_after),
      number(value_markup(styles.value, {})),
      boolean(value_markup(styles.value, " t=\"b\"")),
      text(text_markup(styles.value)),
      wrapped(text_markup(styles.wrapped)),
      number_as_text(text_markup(styles.number_as_text)) {}

CellWriter::CellWriter(OutputBuffer &out, bool truncate_long_text)
    : out_(out), truncate_long_text_(truncate_long_text), array_text_(spell::TimeStyle::postgres) {}

char *CellWriter::write(char *p, const Cell &cell, ColumnCells &column, std::uint64_t row) {
  switch (cell.tag) {
    case CellTag::text:
    case CellTag::json: return write_text(p, cell.view(), column, row);
    case CellTag::boolean:
      p = column.boolean.put(p);
      *p++ = cell.integer ? '1' : '0';
      return put(p, kEndValue);
    case CellTag::numeric: {
      if (column.exact_text) break;
      char *const value = column.number.put(p);
      if (char *end = spell::write_small_numeric(value, cell.data, cell.size)) {
        return put(end, kEndValue);
      }
      break;
    }
    case CellTag::integer:
    case CellTag::float32:
    case CellTag::float64:
    case CellTag::date:
    case CellTag::time:
    case CellTag::timestamp:
    case CellTag::timestamptz:
    case CellTag::interval: {
      if (column.exact_text) break;
      char *const value = column.number.put(p);
      if (char *end = write_fixed_number(value, cell, column.always_number)) {
        return put(end, kEndValue);
      }
      break;
    }
    default: break;
  }
  return write_rendered(p, cell, column, row);
}

char *CellWriter::write_rendered(char *p, const Cell &cell, ColumnCells &column,
                                 std::uint64_t row) {
  const Value value = render(cell, column);
  switch (value.kind) {
    case Kind::number:
      p = put(column.number.put(room(p, value.text.size() + kMaxFixedCell)), value.text);
      return put(p, kEndValue);
    case Kind::kept_as_text:
      ++column.kept_as_text;
      return write_inline(p, column.number_as_text, value.text, column, row);
    default: return write_text(p, value.text, column, row);
  }
}

// REQUIRES: the value is no boolean.
CellWriter::Value CellWriter::render(const Cell &cell, const ColumnCells &column) {
  rendered_.clear();
  const auto rendered_to = [&](char *end) {
    rendered_.advance_to(end);
    return rendered_.view();
  };
  switch (cell.tag) {
    case CellTag::numeric: {
      char *const p = rendered_.reserve(spell::numeric_text_bound(cell.data, cell.size));
      const auto text = rendered_to(spell::write_numeric(p, cell.data, cell.size));
      const bool number = !column.exact_text && (column.always_number || is_exact(text)) &&
                          spell::numeric_is_finite(cell.data, cell.size);
      return {number ? Kind::number : Kind::kept_as_text, text};
    }
    case CellTag::integer:
    case CellTag::float32:
    case CellTag::float64:
    case CellTag::date:
    case CellTag::time:
    case CellTag::timestamp:
    case CellTag::timestamptz:
    case CellTag::interval: {
      char *const p = rendered_.reserve(kMaxFixedNumber);
      char *const end =
          column.exact_text ? nullptr : write_fixed_number(p, cell, column.always_number);
      if (end) return {Kind::number, rendered_to(end)};
      return {Kind::kept_as_text, render_text(cell)};
    }
    default: return {Kind::text, render_text(cell)};
  }
}

CellWriter::Value CellWriter::render_result(const Cell &cell, const ColumnCells &column) {
  if (cell.is_null()) return {Kind::text, {}};
  Value value = render(cell, column);
  const bool finite = value.text.find_first_not_of("-0123456789.") == std::string_view::npos;
  if (value.kind == Kind::kept_as_text && is_number(cell.tag) && finite && !column.exact_text &&
      std::ssize(value.text) <= kMaxWholeDigits) {
    value.kind = Kind::number;
  }
  return value;
}

std::string_view CellWriter::render_text(const Cell &cell) {
  switch (cell.tag) {
    case CellTag::text:
    case CellTag::json: return cell.view();
    case CellTag::jsonb:
      spell::append_jsonb(rendered_, cell.data, cell.size, spell::JsonSpacing::postgres);
      return rendered_.view();
    case CellTag::bytes: {
      char *p = rendered_.reserve(2 + std::size_t{2} * cell.size);
      p = put(p, "\\x");
      rendered_.advance_to(spell::write_hex(p, cell.data, cell.size));
      return rendered_.view();
    }
    case CellTag::flat_array:
      if (!array_text_.append(rendered_, cell)) unreadable_ = true;
      return rendered_.view();
    default: {
      spell::DateCache dates;
      char *const p = rendered_.reserve(kMaxScalarText);
      rendered_.advance_to(write_scalar(p, cell, spell::TimeStyle::postgres, dates));
      return rendered_.view();
    }
  }
}

std::string_view CellWriter::fit(std::string_view text, ColumnCells &column, std::uint64_t row) {
  if (text.size() <= kMaxCellText) return text;
  const std::size_t length = utf16_length(text);
  if (length <= kMaxCellText) return text;
  if (!truncate_long_text_) refuse_length(column, row, length);
  ++column.truncated;
  shortened_ = utf16_prefix(text, kMaxCellText - 1);
  return shortened_ += kEllipsis;
}

char *CellWriter::write_text(char *p, std::string_view text, ColumnCells &column,
                             std::uint64_t row) {
  const bool one_line =
      text.size() <= column.wrap_bytes && text.find('\n') == std::string_view::npos;
  if (one_line) return write_inline(p, column.text, text, column, row);
  lines_ = std::max(lines_, wrapped_lines(text, column.wrap_bytes));
  return write_inline(p, column.wrapped, text, column, row);
}

char *CellWriter::write_inline(char *p, const Markup &markup, std::string_view text,
                               ColumnCells &column, std::uint64_t row) {
  p = markup.put(p);
  if (needs_preserve(text)) p = put(p, kPreserve);
  *p++ = '>';
  return put(write_escaped(p, fit(text, column, row), column, row), kEndText);
}

char *CellWriter::write_escaped(char *p, std::string_view text, ColumnCells &column,
                                std::uint64_t row) {
  char *const end = write_xml_text(room(p, xml_text_bound(text.size()) + kMaxFixedCell), text);
  if (!end) refuse_encoding(column, row);
  return end;
}

char *CellWriter::write_formula(char *p, std::string_view formula, const Cell &result,
                                ColumnCells &column, std::uint64_t row) {
  const std::string attributes = style_attribute(column.style);
  const std::string escaped = xml_text(formula);
  const auto open = [&](std::string_view type) {
    p = put(room(p, attributes.size() + escaped.size() + kMaxFixedCell), attributes);
    p = put(put(p, type), "><f>");
    p = put(put(p, escaped), "</f><v>");
  };
  if (result.tag == CellTag::boolean) {
    open(" t=\"b\"");
    *p++ = result.integer ? '1' : '0';
    return put(p, kEndValue);
  }
  const Value value = render_result(result, column);
  if (value.kind == Kind::number) {
    open({});
    p = put(room(p, value.text.size() + kMaxFixedCell), value.text);
  } else {
    open(" t=\"str\"");
    p = write_escaped(p, fit(value.text, column, row), column, row);
  }
  return put(p, kEndValue);
}

char *CellWriter::write_blank(char *p, const ColumnCells &column) {
  return put(put(p, style_attribute(column.style)), "/>");
}

std::optional<std::string_view> CellWriter::text_shown(const Cell &cell, const ColumnCells &column,
                                                       bool computed) {
  if (cell.tag == CellTag::boolean) return cell.integer ? "TRUE" : "FALSE";
  const Value value = computed ? render_result(cell, column) : render(cell, column);
  if (value.kind == Kind::number) return std::nullopt;
  return value.text;
}

}  // namespace pgexport::xlsx
