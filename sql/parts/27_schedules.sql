-- Schedules: jobs that are made again and again, see docs/schedules.md.

-- Which installation this is.  No dump has it: what is restored finds itself elsewhere.
CREATE TABLE export._home (id uuid NOT NULL);
INSERT INTO export._home VALUES (pg_catalog.gen_random_uuid());

CREATE TABLE export._schedule (
    id uuid PRIMARY KEY,
    owner regrole NOT NULL,     -- which a dump writes by name
    owner_name name NOT NULL,
    cron text NOT NULL,
    time_zone text NOT NULL,
    start_at timestamptz NOT NULL,  -- -infinity: none
    end_at timestamptz NOT NULL,    -- infinity: none
    missed text NOT NULL,
    max_missed integer NOT NULL,
    overlap text NOT NULL,
    jitter integer NOT NULL,        -- seconds at most
    state text NOT NULL,
    reason text,                    -- of `paused` and `suspended`
    next_fire timestamptz,          -- of `active`
    due_at timestamptz,             -- with the jitter
    failures integer NOT NULL DEFAULT 0,
    home uuid NOT NULL,             -- where it was told to run:
    system_identifier bigint NOT NULL,
    database oid NOT NULL,
    timeline integer NOT NULL,
    created_at timestamptz NOT NULL
);
CREATE INDEX _schedule_due ON export._schedule (due_at) WHERE state = 'active';

-- What a schedule runs, as a job that is not to run itself.
CREATE TABLE export._schedule_request (LIKE export._job);
ALTER TABLE export._schedule_request ADD PRIMARY KEY (id);

-- One row for each time that a schedule was due: whatever the clock does and whoever looks, it
-- makes one job.
CREATE TABLE export._schedule_fire (
    schedule uuid NOT NULL,
    fire_at timestamptz NOT NULL,   -- the time in the calendar
    fired_at timestamptz NOT NULL,
    state text NOT NULL,            -- waiting, submitted, skipped, missed, or how the job ended
    job uuid,
    PRIMARY KEY (schedule, fire_at)
);
CREATE INDEX _schedule_fire_open ON export._schedule_fire (schedule, fire_at)
WHERE state IN ('waiting', 'submitted');

ALTER TABLE export._home OWNER TO export_owner;
ALTER TABLE export._schedule OWNER TO export_owner;
ALTER TABLE export._schedule_request OWNER TO export_owner;
ALTER TABLE export._schedule_fire OWNER TO export_owner;
REVOKE ALL ON export._home, export._schedule, export._schedule_request, export._schedule_fire
FROM PUBLIC;

-- Not those of a dropped role: its number may be another role's where the dump is restored.
SELECT pg_catalog.pg_extension_config_dump('export._schedule',
    'WHERE owner IN (SELECT oid FROM pg_catalog.pg_roles)');
SELECT pg_catalog.pg_extension_config_dump('export._schedule_request',
    'WHERE id IN (SELECT id FROM export._schedule WHERE owner IN (SELECT oid FROM pg_catalog.pg_roles))');

CREATE FUNCTION export.next_runs(cron text, time_zone text DEFAULT NULL, count integer DEFAULT 10,
                                 after timestamptz DEFAULT now())
RETURNS SETOF timestamptz
LANGUAGE c STABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'export_next_runs';
COMMENT ON FUNCTION export.next_runs(text, text, integer, timestamptz)
IS 'the first runs of a schedule after an instant, before it is kept';

CREATE FUNCTION export.next_runs(schedule uuid, count integer DEFAULT 10,
                                 after timestamptz DEFAULT now())
RETURNS SETOF timestamptz
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'export_next_runs_of';
COMMENT ON FUNCTION export.next_runs(uuid, integer, timestamptz)
IS 'the first runs of a kept schedule after an instant';

CREATE FUNCTION export.create_schedule(
    cron text, query text DEFAULT NULL, format text DEFAULT 'csv', options jsonb DEFAULT '{}',
    template text DEFAULT NULL, params jsonb DEFAULT '{}', document jsonb DEFAULT NULL,
    time_zone text DEFAULT NULL, start_at timestamptz DEFAULT NULL, end_at timestamptz DEFAULT NULL,
    missed text DEFAULT 'once', max_missed integer DEFAULT 24, overlap text DEFAULT 'skip',
    jitter interval DEFAULT '30 seconds', title text DEFAULT NULL,
    time_limit interval DEFAULT '1 hour', max_attempts integer DEFAULT 5,
    priority integer DEFAULT 0, notify text DEFAULT NULL)
RETURNS uuid
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'export_create_schedule';
COMMENT ON FUNCTION export.create_schedule(
    text, text, text, jsonb, text, jsonb, jsonb, text, timestamptz, timestamptz, text, integer, text,
    interval, text, interval, integer, integer, text)
IS 'have a query, template or document run again and again in the background; returns the id';

CREATE FUNCTION export.alter_schedule(
    schedule uuid, cron text DEFAULT NULL, time_zone text DEFAULT NULL,
    start_at timestamptz DEFAULT NULL, end_at timestamptz DEFAULT NULL, missed text DEFAULT NULL,
    max_missed integer DEFAULT NULL, overlap text DEFAULT NULL, jitter interval DEFAULT NULL,
    title text DEFAULT NULL, time_limit interval DEFAULT NULL, max_attempts integer DEFAULT NULL,
    priority integer DEFAULT NULL, notify text DEFAULT NULL, template_version integer DEFAULT NULL)
RETURNS void
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'export_alter_schedule';
COMMENT ON FUNCTION export.alter_schedule(
    uuid, text, text, timestamptz, timestamptz, text, integer, text, interval, text, interval,
    integer, integer, text, integer)
IS 'change what is not null of a schedule';

CREATE FUNCTION export.pause_schedule(schedule uuid)
RETURNS void
LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'export_pause_schedule';
COMMENT ON FUNCTION export.pause_schedule(uuid) IS 'keep a schedule from making jobs';

CREATE FUNCTION export.resume_schedule(schedule uuid)
RETURNS void
LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'export_resume_schedule';
COMMENT ON FUNCTION export.resume_schedule(uuid)
IS 'let a paused or suspended schedule go on with its next run';

CREATE FUNCTION export.drop_schedule(schedule uuid)
RETURNS void
LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'export_drop_schedule';
COMMENT ON FUNCTION export.drop_schedule(uuid)
IS 'remove a schedule; the jobs and documents it has made stay';

-- Own schedules; administrators see all, without what could hold values of rows.
CREATE VIEW export.schedules WITH (security_barrier) AS
SELECT s.id,
       s.owner_name AS owner,
       r.title,
       s.cron,
       s.time_zone,
       nullif(s.start_at, '-infinity') AS start_at,
       nullif(s.end_at, 'infinity') AS end_at,
       s.missed,
       s.max_missed,
       s.overlap,
       pg_catalog.make_interval(secs => s.jitter) AS jitter,
       s.state,
       s.reason,
       s.next_fire AS next_run,
       (SELECT pg_catalog.max(f.fire_at) FROM export._schedule_fire f
        WHERE f.schedule OPERATOR(pg_catalog.=) s.id) AS last_run,
       s.failures,
       r.format,
       r.template_name AS template,
       r.template_version,
       CASE WHEN v.is_owner THEN r.query END AS query,
       CASE WHEN v.is_owner THEN r.document END AS document,
       CASE WHEN v.is_owner THEN r.parameters END AS parameters,
       CASE WHEN v.is_owner THEN r.options END AS options,
       r.time_limit,
       r.max_attempts,
       r.priority,
       r.notify,
       s.created_at
FROM export._schedule s
JOIN export._schedule_request r ON r.id OPERATOR(pg_catalog.=) s.id
CROSS JOIN LATERAL (
    SELECT pg_catalog.pg_has_role(s.owner::pg_catalog.oid, 'USAGE') AS is_owner) v
WHERE v.is_owner OR pg_catalog.pg_has_role('export_admin', 'USAGE');
COMMENT ON VIEW export.schedules IS 'schedules, their state and when they run next';

CREATE VIEW export.schedule_runs WITH (security_barrier) AS
SELECT f.schedule AS schedule_id,
       s.owner,
       s.title,
       f.fire_at AS scheduled_at,
       f.fired_at,
       coalesce(j.state, f.state) AS state,
       f.job AS job_id,
       j.artifact_id,
       j.started_at,
       j.finished_at,
       j.sqlstate,
       j.error
FROM export._schedule_fire f
JOIN export.schedules s ON s.id OPERATOR(pg_catalog.=) f.schedule
LEFT JOIN export.jobs j ON j.id OPERATOR(pg_catalog.=) f.job;
COMMENT ON VIEW export.schedule_runs IS 'what has become of each time a schedule was due';

ALTER VIEW export.schedules OWNER TO export_owner;
ALTER VIEW export.schedule_runs OWNER TO export_owner;
REVOKE ALL ON export.schedules, export.schedule_runs FROM PUBLIC;

GRANT SELECT ON export.schedules, export.schedule_runs TO export_user, export_admin;
GRANT EXECUTE ON FUNCTION
    export.create_schedule(text, text, text, jsonb, text, jsonb, jsonb, text, timestamptz,
                           timestamptz, text, integer, text, interval, text, interval, integer,
                           integer, text),
    export.alter_schedule(uuid, text, text, timestamptz, timestamptz, text, integer, text, interval,
                          text, interval, integer, integer, text, integer)
TO export_user;
GRANT EXECUTE ON FUNCTION export.next_runs(text, text, integer, timestamptz),
    export.next_runs(uuid, integer, timestamptz), export.pause_schedule(uuid),
    export.resume_schedule(uuid), export.drop_schedule(uuid)
TO export_user, export_admin;
