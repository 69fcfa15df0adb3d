// export.check_invariants: what must hold of the tables whatever has happened to the server.

#include "server/internal_sql.h"
#include "server/roles.h"
#include "server/shared_memory.h"

extern "C" {
#include "catalog/pg_type.h"
#include "funcapi.h"
#include "utils/tuplestore.h"
}

namespace pgexport {

namespace {

// Each query gives a text for everything at fault.  $1 is the boot epoch, or null.
struct Invariant {
  const char *name;
  const char *query;
};

constexpr Invariant kInvariants[] = {
    {"every job has one known state",
     "SELECT coalesce(j.id, s.job)::pg_catalog.text FROM export._job j "
     "FULL JOIN export._job_state s ON s.job OPERATOR(pg_catalog.=) j.id "
     "WHERE j.id IS NULL OR s.job IS NULL OR s.owner OPERATOR(pg_catalog.<>) j.owner OR NOT "
     "s.state "
     "OPERATOR(pg_catalog.=) ANY (ARRAY['queued', 'running', 'retry_wait', 'succeeded', 'failed', "
     "'cancelled', 'blocked', 'dead'])"},
    {"a job has a document if and only if it succeeded",
     "SELECT s.job::pg_catalog.text FROM export._job_state s LEFT JOIN export._artifact a "
     "ON a.id OPERATOR(pg_catalog.=) s.artifact "
     "WHERE (s.state OPERATOR(pg_catalog.=) 'succeeded') OPERATOR(pg_catalog.<>) "
     "(s.artifact IS NOT NULL) OR (s.artifact IS NOT NULL AND a.id IS NULL)"},
    {"a job is published once",
     "SELECT e.job_id::pg_catalog.text FROM export._audit e "
     "WHERE e.kind OPERATOR(pg_catalog.=) 'job' AND e.outcome OPERATOR(pg_catalog.=) 'completed' "
     "GROUP BY e.job_id HAVING pg_catalog.count(*) OPERATOR(pg_catalog.>) 1"},
    {"the document of a job was published by it",
     "SELECT s.job::pg_catalog.text FROM export._job_state s WHERE s.artifact IS NOT NULL "
     "AND NOT EXISTS (SELECT FROM export._audit e WHERE e.job_id OPERATOR(pg_catalog.=) s.job "
     "AND e.artifact_id OPERATOR(pg_catalog.=) s.artifact "
     "AND e.kind OPERATOR(pg_catalog.=) 'job' AND e.outcome OPERATOR(pg_catalog.=) 'completed')"},
    {"a job that runs does so since the start of this server",
     "SELECT s.job::pg_catalog.text FROM export._job_state s "
     "WHERE s.state OPERATOR(pg_catalog.=) 'running' AND s.epoch IS DISTINCT FROM $1"},
    {"a job that runs, and no other, has a slot",
     "SELECT s.job::pg_catalog.text FROM export._job_state s WHERE (s.slot IS NOT NULL) "
     "OPERATOR(pg_catalog.<>) (s.state OPERATOR(pg_catalog.=) 'running')"},
    {"a job that has ended has a time of its end, and no other",
     "SELECT s.job::pg_catalog.text FROM export._job_state s WHERE (s.finished_at IS NOT NULL) "
     "OPERATOR(pg_catalog.<>) (s.state OPERATOR(pg_catalog.=) "
     "ANY (ARRAY['succeeded', 'failed', 'cancelled', 'dead']))"},
    {"a job is blocked for a reason",
     "SELECT s.job::pg_catalog.text FROM export._job_state s WHERE (s.reason IS NOT NULL) "
     "OPERATOR(pg_catalog.<>) (s.state OPERATOR(pg_catalog.=) 'blocked')"},
    {"every document has an equal audit row",
     "SELECT a.id::pg_catalog.text FROM export._artifact a WHERE NOT EXISTS "
     "(SELECT FROM export._audit e WHERE e.artifact_id OPERATOR(pg_catalog.=) a.id "
     "AND e.kind OPERATOR(pg_catalog.=) ANY (ARRAY['run', 'rerun', 'job']) "
     "AND e.outcome OPERATOR(pg_catalog.=) 'completed' AND e.rows OPERATOR(pg_catalog.=) a.rows "
     "AND e.bytes OPERATOR(pg_catalog.=) a.bytes AND e.sha256 OPERATOR(pg_catalog.=) a.sha256)"},
    {"a document in the table has all its chunks",
     "SELECT a.id::pg_catalog.text FROM export._artifact a WHERE a.file IS NULL AND NOT EXISTS "
     "(SELECT FROM export._artifact_drop d WHERE d.artifact OPERATOR(pg_catalog.=) a.id) "
     "AND a.chunks OPERATOR(pg_catalog.<>) (SELECT pg_catalog.count(*) "
     "FROM export._artifact_chunk c WHERE c.artifact OPERATOR(pg_catalog.=) a.id)"},
    {"every chunk belongs to a document",
     "SELECT DISTINCT c.artifact::pg_catalog.text FROM export._artifact_chunk c WHERE NOT EXISTS "
     "(SELECT FROM export._artifact a WHERE a.id OPERATOR(pg_catalog.=) c.artifact "
     "AND a.file IS NULL) OR EXISTS (SELECT FROM export._artifact_drop d "
     "WHERE d.artifact OPERATOR(pg_catalog.=) c.artifact)"},
    {"a schedule waits for a run if and only if it is active",
     "SELECT s.id::pg_catalog.text FROM export._schedule s WHERE (s.next_fire IS NOT NULL) "
     "OPERATOR(pg_catalog.<>) (s.state OPERATOR(pg_catalog.=) 'active') "
     "OR (s.due_at IS NOT NULL) OPERATOR(pg_catalog.<>) (s.next_fire IS NOT NULL)"},
    {"every schedule has what it runs",
     "SELECT coalesce(s.id, r.id)::pg_catalog.text FROM export._schedule s "
     "FULL JOIN export._schedule_request r ON r.id OPERATOR(pg_catalog.=) s.id "
     "WHERE s.id IS NULL OR r.id IS NULL"},
    {"a run of a schedule has a job unless it waits or was not made",
     "SELECT f.schedule::pg_catalog.text FROM export._schedule_fire f WHERE (f.job IS NULL) "
     "OPERATOR(pg_catalog.<>) (f.state OPERATOR(pg_catalog.=) "
     "ANY (ARRAY['waiting', 'skipped', 'missed']))"},
    {"a job is of one run",
     "SELECT f.job::pg_catalog.text FROM export._schedule_fire f WHERE f.job IS NOT NULL "
     "GROUP BY f.job HAVING pg_catalog.count(*) OPERATOR(pg_catalog.>) 1"},
};

void check(ReturnSetInfo *result, const Invariant &invariant, const SqlParameter *epoch) {
  const std::uint64_t count = run_internal_sql(invariant.query, epoch, 1, false);
  for (std::uint64_t i = 0; i < count; i++) {
    bool nulls[2] = {};
    Datum values[2] = {CStringGetTextDatum(invariant.name), sql_result(i, 1, &nulls[1])};
    tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
  }
}

}  // namespace

}  // namespace pgexport

using namespace pgexport;

EXPORT_FUNCTION(export_check_invariants) {
  InitMaterializedSRF(fcinfo, 0);
  require_export_allowed("export.check_invariants()");
  require_export_admin();
  auto *result = reinterpret_cast<ReturnSetInfo *>(fcinfo->resultinfo);
  const SqlParameter epoch = {INT8OID, has_shared_memory() ? Int64GetDatum(boot().epoch) : 0,
                              !has_shared_memory()};
  const InternalSql sql = open_internal_sql();
  for (const Invariant &invariant : kInvariants) check(result, invariant, &epoch);
  close_internal_sql(sql);
  return 0;
}
