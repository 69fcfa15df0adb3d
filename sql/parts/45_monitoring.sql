-- What runs now, from shared memory, and what must hold of the tables.

CREATE FUNCTION export._progress(
    OUT job_id uuid, OUT pid integer, OUT owner text, OUT database text, OUT format text,
    OUT phase text, OUT started_at timestamptz, OUT rows bigint, OUT bytes bigint,
    OUT estimated_rows bigint)
RETURNS SETOF record
LANGUAGE c VOLATILE PARALLEL RESTRICTED
AS 'MODULE_PATHNAME', 'export_progress';
COMMENT ON FUNCTION export._progress() IS 'rows of the view export.progress';

CREATE FUNCTION export._workers(
    OUT kind text, OUT state text, OUT pid integer, OUT database text, OUT role text,
    OUT job_id uuid, OUT since timestamptz, OUT deadline timestamptz, OUT jobs bigint)
RETURNS SETOF record
LANGUAGE c VOLATILE PARALLEL RESTRICTED
AS 'MODULE_PATHNAME', 'export_workers';
COMMENT ON FUNCTION export._workers() IS 'rows of the view export.workers';

CREATE FUNCTION export.check_invariants(OUT invariant text, OUT detail text)
RETURNS SETOF record
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'export_check_invariants';
COMMENT ON FUNCTION export.check_invariants()
IS 'what does not hold of the tables although it always must; no row if all is well';

-- The planner's estimate is no promise: a run that passes it stays below 100 percent.
CREATE VIEW export.progress WITH (security_barrier) AS
SELECT p.job_id, p.pid, p.owner, p.database, p.format, p.phase, p.started_at, p.rows, p.bytes,
       p.estimated_rows,
       CASE WHEN p.estimated_rows OPERATOR(pg_catalog.>) 0
            THEN least(pg_catalog.round(100.0 OPERATOR(pg_catalog.*) p.rows
                                        OPERATOR(pg_catalog./) p.estimated_rows, 1), 99.9)
       END AS percent,
       pg_catalog.round((p.rows OPERATOR(pg_catalog./) greatest(
           extract(epoch FROM pg_catalog.clock_timestamp() OPERATOR(pg_catalog.-) p.started_at),
           0.001))::pg_catalog.numeric, 1) AS rows_per_second
FROM export._progress() p;
COMMENT ON VIEW export.progress IS 'exports that run now, in the background and in sessions';

CREATE VIEW export.workers WITH (security_barrier) AS
SELECT w.kind, w.state, w.pid, w.database, w.role, w.job_id, w.since, w.deadline, w.jobs
FROM export._workers() w;
COMMENT ON VIEW export.workers IS 'the server''s processes for the extension, and what they do';

ALTER VIEW export.progress OWNER TO export_owner;
ALTER VIEW export.workers OWNER TO export_owner;
REVOKE ALL ON export.progress, export.workers FROM PUBLIC;
GRANT SELECT ON export.progress TO export_user, export_admin;
GRANT SELECT ON export.workers TO export_admin;
GRANT EXECUTE ON FUNCTION export._progress() TO export_user, export_admin;
GRANT EXECUTE ON FUNCTION export._workers(), export.check_invariants() TO export_admin;
