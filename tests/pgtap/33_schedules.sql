-- Schedules as their owners and administrators see them.  What they make is in tap/t/025_schedules.
\ir include/helpers.psql
CREATE ROLE sch_alice LOGIN IN ROLE export_user;
CREATE ROLE sch_bob LOGIN IN ROLE export_user;
CREATE ROLE sch_admin LOGIN IN ROLE export_admin;
CREATE ROLE sch_group IN ROLE export_user;
CREATE TABLE numbers (n int);
GRANT SELECT ON numbers TO sch_alice;
SELECT current_setting('shared_preload_libraries') LIKE '%export%' AS preloaded \gset

BEGIN;
SELECT no_plan();
SET LOCAL timezone = 'Europe/Berlin';
\if :preloaded
SET LOCAL ROLE sch_alice;

-- Defaults.
SELECT export.create_schedule('weekdays at 07:30', 'SELECT n FROM numbers') AS id \gset
SELECT results_eq(
    $$ SELECT owner = 'sch_alice', title, cron, time_zone, start_at, end_at, missed, max_missed, overlap,
              jitter, state, reason, next_run > now(), last_run, failures, format, query, options,
              time_limit, max_attempts, priority
       FROM export.schedules $$,
    $$ VALUES (true, NULL::text, 'weekdays at 07:30', 'Europe/Berlin', NULL::timestamptz,
               NULL::timestamptz, 'once', 24, 'skip', interval '30 seconds', 'active', NULL::text,
               true, NULL::timestamptz, 0, 'csv', 'SELECT n FROM numbers', '{}'::jsonb,
               interval '1 hour', 5, 0) $$, 'a schedule, with nothing said that need not be');
SELECT is((SELECT next_run FROM export.schedules), (SELECT min(r) FROM export.next_runs(:'id'::uuid, 1) r),
          'its next run is the first of its runs');
SELECT results_eq(format('SELECT export.next_runs(%L::uuid, 2, ''2026-01-02 08:00+01'')', :'id'),
                  $$ VALUES ('2026-01-05 07:30+01'::timestamptz), ('2026-01-06 07:30+01') $$,
                  'next_runs of a schedule that is kept');

-- Everything.
SELECT export.save_template('template numbers { title "Numbers" param least int
    from numbers as x where x.n >= $least sheet "N" { column "N" = x.n order by x.n } }') AS version \gset
SELECT lives_ok($$ SELECT export.create_schedule('0 8 L * *', template => 'numbers',
    params => '{"least": 1}', format => 'jsonl', options => '{"compression": "gzip"}',
    time_zone => 'America/New_York', start_at => '2030-01-01', end_at => '2031-01-01',
    missed => 'all', max_missed => 3, overlap => 'queue', jitter => '0', title => 'Monthly',
    time_limit => '1 minute', max_attempts => 1, priority => 5, notify => 'done') $$,
    'everything can be said');
SELECT results_eq(
    $$ SELECT cron, time_zone, start_at, end_at, missed, max_missed, overlap, jitter, next_run,
              format, template, template_version, parameters, options, time_limit, max_attempts,
              priority, notify
       FROM export.schedules WHERE title = 'Monthly' $$,
    $$ VALUES ('0 8 L * *', 'America/New_York', '2030-01-01'::timestamptz,
               '2031-01-01'::timestamptz, 'all', 3, 'queue', interval '0',
               '2030-01-31 13:00+00'::timestamptz, 'jsonl', 'numbers', 1, '{"least": 1}'::jsonb,
               '{"compression": "gzip"}'::jsonb, interval '1 minute', 1, 5, 'done') $$,
    'and is kept');
SELECT lives_ok($$ SELECT export.create_schedule('@weekly', format => 'json', document =>
    '{"sections": [{"name": "a", "query": "SELECT n FROM numbers"}]}') $$, 'a document');

-- What cannot be.
SELECT is(left(error_of(format('SELECT export.create_schedule(%s)', arguments)), length(expected)),
          expected, arguments)
FROM (VALUES
    ($$'61 * * * *', 'SELECT 1'$$, '22023 invalid schedule "61 * * * *"'),
    ($$'30 2 30 2 *', 'SELECT 1'$$, '22023 the schedule never runs'),
    ($$'@daily', 'SELECT 1', end_at => '2020-01-01'$$, '22023 the schedule never runs'),
    ($$'@daily', 'SELECT 1', time_zone => 'FOO+3'$$, '22023 "FOO+3" is not the name of a time zone'),
    ($$'@daily', 'SELECT 1', start_at => 'infinity'$$, '22023 argument "start_at" cannot be infinity'),
    ($$'@daily', 'SELECT 1', end_at => '-infinity'$$, '22023 argument "end_at" cannot be -infinity'),
    ($$'@daily', 'SELECT 1', start_at => '20000-01-01'$$, '22008'),
    ($$'@daily', 'SELECT 1', missed => 'never'$$, '22023 argument "missed" must be skip, once or all'),
    ($$'@daily', 'SELECT 1', max_missed => 25$$, '22023 argument "max_missed" must be between 1 and 24'),
    ($$'@daily', 'SELECT 1', max_missed => 0$$, '22023 argument "max_missed" must be between 1 and 24'),
    ($$'@daily', 'SELECT 1', overlap => 'kill'$$, '22023 argument "overlap" must be skip, queue or allow'),
    ($$'@daily', 'SELECT 1', jitter => '31 seconds'$$, '22023 argument "jitter" must be between 0 and 30 seconds'),
    ($$'@daily', 'SELECT 1', jitter => '1 month'$$, '22023 argument "jitter"'),
    ($$'@daily', 'SELECT 1', jitter => '-1 second'$$, '22023 argument "jitter"'),
    ($$'@daily', 'SELECT 1', priority => 1001$$, '22023 argument "priority"'),
    ($$'@daily', 'SELECT 1', time_limit => '0'$$, '22023 argument "time_limit"'),
    ($$'@daily', 'SELECT 1', title => ''$$, '22023 argument "title"'),
    ($$NULL, 'SELECT 1'$$, '22004 argument "cron" must not be null'),
    ($$'@daily', 'SELECT 1', NULL$$, '22004 argument "format" must not be null'),
    ($$'@daily'$$, '22023 a schedule runs one thing | None'),
    ($$'@daily', 'SELECT 1', template => 'numbers'$$, '22023 a schedule runs one thing | More than one'),
    ($$'@daily', template => 'nothing'$$, '42704 template "nothing" does not exist'),
    ($$'@daily', 'SELECT x FROM numbers'$$, '42703 column "x" does not exist'),
    ($$'@daily', 'DELETE FROM numbers'$$, '0A000'),
    ($$'@daily', 'SELECT 1', 'docx'$$, '22023'),
    ($$'@daily', 'SELECT 1', options => '{"delimeter": ";"}'$$, '22023')
) AS bad (arguments, expected);
SELECT is((SELECT count(*) FROM export.schedules), 3::bigint, 'nothing of that is kept');

-- Change.
SELECT export.alter_schedule(:'id', cron => 'daily at 6:00', time_zone => 'utc', title => 'Daily',
                             overlap => 'allow', max_attempts => 2);
SELECT results_eq(
    format('SELECT cron, time_zone, title, overlap, max_attempts, missed, next_run::timetz FROM export.schedules WHERE id = %L', :'id'),
    $$ SELECT 'daily at 6:00', 'UTC', 'Daily', 'allow', 2, 'once',
              (SELECT min(r)::timetz FROM export.next_runs('daily at 6:00', 'UTC', 1) r) $$,
    'alter_schedule changes what it is told, and the next run');
SELECT export.alter_schedule(:'id', end_at => '2090-01-01');
SELECT export.alter_schedule(:'id', end_at => 'infinity');
SELECT is((SELECT end_at FROM export.schedules WHERE id = :'id'), NULL, 'and a bound can be taken away');
SELECT is(left(error_of(format('SELECT export.alter_schedule(%L, cron => ''1 2 3'')', :'id')), 29),
          '22023 invalid schedule "1 2 3', 'it refuses what create_schedule refuses');
SELECT is(error_of(format('SELECT export.alter_schedule(%L, template_version => 1)', :'id')),
          '22023 the schedule does not run a template', 'a version of no template');
SELECT is(left(error_of(format('SELECT export.alter_schedule(%L, template_version => 9)',
                               (SELECT id FROM export.schedules WHERE title = 'Monthly'))), 5),
          '42704', 'a version that there is not');
SELECT is(left(error_of('SELECT export.alter_schedule(NULL)'), 5), '22004', 'null');

-- Pause, resume.
SELECT export.pause_schedule(:'id');
SELECT results_eq(format('SELECT state, reason, next_run FROM export.schedules WHERE id = %L', :'id'),
                  $$ VALUES ('paused', NULL::text, NULL::timestamptz) $$, 'paused');
SELECT export.alter_schedule(:'id', cron => '@hourly');
SELECT is((SELECT state FROM export.schedules WHERE id = :'id'), 'paused', 'a change does not wake it');
SELECT export.resume_schedule(:'id');
SELECT results_eq(format('SELECT state, next_run > now() FROM export.schedules WHERE id = %L', :'id'),
                  $$ VALUES ('active', true) $$, 'resumed');

-- Of others.
SET LOCAL ROLE sch_bob;
SELECT is((SELECT count(*) FROM export.schedules), 0::bigint, 'nobody sees those of others');
SELECT is(error_of(format('SELECT export.%s(%L)', f, :'id')),
          format('42704 schedule "%s" does not exist | See export.schedules for the schedules you may see.', :'id'), f)
FROM unnest(ARRAY['alter_schedule', 'pause_schedule', 'resume_schedule', 'drop_schedule']) f;
SELECT is(left(error_of(format('SELECT export.next_runs(%L::uuid)', :'id')), 5), '42704', 'next_runs');
SET LOCAL ROLE sch_admin;
SELECT results_eq('SELECT count(*), count(query), count(options), count(document) FROM export.schedules',
                  $$ VALUES (3::bigint, 0::bigint, 0::bigint, 0::bigint) $$,
                  'administrators see all, but not what they run');
SELECT is(left(error_of(format('SELECT export.alter_schedule(%L)', :'id')), 5), '42501',
          'they do not change them');
SELECT export.pause_schedule(:'id');
SELECT is((SELECT state FROM export.schedules WHERE id = :'id'), 'paused', 'they pause them');
SELECT export.drop_schedule(:'id');
SELECT is((SELECT count(*) FROM export.schedules), 2::bigint, 'and drop them');
SELECT is(error_of($$ SELECT export.create_schedule('@daily', 'SELECT 1') $$),
          '42501 permission denied for function create_schedule', 'who may not export has no schedule');

-- Owners who cannot run anything in the background.
SET LOCAL ROLE sch_group;
SELECT is(left(error_of($$ SELECT export.create_schedule('@daily', 'SELECT 1') $$), 83),
          '42501 exports of role "sch_group" cannot run in the background | The role cannot lo', 'NOLOGIN');
RESET ROLE;
SELECT is(left(error_of($$ SELECT export.create_schedule('@daily', 'SELECT 1') $$), 5), '42501', 'superuser');

-- In a definer function, and inside an export.
CREATE FUNCTION makes() RETURNS uuid LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog
AS $$ SELECT export.create_schedule('@daily', 'SELECT 1') $$;
ALTER FUNCTION makes OWNER TO sch_bob;
SET LOCAL ROLE sch_alice;
SELECT is(left(error_of('SELECT makes()'), 5), '0A000', 'not with the rights of somebody else');
SELECT is(left(error_of($$ SELECT export.run('SELECT export.create_schedule(''@daily'', ''SELECT 1'')') $$), 5),
          '0A000', 'not inside an export');
RESET ROLE;
SELECT bag_eq($$ SELECT DISTINCT kind FROM export._audit WHERE kind LIKE '%\_schedule' $$,
              $$ VALUES ('create_schedule'), ('alter_schedule'), ('pause_schedule'),
                        ('resume_schedule'), ('drop_schedule') $$, 'all of it is in the audit');
\else
SET LOCAL ROLE sch_alice;
SELECT is(left(error_of($$ SELECT export.create_schedule('@daily', 'SELECT 1') $$), 5), '55000',
          'without the preload there are no schedules');
SELECT is((SELECT count(*) FROM export.next_runs('@daily')), 10::bigint, 'but their times');
RESET ROLE;
\endif

SELECT * FROM finish();
ROLLBACK;
DROP TABLE numbers;
DROP ROLE sch_alice, sch_bob, sch_admin, sch_group;
