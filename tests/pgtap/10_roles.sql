-- Who can do anything at all, and what makes the extension refuse to work.
\ir include/helpers.psql
BEGIN;
SELECT no_plan();
CREATE ROLE role_nobody;
CREATE ROLE role_user IN ROLE export_user;
CREATE ROLE role_noinherit NOINHERIT IN ROLE export_user;
CREATE ROLE role_admin IN ROLE export_admin;
CREATE ROLE role_auditor IN ROLE export_auditor;
CREATE ROLE role_creator CREATEROLE;
-- With USAGE of the schema what is refused is the object itself.
GRANT USAGE ON SCHEMA export TO role_nobody, role_noinherit;

CREATE TABLE calls (call text);
INSERT INTO calls VALUES
    ('run(''SELECT 1 AS a'')'), ('run(''SELECT $1'', ''csv'', ''{}'', 1)'),
    ('stream(''SELECT 1 AS a'')'), ('stream(''SELECT $1'', ''csv'', ''{}'', 1)'),
    ('preview(''SELECT 1 AS a'')'), ('preview(''SELECT $1'', ''csv'', ''{}'', 5, 1)'),
    ('read(''11111111-2222-4333-8444-555555555555'')'),
    ('rerun(''11111111-2222-4333-8444-555555555555'')'),
    ('drop_artifact(''11111111-2222-4333-8444-555555555555'')'),
    ('share(''11111111-2222-4333-8444-555555555555'', ''role_user'')'),
    ('unshare(''11111111-2222-4333-8444-555555555555'', ''role_user'')'),
    ('cleanup()'), ('formats()'), ('version()');
GRANT SELECT ON calls TO PUBLIC;

-- Without a grant: nothing.
SET LOCAL ROLE role_nobody;
SELECT throws_ok('SELECT export.' || call, '42501',
                 format('permission denied for function %s', split_part(call, '(', 1)), call)
FROM calls;
SELECT throws_ok('TABLE export.' || name, '42501', NULL, 'view ' || name)
FROM unnest(ARRAY['artifacts', 'audit']) name;
SELECT throws_ok(format('TABLE export.%s', name), '42501',
                 format('permission denied for table %s', name), name)
FROM unnest(ARRAY['_artifact', '_artifact_chunk', '_artifact_drop', '_artifact_share',
                  '_audit']) name;
RESET ROLE;
REVOKE USAGE ON SCHEMA export FROM role_nobody;
SET LOCAL ROLE role_nobody;
SELECT throws_ok('SELECT export.version()', '42501', 'permission denied for schema export',
                 'schema');
RESET ROLE;

-- EXECUTE alone is not enough: the C functions check the role themselves.
GRANT USAGE ON SCHEMA export TO role_nobody;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA export TO role_nobody;
SET LOCAL ROLE role_nobody;
SELECT is(error_of('SELECT export.' || call),
          '42501 permission denied to export | This needs the privileges of the role "export_user". | '
          'An administrator can GRANT export_user TO role_nobody.', 'only EXECUTE: ' || call)
FROM calls WHERE call !~ '^(cleanup|formats|version)';
SELECT is(error_of('SELECT export.cleanup()'),
          '42501 permission denied to administer exports | This needs the privileges of the role '
          '"export_admin". | An administrator can GRANT export_admin TO role_nobody.', 'cleanup');
RESET ROLE;
GRANT SELECT ON export.audit, export.artifacts TO role_nobody;
SET LOCAL ROLE role_nobody;
SELECT is_empty('TABLE export.audit', 'only SELECT on the view: no audit row');
RESET ROLE;
-- A member that does not inherit has to become the role.
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA export TO role_noinherit;
SET LOCAL ROLE role_noinherit;
SELECT throws_ok('SELECT export.run(''SELECT 1 AS a'')', '42501', 'permission denied to export',
                 'NOINHERIT');
RESET ROLE;

-- export_user: no administration, no audit, no table.
SET LOCAL ROLE role_user;
SELECT lives_ok('SELECT export.run(''SELECT 1 AS a'')', 'export_user exports');
SELECT throws_ok('SELECT export.cleanup()', '42501', NULL, 'export_user: cleanup');
SELECT throws_ok('TABLE export.audit', '42501', 'permission denied for view audit',
                 'export_user: audit');
SELECT throws_ok(format('%s export.%s', verb, name), '42501',
                 format('permission denied for table %s', name),
                 format('export_user: %s %s', verb, name))
FROM unnest(ARRAY['_artifact', '_artifact_chunk', '_artifact_drop', '_artifact_share',
                  '_audit']) name,
     unnest(ARRAY['TABLE', 'DELETE FROM', 'TRUNCATE', 'LOCK TABLE']) verb;
SELECT throws_ok('DELETE FROM export.artifacts', '55000', 'cannot delete from view "artifacts"',
                 'export_user: DELETE through the view');
SELECT throws_ok('CREATE TABLE export.mine ()', '42501', 'permission denied for schema export',
                 'export_user: CREATE in the schema');
SELECT is(pg_has_role('export_owner', 'MEMBER'), false, 'export_user: become the owner');

-- export_admin: no export, no audit.
SET LOCAL ROLE role_admin;
SELECT lives_ok('TABLE export.artifacts', 'export_admin sees the history');
SELECT is(export.cleanup(), 0::bigint, 'export_admin cleans up');
SELECT throws_ok('SELECT export.run(''SELECT 1 AS a'')', '42501', NULL, 'export_admin: run');
SELECT throws_ok('SELECT export.read(''11111111-2222-4333-8444-555555555555'')', '42501', NULL,
                 'export_admin: read');
SELECT throws_ok('TABLE export.audit', '42501', NULL, 'export_admin: audit');

-- export_auditor: the audit and nothing else.
SET LOCAL ROLE role_auditor;
SELECT isnt_empty('SELECT event_id FROM export.audit WHERE kind = ''run''',
                  'export_auditor reads the audit');
SELECT throws_ok('DELETE FROM export.audit', '42501', 'permission denied for view audit',
                 'export_auditor: DELETE');
SELECT throws_ok('TABLE export.artifacts', '42501', NULL, 'export_auditor: history');
SELECT throws_ok('SELECT export.run(''SELECT 1 AS a'')', '42501', NULL, 'export_auditor: run');
RESET ROLE;

-- Settings that matter are the superuser's.
SET LOCAL ROLE role_user;
SELECT throws_ok('SET ' || setting, '42501', NULL, 'export_user: SET ' || setting)
FROM unnest(ARRAY['export.audit_read_only = log', 'export.trust_check = off',
                  'export.trusted_owners = ''role_user''']) setting;
SELECT throws_ok('SHOW export.directory', '42501', NULL, 'export_user: where documents are');
RESET ROLE;

-- export_owner must not be within anybody's reach: then every door is shut.
CREATE FUNCTION shut_doors(reason text) RETURNS SETOF text LANGUAGE sql AS $$
    SELECT is(error_of('SELECT export.' || call),
              '55000 role "export_owner" is not safe | ' || reason
              || ' | Revoke "export_owner" from every role and restore its attributes: LOGIN '
                 'CONNECTION LIMIT 0 PASSWORD NULL. Then find out who did this.',
                 reason || ' ' || call)
    FROM calls WHERE call !~ '^(formats|version|cleanup)'
$$;
-- What CREATEROLE allows on this version of PostgreSQL, and what becomes of it.
SET LOCAL ROLE role_creator;
SELECT lives_ok('GRANT export_owner TO role_creator',
                'a role with CREATEROLE can make itself a member of export_owner');
RESET ROLE;
SET LOCAL ROLE role_user;
SELECT shut_doors('It has been granted to another role.');
RESET ROLE;
REVOKE export_owner FROM role_creator;
SET LOCAL ROLE role_user;
SELECT lives_ok('SELECT export.run(''SELECT 1 AS a'')', 'taken back: the doors are open');
RESET ROLE;
ALTER ROLE export_owner CONNECTION LIMIT -1;
SET LOCAL ROLE role_user;
SELECT shut_doors('A client could log in as it: it must have CONNECTION LIMIT 0 and no password.');
RESET ROLE;
ALTER ROLE export_owner CONNECTION LIMIT 0 PASSWORD 'known';
SET LOCAL ROLE role_user;
SELECT shut_doors('A client could log in as it: it must have CONNECTION LIMIT 0 and no password.');
RESET ROLE;
ALTER ROLE export_owner PASSWORD NULL;
SELECT collect_tap(lives_ok('ALTER ROLE export_owner ' || attribute, attribute),
                   is(error_of('SELECT export.run(''SELECT 1 AS a'')'),
                      '55000 role "export_owner" is not safe | It has attributes beyond LOGIN. | '
                      'Revoke "export_owner" from every role and restore its attributes: LOGIN '
                      'CONNECTION LIMIT 0 PASSWORD NULL. Then find out who did this.', attribute),
                   lives_ok('ALTER ROLE export_owner NO' || attribute, 'NO' || attribute))
FROM unnest(ARRAY['SUPERUSER', 'BYPASSRLS', 'CREATEROLE', 'CREATEDB', 'REPLICATION']) attribute;
SELECT lives_ok('SELECT export.run(''SELECT 1 AS a'')', 'restored: the doors are open');

-- CREATE EXTENSION over roles that somebody prepared.
DROP EXTENSION export;
DROP SCHEMA export;
CREATE FUNCTION prepared(change text, undo text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    result text;
BEGIN
    EXECUTE change;
    result := split_part(error_of('CREATE EXTENSION export'), ' | ', 1);
    EXECUTE undo;
    RETURN result;
END
$$;
SELECT is(prepared(change, undo), '55000 ' || wanted, change) FROM (VALUES
    ('ALTER ROLE export_user LOGIN', 'ALTER ROLE export_user NOLOGIN',
     'role "export_user" exists and can log in'),
    ('ALTER ROLE export_user BYPASSRLS', 'ALTER ROLE export_user NOBYPASSRLS',
     'role "export_user" exists and has more rights than it should'),
    ('ALTER ROLE export_admin SUPERUSER', 'ALTER ROLE export_admin NOSUPERUSER',
     'role "export_admin" exists and has more rights than it should'),
    ('GRANT pg_read_all_data TO export_auditor', 'REVOKE pg_read_all_data FROM export_auditor',
     'role "export_auditor" exists and has more rights than it should'),
    ('GRANT export_owner TO role_nobody', 'REVOKE export_owner FROM role_nobody',
     'role "export_owner" exists and is not safe'),
    ('ALTER ROLE export_owner CONNECTION LIMIT 5', 'ALTER ROLE export_owner CONNECTION LIMIT 0',
     'role "export_owner" exists and is not safe'),
    ('ALTER ROLE export_owner PASSWORD ''x''', 'ALTER ROLE export_owner PASSWORD NULL',
     'role "export_owner" exists and is not safe'),
    ('CREATE SCHEMA export AUTHORIZATION role_creator', 'DROP SCHEMA export',
     'schema "export" already exists and is not empty or not yours'),
    ('CREATE SCHEMA export CREATE TABLE export.planted ()', 'DROP SCHEMA export CASCADE',
     'schema "export" already exists and is not empty or not yours')) cases (change, undo, wanted);
SET LOCAL client_min_messages = warning;
SELECT lives_ok('CREATE EXTENSION export', 'over safe roles that have members it is made');
SELECT current_setting('shared_preload_libraries') ~ '\mexport\M' AS preloaded \gset
SET LOCAL ROLE role_user;
SELECT is(left(error_of('SELECT export.run(''SELECT 1 AS a'')'), 8),
          CASE WHEN :'preloaded' THEN '55000 ca' ELSE 'no error' END,
          'and works, where no audit writer has to see it first');
RESET ROLE;

SELECT finish();
ROLLBACK;
