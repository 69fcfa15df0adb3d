// Turns rows into one document.  Not thread-safe; one document per object.
//
// Life cycle:
//   begin()  { begin_table()  row()*  end_table() }*  then exactly one of  finish() | cancel()
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

#include "core/no_postgres.h"

namespace pgexport {

struct DocumentInfo {
  std::string title;           // UTF-8, may be empty
  std::int64_t document_time;  // microseconds since 2000-01-01 UTC, an input, never the clock
};

struct Column {
  std::string heading;    // in the document's encoding
  std::string type_name;  // PostgreSQL's name of the type, e.g. "numeric(10,2)"
  CellTag tag;            // of its non-null cells, unless they vary (then `text`)
};

struct TableHead {
  std::vector<Column> columns;
  // Set if rows may also come as TupleView; valid until end_table().
  const TupleLayout *layout = nullptr;
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
  virtual void finish() = 0;
  virtual void cancel() noexcept {}

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
