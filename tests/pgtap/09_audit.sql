-- The audit: each action has its row, with all that can be known, and no value of rows or
-- parameters.
\ir include/helpers.psql
SET client_min_messages = warning;
DROP ROLE IF EXISTS audit_alice, audit_bob, audit_auditor, audit_admin;
CREATE ROLE audit_alice IN ROLE export_user;
CREATE ROLE audit_bob IN ROLE export_user;
CREATE ROLE audit_auditor IN ROLE export_auditor;
CREATE ROLE audit_admin IN ROLE export_admin;
RESET client_min_messages;

SELECT no_plan();
CREATE SCHEMA audited;
GRANT USAGE ON SCHEMA audited TO PUBLIC;
CREATE TABLE audited.secrets (id integer, secret text);
INSERT INTO audited.secrets SELECT g, 'secret-value-' || g FROM generate_series(1, 20000) g;
CREATE TABLE audited.tenants (owner name, secret text);
ALTER TABLE audited.tenants ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON audited.tenants USING (owner = current_user);
CREATE VIEW audited.seen AS SELECT id FROM audited.secrets;
GRANT SELECT ON ALL TABLES IN SCHEMA audited TO audit_alice;

-- Marks a place; new_events() are those after it.
CREATE TABLE audited.mark (event_id uuid);
CREATE PROCEDURE mark() LANGUAGE sql SECURITY DEFINER AS $$
    DELETE FROM audited.mark;
    INSERT INTO audited.mark SELECT event_id FROM export._audit
$$;
CREATE FUNCTION new_rows() RETURNS SETOF export.audit LANGUAGE sql SECURITY DEFINER AS $$
    SELECT * FROM export.audit WHERE event_id NOT IN (TABLE audited.mark) ORDER BY at
$$;
CREATE FUNCTION new_events() RETURNS SETOF export.audit LANGUAGE sql SECURITY DEFINER AS $$
    SELECT * FROM new_rows() WHERE phase = 'outcome' ORDER BY at
$$;

-- With the library preloaded the audit writer tells of what the transaction cannot.
SELECT current_setting('shared_preload_libraries') ~ '\mexport\M' AS preloaded \gset
SELECT CASE WHEN :'preloaded' THEN 'durable' ELSE 'none' END AS intent \gset
-- Returns when it has written what it was told before.
CREATE PROCEDURE await_writer() LANGUAGE plpgsql AS $$
BEGIN
    PERFORM export.preview('SELECT 1 AS a');
    ROLLBACK;
END
$$;

-- Every column of a run.
SET SESSION AUTHORIZATION audit_alice;
SET application_name = 'audit test';
SET timezone = 'Europe/Berlin';
SET search_path = audited, public;
CALL mark();
SELECT clock_timestamp() AS started \gset
SELECT export.run('SELECT secret, $1 AS p FROM secrets WHERE id <= 3 ORDER BY id', 'jsonl', '{}',
                  'secret-parameter') AS id \gset
CREATE TEMP TABLE event AS SELECT * FROM new_events();
SELECT is((SELECT count(*) FROM event), 1::bigint, 'a run is one row');
SELECT row_eq(
    $$ SELECT kind, phase, outcome, sqlstate, intent, job_id, "session_user" = 'audit_alice',
              outer_user = 'audit_alice', "current_user" = 'audit_alice', security_context,
              intent_id IS NOT NULL, client_addr, application_name, database = current_database(), query, format, rows,
              grantee FROM event $$,
    ROW('run'::text, 'outcome'::text, 'completed'::text, '00000'::text, :'intent'::text,
        NULL::uuid, true, true, true, 0, :'preloaded'::boolean, inet_client_addr(), 'audit test'::text, true,
        'SELECT secret, $1 AS p FROM secrets WHERE id <= 3 ORDER BY id'::text, 'jsonl'::text,
        3::bigint, NULL::name), 'what, who and where');
SELECT is(backend_pid, pg_backend_pid(), 'backend_pid') FROM event;
SELECT is(artifact_id, :'id'::uuid, 'artifact_id') FROM event;
SELECT is(query_sha256, sha256(convert_to(query, 'UTF8')), 'query_sha256') FROM event;
SELECT ok(event.bytes = a.bytes AND event.sha256 = a.sha256,
          'bytes and sha256 are those of the document')
FROM event, (SELECT bytes, sha256 FROM export.artifacts WHERE id = :'id') a;
SELECT ok(at BETWEEN :'started' AND clock_timestamp() AND xact_at <= at AND duration > '0'
          AND backend_start < at, 'times') FROM event;
SELECT is(relations, jsonb_build_array(jsonb_build_object(
              'oid', 'audited.secrets'::regclass::oid::bigint, 'name', 'audited.secrets',
              'row_security', 'none')), 'relations read') FROM event;
SELECT is(settings, '{"search_path": "audited, public, pg_temp", "time_zone": "Europe/Berlin"}',
          'settings') FROM event;
SELECT results_eq(
    $$ SELECT i.phase, i.outcome, i.intent, i.intent_id = e.intent_id, i.kind, i.query, i.format,
              i.artifact_id = e.artifact_id, i.query_sha256 = e.query_sha256,
              i."session_user" = e."session_user", i.backend_start = e.backend_start,
              i.rows, i.txid = e.txid, i.at = e.at
       FROM new_rows() i, event e WHERE i.phase <> 'outcome' $$,
    format($$ SELECT 'intent', NULL, 'durable', true, 'run',
                     'SELECT secret, $1 AS p FROM secrets WHERE id <= 3 ORDER BY id', 'jsonl', true,
                     true, true, true, NULL::bigint, true, true WHERE %L $$, :'preloaded'),
    'with the library preloaded there is an intent');
SELECT matches(event_id::text, '^.{8}-.{4}-4.{3}-[89ab].{3}-.{12}$', 'event_id') FROM event;
RESET SESSION AUTHORIZATION;
SELECT is(system_identifier, (SELECT system_identifier FROM pg_control_system()),
          'system_identifier') FROM event;
SELECT is(backend_start, (SELECT backend_start FROM pg_stat_activity WHERE pid = pg_backend_pid()),
          'backend_start') FROM event;
BEGIN;
SELECT export.run('SELECT 1 AS a') AS in_transaction \gset
SELECT is(txid, pg_current_xact_id(), 'txid') FROM export.audit
    WHERE artifact_id = :'in_transaction';
COMMIT;

-- Every kind of action.
SET SESSION AUTHORIZATION audit_alice;
CALL mark();
SELECT streamed('TABLE secrets') \g /dev/null
COPY (SELECT id FROM secrets WHERE id < 3) TO STDOUT WITH (FORMAT jsonl) \g /dev/null
SELECT export.preview('SELECT id FROM seen', 'csv', '{}', 2) \g /dev/null
SELECT bytes_of(:'id') \g /dev/null
SELECT bytes_of(:'id', 5) \g /dev/null
SELECT export.rerun(:'id') AS again \gset
SELECT export.share(:'id', 'audit_bob') \g /dev/null
SELECT export.unshare(:'id', 'audit_bob') \g /dev/null
SELECT export.drop_artifact(:'id') \g /dev/null
RESET SESSION AUTHORIZATION;
SELECT results_eq(
    $$ SELECT kind, outcome, format, rows, artifact_id = (SELECT artifact_id FROM event),
              grantee = 'audit_bob', query IS NOT NULL, sha256 IS NOT NULL, duration > '0'
       FROM new_events() $$,
    $$ VALUES ('stream', 'completed', 'csv', 20000::bigint, NULL::boolean, NULL::boolean, true,
               true, true),
              ('copy', 'completed', 'jsonl', 2, NULL, NULL, true, true, true),
              ('preview', 'completed', 'csv', 2, NULL, NULL, true, false, true),
              ('read', 'completed', NULL, 0, true, NULL, false, false, NULL),
              ('read', 'completed', NULL, 0, true, NULL, false, false, NULL),
              ('rerun', 'completed', 'jsonl', 3, false, NULL, true, true, true),
              ('share', 'completed', NULL, NULL, true, true, false, false, NULL),
              ('unshare', 'completed', NULL, NULL, true, true, false, false, NULL),
              ('drop', 'completed', NULL, NULL, true, NULL, false, false, NULL) $$,
    'each action has its row');
SELECT results_eq($$ SELECT bytes FROM new_events() WHERE kind = 'read' $$,
                  format('VALUES (%1$s::bigint), (%1$s - 5)', (SELECT bytes FROM event)),
                  'a read counts its bytes');
SELECT is((SELECT sha256 FROM new_events() WHERE kind = 'copy'),
          sha256(E'{"id":1}\n{"id":2}\n'), 'sha256 of a COPY');
SELECT is((SELECT query FROM new_events() WHERE kind = 'copy')
          LIKE '%SELECT id FROM secrets WHERE id < 3%', true, 'query of a COPY');
SELECT set_eq($$ SELECT r ->> 'name' AS name, r ->> 'row_security' AS state FROM new_events(),
                 jsonb_array_elements(relations) r WHERE kind = 'preview' $$,
              $$ VALUES ('audited.seen', 'none'), ('audited.secrets', 'none') $$,
              'a view and what is behind it');
SET SESSION AUTHORIZATION audit_admin;
CALL mark();
SELECT export.cleanup() \g /dev/null
RESET SESSION AUTHORIZATION;
SELECT results_eq($$ SELECT kind, outcome, rows FROM new_events() $$,
                  $$ VALUES ('cleanup', 'completed', 0::bigint) $$, 'cleanup');

-- Row security as it was for the reader.
SET SESSION AUTHORIZATION audit_alice;
CALL mark();
SELECT export.preview('TABLE tenants') \g /dev/null
RESET SESSION AUTHORIZATION;
SELECT export.preview('TABLE tenants') \g /dev/null
SELECT results_eq($$ SELECT relations #>> '{0,row_security}' FROM new_events() $$,
                  $$ VALUES ('enforced'), ('bypassed') $$, 'row security, enforced or bypassed');

-- Values never enter it.
SELECT is_empty($$ SELECT kind FROM new_events() e WHERE e::text ~ 'secret-(value|parameter)' $$,
                'no value of rows or parameters');
SELECT is_empty($$ SELECT kind FROM export._audit e WHERE e::text ~ 'secret-(value|parameter)' $$,
                'nor in the table behind the view');

-- What is rolled back, and what is left early.
SET SESSION AUTHORIZATION audit_alice;
CALL mark();
BEGIN;
SELECT streamed('SELECT 1 AS whole_transaction') \g /dev/null
ROLLBACK;
CALL await_writer();
SELECT results_eq(
    'SELECT i.query, o.kind, o.outcome, o.sqlstate, o.rows, o.bytes > 0 FROM new_rows() i '
    'JOIN new_events() o USING (intent_id) WHERE i.phase = ''intent'' AND i.kind = ''stream''',
    format($$ SELECT 'SELECT 1 AS whole_transaction', 'stream', 'rolled_back', '00000', 1::bigint,
                     true WHERE %L $$, :'preloaded'),
    'a rolled back transaction leaves its intent and its outcome, where there is a writer');
SELECT is((SELECT count(*) FROM new_events() WHERE kind = 'stream'), :'preloaded'::boolean::int::bigint,
          'and nothing else');
CALL mark();
BEGIN;
SAVEPOINT s;
SELECT streamed('SELECT 1 AS in_savepoint') \g /dev/null
SELECT export.run('SELECT 2 AS in_savepoint') \g /dev/null
ROLLBACK TO s;
SELECT streamed('SELECT 3 AS after_savepoint') \g /dev/null
COMMIT;
SELECT set_eq('SELECT kind, query, outcome, rows FROM new_events()',
              $$ VALUES ('stream', 'SELECT 1 AS in_savepoint', 'rolled_back', 1::bigint),
                        ('run', 'SELECT 2 AS in_savepoint', 'rolled_back', 1),
                        ('stream', 'SELECT 3 AS after_savepoint', 'completed', 1) $$,
              'a rolled back savepoint');
CALL mark();
DO $$
BEGIN
    PERFORM streamed('SELECT 1 AS in_block');
    PERFORM 1 / 0;
EXCEPTION WHEN division_by_zero THEN
END
$$;
SELECT results_eq('SELECT query, outcome FROM new_events()',
                  $$ VALUES ('SELECT 1 AS in_block', 'rolled_back') $$,
                  'a block with an exception handler');
CALL mark();
DO $$
BEGIN
    PERFORM streamed('SELECT 1 / (19000 - id) AS failing, secret FROM audited.secrets');
EXCEPTION WHEN division_by_zero THEN
END
$$;
SELECT results_eq('SELECT query, outcome, rows > 0 FROM new_events()',
                  $$ VALUES ('SELECT 1 / (19000 - id) AS failing, secret FROM audited.secrets',
                             'aborted', true) $$, 'an export that failed');
CALL mark();
BEGIN;
SAVEPOINT a;
SELECT streamed('SELECT 1 AS released') \g /dev/null
SAVEPOINT b;
SELECT streamed('SELECT 2 AS nested') \g /dev/null
RELEASE b;
ROLLBACK TO a;
COMMIT;
SELECT results_eq('SELECT query, outcome FROM new_events()',
                  $$ VALUES ('SELECT 1 AS released', 'rolled_back'),
                            ('SELECT 2 AS nested', 'rolled_back') $$,
                  'a released savepoint inside one that is rolled back');
CALL mark();
SELECT export.stream('TABLE secrets') LIMIT 1 \g /dev/null
BEGIN;
DECLARE early CURSOR FOR SELECT export.stream('SELECT id, secret FROM secrets') AS piece;
FETCH 1 FROM early \g /dev/null
CLOSE early;
SELECT is_empty('SELECT kind FROM new_events() WHERE query LIKE ''%id, secret%''',
                'the row of a stream left early is written at the commit');
COMMIT;
SELECT results_eq('SELECT query, outcome, rows BETWEEN 1 AND 19999, bytes >= 262144, '
                  'sha256 IS NULL FROM new_events()',
                  $$ VALUES ('TABLE secrets', 'incomplete', true, true, true),
                            ('SELECT id, secret FROM secrets', 'incomplete', true, true, true) $$,
                  'LIMIT and CLOSE: incomplete, with the counts so far');
BEGIN;
DECLARE open_at_commit CURSOR FOR SELECT export.stream('SELECT secret, id FROM secrets') AS piece;
FETCH 1 FROM open_at_commit \g /dev/null
COMMIT;
SELECT results_eq('SELECT outcome, rows > 0 FROM new_events() WHERE query LIKE ''%secret, id%''',
                  $$ VALUES ('incomplete', true) $$, 'a cursor that is open at the commit');
CALL mark();
BEGIN;
DECLARE keeper CURSOR WITH HOLD FOR SELECT export.stream('SELECT id FROM secrets') AS piece;
COMMIT;
CLOSE keeper;
SELECT results_eq('SELECT outcome, rows FROM new_events()',
                  $$ VALUES ('completed', 20000::bigint) $$,
                  'a cursor WITH HOLD is run to its end at the commit');
CALL mark();
BEGIN;
SELECT export.read(:'again') LIMIT 1 \g /dev/null
DECLARE reader CURSOR FOR SELECT export.read(:'again') AS piece;
FETCH 1 FROM reader \g /dev/null
COMMIT;
SELECT results_eq('SELECT kind, artifact_id, outcome, bytes > 0 FROM new_events()',
                  format('VALUES (''read'', %1$L::uuid, ''incomplete'', true), '
                         '(''read'', %1$L, ''incomplete'', true)', :'again'),
                  'a read left early');

-- Attempts that fail, and those that are refused.
CALL mark();
SELECT error_of('SELECT export.stream(''SELECT 1 / 0 AS a'')') \g /dev/null
\set ON_ERROR_STOP off
SELECT export.stream('SELECT 1 / 0 AS b') \g /dev/null
SELECT export.run('SELECT 1 AS a', 'nonsense') \g /dev/null
\set ON_ERROR_STOP on
SELECT error_of('SELECT export.read(''00000000-0000-0000-0000-000000000000'')') \g /dev/null
CALL await_writer();
SELECT results_eq(
    $$ SELECT phase, kind, outcome, sqlstate, intent FROM new_rows()
       WHERE phase <> 'intent' AND kind <> 'preview' $$,
    format($$ SELECT phase, kind, outcome, NULL, intent
              FROM (VALUES (1, true, 'outcome', 'stream', 'aborted', %1$L),
                           (2, %2$L::boolean, 'outcome', 'stream', 'aborted', 'durable'),
                           (3, %2$L::boolean, 'denied', 'run', NULL, 'none'),
                           (4, %2$L::boolean, 'denied', 'read', NULL, 'none'))
                   v (number, here, phase, kind, outcome, intent)
              WHERE here ORDER BY number $$, :'intent', :'preloaded'),
    'failed and refused');
SELECT is((SELECT artifact_id FROM new_rows() WHERE phase = 'denied' AND kind = 'read'),
          CASE WHEN :'preloaded' THEN '00000000-0000-0000-0000-000000000000' END::uuid,
          'what was asked for');
RESET SESSION AUTHORIZATION;
SELECT is((SELECT count(*) FROM export.audit_unresolved), 0::bigint, 'nothing is unresolved');
SET SESSION AUTHORIZATION audit_alice;
CALL mark();
SELECT count(error_of('SELECT export.run(''SELECT 1 AS a'', ''nonsense'')'))
FROM generate_series(1, 50) \g /dev/null
CALL await_writer();
SELECT is((SELECT count(*) FROM new_rows() WHERE phase = 'denied') BETWEEN 18 AND 21,
          :'preloaded'::boolean, 'refusals of a role are told one by one only so often');

-- A failure of a template counts.
SELECT export.save_template(E'template numbers {\n  param n int?\n  from audited.secrets as s\n'
                            '  where s.secret::int = $n\n  sheet "A" { column "x" = s.id }\n}') \g /dev/null
SELECT export.run_template('numbers') \g /dev/null
\set ON_ERROR_STOP off
SELECT export.run_template('numbers', '{"n": 0}') \g /dev/null
\set ON_ERROR_STOP on
CALL await_writer();
SELECT results_eq($$ SELECT runs, failures, rows FROM export.template_stats $$,
                  format('VALUES (1::bigint, %s::bigint, 20000::numeric)',
                         :'preloaded'::boolean::integer),
                  'statistics of a template count its failures');

-- Read-only transactions.
CALL mark();
BEGIN READ ONLY;
SELECT is(error_of(call),
          format('25006 cannot execute %s in a read-only transaction | Its audit row could not be '
                 'written. | Use a read-write transaction on the primary server.', what), what)
FROM (VALUES ('SELECT export.run(''SELECT 1 AS a'')', 'export.run()'),
             (format('SELECT export.rerun(%L)', :'again'), 'export.rerun()'),
             (format('SELECT export.drop_artifact(%L)', :'again'), 'export.drop_artifact()'),
             (format('SELECT export.share(%L, ''audit_bob'')', :'again'), 'export.share()'),
             (format('SELECT export.unshare(%L, ''audit_bob'')', :'again'), 'export.unshare()'))
     calls (call, what);
SELECT is(error_of(call),
          CASE WHEN :'preloaded' THEN 'no error'
          ELSE format('25006 cannot execute %s in a read-only transaction | Its audit row could '
                      'not be written. | Use a read-write transaction on the primary server, or '
                      'have a superuser set export.audit_read_only to "log".', what) END, what)
FROM (VALUES ('SELECT export.stream(''SELECT 1 AS a'')', 'export.stream()'),
             ('SELECT export.preview(''SELECT 1 AS a'')', 'export.preview()'),
             (format('SELECT export.read(%L)', :'again'), 'export.read()')) calls (call, what);
COMMIT;
\set ON_ERROR_STOP off
BEGIN READ ONLY;
COPY (SELECT 1 AS a) TO STDOUT WITH (FORMAT jsonl) \g /dev/null
\set copy_read_only :SQLSTATE
COMMIT;
\set ON_ERROR_STOP on
SELECT is(:'copy_read_only'::text, CASE WHEN :'preloaded' THEN '00000' ELSE '25006' END,
          'COPY in a read-only transaction');
RESET SESSION AUTHORIZATION;
SET export.audit_read_only = log;
SET ROLE audit_alice;
BEGIN READ ONLY;
SELECT is(streamed('SELECT 1 AS a'), E'a\n1\n', 'audit_read_only = log: stream');
SELECT is(export.preview('SELECT 1 AS a') -> 'rows', '[["1"]]', 'audit_read_only = log: preview');
SELECT is(octet_length(bytes_of(:'again')) > 0, true, 'audit_read_only = log: read');
COPY (SELECT 1 AS a) TO STDOUT WITH (FORMAT jsonl) \g /dev/null
SELECT throws_ok('SELECT export.run(''SELECT 1 AS a'')', '25006', NULL,
                 'audit_read_only = log: run is refused all the same');
SELECT export.stream('TABLE audited.secrets') LIMIT 1 \g /dev/null
COMMIT;
RESET ROLE;
RESET export.audit_read_only;
CALL await_writer();
SELECT results_eq(
    $$ SELECT kind, outcome, intent, rows > 0 OR bytes > 0, sha256 IS NOT NULL
       FROM new_events() ORDER BY at LIMIT 9 $$,
    format($$ SELECT v.*
              FROM (VALUES ('stream', 'completed', 'durable', true, true),
                           ('preview', 'completed', 'durable', true, false),
                           ('read', 'completed', 'durable', true, false),
                           ('copy', 'completed', 'durable', true, true),
                           ('stream', 'completed', 'durable', true, true),
                           ('preview', 'completed', 'durable', true, false),
                           ('read', 'completed', 'durable', true, false),
                           ('copy', 'completed', 'durable', true, true),
                           ('stream', 'incomplete', 'durable', true, false)) v
              WHERE %L $$, :'preloaded'),
    'the audit writer records them; without it none has a row');

SELECT finish();
SET client_min_messages = warning;
RESET search_path;
DROP TABLE event;
DROP SCHEMA audited CASCADE;
DROP OWNED BY audit_alice, audit_bob, audit_auditor, audit_admin;
DROP ROLE audit_alice, audit_bob, audit_auditor, audit_admin;
