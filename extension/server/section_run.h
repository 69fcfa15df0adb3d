// One section of a document under way: its query, prepared with all the others before the first
// byte is made, then executed when its turn comes.
//
//   prepare_section()  parses, checks and plans, learns the columns
//   start_section()    starts the executor and the table
//   stop_section()     ends the executor
#pragma once

#include "server/query.h"
#include "server/receiver.h"

extern "C" {
#include "executor/execdesc.h"
#include "utils/snapshot.h"
}

namespace pgexport {

// Where the rows of a section come from.
struct SectionSource {
  const char *query;  // nullptr: a text, which has none
  // Makes the parse tree inside the sandbox if the query is not parsed from its text (COPY).
  RawStmt *(*parse)(void *state);
  void *parse_state;
  const QueryArguments *arguments;
  // Of a job: the text is frozen, and these are the columns that it must still give.
  const char *frozen_columns;
};

struct SectionRun {
  const Section *section;
  PreparedQuery *query;      // nullptr: a text
  ExportReceiver *receiver;  // nullptr: a text
  QueryDesc *query_desc;     // while the executor runs
};

// All of these REQUIRE: inside the sandbox; the first an active snapshot.
void prepare_section(SectionRun *run, const DocumentSpec *spec, const Section *section,
                     const SectionSource *source, int cursor_options,
                     const SandboxSettings *settings);
void start_section(SectionRun *run, Snapshot snapshot);
void stop_section(SectionRun *run);

}  // namespace pgexport
