-- A9: internal tables changed by somebody.  A20: a document of a transaction that may yet be rolled
-- back.  A21: what can be learnt from identifiers.  And what a rerun could do on another's behalf.
\ir include/helpers.psql
SET client_min_messages = warning;
DROP ROLE IF EXISTS store_alice, store_bob, store_admin, store_auditor;
CREATE ROLE store_alice IN ROLE export_user;
CREATE ROLE store_bob IN ROLE export_user;
CREATE ROLE store_admin IN ROLE export_user, export_admin;
CREATE ROLE store_auditor IN ROLE export_user, export_auditor;
RESET client_min_messages;

SELECT no_plan();
CREATE SCHEMA store;
GRANT ALL ON SCHEMA store TO PUBLIC;
CREATE FUNCTION store.trap() RETURNS trigger LANGUAGE plpgsql
AS $$ BEGIN RAISE EXCEPTION 'sprung'; END $$;

SET ROLE store_alice;
SELECT export.run('SELECT 1 AS a') AS mine \gset
RESET ROLE;

-- A9: no role of the extension can put something onto an internal table.
CREATE TABLE store.changes AS
SELECT format(change, 'export.' || quote_ident(name)) AS change FROM
    unnest(ARRAY['_artifact', '_artifact_chunk', '_artifact_drop', '_artifact_share',
                 '_audit']) name,
    unnest(ARRAY[
        'CREATE TRIGGER t BEFORE INSERT ON %s FOR EACH ROW EXECUTE FUNCTION store.trap()',
        'CREATE RULE r AS ON INSERT TO %s DO INSTEAD NOTHING',
        'ALTER TABLE %s ENABLE ROW LEVEL SECURITY', 'CREATE POLICY p ON %s',
        'ALTER TABLE %s ADD CHECK (false)', 'ALTER TABLE %s ADD extra int DEFAULT 1',
        'CREATE INDEX ON %s ((1))', 'ALTER TABLE %s OWNER TO store_alice', 'DROP TABLE %s',
        'INSERT INTO %s DEFAULT VALUES', 'DELETE FROM %s', 'TRUNCATE %s', 'TABLE %s',
        'GRANT SELECT ON %s TO store_alice', 'CREATE TABLE store.child () INHERITS (%s)',
        'COMMENT ON TABLE %s IS ''x''']) change;
GRANT SELECT ON store.changes TO PUBLIC;
CREATE FUNCTION refused(who text) RETURNS SETOF text LANGUAGE sql AS $$
    SELECT is(left(error_of(change), 5), '42501', format('%s: %s', who, change)) FROM store.changes
$$;
SET ROLE store_alice;
SELECT refused('export_user');
SET ROLE store_admin;
SELECT refused('export_admin');
SET ROLE store_auditor;
SELECT refused('export_auditor');
RESET ROLE;

-- What a superuser does to them is reported, and nothing is written.
CREATE FUNCTION reported(change text, undo text, detail text) RETURNS SETOF text LANGUAGE plpgsql
    AS $$
BEGIN
    EXECUTE change;
    RETURN QUERY
    SELECT is(error_of('SELECT export.' || call),
              '55000 internal table export._audit is not as the extension made it | ' || detail
              || ' | Undo the change. Only a superuser or the owner can have made it.',
              format('%s: %s', change, call))
    FROM unnest(ARRAY['run(''SELECT 1 AS a'')', 'stream(''SELECT 1 AS a'')',
                      'preview(''SELECT 1 AS a'')', 'read(gen_random_uuid())']) call;
    EXECUTE undo;
END
$$;
SELECT reported(change, undo, detail) FROM (VALUES
    ('CREATE TRIGGER t BEFORE INSERT ON export._audit FOR EACH ROW EXECUTE FUNCTION store.trap()',
     'DROP TRIGGER t ON export._audit', 'Somebody has created a trigger on it.'),
    ('CREATE RULE r AS ON INSERT TO export._audit DO INSTEAD NOTHING',
     'DROP RULE r ON export._audit', 'Somebody has created a rule on it.'),
    ('ALTER TABLE export._audit ENABLE ROW LEVEL SECURITY',
     'ALTER TABLE export._audit DISABLE ROW LEVEL SECURITY',
     'Somebody has enabled row security on it.'),
    ('ALTER TABLE export._audit OWNER TO store_bob',
     'ALTER TABLE export._audit OWNER TO export_owner',
     'It does not belong to export_owner.'))
    changes (change, undo, detail);
-- Expressions of the tables are code that would run as export_owner.
CREATE FUNCTION store.evil() RETURNS text LANGUAGE sql IMMUTABLE AS $$ SELECT 'outcome' $$;
SELECT throws_ok(
    format($$ DO $do$ BEGIN %s; PERFORM export.stream('SELECT 1 AS a'); END $do$ $$, change),
    '55000', 'internal table export._audit is not as the extension made it', change)
FROM unnest(ARRAY[
    'ALTER TABLE export._audit ADD CHECK (phase = store.evil()) NOT VALID',
    'ALTER TABLE export._audit ALTER phase SET DEFAULT store.evil()',
    'ALTER TABLE export._audit ADD extra text DEFAULT store.evil()',
    'CREATE INDEX ON export._audit ((phase = store.evil()))']) change;
SELECT throws_ok(
    format($$ DO $do$ BEGIN
        CREATE TRIGGER t AFTER INSERT ON export.%I FOR EACH ROW EXECUTE FUNCTION store.trap();
        PERFORM export.run('SELECT 1 AS a'); END $do$ $$, name),
    '55000', format('internal table export.%s is not as the extension made it', name),
    'a trigger on ' || name)
FROM unnest(ARRAY['_artifact', '_artifact_chunk', '_artifact_drop', '_artifact_share']) name;
SET ROLE store_alice;
SELECT lives_ok('SELECT export.run(''SELECT 1 AS a'')', 'undone: it works again');

-- A20: an artifact is unusable in the transaction that made it, subtransactions included.
BEGIN;
SELECT export.run('SELECT 1 AS a') AS early \gset
SELECT is(error_of(format('SELECT export.%s', format(call, :'early'))),
          '55000 an export cannot be used in the transaction that made it | Its audit record is not '
          'committed yet. | Commit first, or use export.stream.', call)
FROM unnest(ARRAY['read(%L)', 'read(%L, 1)', 'rerun(%L)', 'share(%L, ''store_bob'')',
                  'drop_artifact(%L)']) call;
SAVEPOINT a;
SELECT throws_ok(format('SELECT export.read(%L)', :'early'), '55000', NULL,
                 'read in a subtransaction');
SELECT export.run('SELECT 2 AS a') AS inner_early \gset
SELECT throws_ok(format('SELECT export.read(%L)', :'inner_early'), '55000', NULL,
                 'made and read in a subtransaction');
SAVEPOINT b;
SELECT throws_ok(format('SELECT export.read(%L)', :'inner_early'), '55000', NULL,
                 'made in the one above');
RELEASE b;
RELEASE a;
SELECT throws_ok(format('SELECT export.read(%L)', :'inner_early'), '55000', NULL,
                 'made in a released subtransaction');
-- Sharing, dropping or locking something of it does not make it look older.
SELECT throws_ok(format('SELECT export.share(%L, ''store_bob'')', :'early'), '55000', NULL,
                 'share');
SELECT throws_ok(format('SELECT export.read(%L)', :'early'), '55000', NULL, 'read after share');
SELECT throws_ok(format($$ SELECT * FROM export.read(%L) $$, :'early'), '55000', NULL,
                 'read in FROM');
DECLARE reader CURSOR FOR SELECT export.read(:'early');
SAVEPOINT c;
SELECT throws_ok('MOVE ALL FROM reader', '55000', NULL, 'read by a cursor');
ROLLBACK TO c;
COMMIT;
SELECT is(bytes_of(:'early'), E'a\n1\n', 'after the commit it is there');
SELECT is(bytes_of(:'inner_early'), E'a\n2\n', 'the other too');
BEGIN;
SELECT export.share(:'early', 'store_bob') \g /dev/null
SELECT is(bytes_of(:'early'), E'a\n1\n',
          'a share of this transaction does not shut an older document');
ROLLBACK;
BEGIN;
SELECT export.drop_artifact(:'early') \g /dev/null
SELECT throws_ok(format('SELECT export.read(%L)', :'early'), '42704', NULL,
                 'dropped in this transaction');
ROLLBACK;
SELECT is(bytes_of(:'early'), E'a\n1\n', 'the drop was rolled back');

-- A21: an identifier tells nothing: absent, another's and dropped look the same.
SET ROLE store_bob;
SELECT export.run('SELECT 1 AS a') AS gone \gset
SELECT export.drop_artifact(:'gone') \g /dev/null
SELECT gen_random_uuid() AS absent \gset
CREATE FUNCTION pg_temp.message(call text, id uuid) RETURNS text LANGUAGE sql AS $$
    SELECT replace(error_of('SELECT export.' || format($1, $2)), $2::text, 'ID')
$$;
SELECT is(pg_temp.message(call, id),
          '42704 export "ID" does not exist | See export.artifacts for the '
          'exports you may read.', format('%s: %s', what, call))
FROM unnest(ARRAY['read(%L)', 'read(%L, 5)', 'read(%L, -1)', 'rerun(%L)', 'drop_artifact(%L)',
                  'share(%L, ''store_bob'')', 'unshare(%L, ''store_bob'')']) call,
     (VALUES ('absent', :'absent'::uuid), ('another''s', :'mine'), ('dropped', :'gone'))
     ids (what, id);
RESET ROLE;
SELECT is_empty('SELECT id FROM export._artifact WHERE id::text !~ ''^.{14}4.{4}[89ab]''',
                'and random (version 4)');

-- The arguments of a rerun are read where the query runs: code of their types cannot write.
CREATE TABLE store.loot (who text);
GRANT INSERT ON store.loot TO PUBLIC;
SET ROLE store_bob;
CREATE FUNCTION store.write() RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO store.loot VALUES (current_user);
    RETURN true;
EXCEPTION WHEN read_only_sql_transaction THEN
    RETURN true;
END
$$;
CREATE DOMAIN store.checked AS integer;
SET ROLE store_alice;
SELECT export.run('SELECT $1 AS a', 'csv', '{}', 5::store.checked) AS typed \gset
SET ROLE store_bob;
ALTER DOMAIN store.checked ADD CHECK (store.write()) NOT VALID;
SET ROLE store_alice;
SELECT lives_ok(format('SELECT export.rerun(%L)', :'typed'), 'rerun with an argument of a domain');
RESET ROLE;
SELECT is_empty('TABLE store.loot', 'its check could not write');

SELECT finish();
SET client_min_messages = warning;
DROP SCHEMA store CASCADE;
DROP OWNED BY store_alice, store_bob, store_admin, store_auditor;
DROP ROLE store_alice, store_bob, store_admin, store_auditor;
