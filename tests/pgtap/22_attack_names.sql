-- A5: user casts and operators.  A7: pg_temp.  A10, A27: hostile names.
\ir include/helpers.psql
SET client_min_messages = warning;
DROP ROLE IF EXISTS name_alice, "name""; DROP TABLE x; --", "name_Zoë ""'", name_admin;
CREATE ROLE name_alice IN ROLE export_user;
CREATE ROLE "name""; DROP TABLE x; --" IN ROLE export_user;
CREATE ROLE "name_Zoë ""'" IN ROLE export_user;
CREATE ROLE name_admin IN ROLE export_admin;
RESET client_min_messages;

SELECT no_plan();
CREATE SCHEMA names;
GRANT ALL ON SCHEMA names TO PUBLIC;

-- A5: values are written by the output functions of their types, never by a cast of a user.
CREATE TYPE names.colour AS ENUM ('red', 'green');
CREATE TYPE names.pair AS (a integer, b text);
CREATE DOMAIN names.number AS integer;
CREATE FUNCTION names.never(anyelement) RETURNS text LANGUAGE plpgsql
AS $$ BEGIN RAISE EXCEPTION 'a cast was called'; END $$;
CREATE FUNCTION names.to_text(names.colour) RETURNS text LANGUAGE sql AS 'SELECT names.never($1)';
CREATE FUNCTION names.to_json(names.colour) RETURNS json LANGUAGE sql
    AS 'SELECT names.never($1)::json';
CREATE FUNCTION names.to_jsonb(names.colour) RETURNS jsonb LANGUAGE sql
    AS 'SELECT names.never($1)::jsonb';
CREATE FUNCTION names.to_text(names.pair) RETURNS text LANGUAGE sql AS 'SELECT names.never($1)';
CREATE FUNCTION names.to_json(names.pair) RETURNS json LANGUAGE sql
    AS 'SELECT names.never($1)::json';
CREATE FUNCTION names.to_jsonb(names.pair) RETURNS jsonb LANGUAGE sql
    AS 'SELECT names.never($1)::jsonb';
CREATE CAST (names.colour AS text) WITH FUNCTION names.to_text(names.colour) AS IMPLICIT;
CREATE CAST (names.colour AS json) WITH FUNCTION names.to_json(names.colour) AS IMPLICIT;
CREATE CAST (names.colour AS jsonb) WITH FUNCTION names.to_jsonb(names.colour) AS IMPLICIT;
CREATE CAST (names.pair AS text) WITH FUNCTION names.to_text(names.pair) AS IMPLICIT;
CREATE CAST (names.pair AS json) WITH FUNCTION names.to_json(names.pair) AS IMPLICIT;
CREATE CAST (names.pair AS jsonb) WITH FUNCTION names.to_jsonb(names.pair) AS IMPLICIT;
SET ROLE name_alice;
SELECT throws_ok('SELECT ''red''::names.colour::text', 'P0001', 'a cast was called',
                 'the cast is there');
SELECT throws_ok('SELECT to_json(''red''::names.colour)', 'P0001', 'a cast was called',
                 'and to_json calls it');
SELECT is(streamed('SELECT ''red''::names.colour AS c, ROW(1, ''x'')::names.pair AS p, '
                   '3::names.number AS n, ARRAY[''red'', NULL]::names.colour[] AS a, '
                   'ARRAY[ROW(1, ''x'')]::names.pair[] AS b', format), wanted, format)
FROM (VALUES ('csv', E'c,p,n,a,b\nred,"(1,x)",3,"{red,NULL}","{""(1,x)""}"\n'),
             ('jsonl',
              '{"c":"red","p":{"a":1,"b":"x"},"n":3,"a":["red",null],"b":[{"a":1,"b":"x"}]}'
                       || E'\n')) wanted (format, wanted);
SELECT is(export.preview('SELECT ''red''::names.colour AS c', 'json') -> 'rows', '[["\"red\""]]',
          'preview');
RESET ROLE;
-- Operators and functions of the caller's path do not get into what the extension itself asks.
CREATE FUNCTION names.never_equal(uuid, uuid) RETURNS boolean LANGUAGE plpgsql
AS $$ BEGIN RAISE EXCEPTION 'an operator was called'; END $$;
CREATE OPERATOR names.= (FUNCTION = names.never_equal, LEFTARG = uuid, RIGHTARG = uuid);
CREATE FUNCTION names.never_oid(oid, oid) RETURNS boolean LANGUAGE plpgsql
AS $$ BEGIN RAISE EXCEPTION 'an operator was called'; END $$;
CREATE OPERATOR names.= (FUNCTION = names.never_oid, LEFTARG = oid, RIGHTARG = oid);
CREATE FUNCTION names.sha256(bytea) RETURNS bytea LANGUAGE plpgsql
AS $$ BEGIN RAISE EXCEPTION 'a function was called'; END $$;
SET ROLE name_alice;
SET search_path = names, pg_catalog, public;
SELECT throws_ok('SELECT ''11111111-2222-4333-8444-555555555555''::uuid = gen_random_uuid()',
                 'P0001',
                 'an operator was called', 'the operator is there');
SELECT export.run('SELECT 1 AS a') AS planted \gset
RESET search_path;
SELECT set_config('search_path', 'names, pg_catalog, public', false) \g /dev/null
SELECT is(bytes_of(:'planted'), E'a\n1\n', 'run, read: not called');
SELECT is((SELECT count(*) FROM export.artifacts), 1::bigint, 'the history: not called');
SELECT lives_ok(format('SELECT export.share(%L, ''name_admin'')', :'planted'), 'share: not called');
SELECT lives_ok(format('SELECT export.unshare(%L, ''name_admin'')', :'planted'),
                'unshare: not called');
SELECT lives_ok(format('SELECT export.rerun(%L)', :'planted'), 'rerun: not called');
SELECT lives_ok(format('SELECT export.drop_artifact(%L)', :'planted'), 'drop_artifact: not called');
RESET search_path;
RESET ROLE;
SELECT isnt_empty('SELECT event_id FROM export.audit WHERE kind = ''drop''',
                  'the audit was written');

-- A7: a temporary object never stands in for one of the path.
CREATE TABLE names.rates (rate integer);
INSERT INTO names.rates VALUES (1);
CREATE FUNCTION names.rate() RETURNS integer LANGUAGE sql AS 'SELECT 1';
CREATE TYPE names.label AS ENUM ('true one');
GRANT SELECT ON names.rates TO name_alice;
SET ROLE name_alice;
SET search_path = names, public;
CREATE TEMP TABLE rates (rate integer);
INSERT INTO pg_temp.rates VALUES (666);
CREATE TEMP TABLE pg_class (relname text);
CREATE FUNCTION pg_temp.rate() RETURNS integer LANGUAGE sql AS 'SELECT 666';
CREATE TYPE pg_temp.label AS ENUM ('false one');
CREATE TEMP TABLE _artifact (id uuid);
CREATE TEMP TABLE _audit (event_id uuid);
SELECT is((SELECT rate FROM rates), 666, 'a SELECT of the session finds the temporary table');
SELECT is(streamed('SELECT rate FROM rates'), E'rate\n1\n', 'an export finds the one of the path');
SELECT is(streamed('TABLE pg_temp.rates'), E'rate\n666\n', 'and the other by its name');
SELECT is(streamed('SELECT rate() AS a, ''true one''::label AS b'), E'a,b\n1,true one\n',
          'functions and types too');
SELECT is(streamed('SELECT count(*) > 100 AS a FROM pg_class'), E'a\nt\n', 'and the catalog');
COPY rates TO STDOUT WITH (FORMAT jsonl) \g /dev/null
RESET ROLE;
SELECT is((SELECT relations #>> '{0,name}' FROM export.audit WHERE kind = 'copy'
           ORDER BY at DESC LIMIT 1),
          'names.rates', 'COPY of a table looks under the same path');
SET ROLE name_alice;
SET search_path = pg_temp, names, public;
SELECT is(streamed('SELECT rate FROM rates'), E'rate\n1\n', 'even if the path names pg_temp first');
SELECT set_config('search_path', format('%I, names, public', nspname), false)
FROM pg_namespace WHERE oid = pg_my_temp_schema() \g /dev/null
SELECT is(public.streamed('SELECT rate FROM rates'), E'rate\n1\n', 'or by its true name');
SET search_path = "$user", names, public;
SELECT is(streamed('SELECT rate FROM rates'), E'rate\n1\n', 'a path with "$user"');
SET search_path = names, public;
SELECT lives_ok('SELECT export.run(''SELECT 1 AS a'')', 'run writes to the true tables');
SELECT is((SELECT count(*) FROM export.artifacts WHERE query = 'SELECT 1 AS a'
           AND state = 'stored'),
          2::bigint, 'the history is the true one');
SELECT is((SELECT count(*) FROM _artifact) + (SELECT count(*) FROM _audit), 0::bigint,
          'the planted ones are empty');
DROP TABLE pg_temp.rates, pg_temp.pg_class, pg_temp._artifact, pg_temp._audit;
RESET search_path;
RESET ROLE;

-- A10: 200 hostile names, as names of columns, headings and titles.
CREATE TABLE names.hostile AS
SELECT row_number() OVER (ORDER BY n, name) AS n, name FROM (
    SELECT DISTINCT ON (name) n, name FROM (
        SELECT 1 AS n, pattern AS name FROM unnest(ARRAY[
            'x"; DROP TABLE names.hostile; --', '''; DROP TABLE names.hostile; --', '"', '""',
            '"""',
            '''', '''''', '\', '\\', '\"', '\''', ';', '--', '/*', '*/', '/* */', '$1', '$$', '$x$',
            '%s', '%n%n', '%I', '{}', '{"a": 1}', '["a"]', '{{', '}}', '[', ']', '(', ')', ',',
            E'\t',
            E'\n', E'\r', E'\r\n', E'a\nb', E'\x01', E'\x1b[31m', E'\x7f', E'\x08', ' ', '  ',
            ' a', 'a ',
            '=1+1', '+1', '-1', '@SUM(A1)', '|calc', '%0A', '=cmd|''/c calc''!A0', 'null', 'NULL',
            'true',
            'select', 'SELECT', 'from', 'user', 'current_user', 'ctid', 'tableoid', 'oid', '*',
            '.', '..',
            '../../etc/passwd', '/etc/passwd', 'C:\windows', 'a/b', 'a:b', 'a?b', '<script>',
            '&amp;', '&',
            '<a href="x">', ']]>', '<!--', 'é', 'Zoë', 'ß', 'ﬁ', 'İ', 'ı', '日本語', '🙂', '👨‍👩‍👧',
            'שלום', 'مرحبا',
            E'\u202e', E'\u200b', E'\ufeff', E'\u2028', E'\u2029', E'\u0085', E'\u00a0', 'a\u0041',
            '\u0000',
            '\x00', '\n', '\t', 'a"b"c', 'a''b''c', 'a,b', 'a;b', 'a|b', 'f1', 'column1',
            '?column?', '-',
            '_', '0', '007', '1e5', 'NaN', 'Infinity', 'name', 'heading', 'columns', 'args',
            'query',
            'export', 'export.run', 'pg_temp', 'pg_catalog', 'constructor', '__proto__', 'toString',
            repeat('x', 63), repeat('é', 31), repeat('"', 63), repeat('''', 63),
            repeat('\', 63)]) pattern
        UNION ALL
        SELECT 2, chr(c) || 'x' FROM generate_series(33, 126) c
        WHERE chr(c) !~ '[a-z0-9]'
        UNION ALL
        SELECT 3, 'x' || chr(c) || 'x' FROM generate_series(1, 47) c) all_names
    ORDER BY name, n) distinct_names
ORDER BY n, name
LIMIT 200;
SELECT is((SELECT count(*) FROM names.hostile), 200::bigint, 'there are 200 names');
GRANT SELECT ON names.hostile TO PUBLIC;
SELECT string_agg(format('%s AS %I', n, name), ', ' ORDER BY n) AS hostile_list,
       json_object_agg(name, n ORDER BY n)::jsonb AS hostile_object
FROM names.hostile \gset
SET ROLE name_alice;
SELECT is(streamed('SELECT ' || :'hostile_list', 'jsonl')::jsonb, :'hostile_object'::jsonb,
          'all at once: keys of JSON');
SELECT is(streamed(format('SELECT %s AS %I', n, name), 'jsonl')::jsonb, jsonb_build_object(name, n),
          format('column %s: JSON', n)) FROM names.hostile;
-- Read back as a reader of CSV would: with quotes doubled and everything else as it is.
SELECT is(CASE WHEN line LIKE '"%'
               THEN replace(substring(line FROM 2 FOR length(line) - 2), '""', '"')
               ELSE line END, name, format('column %s: CSV', n))
FROM (SELECT n, name, regexp_replace(streamed(format('SELECT %s AS %I', n, name)),
                                     E'\n' || n || E'\n$', '') AS line
      FROM names.hostile) lines;
SELECT is(streamed('SELECT 1 AS a', 'jsonl',
                   jsonb_build_object('columns', jsonb_build_array(
                       jsonb_build_object('name', 'a', 'heading', name))))::jsonb,
          jsonb_build_object(name, 1), format('heading %s', n)) FROM names.hostile;
SELECT is(export.preview(format('SELECT %s AS %I', n, name)) #>> '{columns,0,name}', name,
          format('column %s: preview', n)) FROM names.hostile;
SELECT is(streamed(format('SELECT 1 AS %I, 2 AS b', name), 'jsonl',
                   jsonb_build_object('columns', jsonb_build_array(name)))::jsonb,
          jsonb_build_object(name, 1), format('option columns with column %s', n))
              FROM names.hostile
WHERE name <> 'b';
CREATE TEMP TABLE titled AS
SELECT n, name, export.run('SELECT 1 AS a', 'csv', jsonb_build_object('title', name)) AS id
FROM names.hostile;
SELECT is(a.title, t.name, format('title %s', t.n))
    FROM titled t JOIN export.artifacts a USING (id);
-- A27: names of files are the title or what was asked for, without signs that could lead elsewhere.
SELECT is_empty($$ SELECT a.file_name FROM titled JOIN export.artifacts a USING (id)
                   WHERE a.file_name ~ '[/\\:*?"<>|\x01-\x1f\x7f]' OR a.file_name LIKE '.%'
                      OR a.file_name NOT LIKE '%-____-__-__.csv' $$,
                'no file name from a title has a sign of a path, a header or a control character');
CREATE TEMP TABLE named AS
SELECT n, name, export.run('SELECT 1 AS a', 'csv', jsonb_build_object('file_name', name)) AS id
FROM names.hostile;
SELECT is_empty($$ SELECT a.file_name FROM named JOIN export.artifacts a USING (id)
                   WHERE a.file_name ~ '[/\\:*?"<>|\x01-\x1f\x7f]' OR a.file_name LIKE '.%'
                      OR a.file_name = '' $$,
                'nor a file name that was asked for');
SELECT is(a.file_name, wanted, wanted) FROM (VALUES
    ('Zoë 2024.csv', 'Zoë 2024.csv'), ('../../etc/passwd', '_._.._etc_passwd'),
    ('a/b\c', 'a_b_c'), (E'x\r\nSet-Cookie: y', 'x__Set-Cookie_ y'), ('.bashrc', '_bashrc'))
    names (given, wanted)
CROSS JOIN LATERAL export.run('SELECT 1 AS a', 'csv', jsonb_build_object('file_name', given)) id
JOIN export.artifacts a USING (id);
RESET ROLE;

-- Roles with hostile names.
SET ROLE "name""; DROP TABLE x; --";
SELECT export.run('SELECT 1 AS a') AS hostile_owner \gset
SELECT is(owner::text, 'name"; DROP TABLE x; --', 'a hostile role as owner')
FROM export.artifacts WHERE id = :'hostile_owner';
SELECT lives_ok(format('SELECT export.share(%L, %L)', :'hostile_owner',
                       quote_ident('name_Zoë "''')),
                'a hostile role as grantee');
SELECT is(shared_with, ARRAY['name_Zoë "''']::name[], 'shared_with')
FROM export.artifacts WHERE id = :'hostile_owner';
SET ROLE "name_Zoë ""'";
SELECT is(bytes_of(:'hostile_owner'), E'a\n1\n', 'it reads');
RESET ROLE;
SELECT is((SELECT grantee FROM export.audit WHERE kind = 'share' ORDER BY at DESC LIMIT 1)::text,
          'name_Zoë "''', 'the audit has its name');
GRANT EXECUTE ON FUNCTION export.cleanup() TO "name""; DROP TABLE x; --";
SET ROLE "name""; DROP TABLE x; --";
SELECT is(error_of('SELECT export.cleanup()'),
          '42501 permission denied to administer exports | This needs the privileges of the role '
          '"export_admin". | An administrator can GRANT export_admin TO "name""; DROP TABLE x; --".',
          'a hint quotes it');
RESET ROLE;
REVOKE EXECUTE ON FUNCTION export.cleanup() FROM "name""; DROP TABLE x; --";
SELECT is((SELECT count(*) FROM names.hostile), 200::bigint, 'all names are still there');

SELECT finish();
SET client_min_messages = warning;
DISCARD TEMP;
DROP SCHEMA names CASCADE;
DROP OWNED BY name_alice;
DROP ROLE name_alice, "name""; DROP TABLE x; --", "name_Zoë ""'", name_admin;
