-- When schedules would run, by the server's time zone data, and what is said of wrong ones.
\ir include/helpers.psql
BEGIN;
SELECT no_plan();
SET LOCAL timezone = 'UTC';

CREATE FUNCTION runs(cron text, zone text, count int, after timestamptz) RETURNS text[]
LANGUAGE sql AS $$
    SELECT array_agg(to_char(r, 'YYYY-MM-DD HH24:MI')) FROM export.next_runs($1, $2, $3, $4) r
$$;

SELECT is(runs('30 2 * * *', 'Europe/Berlin', 3, '2026-03-27 12:00Z'),
          '{2026-03-28 01:30,2026-03-29 01:00,2026-03-30 00:30}',
          'a time that is skipped happens when the clock goes forward');
SELECT is(runs('30 2 * * *', 'Europe/Berlin', 2, '2026-10-24 12:00Z'),
          '{2026-10-25 00:30,2026-10-26 01:30}', 'a time that is shown twice happens once');
SELECT is(runs('0 * * * *', 'Europe/Berlin', 3, '2026-10-24 23:30Z'),
          '{2026-10-25 00:00,2026-10-25 01:00,2026-10-25 02:00}', 'every hour is every hour');
SELECT is(runs('15 2 * * *', 'Australia/Lord_Howe', 2, '2026-10-02 23:00Z'),
          '{2026-10-03 15:30,2026-10-04 15:15}', 'half an hour in Lord Howe');
SELECT is(runs('0 7 * * *', 'Pacific/Apia', 3, '2011-12-29 00:00Z'),
          '{2011-12-29 17:00,2011-12-30 10:00,2011-12-30 17:00}', 'the day that Apia skipped');
SELECT is(runs('monthly on the last friday at 18:00', 'America/New_York', 2, '2026-01-01Z'),
          '{2026-01-30 23:00,2026-02-27 23:00}', 'in words');
SELECT is(runs('@daily', 'Etc/GMT+3', 1, '2026-01-01 00:00Z'), '{2026-01-01 03:00}',
          'a name of IANA with a number');
SELECT is(runs('* * * * *', 'UTC', 1, '2026-01-01 00:00:59.999999Z'), '{2026-01-01 00:01}',
          'fractions of seconds');
SELECT is(runs('* * * * *', 'UTC', 1, '1969-12-31 23:59:30.5Z'), '{1970-01-01 00:00}',
          'before 1970');
SELECT is(runs('0 0 29 2 *', 'UTC', 2, '2097-01-01Z'), '{2104-02-29 00:00,2108-02-29 00:00}',
          '2100 is no leap year');

SET LOCAL timezone = 'Asia/Kolkata';
SELECT is((SELECT min(r) FROM export.next_runs('0 0 1 1 *', after => '2026-06-01') r),
          '2027-01-01 00:00+05:30'::timestamptz, 'the zone of the session, if none is named');
SET LOCAL timezone = 'UTC';
SELECT is((SELECT count(*) FROM export.next_runs('@hourly')), 10::bigint, 'ten, if not said');
SELECT ok((SELECT min(r) - now() <= '1 hour' AND min(r) > now()
           FROM export.next_runs('@hourly') r), 'from now on, if not said');
SELECT is((SELECT count(*) FROM export.next_runs('@hourly', 'UTC', 1000)), 1000::bigint, 'a thousand');
SELECT is((SELECT count(*) FROM export.next_runs('@hourly', 'UTC', 0)), 0::bigint, 'none');

SELECT is(error_of($$ SELECT export.next_runs('61 * * * *') $$),
          '22023 invalid schedule "61 * * * *" | Character 1, field "minute": 61 is not between 0 and 59.',
          'the place of a fault');
SELECT is(error_of($$ SELECT export.next_runs('5/15 * * * *') $$),
          '22023 invalid schedule "5/15 * * * *" | Character 2, field "minute": A step follows * or a range. | Write 5-59 before the step.',
          'and the way out');
SELECT is(error_of($$ SELECT export.next_runs('30 2 30 2 *') $$),
          '22023 the schedule never runs | It has no time in the next 28 years, or none before its end.',
          'never');
SELECT is(left(error_of(format('SELECT export.next_runs(%L)', repeat('1', 1024))), 5), '54000', 'long');
SELECT is(left(error_of('SELECT export.next_runs(NULL)'), 5), '22004', 'null');
SELECT is(left(error_of($$ SELECT export.next_runs('@hourly', 'UTC', 1001) $$), 5), '22023', 'many');
SELECT is(left(error_of($$ SELECT export.next_runs('@hourly', 'UTC', -1) $$), 5), '22023', 'less than none');
SELECT is(left(error_of($$ SELECT export.next_runs('@hourly', 'UTC', 1, 'infinity') $$), 5), '22023', 'infinity');
SELECT is(left(error_of($$ SELECT export.next_runs('@hourly', 'UTC', 1, '44-03-15 BC') $$), 5), '22008', 'long ago');
SELECT is(left(error_of($$ SELECT export.next_runs('@hourly', 'UTC', 1, '10000-01-01') $$), 5), '22008', 'far away');
SELECT is((SELECT count(*) FROM export.next_runs('@yearly', 'UTC', 10, '9998-06-01')), 1::bigint,
          'until the end of the year 9999');

SELECT is(error_of(format('SELECT export.next_runs(%L, %L)', '@daily', zone)),
          format('22023 "%s" is not the name of a time zone | Use a name of pg_timezone_names, such as Europe/Berlin.', zone),
          format('zone %L', zone))
FROM unnest(ARRAY['', '''; x', '../../etc/passwd', '/etc/passwd', 'FOO+3', 'CEST', 'Europe/Berlin+3',
                  '+02:00', '<+02>-2', 'Etc/GMT+99', 'Etc/GMT+', 'EST5EDT,M3.2.0', 'GMT Standard Time',
                  'Europe/Berlinn', repeat('a', 64)]) zone;
-- A name that is in the list of the server is one for us too, and the other way round.
SELECT is_empty(
    $$ SELECT name FROM pg_timezone_names
       WHERE name !~ '^(posix|right)/' AND name NOT IN ('localtime', 'posixrules', 'Factory')
         AND error_of(format('SELECT export.next_runs(''@daily'', %L, 1)', name)) <> 'no error' $$,
    'every zone of the server');

SELECT * FROM finish();
ROLLBACK;
