// What a job is made of, for those that make jobs: submit() now, schedules again and again.
#pragma once

#include "server/export_run.h"
#include "server/internal_sql.h"

extern "C" {
#include "datatype/timestamp.h"
}

namespace pgexport {

struct JobTerms {
  int priority;
  bool waits;
  TimestampTz not_before;
  const char *title;
  const char *idempotency_key;
  const char *notify;
  int max_attempts;
  Interval time_limit;
};

JobTerms default_terms();

// Arguments of a call; null is the default.  Raise 22023.
int priority_argument(FunctionCallInfo fcinfo, int number);
int max_attempts_argument(FunctionCallInfo fcinfo, int number);
Interval time_limit_argument(FunctionCallInfo fcinfo, int number);
const char *bounded_text_argument(FunctionCallInfo fcinfo, int number, const char *name, Size most);

// Raises unless the current user may have something run in the background here.  `what` is the
// function's name.
void admit_job(const char *what);

// A row of export._job, or of a table of its shape: what the current user's request means now.
struct JobRow {
  SqlParameter values[21];
};
JobRow make_job_row(const pg_uuid_t *id, const ExportRequest *request, const char *format,
                    const JobTerms *terms);

// False if `on_conflict` has it so.  REQUIRES: inside internal SQL.
bool insert_job_row(const char *table, const JobRow *row, const char *on_conflict);

// Queues a job whose row is there.  `not_before` may be nullptr.  REQUIRES: inside internal SQL.
void insert_job_state(const pg_uuid_t *job, Oid owner, int priority, const TimestampTz *not_before);

}  // namespace pgexport
