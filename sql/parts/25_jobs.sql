-- Jobs: exports that run later, in the background, as the role that submitted them.

-- What was asked for.  A row is never updated: its xmin tells the transaction that made it.
CREATE TABLE export._job (
    id uuid PRIMARY KEY,
    owner oid NOT NULL,
    owner_name name NOT NULL,
    title text,
    query text,             -- of a plain query
    document jsonb,         -- of several sections
    template_name text,     -- of a template
    template_version integer,
    parameters jsonb,
    format text NOT NULL,
    options jsonb NOT NULL,
    queries text[],         -- of the sections, their names resolved; null for a template
    arguments jsonb[],      -- of each of them
    columns text[],         -- that each of them gave
    settings jsonb NOT NULL,
    priority integer NOT NULL,
    not_before timestamptz,
    idempotency_key text,
    notify text,
    max_attempts integer NOT NULL,
    time_limit interval NOT NULL,
    created_at timestamptz NOT NULL
);
CREATE UNIQUE INDEX _job_key ON export._job (owner, idempotency_key)
WHERE idempotency_key IS NOT NULL;
CREATE INDEX _job_owner ON export._job (owner, created_at);

-- What has become of it.  Sessions insert the row; from then on only the workers change it.
CREATE TABLE export._job_state (
    job uuid PRIMARY KEY,
    owner oid NOT NULL,
    state text NOT NULL,
    reason text,              -- of `blocked`
    due boolean NOT NULL,     -- false: waits for `not_before`
    not_before timestamptz NOT NULL,
    rank timestamptz NOT NULL,    -- smaller runs first: the time it became due, less a minute for each priority
    attempt integer NOT NULL DEFAULT 0,
    failures integer NOT NULL DEFAULT 0,
    crashes integer NOT NULL DEFAULT 0,
    slot integer,
    epoch bigint,
    started_at timestamptz,
    finished_at timestamptz,
    artifact uuid,
    sqlstate text,
    message text,
    hint text
);
CREATE INDEX _job_state_ready ON export._job_state (owner, rank, job)
WHERE due AND state = 'queued';
CREATE INDEX _job_state_waiting ON export._job_state (not_before) WHERE NOT due;
CREATE INDEX _job_state_running ON export._job_state (job) WHERE state = 'running';
CREATE INDEX _job_state_blocked ON export._job_state (owner) WHERE state = 'blocked';

-- What sessions want of a job that exists; the dispatcher takes it away.
CREATE TABLE export._job_request (
    job uuid NOT NULL,
    action text NOT NULL,
    requested_by name NOT NULL,
    requested_at timestamptz NOT NULL
);

ALTER TABLE export._job OWNER TO export_owner;
ALTER TABLE export._job_state OWNER TO export_owner;
ALTER TABLE export._job_request OWNER TO export_owner;
REVOKE ALL ON export._job, export._job_state, export._job_request FROM PUBLIC;

-- The first of the arguments about the job is an interval because nothing is cast to one: a call with
-- values for $1, $2 ... in their place is then a call of the other form.
CREATE FUNCTION export.submit(
    query text, format text DEFAULT 'csv', options jsonb DEFAULT '{}',
    time_limit interval DEFAULT '1 hour', max_attempts integer DEFAULT 5,
    priority integer DEFAULT 0, not_before timestamptz DEFAULT NULL, title text DEFAULT NULL,
    idempotency_key text DEFAULT NULL, notify text DEFAULT NULL)
RETURNS uuid
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'export_submit';
COMMENT ON FUNCTION export.submit(text, text, jsonb, interval, integer, integer, timestamptz, text, text, text)
IS 'have a query run into a stored document in the background and return the id of the job';

CREATE FUNCTION export.submit(query text, format text, options jsonb, VARIADIC args "any")
RETURNS uuid
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'export_submit_variadic';
COMMENT ON FUNCTION export.submit(text, text, jsonb, "any")
IS 'have a query with parameters $1, $2 ... run in the background and return the id of the job';

CREATE FUNCTION export.submit_document(
    document jsonb, format text, options jsonb DEFAULT '{}',
    time_limit interval DEFAULT '1 hour', max_attempts integer DEFAULT 5,
    priority integer DEFAULT 0, not_before timestamptz DEFAULT NULL, title text DEFAULT NULL,
    idempotency_key text DEFAULT NULL, notify text DEFAULT NULL)
RETURNS uuid
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'export_submit_document';
COMMENT ON FUNCTION export.submit_document(jsonb, text, jsonb, interval, integer, integer, timestamptz, text, text, text)
IS 'have a document of several sections made in the background and return the id of the job';

CREATE FUNCTION export.submit_template(
    name text, params jsonb DEFAULT '{}', format text DEFAULT 'csv', options jsonb DEFAULT '{}',
    time_limit interval DEFAULT '1 hour', max_attempts integer DEFAULT 5,
    priority integer DEFAULT 0, not_before timestamptz DEFAULT NULL, title text DEFAULT NULL,
    idempotency_key text DEFAULT NULL, notify text DEFAULT NULL)
RETURNS uuid
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'export_submit_template';
COMMENT ON FUNCTION export.submit_template(text, jsonb, text, jsonb, interval, integer, integer, timestamptz, text, text, text)
IS 'have a template run in the background, in the version of now, and return the id of the job';

CREATE FUNCTION export.cancel(job uuid)
RETURNS void
LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'export_cancel';
COMMENT ON FUNCTION export.cancel(uuid) IS 'end a job, or keep it from starting, at commit';

CREATE FUNCTION export.retry(job uuid)
RETURNS void
LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'export_retry';
COMMENT ON FUNCTION export.retry(uuid)
IS 'run a job again that has failed, was cancelled or is dead, at commit';

CREATE FUNCTION export.wait(job uuid, timeout interval DEFAULT '1 hour')
RETURNS text
LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'export_wait';
COMMENT ON FUNCTION export.wait(uuid, interval)
IS 'wait until a job has ended, or the time is over, and return its state';

-- Own jobs; administrators see all, without what could hold values of rows.
CREATE VIEW export.jobs WITH (security_barrier) AS
SELECT j.id,
       j.owner_name AS owner,
       j.title,
       s.state,
       s.reason AS blocked_reason,
       j.format,
       j.priority,
       j.created_at,
       CASE WHEN s.state OPERATOR(pg_catalog.=) ANY (ARRAY['queued', 'retry_wait'])
            THEN s.not_before END AS not_before,
       s.started_at,
       s.finished_at,
       s.attempt,
       s.failures,
       s.crashes,
       j.max_attempts,
       j.time_limit,
       s.artifact AS artifact_id,
       s.sqlstate,
       CASE WHEN v.is_owner THEN s.message END AS error,
       CASE WHEN v.is_owner THEN s.hint END AS error_hint,
       CASE WHEN v.is_owner THEN j.query END AS query,
       CASE WHEN v.is_owner THEN j.document END AS document,
       j.template_name AS template,
       j.template_version,
       CASE WHEN v.is_owner THEN j.parameters END AS parameters,
       CASE WHEN v.is_owner THEN j.options END AS options,
       CASE WHEN v.is_owner THEN j.settings END AS settings,
       CASE WHEN v.is_owner THEN j.idempotency_key END AS idempotency_key
FROM export._job j
JOIN export._job_state s ON s.job OPERATOR(pg_catalog.=) j.id
CROSS JOIN LATERAL (SELECT pg_catalog.pg_has_role(j.owner, 'USAGE') AS is_owner) v
WHERE v.is_owner OR pg_catalog.pg_has_role('export_admin', 'USAGE');
COMMENT ON VIEW export.jobs IS 'exports in the background: waiting, running and ended';
ALTER VIEW export.jobs OWNER TO export_owner;
REVOKE ALL ON export.jobs FROM PUBLIC;

GRANT SELECT ON export.jobs TO export_user, export_admin;
GRANT EXECUTE ON FUNCTION
    export.submit(text, text, jsonb, interval, integer, integer, timestamptz, text, text, text),
    export.submit(text, text, jsonb, "any"),
    export.submit_document(jsonb, text, jsonb, interval, integer, integer, timestamptz, text, text, text),
    export.submit_template(text, jsonb, text, jsonb, interval, integer, integer, timestamptz, text, text, text)
TO export_user;
GRANT EXECUTE ON FUNCTION export.cancel(uuid), export.retry(uuid), export.wait(uuid, interval)
TO export_user, export_admin;
