// Turns rows into one document.  Not thread-safe; one document per object.
//
// Life cycle:
//   begin()  { begin_table()  row()*  end_table()  |  text() }*  then one of  finish() | cancel()
//
// Tables, charts and key figures come as tables (TableHead::kind says which); a writer that cannot
// show a kind is not given it (Format::shows).
//
// finish() commits: only after it returns is the document complete.  cancel() abandons it, may be
// called at any time, also twice, and leaves nothing behind.  The destructor cancels; it never
// completes a document.
//
// Everything but row() throws pgexport::Error (or std::bad_alloc).  row() is called with the
// server's frames above it and never throws: it keeps its error for failure().
//
// Bytes go into the OutputBuffer given at construction; whoever drives the writer empties it
// between calls.  A row is in the buffer completely or, if row() did not return ok, not at all.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/cell.h"
#include "core/error.h"
#include "core/output_buffer.h"
#include "core/tuple_view.h"
#include "formats/section.h"

#include "core/no_postgres.h"

namespace pgexport {

struct DocumentInfo {
  std::string title;               // UTF-8, as all of these; may be empty
  std::int64_t document_time = 0;  // microseconds since 2000-01-01 UTC, an input, never the clock
  std::int32_t utc_offset = 0;     // seconds east of UTC at that time, in the document's zone
  std::string time_zone;           // name of that zone
  std::string subtitle;
  std::string author;         // metadata; empty: not recorded
  std::string subject;        // metadata
  std::string user;           // who exports, for {user}
  std::string filters;        // what the rows were filtered by, for {filters}
  std::string locale = "en";  // language of the fixed words and of number signs
  std::string logo;           // bytes of a PNG or JPEG file, or empty
  bool is_plain = true;       // of a plain query: one table without a name
};

struct Column {
  std::string heading;    // in the document's encoding
  std::string type_name;  // PostgreSQL's name of the type, e.g. "numeric(10,2)"
  CellTag tag;            // of its non-null cells, unless they vary (then `text`)
  std::string name = {};  // of the query's column
  // Of a numeric or an integer: the most decimal digits its declared type can hold, 0 if there is
  // no such limit; and the digits after the point, -1 if they vary.
  int precision = 0;
  int scale = -1;
  ColumnStyle style = {};
};

// A chart over the columns of a table.
struct ChartColumns {
  ChartSpec spec;
  int category;             // index of a column
  std::vector<int> values;  // likewise
};

// The head of the rows of a section that has rows.
struct TableHead {
  std::vector<Column> columns;
  // Set if rows may also come as TupleView; valid until end_table().
  const TupleLayout *layout = nullptr;
  SectionKind kind = SectionKind::table;
  std::string name = {};   // unique within the document; empty in a document of a plain query
  std::string title = {};  // may be empty
  std::vector<int> group_by = {};  // indexes of columns; rows come ordered by them
  std::vector<ChartColumns> charts = {};
  bool half_width = false;
  bool page_break = false;
};

struct TextBlock {
  std::string name;
  std::string title;
  std::string text;
  bool half_width = false;
  bool page_break = false;
};

enum class WriteOutcome : std::uint8_t {
  ok,
  needs_cells,  // only from row(TupleView): nothing was written, call row(cells) for this row
  failed,       // see failure()
};

class RowWriter {
 public:
  explicit RowWriter(OutputBuffer &out) : out_(out) {}
  RowWriter(const RowWriter &) = delete;
  RowWriter &operator=(const RowWriter &) = delete;
  virtual ~RowWriter() = default;

  virtual void begin(const DocumentInfo &info) = 0;

  // REQUIRES: begun, no table open.  `head` is copied where it is needed later.
  virtual void begin_table(const TableHead &head) = 0;

  // REQUIRES: a table is open; `cells` has as many entries as the table has columns.
  virtual WriteOutcome row(const Cell *cells) noexcept = 0;

  // REQUIRES: a table is open and its head had a layout.
  virtual WriteOutcome row(const TupleView &tuple) noexcept = 0;

  // Appends one value as a person sees it in this format: the field of a CSV before quoting, the
  // value of a JSON member.  For previews.  REQUIRES: a table is open; the cell is not null.
  virtual void preview_cell(const Cell &cell, std::size_t column) = 0;

  virtual void end_table() = 0;

  // A section without rows.  REQUIRES: begun, no table open.
  virtual void text(const TextBlock &) {}

  virtual void finish() = 0;
  virtual void cancel() noexcept {}

  // What the reader of the document should know, one sentence each: values that had to be written
  // as text, characters that no font has.  REQUIRES: finished.
  virtual std::vector<std::string> warnings() const { return {}; }

  // The error of the row() that failed.  REQUIRES: a row() returned failed.
  const Error &failure() const { return *failure_; }

 protected:
  // For the catch blocks of row(): keeps the error, or out of memory if even that fails.
  void keep_failure(const Error &error) noexcept {
    try {
      failure_.emplace(error);
    } catch (...) {
      keep_out_of_memory();
    }
  }
  void keep_out_of_memory() noexcept;

  OutputBuffer &out_;

 private:
  std::optional<Error> failure_;
};

}  // namespace pgexport
