-- Schedules: jobs that are made again and again, see docs/schedules.md.

CREATE FUNCTION export.next_runs(cron text, time_zone text DEFAULT NULL, count integer DEFAULT 10,
                                 after timestamptz DEFAULT now())
RETURNS SETOF timestamptz
LANGUAGE c STABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'export_next_runs';
COMMENT ON FUNCTION export.next_runs(text, text, integer, timestamptz)
IS 'the first runs of a schedule after an instant, before it is kept';
