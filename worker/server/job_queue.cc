// The dispatcher's part of worker/server/job_states.h.

#include "server/background_owner.h"
#include "server/internal_sql.h"
#include "server/job_news.h"
#include "server/shared_memory.h"
#include "worker/server/job_states.h"

extern "C" {
#include "catalog/pg_type.h"
#include "utils/timestamp.h"
}

namespace pgexport {

namespace {

constexpr int kMaxCrashes = 3;

// The first jobs of each owner that has any: one step in the index from owner to owner.
constexpr const char *kFindCandidates =
    "WITH RECURSIVE owner AS ("
    "(SELECT s.owner FROM export._job_state s WHERE s.due AND s.state OPERATOR(pg_catalog.=) "
    "'queued' AND s.owner OPERATOR(pg_catalog.>) $1 ORDER BY s.owner LIMIT 1) UNION ALL "
    "SELECT (SELECT s.owner FROM export._job_state s WHERE s.due AND s.state "
    "OPERATOR(pg_catalog.=) 'queued' AND s.owner OPERATOR(pg_catalog.>) o.owner "
    "ORDER BY s.owner LIMIT 1) FROM owner o WHERE o.owner IS NOT NULL) "
    "SELECT h.job, h.owner, j.owner_name::pg_catalog.text, h.attempt, h.crashes, "
    "(1000000 * extract(epoch FROM j.time_limit))::pg_catalog.int8 "
    "FROM (SELECT o.owner FROM owner o LIMIT $3) o CROSS JOIN LATERAL "
    "(SELECT s.job, s.owner, s.attempt, s.crashes, s.rank FROM export._job_state s WHERE s.due "
    "AND s.state OPERATOR(pg_catalog.=) 'queued' AND s.owner OPERATOR(pg_catalog.=) o.owner "
    "ORDER BY s.rank, s.job LIMIT $4) h JOIN export._job j ON j.id OPERATOR(pg_catalog.=) h.job "
    "WHERE h.owner OPERATOR(pg_catalog.<=) $2 ORDER BY h.owner, h.rank, h.job";

Candidate read_candidate(std::uint64_t row) {
  Candidate candidate;
  bool is_null;
  candidate.job = *DatumGetUUIDP(sql_result(row, 1, &is_null));
  candidate.owner = DatumGetObjectId(sql_result(row, 2, &is_null));
  candidate.owner_name = text_to_cstring(DatumGetTextPP(sql_result(row, 3, &is_null)));
  candidate.attempt = DatumGetInt32(sql_result(row, 4, &is_null));
  candidate.crashes = DatumGetInt32(sql_result(row, 5, &is_null));
  candidate.time_limit = DatumGetInt64(sql_result(row, 6, &is_null));
  return candidate;
}

struct Asked {
  pg_uuid_t job;
  bool retry;
  const char *by;
  const char *state;
  int slot;
};

Asked read_asked(std::uint64_t row) {
  Asked asked;
  bool is_null;
  asked.job = *DatumGetUUIDP(sql_result(row, 1, &is_null));
  asked.retry = strcmp(text_to_cstring(DatumGetTextPP(sql_result(row, 2, &is_null))), "retry") == 0;
  asked.by = text_to_cstring(DatumGetTextPP(sql_result(row, 3, &is_null)));
  asked.state = text_to_cstring(DatumGetTextPP(sql_result(row, 4, &is_null)));
  const Datum slot = sql_result(row, 5, &is_null);
  asked.slot = is_null ? -1 : DatumGetInt32(slot);
  return asked;
}

constexpr const char *kTakeRequests =
    "WITH taken AS (DELETE FROM export._job_request r RETURNING r.job, r.action, r.requested_by, "
    "r.requested_at) SELECT t.job, t.action, t.requested_by::pg_catalog.text, s.state, s.slot "
    "FROM taken t JOIN export._job_state s ON s.job OPERATOR(pg_catalog.=) t.job "
    "ORDER BY t.requested_at";

void answer(const Asked *asked, void (*stop)(const pg_uuid_t *job, int slot)) {
  const SqlParameter job = uuid_parameter(&asked->job);
  if (asked->retry) {
    change_job_states(
        "UPDATE export._job_state s SET state = 'queued', due = true, failures = 0, crashes = 0, "
        "rank = pg_catalog.clock_timestamp(), finished_at = NULL, started_at = NULL, "
        "sqlstate = NULL, message = NULL, hint = NULL WHERE s.job OPERATOR(pg_catalog.=) $1 "
        "AND s.state OPERATOR(pg_catalog.=) ANY (ARRAY['failed', 'cancelled', 'dead'])",
        &job, 1);
  } else if (strcmp(asked->state, "running") == 0) {
    stop(&asked->job, asked->slot);
  } else {
    const SqlParameter parameters[] = {job, text_parameter(psprintf("cancelled by %s", asked->by))};
    change_job_states(
        "UPDATE export._job_state s SET state = 'cancelled', due = true, sqlstate = '57014', "
        "message = $2, hint = NULL, finished_at = pg_catalog.clock_timestamp() "
        "WHERE s.job OPERATOR(pg_catalog.=) $1 "
        "AND s.state OPERATOR(pg_catalog.=) ANY (ARRAY['queued', 'retry_wait', 'blocked'])",
        parameters, lengthof(parameters));
  }
}

// An owner all of whose blocked jobs can run again; names, because the OID may be another role's.
void release_owner(Oid owner, const char *name) {
  const SqlParameter parameters[] = {oid_parameter(owner), text_parameter(name)};
  change_job_states(
      "UPDATE export._job_state s SET state = 'queued', reason = NULL FROM export._job j "
      "WHERE s.owner OPERATOR(pg_catalog.=) $1 AND s.state OPERATOR(pg_catalog.=) 'blocked' "
      "AND j.id OPERATOR(pg_catalog.=) s.job AND j.owner_name::pg_catalog.text "
      "OPERATOR(pg_catalog.=) $2",
      parameters, lengthof(parameters));
}

void release_blocked() {
  struct Owner {
    Oid oid;
    const char *name;
  };
  const MemoryContext caller = CurrentMemoryContext;
  const InternalSql sql = open_internal_sql();
  const auto count = run_internal_sql(
      "SELECT DISTINCT s.owner, j.owner_name::pg_catalog.text FROM export._job_state s "
      "JOIN export._job j ON j.id OPERATOR(pg_catalog.=) s.job "
      "WHERE s.state OPERATOR(pg_catalog.=) 'blocked'",
      nullptr, 0, false);
  const MemoryContext old = MemoryContextSwitchTo(caller);
  auto *owners = static_cast<Owner *>(palloc0(sizeof(Owner) * (count + 1)));
  for (std::uint64_t i = 0; i < count; i++) {
    bool is_null;
    owners[i] = {DatumGetObjectId(sql_result(i, 1, &is_null)),
                 text_to_cstring(DatumGetTextPP(sql_result(i, 2, &is_null)))};
  }
  MemoryContextSwitchTo(old);
  close_internal_sql(sql);
  for (std::uint64_t i = 0; i < count; i++) {
    if (!background_fault(owners[i].oid, owners[i].name).reason) {
      release_owner(owners[i].oid, owners[i].name);
    }
  }
}

}  // namespace

int find_candidates(Oid after, Oid upto, int owners, int each, Candidate **candidates) {
  const MemoryContext caller = CurrentMemoryContext;
  const InternalSql sql = open_internal_sql();
  const SqlParameter parameters[] = {oid_parameter(after), oid_parameter(upto),
                                     int4_parameter(owners), int4_parameter(each)};
  const std::uint64_t count =
      run_internal_sql(kFindCandidates, parameters, lengthof(parameters), false);
  const MemoryContext old = MemoryContextSwitchTo(caller);
  *candidates = static_cast<Candidate *>(palloc0(sizeof(Candidate) * (count + 1)));
  for (std::uint64_t i = 0; i < count; i++) (*candidates)[i] = read_candidate(i);
  MemoryContextSwitchTo(old);
  close_internal_sql(sql);
  return static_cast<int>(count);
}

bool suspect_runs() {
  const InternalSql sql = open_internal_sql();
  const bool runs = run_internal_sql(
                        "SELECT FROM export._job_state s WHERE s.state OPERATOR(pg_catalog.=) "
                        "'running' AND s.crashes OPERATOR(pg_catalog.>) 0",
                        nullptr, 0, false) > 0;
  close_internal_sql(sql);
  return runs;
}

void record_claim(const pg_uuid_t *job, int attempt, int slot) {
  const SqlParameter parameters[] = {uuid_parameter(job), int4_parameter(attempt),
                                     int4_parameter(slot), int8_parameter(boot().epoch)};
  change_job_states(
      "UPDATE export._job_state s SET state = 'running', attempt = $2, slot = $3, epoch = $4, "
      "started_at = pg_catalog.clock_timestamp() WHERE s.job OPERATOR(pg_catalog.=) $1 "
      "AND s.state OPERATOR(pg_catalog.=) 'queued'",
      parameters, lengthof(parameters));
}

void record_owner_fault(const pg_uuid_t *job, const char *reason) {
  const SqlParameter parameters[] = {uuid_parameter(job), text_parameter(reason)};
  change_job_states(
      "UPDATE export._job_state s SET state = 'blocked', reason = $2 "
      "WHERE s.job OPERATOR(pg_catalog.=) $1 AND s.state OPERATOR(pg_catalog.=) 'queued'",
      parameters, lengthof(parameters));
}

void recover_orphans() {
  const SqlParameter parameters[] = {int8_parameter(boot().epoch),
                                     int4_parameter(boot().after_crash ? 1 : 0),
                                     int4_parameter(kMaxCrashes)};
  change_job_states(
      "UPDATE export._job_state s SET slot = NULL, crashes = s.crashes OPERATOR(pg_catalog.+) $2, "
      "state = v.state, finished_at = CASE WHEN v.dead THEN pg_catalog.clock_timestamp() END, "
      "sqlstate = CASE WHEN v.dead THEN '57P02' END, "
      "message = CASE WHEN v.dead THEN 'the server crashed each time the job ran' END, "
      "hint = CASE WHEN v.dead THEN 'Find out why in the log of the server, then use "
      "export.retry().' END "
      "FROM (SELECT o.job, o.crashes OPERATOR(pg_catalog.+) $2 OPERATOR(pg_catalog.>=) $3 AS dead, "
      "CASE WHEN o.crashes OPERATOR(pg_catalog.+) $2 OPERATOR(pg_catalog.>=) $3 THEN 'dead' "
      "ELSE 'queued' END AS state FROM export._job_state o "
      "WHERE o.state OPERATOR(pg_catalog.=) 'running' AND o.epoch OPERATOR(pg_catalog.<>) $1) v "
      "WHERE s.job OPERATOR(pg_catalog.=) v.job",
      parameters, lengthof(parameters));
}

void for_each_running(void (*look)(const pg_uuid_t *job, int attempt, int slot)) {
  struct Running {
    pg_uuid_t job;
    int attempt, slot;
  };
  const MemoryContext caller = CurrentMemoryContext;
  const InternalSql sql = open_internal_sql();
  const auto count = run_internal_sql(
      "SELECT s.job, s.attempt, s.slot FROM export._job_state s "
      "WHERE s.state OPERATOR(pg_catalog.=) 'running'",
      nullptr, 0, false);
  auto *running = static_cast<Running *>(MemoryContextAlloc(caller, sizeof(Running) * (count + 1)));
  for (std::uint64_t i = 0; i < count; i++) {
    bool is_null;
    running[i] = {*DatumGetUUIDP(sql_result(i, 1, &is_null)),
                  DatumGetInt32(sql_result(i, 2, &is_null)),
                  DatumGetInt32(sql_result(i, 3, &is_null))};
  }
  close_internal_sql(sql);
  for (std::uint64_t i = 0; i < count; i++) {
    look(&running[i].job, running[i].attempt, running[i].slot);
  }
}

void release_waiting(bool blocked_too) {
  change_job_states(
      "UPDATE export._job_state s SET state = 'queued', due = true "
      "WHERE NOT s.due AND s.not_before OPERATOR(pg_catalog.<=) pg_catalog.clock_timestamp() "
      "AND s.state OPERATOR(pg_catalog.=) ANY (ARRAY['queued', 'retry_wait'])",
      nullptr, 0);
  if (blocked_too) release_blocked();
}

long next_release() {
  const InternalSql sql = open_internal_sql();
  bool is_null = true;
  Datum value = 0;
  if (run_internal_sql("SELECT pg_catalog.min(s.not_before) FROM export._job_state s "
                       "WHERE NOT s.due",
                       nullptr, 0, false) > 0) {
    value = sql_result(0, 1, &is_null);
  }
  const long left =
      is_null ? -1
              : TimestampDifferenceMilliseconds(GetCurrentTimestamp(), DatumGetTimestampTz(value));
  close_internal_sql(sql);
  return left;
}

void take_requests(void (*stop)(const pg_uuid_t *job, int slot)) {
  const MemoryContext caller = CurrentMemoryContext;
  const InternalSql sql = open_internal_sql();
  const std::uint64_t count = run_internal_sql(kTakeRequests, nullptr, 0, false);
  const MemoryContext old = MemoryContextSwitchTo(caller);
  auto *asked = static_cast<Asked *>(palloc0(sizeof(Asked) * (count + 1)));
  for (std::uint64_t i = 0; i < count; i++) asked[i] = read_asked(i);
  MemoryContextSwitchTo(old);
  close_internal_sql(sql);
  for (std::uint64_t i = 0; i < count; i++) answer(&asked[i], stop);
}

}  // namespace pgexport
