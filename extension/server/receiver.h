// Takes the rows from the executor and hands them to a row writer, or to a preview.
//
// Two phases per row.  First the server decodes the values into cells and may raise at any of
// them; nothing in that frame owns anything.  Then one noexcept call writes the row.  Rows that
// still are plain tuples skip the first phase: the writer reads the tuple's bytes itself.
#pragma once

#include "bridge/document.h"
#include "server/mask_value.h"
#include "server/progress.h"

extern "C" {
#include "tcop/dest.h"
}

namespace pgexport {

// A column of the document: which of the query's, under which heading.
struct ReceiverColumn {
  int source;           // index in the query's row
  const char *name;     // the query's name for it
  const char *heading;  // in the document's encoding
  const char *type_name;
  int precision, scale;  // see formats/row_writer.h, Column
  Decoder *decoder;
  ColumnMask *mask;  // nullptr: none
};

struct ExportReceiver {
  DestReceiver dest;
  const Section *section;
  const Mask *masks;  // of the query's columns, as the administrator decided; nullptr: none
  MemoryContext context;
  DecodeContext decode;
  int count;
  ReceiverColumn *columns;
  std::uint64_t rows;
  Progress *progress;

  // Where rows go: `document`, or else `take_cells`, which returns false to stop.
  Document *document;
  bool (*take_cells)(void *state, const Cell *cells);
  void *take_state;
  // Called after each drain; true pauses the run, which may be taken up again.
  bool (*after_drain)(void *state);
  void *drain_state;

  Cell *cells;
  MemoryContext row_context;
  TupleLayout layout;  // columns is nullptr if rows must come as cells
  int current_column;
};

// REQUIRES: inside the sandbox.
ExportReceiver *make_receiver(const DocumentSpec *spec, const Section *section);

// Learns the columns from the query's row type.  Raises 42703 for a column that is not there.
void describe_columns(ExportReceiver *receiver, TupleDesc desc);

// The columns as a document or a preview takes them.
const ColumnHead *column_heads(const ExportReceiver *receiver);

// Starts the table.  REQUIRES: columns described, `document` set and begun.
void begin_table(ExportReceiver *receiver);

}  // namespace pgexport
