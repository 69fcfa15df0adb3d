-- A4: code of a table owner in the query of somebody else.  Eight kinds of objects that carry code,
-- four victims.  Where row security does not restrain the victim, only code of trusted roles runs;
-- everywhere else the code runs, in the read-only nest.
\ir include/helpers.psql
BEGIN;
SELECT no_plan();
CREATE ROLE trust_mallory;
CREATE ROLE trust_super SUPERUSER IN ROLE export_user;
CREATE ROLE trust_bypass BYPASSRLS IN ROLE export_user;
CREATE ROLE trust_admin IN ROLE export_user, export_admin;
CREATE ROLE trust_plain IN ROLE export_user;
CREATE SCHEMA trap AUTHORIZATION trust_mallory;
GRANT USAGE ON SCHEMA trap TO PUBLIC;
CREATE TABLE public.loot (who text);
GRANT INSERT ON public.loot TO PUBLIC;

SET LOCAL ROLE trust_mallory;
CREATE TABLE trap.plain (a integer, b text);
INSERT INTO trap.plain VALUES (1, 'x'), (2, 'y');
-- What the code does: it tells who runs it and whether it could write.
CREATE FUNCTION trap.write() RETURNS void LANGUAGE sql VOLATILE
AS 'INSERT INTO public.loot VALUES (current_user)';
CREATE FUNCTION trap.deed(integer) RETURNS integer LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
    PERFORM trap.write();
    RETURN $1;
EXCEPTION WHEN read_only_sql_transaction THEN
    PERFORM set_config('trap.sprung', coalesce(current_setting('trap.sprung', true), '') || '!',
                       false);
    RETURN $1;
END
$$;
CREATE FUNCTION trap.deed_text(text) RETURNS text LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
    PERFORM trap.deed(1);
    RETURN $1;
END
$$;
CREATE VIEW trap.seen AS SELECT a, b FROM trap.plain;
CREATE TABLE trap.guarded (a integer);
INSERT INTO trap.guarded VALUES (1), (2);
ALTER TABLE trap.guarded ENABLE ROW LEVEL SECURITY;
CREATE POLICY deed ON trap.guarded USING (trap.deed(a) = a);
CREATE FUNCTION trap.equal(integer, integer) RETURNS boolean LANGUAGE sql IMMUTABLE
AS 'SELECT trap.deed($1) = $2';
CREATE OPERATOR trap.=== (FUNCTION = trap.equal, LEFTARG = integer, RIGHTARG = integer);
CREATE TYPE trap.pair AS (a integer);
CREATE FUNCTION trap.pair_of(integer) RETURNS trap.pair LANGUAGE sql IMMUTABLE
AS 'SELECT ROW(trap.deed($1))::trap.pair';
CREATE FUNCTION trap.text_of(trap.pair) RETURNS text LANGUAGE sql IMMUTABLE
AS 'SELECT trap.deed($1.a)::text';
CREATE CAST (trap.pair AS text) WITH FUNCTION trap.text_of(trap.pair);
CREATE DOMAIN trap.checked AS integer CHECK (trap.deed(VALUE) > 0);
CREATE TABLE trap.indexed (a integer);
INSERT INTO trap.indexed SELECT g FROM generate_series(1, 100) g;
CREATE FUNCTION trap.plus(integer, integer) RETURNS integer LANGUAGE sql IMMUTABLE
AS 'SELECT $1 + trap.deed($2)';
CREATE AGGREGATE trap.total (integer) (SFUNC = trap.plus, STYPE = integer, INITCOND = '0');
GRANT SELECT ON ALL TABLES IN SCHEMA trap TO PUBLIC;
RESET ROLE;
-- Building the index does the deed as the owner of the table, who may.
CREATE INDEX indexed_deed ON trap.indexed (trap.deed(a));
TRUNCATE public.loot;

CREATE TABLE traps (kind text, query text, refused text);
INSERT INTO traps VALUES
    ('view', 'SELECT a FROM trap.seen', 'The view trap.seen belongs to'),
    ('function', 'SELECT trap.deed(1) AS a', 'The function trap.deed(integer) belongs to'),
    ('policy', 'SELECT a FROM trap.guarded', 'The function trap.deed(integer) belongs to'),
    ('operator', 'SELECT a OPERATOR(trap.===) 1 AS a FROM trap.plain',
     'The function trap.equal(integer,integer) belongs to'),
    ('cast', 'SELECT ROW(1)::trap.pair::text AS a',
     'The function trap.text_of(trap.pair) belongs to'),
    ('domain', 'SELECT a::trap.checked AS a FROM trap.plain', 'The domain trap.checked belongs to'),
    ('index expression', 'SELECT a FROM trap.indexed WHERE trap.deed(a) < 3',
     'The function trap.deed(integer) belongs to'),
    ('aggregate', 'SELECT trap.total(a) AS a FROM trap.plain',
     'The function trap.total(integer) belongs to');
GRANT SELECT ON traps TO PUBLIC;

CREATE FUNCTION refuses(who text) RETURNS SETOF text LANGUAGE sql AS $$
    SELECT is(error_of(format('SELECT export.%s(%L)', door, query)),
              '42501 the query would run code of a role that is not trusted | ' || refused
              || ' "trust_mallory", and the export runs with privileges that row security does not '
                 'restrain. | Export as a role without these privileges, or have an administrator '
                 'add the owner to export.trusted_owners.', format('%s, %s: %s', who, door, kind))
    FROM traps, unnest(ARRAY['run', 'stream', 'preview']) door WHERE kind <> 'policy'
$$;
-- Roles that pass over row security never run the policy: nothing to refuse, nothing run.
CREATE FUNCTION runs_no_policy(who text) RETURNS SETOF text LANGUAGE sql AS $$
    SELECT is(split_part(error_of(format('SELECT export.stream(%L)', query)), ' | ', 1), 'no error',
              who || ': policy')
    FROM traps WHERE kind = 'policy'
$$;
-- Takes them, and no deed is done.
CREATE FUNCTION takes(who text) RETURNS SETOF text LANGUAGE sql AS $$
    SELECT is(error_of(format('SELECT export.stream(%L)', query)), 'no error',
              format('%s: %s', who, kind))
    FROM traps
$$;

SET LOCAL ROLE trust_super;
SELECT refuses('superuser');
SELECT runs_no_policy('superuser');
SET LOCAL ROLE trust_bypass;
SELECT refuses('BYPASSRLS');
SELECT runs_no_policy('BYPASSRLS');
SET LOCAL ROLE trust_admin;
SELECT takes('export_admin');
SET LOCAL ROLE trust_plain;
SELECT takes('plain role');
RESET ROLE;
SELECT is_empty('TABLE public.loot', 'no code wrote anything, for anybody');

-- The code did run where it may: otherwise the above proves nothing.
SET LOCAL ROLE trust_plain;
SELECT is(streamed('SELECT trap.deed(a) AS a, current_setting(''trap.sprung'', true) <> '''' AS b '
                   'FROM trap.plain ORDER BY 1'), E'a,b\n1,t\n2,t\n',
          'the trap is sprung, and finds a read-only transaction');
SELECT is(trap.deed(1), 1, 'the same function writes outside an export');
RESET ROLE;
SELECT results_eq('TABLE public.loot', $$ VALUES ('trust_plain') $$, 'as any SELECT would let it');

-- Plain tables of an untrusted role, and code of trusted ones, are no reason to refuse.
SET LOCAL ROLE trust_bypass;
SELECT is(streamed('SELECT a, upper(b) AS b FROM trap.plain WHERE a + 1 > 1 ORDER BY a'),
          E'a,b\n1,X\n2,Y\n', 'a plain table and built-in functions');
CREATE FUNCTION pg_temp.own(integer) RETURNS integer LANGUAGE sql AS 'SELECT $1 + 1';
SELECT is(streamed(format('SELECT %s.own(a) AS a FROM trap.plain ORDER BY 1',
                          (SELECT nspname FROM pg_namespace WHERE oid = pg_my_temp_schema()))),
          E'a\n2\n3\n', 'one''s own function');
RESET ROLE;
CREATE VIEW public.by_postgres AS SELECT a FROM trap.plain;
GRANT SELECT ON public.by_postgres TO PUBLIC;
SET LOCAL ROLE trust_bypass;
SELECT is(streamed('SELECT * FROM public.by_postgres ORDER BY a'), E'a\n1\n2\n',
          'a view of a superuser');
RESET ROLE;
CREATE VIEW public.over_trap AS SELECT a FROM trap.seen;
GRANT SELECT ON public.over_trap TO PUBLIC;
SET LOCAL ROLE trust_bypass;
SELECT throws_ok('SELECT streamed(''SELECT * FROM public.over_trap'')', '42501',
                 'the query would run code of a role that is not trusted',
                 'a view of a superuser over a view of an untrusted role');
SELECT throws_ok(format('SELECT streamed(%L)', query), '42501',
                 'the query would run code of a role that is not trusted', query)
FROM unnest(ARRAY[
    'SELECT * FROM (SELECT a FROM trap.seen) x', 'WITH w AS (SELECT a FROM trap.seen) TABLE w',
    'SELECT (SELECT max(a) FROM trap.seen) AS a', 'SELECT 1 AS a UNION SELECT a FROM trap.seen',
    'SELECT 1 AS a WHERE EXISTS (SELECT FROM trap.seen)',
    'SELECT p.a FROM trap.plain p JOIN LATERAL (SELECT trap.deed(p.a)) x ON true',
    'SELECT a FROM trap.plain ORDER BY trap.deed(a)',
    'SELECT a FROM trap.plain WHERE trap.deed(a) = 1',
    'SELECT a FROM trap.plain GROUP BY a HAVING trap.deed(a) = 1',
    'SELECT * FROM trap.deed(1)', 'SELECT sum(trap.deed(a)) OVER () AS a FROM trap.plain',
    'SELECT trap.total(a) OVER () AS a FROM trap.plain',
    'SELECT a FROM trap.plain LIMIT trap.deed(1)',
    'SELECT CASE WHEN false THEN trap.deed(1) ELSE 1 END AS a', 'VALUES (trap.deed(1))',
    'SELECT ARRAY[trap.deed(1)] AS a',
    'SELECT a FROM trap.plain TABLESAMPLE system (trap.deed(100))',
    'SELECT ''5''::trap.checked AS a', 'SELECT ARRAY[1]::trap.checked[] AS a',
    'SELECT ROW(1)::trap.pair::text AS a',
    'SELECT 1 = ANY (ARRAY(SELECT trap.deed(1))) AS a']) query;

-- A query whose plan the trap sees only as a table: default values, constraints.
RESET ROLE;
SET LOCAL ROLE trust_mallory;
CREATE TABLE trap.constrained (a integer CHECK (trap.deed(a) > 0));
RESET ROLE;
GRANT SELECT ON trap.constrained TO PUBLIC;
SET LOCAL ROLE trust_bypass;
-- The server's files and programs are as good as a superuser's rights.
RESET ROLE;
CREATE ROLE trust_programs IN ROLE export_user, pg_execute_server_program;
SET LOCAL ROLE trust_programs;
SELECT throws_ok('SELECT streamed(''SELECT a FROM trap.seen'')', '42501',
                 'the query would run code of a role that is not trusted', 'a role with programs');
RESET ROLE;
SET LOCAL ROLE trust_bypass;
-- The gate asks when code would run, and reading a table runs neither CHECK nor index expression.
SELECT lives_ok('SELECT streamed(''SELECT a FROM trap.constrained'')', 'a CHECK that nobody runs');
SELECT lives_ok('SELECT streamed(''SELECT a FROM trap.indexed'')', 'an index that nobody uses');
-- The same holds for parameters.
SELECT throws_ok($$ SELECT export.stream('SELECT $1::trap.checked AS a', 'csv', '{}', '1') $$,
                 '42501',
                 'the query would run code of a role that is not trusted',
                 'the type of a parameter');

-- export.trusted_owners and export.trust_check.
RESET ROLE;
SET LOCAL export.trusted_owners = 'nobody_there, trust_mallory';
SET LOCAL ROLE trust_bypass;
SELECT takes('trusted owner');
RESET ROLE;
SET LOCAL export.trusted_owners = '';
SET LOCAL ROLE trust_bypass;
SELECT throws_ok('SELECT streamed(''SELECT a FROM trap.seen'')', '42501', NULL,
                 'no longer trusted');
RESET ROLE;
SET LOCAL export.trust_check = off;
SET LOCAL ROLE trust_bypass;
SELECT takes('trust_check = off');
RESET ROLE;
RESET export.trust_check;
SELECT throws_ok('SET export.trusted_owners = ''a b c''', '22023', NULL, 'a list that is none');
SELECT is((SELECT count(*) FROM public.loot), 1::bigint, 'still no code wrote anything');

SELECT finish();
ROLLBACK;
