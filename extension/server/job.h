// A job as the tables have it, and what it takes to run one.
#pragma once

#include "server/export_run.h"

extern "C" {
#include "utils/jsonb.h"
}

namespace pgexport {

struct Job {
  pg_uuid_t id;
  Oid owner;
  const char *owner_name;
  const char *state;
  int attempt;
  bool made_here;             // by the current transaction
  const char *query;          // of a plain query, else nullptr
  const char *document;       // of a document of several sections, else nullptr
  const char *template_name;  // of a template, else nullptr
  int template_version;
  const char *parameters;
  const char *format;
  const char *options;
  int section_count;  // 0: a template
  const char **queries;
  Jsonb **arguments;
  const char **columns;
  Jsonb *settings;
  const char *notify;
  int failures, crashes, max_attempts;
  bool retry_asked;  // and the dispatcher has not answered yet
};

// In the current memory context, by a snapshot of its own; nullptr if there is none.
const Job *find_job(const pg_uuid_t *id);

// The same for the owner, and for administrators.  Raises the same 42704 for a job that does not
// exist and for somebody else's.
const Job *require_job(const pg_uuid_t *id);

// What to run.  REQUIRES: the settings are those of the job.
ExportRequest job_request(const Job *job);

// The settings of this session that a job takes along, as a jsonb object; and the other way round.
Datum capture_settings();
void apply_settings(Jsonb *settings);

}  // namespace pgexport
