#include "formats/csv/csv_writer.h"

#include <algorithm>
#include <utility>

#include "core/error.h"
#include "core/text/bytes_text.h"
#include "core/text/jsonb_text.h"
#include "core/text/numeric_text.h"
#include "formats/csv/formula_guard.h"
#include "formats/csv/scalar_text.h"
#include "formats/option_error.h"

namespace pgexport {

namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
constexpr std::string_view kEndOfCopy = "\\.";
constexpr std::string_view kGuard = "'";

// Every byte that the text of a number, boolean, uuid, time or interval may hold: digits and signs,
// t, f, NaN, Infinity, BC, infinity, "1 year 2 mons 3 days" and P1Y2M3DT4H5M6S.
constexpr std::string_view kPlainBytes = "0123456789abcdef+-.: tNInyirsmoBCPYMDTHS";
constexpr std::string_view kPlainBytesWithComma = "0123456789abcdef+-.: tNInyirsmoBCPYMDTHS,";
constexpr std::string_view kHexBytes = "\\x0123456789abcdef";

// Escaped text can be twice as long; in pieces of this size a huge value does not need room for
// twice its length.
constexpr std::size_t kPiece = std::size_t{64} << 10;

constexpr std::size_t kCluster = 48;

// The quotes, and a guard that may have to be escaped.
constexpr std::size_t kQuotesAndGuard = 4;

bool holds_only(std::string_view text, std::string_view bytes) {
  return text.find_first_not_of(bytes) == std::string_view::npos;
}

// True if no text made of `bytes` can need quotes.
bool never_quoted(const CsvSettings &settings, std::string_view bytes) {
  const bool as_null = !settings.null_text.empty() && holds_only(settings.null_text, bytes);
  return !as_null && bytes.find(settings.delimiter) == std::string_view::npos &&
         bytes.find(settings.quote) == std::string_view::npos;
}

std::size_t bytes_text_length(const Cell &cell) { return 2 + std::size_t{2} * cell.size; }

// bytea_out: \x and hexadecimal digits.
char *write_bytes(char *p, const Cell &cell) {
  *p++ = '\\';
  *p++ = 'x';
  return spell::write_hex(p, cell.data, cell.size);
}

void put_decimal_comma(char *begin, char *end) {
  char *const point = std::find(begin, end, '.');
  if (point != end) *point = ',';
}

[[noreturn]] void refuse_array() {
  throw Error(sqlstate::data_corrupted, "array value is corrupted");
}

// Whether an option means this column: by its name in the query, as COPY does, or by its heading.
// A name is in UTF-8, as options are; a heading is in the document's encoding.
bool is_called(const Column &column, std::string_view called) {
  return called == column.name || called == column.heading;
}

struct CellSource {
  const Cell *cells;
  [[gnu::always_inline]] bool next(Cell &cell) {
    cell = *cells++;
    return true;
  }
};

}  // namespace

CsvWriter::CsvWriter(CsvSettings settings, OutputBuffer &out)
    : RowWriter(out),
      settings_(std::move(settings)),
      special_(spell::ByteSet{settings_.delimiter, settings_.quote, '\n', '\r'}),
      escaped_(
          spell::ByteSet{settings_.quote, settings_.escape, settings_.quote, settings_.escape}),
      doubles_quotes_(settings_.quote == '"' && settings_.escape == '"'),
      array_text_(settings_.interval_style) {}

void CsvWriter::begin(const DocumentInfo &) {
  if (settings_.bom) out_.append(kByteOrderMark);
}

void CsvWriter::begin_table(const TableHead &head) {
  if (!columns_.empty()) {
    throw Error(sqlstate::feature_not_supported, "a CSV document holds one table only");
  }
  if (head.columns.empty()) {
    throw Error(sqlstate::feature_not_supported, "a CSV document needs at least one column");
  }
  check_forced_columns(head);
  plan_columns(head);
  if (settings_.header) write_header(head);
}

void CsvWriter::check_forced_columns(const TableHead &head) const {
  for (const std::string &forced : settings_.force_columns) {
    const auto means = [&](const Column &column) { return is_called(column, forced); };
    if (std::any_of(head.columns.begin(), head.columns.end(), means)) continue;
    std::vector<std::string_view> names;
    for (const Column &column : head.columns) {
      names.push_back(column.name.empty() ? column.heading : column.name);
    }
    throw Error(sqlstate::undefined_column,
                "column \"" + excerpt(forced) + "\" of option \"force_quote\" does not exist", {},
                did_you_mean(nearest_name(forced, names)));
  }
}

void CsvWriter::plan_columns(const TableHead &head) {
  const bool plain =
      never_quoted(settings_, settings_.decimal_comma ? kPlainBytesWithComma : kPlainBytes);
  const bool bytes = never_quoted(settings_, kHexBytes);
  const auto &listed = settings_.force_columns;
  for (const Column &column : head.columns) {
    const auto means = [&](const std::string &called) { return is_called(column, called); };
    const bool forced = settings_.force_all || std::any_of(listed.begin(), listed.end(), means);
    columns_.push_back({forced, plain && !forced, bytes && !forced, {}});
  }
  layout_ = head.layout;
  constexpr std::size_t kDelimiter = 1, kLineEnd = 2;
  fixed_room_ = columns_.size() * (kMaxScalarText + kDelimiter) + kLineEnd;
}

void CsvWriter::write_header(const TableHead &head) {
  char *p = out_.reserve(fixed_room_);
  for (const Column &column : head.columns) {
    p = write_text(p, column.heading, CellTag::text, false);
    *p++ = settings_.delimiter;
  }
  out_.advance_to(write_line_end(p));
}

template <typename Body>
WriteOutcome CsvWriter::complete_or_nothing(Body body) noexcept {
  const std::size_t start = out_.size();
  WriteOutcome outcome = WriteOutcome::failed;
  try {
    outcome = body();
  } catch (const Error &error) {
    keep_failure(error);
  } catch (...) {
    keep_out_of_memory();  // nothing below throws anything else
  }
  if (outcome != WriteOutcome::ok) out_.truncate(start);
  return outcome;
}

WriteOutcome CsvWriter::row(const Cell *cells) noexcept {
  return complete_or_nothing([&] {
    if (!append_row(CellSource{cells})) refuse_array();
    return WriteOutcome::ok;
  });
}

WriteOutcome CsvWriter::row(const TupleView &tuple) noexcept {
  return complete_or_nothing([&] {
    return append_row(TupleReader(*layout_, tuple, zone_hint_)) ? WriteOutcome::ok
                                                                : WriteOutcome::needs_cells;
  });
}

void CsvWriter::preview_cell(const Cell &cell, std::size_t column) {
  rendered_.clear();
  if (!render(cell, columns_[column].dates)) refuse_array();
  if (settings_.formula_guard && needs_guard(rendered_.view(), cell.tag)) out_.append(kGuard);
  out_.append(rendered_.view());
}

// Returns false if a value cannot be read where it lies; part of the row is then written.
template <typename Source>
bool CsvWriter::append_row(Source source) {
  char *p = out_.reserve(fixed_room_);
  for (ColumnPlan &column : columns_) {
    Cell cell;
    if (!source.next(cell)) return false;
    p = write_field(p, cell, column);
    if (!p) return false;
    *p++ = settings_.delimiter;
  }
  out_.advance_to(write_line_end(p));
  return true;
}

// REQUIRES: the delimiter after the last field is written; the line end takes its place.
char *CsvWriter::write_line_end(char *p) const {
  --p;
  if (settings_.crlf) *p++ = '\r';
  *p++ = '\n';
  return p;
}

[[gnu::always_inline]] inline char *CsvWriter::write_field(char *p, const Cell &cell,
                                                           ColumnPlan &column) {
  if (column.plain_direct && is_scalar(cell.tag)) return write_fixed(p, cell, column.dates);
  switch (cell.tag) {
    case CellTag::null: return write_null(p);
    case CellTag::text:
    case CellTag::json: return write_text(p, cell.view(), cell.tag, column.forced);
    case CellTag::numeric:
      if (!column.plain_direct) break;
      if (!settings_.decimal_comma) {
        if (char *end = spell::write_small_numeric(p, cell.data, cell.size)) return end;
      }
      return write_numeric(room(p, spell::numeric_text_bound(cell.data, cell.size)), cell);
    case CellTag::bytes:
      if (!column.bytes_direct) break;
      return write_bytes(room(p, bytes_text_length(cell)), cell);
    case CellTag::jsonb:
      if (!doubles_quotes_ || !spell::jsonb_has_keys(cell.data, cell.size)) break;
      return write_json_object(p, cell);
    default: break;
  }
  return write_rendered(p, cell, column);
}

// Its text has quotes around its keys, so the field is quoted: no need to look, nor to write twice.
char *CsvWriter::write_json_object(char *p, const Cell &cell) {
  p = room(p, 1);
  *p++ = '"';
  out_.advance_to(p);
  spell::append_jsonb(out_, cell.data, cell.size, spell::JsonSpacing::postgres,
                      spell::JsonQuotes::doubled);
  p = out_.reserve(fixed_room_ + 1);
  *p++ = '"';
  return p;
}

// A value whose text must be looked at before it is written.
char *CsvWriter::write_rendered(char *p, const Cell &cell, ColumnPlan &column) {
  rendered_.clear();
  if (!render(cell, column.dates)) return nullptr;
  return write_text(p, rendered_.view(), cell.tag, column.forced);
}

bool CsvWriter::render(const Cell &cell, spell::DateCache &dates) {
  switch (cell.tag) {
    case CellTag::text:
    case CellTag::json: rendered_.append(cell.view()); return true;
    case CellTag::flat_array: return array_text_.append(rendered_, cell);
    case CellTag::jsonb:
      spell::append_jsonb(rendered_, cell.data, cell.size, spell::JsonSpacing::postgres);
      return true;
    case CellTag::numeric: {
      char *const p = rendered_.reserve(spell::numeric_text_bound(cell.data, cell.size));
      rendered_.advance_to(write_numeric(p, cell));
      return true;
    }
    case CellTag::bytes:
      rendered_.advance_to(write_bytes(rendered_.reserve(bytes_text_length(cell)), cell));
      return true;
    default:
      rendered_.advance_to(write_fixed(rendered_.reserve(kMaxScalarText), cell, dates));
      return true;
  }
}

[[gnu::always_inline]] inline char *CsvWriter::write_fixed(char *p, const Cell &cell,
                                                           spell::DateCache &dates) const {
  char *const end = write_scalar(p, cell, settings_.interval_style, dates);
  const bool fraction = cell.tag == CellTag::float32 || cell.tag == CellTag::float64;
  if (settings_.decimal_comma && fraction) put_decimal_comma(p, end);
  return end;
}

char *CsvWriter::write_numeric(char *p, const Cell &cell) const {
  char *const end = spell::write_numeric(p, cell.data, cell.size);
  if (settings_.decimal_comma) put_decimal_comma(p, end);
  return end;
}

char *CsvWriter::write_null(char *p) {
  const std::string &null_text = settings_.null_text;
  if (null_text.empty()) return p;
  p = room(p, null_text.size());
  return std::copy(null_text.begin(), null_text.end(), p);
}

// A whole field that would mean something else without quotes.
[[gnu::always_inline]] inline bool CsvWriter::is_marker(std::string_view text) const {
  return text == settings_.null_text || (columns_.size() == 1 && text == kEndOfCopy);
}

// Numbers and times are safe: what a spreadsheet makes of -5 is -5.
bool CsvWriter::needs_guard(std::string_view text, CellTag tag) const {
  const bool text_like = tag == CellTag::text || tag == CellTag::json || tag == CellTag::jsonb;
  return text_like && looks_like_formula(text, settings_.is_utf8());
}

[[gnu::always_inline]] inline char *CsvWriter::write_text(char *p, std::string_view text,
                                                          CellTag tag, bool forced) {
  if (settings_.formula_guard && needs_guard(text, tag)) return write_quoted(p, text, true);
  if (forced || is_marker(text)) return write_quoted(p, text, false);
  p = room(p, text.size());
  const std::size_t clean = spell::copy_until(p, text.data(), text.size(), special_);
  return clean == text.size() ? p + clean : write_quoted(p, text, false);
}

char *CsvWriter::write_quoted(char *p, std::string_view text, bool guarded) {
  p = room(p, kQuotesAndGuard);
  *p++ = settings_.quote;
  if (guarded) p = write_escaped(p, kGuard);
  while (!text.empty()) {
    const std::string_view piece = text.substr(0, kPiece);
    p = write_escaped(room(p, 2 * piece.size() + 1), piece);
    text.remove_prefix(piece.size());
  }
  *p++ = settings_.quote;
  return p;
}

// Writes at most twice the bytes of `text`.  What needs an escape comes in clusters (JSON is full
// of quotes): after the first, bytes are looked at one by one for a while.
char *CsvWriter::write_escaped(char *p, std::string_view text) const {
  const char quote = settings_.quote;
  const char escape = settings_.escape;
  for (;;) {
    const std::size_t clean = spell::copy_until(p, text.data(), text.size(), escaped_);
    p += clean;
    text.remove_prefix(clean);
    if (text.empty()) return p;
    const std::string_view cluster = text.substr(0, kCluster);
    for (const char c : cluster) {
      *p = escape;
      p += (c == quote) | (c == escape);
      *p++ = c;
    }
    text.remove_prefix(cluster.size());
  }
}

}  // namespace pgexport
