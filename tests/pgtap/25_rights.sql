-- Row security, column grants and security-barrier views hold for an export exactly as for SELECT.
\ir include/helpers.psql
BEGIN;
SELECT no_plan();
CREATE ROLE right_alice IN ROLE export_user;
CREATE ROLE right_bob IN ROLE export_user;
CREATE ROLE right_owner IN ROLE export_user;
CREATE ROLE right_bypass BYPASSRLS IN ROLE export_user;
CREATE SCHEMA rights;
GRANT ALL ON SCHEMA rights TO PUBLIC;
CREATE TABLE rights.data (id integer, who name, public text, private text);
INSERT INTO rights.data
SELECT g, CASE WHEN g % 2 = 0 THEN 'right_alice' ELSE 'right_bob' END, 'p' || g, 's' || g
FROM generate_series(1, 6) g;
ALTER TABLE rights.data OWNER TO right_owner;
ALTER TABLE rights.data ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON rights.data USING (who = current_user);
GRANT SELECT (id, who, public) ON rights.data TO right_alice, right_bob, right_bypass;
CREATE TABLE rights.forced AS SELECT 1 AS a;
ALTER TABLE rights.forced OWNER TO right_owner;
ALTER TABLE rights.forced ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE TABLE rights.closed AS SELECT 1 AS a;
CREATE VIEW rights.seen AS SELECT id, private FROM rights.data;
CREATE VIEW rights.invoked WITH (security_invoker) AS SELECT id, public FROM rights.data;
CREATE VIEW rights.barred WITH (security_barrier) AS
    SELECT id, private FROM rights.data WHERE who = current_user;
ALTER VIEW rights.seen OWNER TO right_owner;
ALTER VIEW rights.barred OWNER TO right_owner;
GRANT SELECT ON rights.seen, rights.invoked, rights.barred TO PUBLIC;
CREATE FUNCTION rights.leak(text) RETURNS boolean LANGUAGE plpgsql COST 0.0000001 AS $$
BEGIN
    PERFORM set_config('rights.leaked', coalesce(current_setting('rights.leaked', true), '') || $1,
                       false);
    RETURN true;
END
$$;

-- Each query gives, or is refused, what SELECT gives or is refused.
CREATE TABLE questions (query text);
INSERT INTO questions VALUES
    ('SELECT id, public FROM rights.data ORDER BY id'), ('SELECT * FROM rights.data'),
    ('SELECT private FROM rights.data'), ('SELECT id FROM rights.data WHERE private = ''s1'''),
    ('SELECT count(*) AS n FROM rights.data'), ('SELECT data FROM rights.data'),
    ('TABLE rights.closed'), ('TABLE rights.forced'), ('SELECT * FROM rights.seen ORDER BY id'),
    ('SELECT * FROM rights.invoked ORDER BY id'), ('SELECT * FROM rights.barred ORDER BY id'),
    ('SELECT id FROM rights.barred WHERE id / (id - 2) >= 0'),
    ('SELECT max(id) AS m, who FROM rights.data GROUP BY who ORDER BY who'),
    ('SELECT d.id, e.public FROM rights.data d JOIN rights.data e USING (id) ORDER BY 1'),
    ('SELECT rolpassword FROM pg_authid'), ('SELECT pg_read_file(''PG_VERSION'') AS a'),
    ('SELECT * FROM export._artifact'),
    ('SELECT kind, format FROM export.audit WHERE kind = ''none'''),
    ('SELECT id, format FROM export.artifacts'), ('SELECT current_user AS a, session_user AS b');
GRANT SELECT ON questions TO PUBLIC;

-- The document that a SELECT would make: its rows as an array of JSON, or its error.
CREATE FUNCTION selected(query text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    rows jsonb;
    message text;
BEGIN
    EXECUTE format('SELECT coalesce(jsonb_agg(to_jsonb(q)), ''[]'') FROM (%s) q', query) INTO rows;
    RETURN rows::text;
EXCEPTION WHEN OTHERS THEN
    RETURN SQLSTATE || ' ' || SQLERRM;
END
$$;
CREATE FUNCTION exported(query text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    RETURN streamed(query, 'json')::jsonb::text;
EXCEPTION WHEN OTHERS THEN
    RETURN SQLSTATE || ' ' || SQLERRM;
END
$$;
CREATE FUNCTION same(who text) RETURNS SETOF text LANGUAGE sql AS $$
    SELECT is(exported(query), selected(query), format('%s: %s', who, query)) FROM questions
$$;
SET LOCAL ROLE right_alice;
SELECT same('alice');
SET LOCAL ROLE right_bob;
SELECT same('bob');
SET LOCAL ROLE right_owner;
SELECT same('owner');
RESET ROLE;
SET LOCAL export.trust_check = off;
SET LOCAL ROLE right_bypass;
SELECT same('BYPASSRLS');
RESET ROLE;
SELECT same('superuser');
RESET export.trust_check;

-- What that is, in words, so that equal is not equally wrong.
SET LOCAL ROLE right_alice;
SELECT is(streamed('SELECT id, public FROM rights.data ORDER BY id'),
          E'id,public\n2,p2\n4,p4\n6,p6\n',
          'alice sees her rows');
SELECT throws_ok('SELECT streamed(''SELECT private FROM rights.data'')', '42501',
                 'permission denied for table data', 'and no column without a grant');
SELECT is(streamed('SELECT * FROM rights.barred ORDER BY id'), E'id,private\n2,s2\n4,s4\n6,s6\n',
          'a view with a barrier');
SET LOCAL ROLE right_owner;
SELECT is(streamed('SELECT count(*) AS n FROM rights.data'), E'n\n6\n', 'the owner sees all');
SELECT is(streamed('TABLE rights.forced'), E'a\n', 'but where row security is forced');
SET LOCAL ROLE right_bypass;
SELECT is(streamed('SELECT count(*) AS n FROM rights.data'), E'n\n6\n', 'BYPASSRLS sees all');

-- A barrier is one: a cheap function of the caller sees no row that the view hides.
SET LOCAL ROLE right_alice;
SELECT is(streamed('SELECT id, current_setting(''rights.leaked'', true) AS leaked FROM '
                   '(SELECT id FROM rights.barred WHERE rights.leak(private) ORDER BY id OFFSET 0) x '
                   'ORDER BY id DESC LIMIT 1'), E'id,leaked\n6,s2s4s6\n', 'a leaky function');

-- row_security = off asks PostgreSQL to refuse rather than filter.  An export always filters.
SET LOCAL row_security = off;
SELECT throws_ok('SELECT count(*) FROM rights.data', '42501',
                 'query would be affected by row-level security policy for table "data"',
                 'a SELECT with row_security = off is refused');
SELECT is(streamed('SELECT count(*) AS n FROM rights.data'), E'n\n3\n', 'an export filters');
SELECT is(current_setting('row_security'), 'off', 'and leaves the setting alone');
SELECT is(export.preview('SELECT count(*) AS n FROM rights.data') -> 'rows', '[["3"]]', 'preview');
SELECT export.run('SELECT count(*) AS n FROM rights.data', 'jsonl') AS counted \gset
SELECT is(sha256, sha256(E'{"n":3}\n'), 'run') FROM export.artifacts WHERE id = :'counted';
SET LOCAL row_security = on;

-- The role counts at the moment of the export: no plan is kept from one to the next.
SELECT is(streamed('SELECT min(id) AS n FROM rights.data'), E'n\n2\n', 'alice');
SET LOCAL ROLE right_bob;
SELECT is(streamed('SELECT min(id) AS n FROM rights.data'), E'n\n1\n', 'bob, the same query');
RESET ROLE;
REVOKE SELECT (id, who, public) ON rights.data FROM right_bob;
SET LOCAL ROLE right_bob;
SELECT throws_ok('SELECT streamed(''SELECT min(id) AS n FROM rights.data'')', '42501',
                 'permission denied for table data', 'bob, after the REVOKE');
-- A stream goes on as the role that began it, whoever fetches.
RESET ROLE;
INSERT INTO rights.data SELECT g, CASE WHEN g % 2 = 0 THEN 'right_alice' ELSE 'right_bob' END,
                               repeat('p', 100), 's' FROM generate_series(7, 10000) g;
SET LOCAL ROLE right_alice;
DECLARE pieces CURSOR FOR
    SELECT export.stream('SELECT who, current_user AS u, public FROM rights.data') AS piece;
FETCH 1 FROM pieces \gset first_
RESET ROLE;
FETCH 1 FROM pieces \gset second_
SELECT is(current_user, session_user, 'fetched by the superuser');
SELECT is((SELECT count(*) FROM regexp_matches(convert_from(:'second_piece'::bytea, 'UTF8'),
                                               E'\nright_alice,right_alice,', 'g')) > 1000,
          true, 'the second piece is made as alice');
SELECT is(position('right_bob'::bytea IN :'first_piece'::bytea || :'second_piece'::bytea), 0,
          'and has no row of bob');
CLOSE pieces;

SELECT finish();
ROLLBACK;
