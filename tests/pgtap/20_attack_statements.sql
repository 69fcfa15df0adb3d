-- A1, A2: anything but one reading SELECT.  A3: code in the query that tries to write or to leave.
\ir include/helpers.psql
BEGIN;
SELECT no_plan();
CREATE ROLE hit_victim IN ROLE export_user;
CREATE ROLE hit_mallory;
CREATE SCHEMA attacks AUTHORIZATION hit_mallory;
GRANT USAGE ON SCHEMA attacks TO PUBLIC;
CREATE TABLE public.victims (id integer PRIMARY KEY, note text);
INSERT INTO public.victims VALUES (1, 'untouched');
ALTER TABLE public.victims OWNER TO hit_victim;

CREATE TABLE statements (statement text, what text);
INSERT INTO statements VALUES
    ('SELECT 1; SELECT 2', 'several statements'),
    ('SELECT 1; DROP TABLE public.victims', 'several statements'),
    ('SELECT 1;; DELETE FROM public.victims', 'several statements'),
    ('COMMIT; SELECT 1', 'several statements'),
    ('INSERT INTO public.victims VALUES (2)', 'INSERT'),
    ('INSERT INTO public.victims VALUES (2) RETURNING id', 'INSERT'),
    ('UPDATE public.victims SET note = ''hit'' RETURNING id', 'UPDATE'),
    ('DELETE FROM public.victims RETURNING id', 'DELETE'),
    ('MERGE INTO public.victims v USING (SELECT 1 AS id) s ON v.id = s.id WHEN MATCHED THEN DELETE',
     'MERGE'),
    ('WITH x AS (DELETE FROM public.victims RETURNING id) SELECT * FROM x',
     'a data-modifying WITH query'),
    ('WITH x AS (INSERT INTO public.victims VALUES (2) RETURNING id) SELECT * FROM x',
     'a data-modifying WITH query'),
    ('WITH x AS (UPDATE public.victims SET note = NULL RETURNING id) TABLE x',
     'a data-modifying WITH query'),
    ('WITH a AS (SELECT 1), b AS (DELETE FROM public.victims) SELECT * FROM a',
     'a data-modifying WITH query'),
    ('WITH x AS (SELECT 1) INSERT INTO public.victims SELECT * FROM x', 'INSERT'),
    ('WITH x AS (SELECT 1) DELETE FROM public.victims', 'DELETE'),
    ('SELECT * INTO attacks.copy FROM public.victims', 'SELECT INTO'),
    ('SELECT * INTO TEMP copy FROM public.victims', 'SELECT INTO'),
    ('SELECT 1 AS a INTO attacks.copy UNION SELECT 2', 'SELECT INTO'),
    ('SELECT * FROM public.victims FOR UPDATE', 'SELECT with row locks (FOR UPDATE or FOR SHARE)'),
    ('SELECT * FROM public.victims FOR NO KEY UPDATE',
     'SELECT with row locks (FOR UPDATE or FOR SHARE)'),
    ('SELECT * FROM public.victims FOR SHARE', 'SELECT with row locks (FOR UPDATE or FOR SHARE)'),
    ('SELECT * FROM public.victims FOR KEY SHARE SKIP LOCKED',
     'SELECT with row locks (FOR UPDATE or FOR SHARE)'),
    ('SELECT * FROM (SELECT * FROM public.victims FOR UPDATE) x',
     'a query with row locks (FOR UPDATE or FOR SHARE) in one of its parts'),
    ('WITH x AS (SELECT * FROM public.victims FOR SHARE) SELECT * FROM x',
     'a query with row locks (FOR UPDATE or FOR SHARE) in one of its parts'),
    ('SELECT (SELECT id FROM public.victims FOR UPDATE)',
     'a query with row locks (FOR UPDATE or FOR SHARE) in one of its parts'),
    ('SELECT 1 WHERE EXISTS (SELECT FROM public.victims FOR UPDATE)',
     'a query with row locks (FOR UPDATE or FOR SHARE) in one of its parts'),
    ('COPY public.victims TO STDOUT', 'a utility statement'),
    ('COPY (SELECT 1) TO PROGRAM ''touch /tmp/hit''', 'a utility statement'),
    ('COPY public.victims FROM PROGRAM ''echo 2''', 'a utility statement'),
    ('EXPLAIN ANALYZE DELETE FROM public.victims', 'a utility statement'),
    ('CREATE TABLE attacks.copy AS SELECT 1', 'a utility statement'),
    ('CREATE TEMP TABLE copy (a int)', 'a utility statement'),
    ('DROP TABLE public.victims', 'a utility statement'),
    ('TRUNCATE public.victims', 'a utility statement'),
    ('GRANT ALL ON public.victims TO hit_mallory', 'a utility statement'),
    ('SET ROLE postgres', 'a utility statement'),
    ('SET LOCAL transaction_read_only = off', 'a utility statement'),
    ('RESET ALL', 'a utility statement'),
    ('BEGIN', 'a utility statement'),
    ('COMMIT', 'a utility statement'),
    ('ROLLBACK', 'a utility statement'),
    ('SAVEPOINT s', 'a utility statement'),
    ('DO $x$ BEGIN DELETE FROM public.victims; END $x$', 'a utility statement'),
    ('CALL attacks.work()', 'a utility statement'),
    ('PREPARE p AS DELETE FROM public.victims', 'a utility statement'),
    ('EXECUTE p', 'a utility statement'),
    ('DECLARE c CURSOR FOR SELECT 1', 'a utility statement'),
    ('FETCH ALL FROM c', 'a utility statement'),
    ('LISTEN x', 'a utility statement'),
    ('NOTIFY x', 'a utility statement'),
    ('LOCK TABLE public.victims', 'a utility statement'),
    ('VACUUM', 'a utility statement'),
    ('REFRESH MATERIALIZED VIEW attacks.kept', 'a utility statement'),
    ('LOAD ''export''', 'a utility statement'),
    ('SHOW ALL', 'a utility statement'),
    ('CREATE EXTENSION pgtap', 'a utility statement');
GRANT SELECT ON statements TO PUBLIC;

SET LOCAL ROLE hit_victim;
SELECT is(error_of(format('SELECT export.run(%L)', statement)),
          format('0A000 an export takes one SELECT, not %s | Use SELECT, VALUES, TABLE or WITH '
                 'queries that only read.', what), statement)
FROM statements;
-- The gate is the same at each door.
SELECT is(error_of(format('SELECT export.%s(%L)', door, statement)),
          error_of(format('SELECT export.run(%L)', statement)), door || ': ' || statement)
FROM statements, unnest(ARRAY['stream', 'preview']) door
WHERE statement IN (SELECT min(statement) FROM statements GROUP BY what);
SELECT throws_ok(format('SELECT export.run(%L)', statement), '42601', NULL,
                 format('no statement: %L', statement))
FROM unnest(ARRAY['', ' ', ';', '-- SELECT 1', '/* SELECT 1 */', 'SELECT 1 UNION DELETE FROM x',
                  'SELECT (DELETE FROM public.victims)', 'SELECT 1) TO STDOUT; DROP TABLE x; --'])
     statement;
-- What reads is taken, whatever its form.
SELECT is(error_of(format('SELECT export.stream(%L)', statement)), 'no error', statement)
FROM unnest(ARRAY['TABLE public.victims', 'VALUES (1), (2)', '(SELECT 1)', 'SELECT 1;',
                  '/* c */ SELECT 1 -- c',
                  'WITH RECURSIVE r AS (SELECT 1 AS n UNION ALL SELECT n + 1 '
                  'FROM r WHERE n < 3) SELECT * FROM r',
                  '(SELECT 1 UNION SELECT 2) EXCEPT VALUES (1)',
                  'SELECT ''; DROP TABLE public.victims'' AS a']) statement;
RESET ROLE;
SELECT results_eq('TABLE public.victims', $$ VALUES (1, 'untouched') $$, 'nothing was done');

-- A3: functions of somebody else in the query.  They run as the caller, in a read-only nest and a
-- security-restricted operation.
CREATE FUNCTION attacks.does(statement text) RETURNS integer LANGUAGE plpgsql VOLATILE AS $$
BEGIN
    EXECUTE statement;
    RETURN 1;
END
$$;
CREATE FUNCTION attacks.lies(statement text) RETURNS integer LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
    RETURN attacks.does(statement);
END
$$;
CREATE FUNCTION attacks.defines(statement text) RETURNS integer LANGUAGE plpgsql SECURITY DEFINER
    AS $$
BEGIN
    EXECUTE statement;
    RETURN 1;
END
$$;
ALTER FUNCTION attacks.does(text) OWNER TO hit_mallory;
ALTER FUNCTION attacks.lies(text) OWNER TO hit_mallory;
ALTER FUNCTION attacks.defines(text) OWNER TO hit_mallory;
CREATE TABLE attacks.own (a integer);
ALTER TABLE attacks.own OWNER TO hit_mallory;
GRANT SELECT, INSERT ON attacks.own TO PUBLIC;

CREATE TABLE deeds (statement text, wanted text);
INSERT INTO deeds VALUES
    ('INSERT INTO public.victims VALUES (2)',
     '25006 cannot execute INSERT in a read-only transaction'),
    ('UPDATE public.victims SET note = ''hit''',
     '25006 cannot execute UPDATE in a read-only transaction'),
    ('DELETE FROM public.victims', '25006 cannot execute DELETE in a read-only transaction'),
    ('TRUNCATE public.victims', '25006 cannot execute TRUNCATE TABLE in a read-only transaction'),
    ('INSERT INTO attacks.own VALUES (1)',
     '25006 cannot execute INSERT in a read-only transaction'),
    ('SELECT * FROM public.victims FOR UPDATE',
     '25006 cannot execute SELECT FOR UPDATE in a read-only transaction'),
    ('CREATE TABLE public.copy ()', '25006 cannot execute CREATE TABLE in a read-only transaction'),
    ('CREATE TEMP TABLE copy ()', '25006 cannot execute CREATE TABLE in a read-only transaction'),
    ('GRANT ALL ON public.victims TO hit_mallory',
     '25006 cannot execute GRANT in a read-only transaction'),
    ('ALTER ROLE hit_mallory SUPERUSER',
     '25006 cannot execute ALTER ROLE in a read-only transaction'),
    ('COPY public.victims FROM PROGRAM ''echo 2''',
     '42501 must be superuser or have privileges of the pg_execute_server_program role to COPY to '
     'or from an external program'),
    ('LISTEN x', '42501 cannot execute LISTEN within security-restricted operation'),
    ('DECLARE c CURSOR WITH HOLD FOR SELECT 1',
     '42501 cannot create a cursor WITH HOLD within security-restricted operation'),
    ('PREPARE p AS DELETE FROM public.victims',
     '42501 cannot execute PREPARE within security-restricted operation'),
    ('DEALLOCATE ALL', '42501 cannot execute DEALLOCATE within security-restricted operation'),
    ('SET ROLE hit_mallory',
     '42501 cannot set parameter "role" within security-restricted operation'),
    ('SET SESSION AUTHORIZATION hit_mallory',
     '42501 cannot set parameter "session_authorization" within security-restricted operation'),
    ('RESET ROLE', '42501 cannot set parameter "role" within security-restricted operation'),
    ('SELECT set_config(''role'', ''hit_mallory'', false)',
     '42501 cannot set parameter "role" within security-restricted operation'),
    ('SET transaction_read_only = off',
     '25001 cannot set transaction read-write mode inside a read-only transaction'),
    ('SET TRANSACTION READ WRITE',
     '25001 cannot set transaction read-write mode inside a read-only transaction'),
    ('SELECT set_config(''transaction_read_only'', ''off'', true)',
     '25001 cannot set transaction read-write mode inside a read-only transaction'),
    ('SELECT nextval(''attacks.counter'')',
     '25006 cannot execute nextval() in a read-only transaction'),
    ('SELECT export.run(''SELECT 1'')', '0A000 export.run() cannot be called here'),
    ('SELECT export.stream(''SELECT 1'')', '0A000 export.stream() cannot be called here'),
    ('SELECT export.preview(''SELECT 1'')', '0A000 export.preview() cannot be called here'),
    ('SELECT export.read(gen_random_uuid())', '0A000 export.read() cannot be called here'),
    ('SELECT export.drop_artifact(gen_random_uuid())',
     '0A000 export.drop_artifact() cannot be called here'),
    ('SELECT export.share(gen_random_uuid(), ''hit_mallory'')',
     '0A000 export.share() cannot be called here');
CREATE SEQUENCE attacks.counter;
GRANT ALL ON deeds, attacks.counter TO PUBLIC;
SET LOCAL ROLE hit_victim;
SELECT is(split_part(error_of(format('SELECT export.%s(%L)', door,
                                     format('SELECT attacks.%s(%L)', deed, statement))), ' | ', 1),
          wanted, format('%s, %s: %s', door, deed, statement))
FROM deeds, (VALUES ('run', 'does'), ('stream', 'does'), ('preview', 'does'), ('stream', 'lies'))
            doors (door, deed);
SELECT throws_ok(format('SELECT streamed(%L)', format('SELECT attacks.defines(%L)', statement)),
                 left(wanted, 5)::text, NULL, 'security definer: ' || statement)
FROM deeds WHERE wanted LIKE '25006%' AND statement NOT LIKE '%victims%'
             AND statement NOT LIKE 'ALTER ROLE%' AND statement NOT LIKE '%COPY%';
-- PostgreSQL 15 does not count large objects as data that a read-only transaction protects.
SELECT is(split_part(error_of($$ SELECT streamed('SELECT attacks.does(''SELECT lo_create(0)'')') $$),
                     ' | ', 1),
          CASE WHEN current_setting('server_version_num')::integer >= 160000
               THEN '25006 cannot execute lo_create() in a read-only transaction'
               ELSE 'no error' END, 'large objects: as in any read-only transaction');

-- The nest holds to the end of a stream and not longer.
SELECT is(concat_ws(' ', current_setting('transaction_read_only'), current_user), 'off hit_victim',
          'after a failed export all is as before');
SELECT is(streamed('SELECT current_setting(''transaction_read_only'') AS r, current_user AS u, '
                   'current_setting(''row_security'') AS s'), E'r,u,s\non,hit_victim,on\n',
          'inside it is read-only, as the caller, with row security on');
-- What code in the query sets is gone with it.
SELECT is(streamed('SELECT set_config(''work_mem'', ''1MB'', false) AS a, '
                   'set_config(''search_path'', ''attacks'', false) AS b, '
                   'set_config(''application_name'', ''hit'', false) AS c'),
          E'a,b,c\n1MB,attacks,hit\n', 'code in the query can set what a role may set');
SELECT current_setting('search_path') AS path, current_setting('work_mem') AS memory,
       current_setting('application_name') AS application \gset after_
SET LOCAL search_path = public;
SELECT isnt(:'after_path'::text, 'attacks', 'for the length of the export: search_path');
SELECT isnt(:'after_memory'::text, '1MB', 'work_mem');
SELECT isnt(:'after_application'::text, 'hit', 'application_name');
RESET ROLE;
SELECT results_eq('TABLE public.victims', $$ VALUES (1, 'untouched') $$, 'nothing was done');
SELECT is_empty('TABLE attacks.own', 'nowhere');

SELECT finish();
ROLLBACK;
