// The one way to make a document: a query runs in the sandbox, its rows go to a writer, the
// writer's bytes to a destination.  Everything else decides when, for whom and where to.
//
//   open_export()   admit, parse, plan, start the executor and the document
//   run_export()    the executor, until the end or until the receiver pauses
//   close_export()  ends the executor; the document is complete if the rows ran to their end
//
// All memory is in Export::context, a child of the context current at open_export().  On ERROR
// the transaction's abort cleans up executor and session; the C++ objects go with the context.
#pragma once

#include "server/query.h"
#include "server/receiver.h"
#include "server/sandbox.h"

extern "C" {
#include "datatype/timestamp.h"
#include "executor/execdesc.h"
#include "portability/instr_time.h"
}

namespace pgexport {

struct ExportRequest {
  const char *query;
  // Makes the parse tree inside the sandbox if the query is not parsed from its text (COPY).
  RawStmt *(*parse)(void *state);
  void *parse_state;
  DocumentSpec *spec;
  const char *options_text;  // JSON as given, to be recorded with an artifact, or nullptr
  const QueryArguments *arguments;
  bool whole;               // one uncounted run: may use a parallel plan, cannot pause
  const char *search_path;  // of an earlier request to be repeated, or nullptr: the caller's
  const char *time_zone;    // likewise

  // Where the document goes; none of them: a preview.
  Destination *destination;
  ChunkDestination *chunks;
  bool (*take_cells)(void *state, const Cell *cells);
  void *take_state;
  bool (*after_drain)(void *state);
  void *drain_state;
};

struct Export {
  MemoryContext context;
  DocumentSpec *spec;
  const char *query_text;
  const char *options_text;  // JSON as given, or nullptr (COPY)
  const QueryArguments *arguments;
  SandboxSettings *settings;
  PreparedQuery *query;
  QueryDesc *query_desc;  // nullptr once closed
  ResourceOwner owner;    // of the executor's buffers and snapshot
  ExportReceiver *receiver;
  Document *document;  // nullptr in a preview
  bool whole;
  bool finished;  // all rows were seen and the document is complete
  TimestampTz document_time;
  instr_time started;
};

Export *open_export(const ExportRequest *request);
bool run_export(Export *run);  // true when the rows are at their end and the document is complete
void close_export(Export *run);

std::int64_t elapsed_microseconds(const Export *run);

}  // namespace pgexport
