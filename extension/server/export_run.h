// The one way to make a document: queries run in the sandbox, their rows go to a writer, the
// writer's bytes to a destination.  Everything else decides when, for whom and where to.
//
//   open_export()   admit, parse and plan all queries, start the document
//   run_export()    section after section, until the end or until a receiver pauses
//   close_export()  ends the executor; the document is complete if the rows ran to their end
//
// All queries of a document see one snapshot.  All memory is in Export::context, a child of the
// context current at open_export().  On ERROR the transaction's abort cleans up executor and
// session; the C++ objects go with the context.
#pragma once

#include "server/sandbox.h"
#include "server/section_run.h"

extern "C" {
#include "datatype/timestamp.h"
#include "portability/instr_time.h"
}

namespace pgexport {

// The template that a document is made from.
struct TemplateUse {
  pg_uuid_t id;
  const char *name;
  int version;
  const char *parameters;  // JSON as given
};

struct ExportRequest {
  DocumentSpec *spec;
  const SectionSource *sources;  // one for each section of the spec
  const char *query_text;        // of a plain query, or nullptr
  const char *document_text;     // JSON of a document, or nullptr
  const char *options_text;      // JSON as given, to be recorded with an artifact, or nullptr
  bool whole;                    // one uncounted run: may use a parallel plan, cannot pause
  const char *search_path;       // of an earlier request to be repeated, or nullptr: the caller's
  const char *time_zone;         // likewise
  TimestampTz now;               // the time of the run, or 0: the clock
  const TemplateUse *source;     // the template it was made from, or nullptr

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
  const char *document_text;
  const char *options_text;         // JSON as given, or nullptr (COPY)
  const TemplateUse *source;        // nullptr: not made from a template
  const QueryArguments *arguments;  // of a plain query
  SandboxSettings *settings;
  SectionRun *sections;
  int section_count;
  int current;          // the section under way
  Snapshot snapshot;    // of all the queries; nullptr once closed
  ResourceOwner owner;  // of the executors' buffers and of the snapshot
  Document *document;   // nullptr in a preview
  DocumentFacts facts;
  bool whole;
  bool stored;  // the document goes to the store, which ends the progress
  Progress *progress;
  bool finished;  // all rows were seen and the document is complete
  instr_time started;
};

Export *open_export(const ExportRequest *request);
bool run_export(Export *run);  // true when the rows are at their end and the document is complete
void close_export(Export *run);

// Rows seen so far, of all sections.
std::uint64_t export_rows(const Export *run);
std::int64_t elapsed_microseconds(const Export *run);

}  // namespace pgexport
