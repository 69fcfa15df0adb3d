-- The pre-built reports, over the demo's data as of a fixed day.
\set until 2026-06-30
\ir ../../demo/tracking.sql
\ir include/helpers.psql
SET client_min_messages = warning;
DROP ROLE IF EXISTS rep_alice, rep_bob;
CREATE ROLE rep_alice IN ROLE export_user;
CREATE ROLE rep_bob IN ROLE export_user;
GRANT USAGE ON SCHEMA tracking TO rep_alice;
GRANT SELECT ON ALL TABLES IN SCHEMA tracking TO rep_alice;
CREATE FUNCTION ran(name text, params jsonb, format text, options jsonb) RETURNS text LANGUAGE sql AS $$
    SELECT convert_from(coalesce(string_agg(piece, ''), ''), 'UTF8')
    FROM (SELECT export.stream_template($1, $2, $3, $4 || '{"document_time": "2026-06-30 12:00+00", "time_zone": "UTC"}') AS piece) pieces
$$;
RESET client_min_messages;

SELECT no_plan();
SELECT results_eq(
    'SELECT count(*), count(DISTINCT person_id), count(DISTINCT project_id), min(started_at)::date, max(started_at)::date FROM tracking.time_entries',
    $$ VALUES (100000::bigint, 20::bigint, 30::bigint, date '2024-07-01', date '2026-06-30') $$,
    'the data: entries, people, projects, two years');
SELECT is((SELECT count(*) FROM tracking.clients), 12::bigint, 'and clients');

SET SESSION AUTHORIZATION rep_alice;
SELECT results_eq('SELECT * FROM export.install_reports()',
    $$ VALUES ('executive_summary', 1, 'installed'), ('productivity_report', 1, 'installed'),
              ('project_analysis', 1, 'installed'), ('time_tracking_summary', 1, 'installed') $$,
    'installed as templates of the caller');
SELECT results_eq('SELECT DISTINCT version, action FROM export.install_reports()', $$ VALUES (1, 'current') $$,
    'a second time changes nothing');

-- Each in each format, and the figures against plain SQL.
SELECT isnt(export.run_template(t.name, '{}', f.format, '{"document_time": "2026-06-30 12:00+00", "time_zone": "UTC"}'), NULL, t.name || ' as ' || f.format)
FROM export.templates t, unnest(ARRAY['pdf', 'xlsx', 'json']) AS f (format);
SELECT is((SELECT count(*) FROM export.artifacts WHERE cardinality(warnings) > 0), 0::bigint, 'without warnings');
SELECT is((ran('time_tracking_summary', '{}', 'json', '{}')::jsonb -> 'sections' -> 0 -> 'rows' -> 0 ->> 'Hours')::numeric,
    (SELECT sum(hours) FROM tracking.time_entries WHERE started_at >= '2026-05-01' AND started_at < '2026-06-01'),
    'the hours of last month');
SELECT is((SELECT sum((r ->> 'Value')::numeric)
           FROM jsonb_array_elements(ran('executive_summary', '{}', 'json', '{}')::jsonb -> 'sections') s,
                jsonb_array_elements(s -> 'rows') r WHERE s ->> 'name' = 'Teams'),
    (SELECT sum(hours * rate) FROM tracking.time_entries WHERE billable AND started_at >= '2026-01-01' AND started_at < '2026-04-01'),
    'the value of last quarter, team by team');
SELECT is((SELECT sum((r ->> 'Hours')::numeric)
           FROM jsonb_array_elements(ran('project_analysis', '{"clients": ["Delta Energy"]}', 'json', '{}')::jsonb -> 'sections') s,
                jsonb_array_elements(s -> 'rows') r WHERE s ->> 'name' = 'Projects'),
    (SELECT sum(hours) FROM tracking.time_entries e JOIN tracking.projects p ON p.id = e.project_id WHERE p.client_id = 4),
    'a project analysis of one client, of all time');
SELECT is((SELECT count(*) FROM regexp_split_to_table(ran('productivity_report', '{"teams": ["Support"]}', 'csv', '{"sheet": "People"}'), E'\n')) - 2,
    3::bigint, 'a productivity report of one team, as CSV');

-- A report that somebody changed is his; one that is as it was installed is renewed.
SELECT export.save_template(replace(source, '"Executive summary"', '"Our quarter"'), 'our title', 1)
FROM export.template_versions WHERE name = 'executive_summary' \g /dev/null
SELECT results_eq($$ SELECT version, action FROM export.install_reports() WHERE template = 'executive_summary' $$,
    $$ VALUES (2, 'kept') $$, 'a changed report is left alone');
RESET SESSION AUTHORIZATION;
UPDATE export._template_version SET source = replace(source, 'Productivity', 'Old') WHERE version = 1;
SET SESSION AUTHORIZATION rep_alice;
SELECT results_eq($$ SELECT version, action FROM export.install_reports() WHERE template = 'productivity_report' $$,
    $$ VALUES (2, 'renewed') $$, 'one of an earlier release gets a new version');

-- Somebody else's tables: views of the same names and columns.
RESET SESSION AUTHORIZATION;
CREATE SCHEMA "My Hours";
GRANT USAGE ON SCHEMA "My Hours" TO rep_bob;
SET SESSION AUTHORIZATION rep_bob;
SELECT matches(error_of($$ SELECT export.install_reports('My Hours') $$),
    '^42P01 line \d+, column \d+: there is no relation "My Hours.time_entries"', 'what is missing is named');
SELECT matches(error_of($$ SELECT export.install_reports('nowhere') $$), '^(42P01|3F000) ', 'a schema that is not there');
RESET SESSION AUTHORIZATION;
CREATE VIEW "My Hours".time_entries AS SELECT id, person_id, project_id, task, description, tags, started_at, hours, rate, billable FROM tracking.time_entries;
CREATE VIEW "My Hours".people AS SELECT * FROM tracking.people;
CREATE VIEW "My Hours".clients AS SELECT id, name FROM tracking.clients;
CREATE VIEW "My Hours".projects AS SELECT id, name, client_id, category, state FROM tracking.projects;
GRANT SELECT ON ALL TABLES IN SCHEMA "My Hours" TO rep_bob;
SELECT export.drop_template(name) FROM export.templates \g /dev/null
SET SESSION AUTHORIZATION rep_bob;
SELECT matches(error_of($$ SELECT export.install_reports('My Hours') $$), '^42703 .*budget_hours', 'a column that is missing is named');
SELECT is((SELECT count(*) FROM export.templates), 0::bigint, 'and nothing is installed by half');
RESET SESSION AUTHORIZATION;
CREATE OR REPLACE VIEW "My Hours".projects AS SELECT id, name, client_id, category, state, budget_hours FROM tracking.projects;
SET SESSION AUTHORIZATION rep_bob;
SELECT is((SELECT count(*) FROM export.install_reports('My Hours')), 4::bigint, 'installed over views');
SELECT isnt(export.run_template('time_tracking_summary', '{}', 'pdf', '{"document_time": "2026-06-30 12:00+00"}'), NULL, 'and run');
RESET SESSION AUTHORIZATION;

SELECT * FROM finish();
DROP OWNED BY rep_alice, rep_bob;
DROP ROLE rep_alice, rep_bob;
