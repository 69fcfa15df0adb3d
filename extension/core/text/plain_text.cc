#include "core/text/plain_text.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>

#include "core/error.h"
#include "core/interval_cell.h"
#include "core/text/bytes_text.h"
#include "core/text/float_text.h"
#include "core/text/integer_text.h"
#include "core/text/jsonb_text.h"
#include "core/text/numeric_text.h"
#include "core/text/time_text.h"

namespace pgexport {

namespace {

constexpr std::size_t kUuidText = 36;

bool is_float(CellTag tag) { return tag == CellTag::float32 || tag == CellTag::float64; }

// d.dddE-07
void append_scientific(OutputBuffer &out, const DecimalDigits &digits, const Locale &locale) {
  out.push(digits.data()[0]);
  if (digits.count() > 1) {
    out.append(locale.decimal);
    out.append(digits.data() + 1, static_cast<std::size_t>(digits.count() - 1));
  }
  const int exponent = digits.point() - 1;
  out.append(exponent < 0 ? "E-" : "E+", 2);
  char *const at = out.reserve(spell::kMaxInt64Text + 1);
  char *end = at;
  if (std::abs(exponent) < 10) *end++ = '0';
  out.advance_to(spell::write_int64(end, std::abs(exponent)));
}

void append_positional(OutputBuffer &out, const DecimalDigits &digits, const Locale &locale) {
  const int whole = std::max(digits.point(), 1);
  const int fraction = std::max(digits.count() - digits.point(), 0);
  char *p = out.reserve(static_cast<std::size_t>(whole + fraction) + locale.decimal.size());
  for (int place = whole - 1; place >= 0; --place) *p++ = digits.at(place);
  if (fraction > 0) {
    std::memcpy(p, locale.decimal.data(), locale.decimal.size());
    p += locale.decimal.size();
  }
  for (int i = 1; i <= fraction; ++i) *p++ = digits.at(-i);
  out.advance_to(p);
}

// Through a writer of the folder that needs room for `size` bytes.
template <typename Write>
void append_written(OutputBuffer &out, std::size_t size, const Write &write) {
  out.advance_to(write(out.reserve(size)));
}

void append_number(OutputBuffer &out, const Cell &cell, const Locale &locale) {
  if (DecimalDigits::can_read(cell)) {
    DecimalDigits digits(cell);
    return append_general(out, cell.tag, digits, true, locale);
  }
  if (is_float(cell.tag)) {
    append_written(out, spell::kMaxFloatText,
                   [&](char *p) { return spell::write_float64(p, cell.real); });
  } else {
    append_written(out, spell::numeric_text_bound(cell.data, cell.size),
                   [&](char *p) { return spell::write_numeric(p, cell.data, cell.size); });
  }
}

char *write_moment(char *out, const Cell &cell) {
  constexpr auto kStyle = spell::TimeStyle::postgres;
  spell::DateCache dates;
  switch (cell.tag) {
    case CellTag::date: return spell::write_date(out, cell.integer, kStyle, dates);
    case CellTag::time: return spell::write_time(out, cell.integer);
    case CellTag::timetz: return spell::write_timetz(out, cell.integer, cell.utc_offset);
    case CellTag::timestamp: return spell::write_timestamp(out, cell.integer, kStyle, dates);
    case CellTag::timestamptz:
      return spell::write_timestamptz(out, cell.integer, cell.utc_offset, kStyle, dates);
    default: return spell::write_interval(out, interval_of(cell), kStyle);
  }
}

}  // namespace

void append_general(OutputBuffer &out, CellTag tag, DecimalDigits &digits, bool with_sign,
                    const Locale &locale) {
  constexpr int kDoubleDigits = 15;
  constexpr int kSmallestPoint = -4;
  if (tag == CellTag::float64) digits.round_to_count(kDoubleDigits);
  if (with_sign && digits.negative() && !digits.is_zero()) out.push('-');
  if (is_float(tag) && (digits.point() > kDoubleDigits || digits.point() < kSmallestPoint)) {
    append_scientific(out, digits, locale);
  } else {
    append_positional(out, digits, locale);
  }
}

void append_plain(OutputBuffer &out, const Cell &cell, const Locale &locale) {
  switch (cell.tag) {
    case CellTag::null: return;
    case CellTag::boolean: return out.append(cell.integer ? locale.words.yes : locale.words.no);
    case CellTag::integer:
    case CellTag::float32:
    case CellTag::float64:
    case CellTag::numeric: return append_number(out, cell, locale);
    case CellTag::text:
    case CellTag::json: return out.append(cell.view());
    case CellTag::jsonb:
      return spell::append_jsonb(out, cell.data, cell.size, spell::JsonSpacing::postgres);
    case CellTag::bytes:
      out.append("\\x");
      return append_written(out, 2 * std::size_t{cell.size},
                            [&](char *p) { return spell::write_hex(p, cell.data, cell.size); });
    case CellTag::uuid:
      return append_written(out, kUuidText,
                            [&](char *p) { return spell::write_uuid(p, cell.data); });
    case CellTag::date:
    case CellTag::time:
    case CellTag::timetz:
    case CellTag::timestamp:
    case CellTag::timestamptz:
    case CellTag::interval:
      return append_written(out, spell::kMaxTimeText,
                            [&](char *p) { return write_moment(p, cell); });
    default: throw Error(sqlstate::internal_error, "value of an unexpected kind in a document");
  }
}

}  // namespace pgexport
