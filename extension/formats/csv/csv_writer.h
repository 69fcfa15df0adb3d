// Writes one table as CSV.
//
// A field is quoted by the rules of COPY (PostgreSQL 15, copyto.c, CopyAttributeOutCSV): when it
// is forced, when it equals the null text (else a reader could not tell them apart), when it holds
// the delimiter, the quote, CR or LF, or when it is "\." alone on a line.
#pragma once

#include <string_view>
#include <vector>

#include "core/text/scan.h"
#include "core/text/time_text.h"
#include "formats/csv/array_text.h"
#include "formats/csv/csv_settings.h"
#include "formats/row_writer.h"

#include "core/no_postgres.h"

namespace pgexport {

class CsvWriter final : public RowWriter {
 public:
  CsvWriter(CsvSettings settings, OutputBuffer &out);

  void begin(const DocumentInfo &info) override;
  void begin_table(const TableHead &head) override;
  WriteOutcome row(const Cell *cells) noexcept override;
  WriteOutcome row(const TupleView &tuple) noexcept override;
  void preview_cell(const Cell &cell, std::size_t column) override;
  void end_table() override {}
  void finish() override {}

 private:
  struct ColumnPlan {
    bool forced;        // quote what is not null
    bool plain_direct;  // numbers and times never need quotes
    bool bytes_direct;  // nor does bytea
    spell::DateCache dates;
  };

  void plan_columns(const TableHead &head);
  void check_forced_columns(const TableHead &head) const;
  void write_header(const TableHead &head);

  template <typename Body>
  WriteOutcome complete_or_nothing(Body body) noexcept;
  template <typename Source>
  bool append_row(Source source);

  // Each of these writes one field at `p` and returns its end.  Before and after there is room for
  // fixed_room_ bytes: the rest of the row, if all its values are of fixed length.
  // write_field() and write_rendered() return nullptr for a value that cannot be read in place.
  char *write_field(char *p, const Cell &cell, ColumnPlan &column);
  char *write_rendered(char *p, const Cell &cell, ColumnPlan &column);
  char *write_json_object(char *p, const Cell &cell);
  char *write_null(char *p);
  char *write_text(char *p, std::string_view text, CellTag tag, bool forced);
  char *write_quoted(char *p, std::string_view text, bool guarded);
  char *write_line_end(char *p) const;

  // Each of these writes text as it is, into room that the caller made.
  char *write_fixed(char *p, const Cell &cell, spell::DateCache &dates) const;
  char *write_numeric(char *p, const Cell &cell) const;
  char *write_escaped(char *p, std::string_view text) const;

  bool render(const Cell &cell, spell::DateCache &dates);
  bool is_marker(std::string_view text) const;
  bool needs_guard(std::string_view text, CellTag tag) const;

  // Makes room for `n` more bytes at `p`, beside those that are always there.
  char *room(char *p, std::size_t n) {
    out_.advance_to(p);
    return out_.reserve(n + fixed_room_);
  }

  const CsvSettings settings_;
  const spell::AnyOf special_;  // bytes that ask for quotes
  const spell::AnyOf escaped_;  // bytes that are escaped within them
  const bool doubles_quotes_;   // quote and escape are both "
  std::vector<ColumnPlan> columns_;
  const TupleLayout *layout_ = nullptr;
  std::size_t zone_hint_ = 0;
  std::size_t fixed_room_ = 0;
  ArrayText array_text_;
  OutputBuffer rendered_;  // the text of a value that must be looked at before it is written
};

}  // namespace pgexport
