-- What the extension consists of, who owns it and who may use it.
BEGIN;
SELECT no_plan();

-- Loads the library where it is not preloaded, so that its settings exist.
SELECT is(export.version(), (SELECT extversion FROM pg_extension WHERE extname = 'export'),
          'library and SQL have one version');

CREATE TEMP VIEW members AS
SELECT d.classid, d.objid
FROM pg_depend d
JOIN pg_extension e ON d.refclassid = 'pg_extension'::regclass AND d.refobjid = e.oid
WHERE e.extname = 'export' AND d.deptype = 'e';

CREATE TEMP VIEW functions AS
SELECT p.*, p.proname || '(' || pg_get_function_arguments(p.oid) || ')' AS signature
FROM pg_proc p
WHERE p.pronamespace = 'export'::regnamespace;

CREATE TEMP VIEW relations AS
SELECT c.* FROM pg_class c
WHERE c.relnamespace = 'export'::regnamespace AND c.relkind NOT IN ('i', 't');

-- The extension itself.
SELECT bag_eq(
    $$ SELECT superuser, trusted, relocatable, schema::text
       FROM pg_available_extension_versions WHERE name = 'export' AND installed $$,
    $$ VALUES (true, false, false, 'export') $$,
    'only a superuser creates the extension, always in the schema export');
SELECT is_empty(
    $$ SELECT pg_describe_object(classid, objid, 0) FROM members m
       WHERE NOT EXISTS (SELECT FROM pg_proc WHERE oid = m.objid
                         AND pronamespace = 'export'::regnamespace)
         AND NOT EXISTS (SELECT FROM pg_class WHERE oid = m.objid
                         AND relnamespace = 'export'::regnamespace)
         AND NOT EXISTS (SELECT FROM pg_type WHERE oid = m.objid
                         AND typnamespace = 'export'::regnamespace)
         AND m.classid <> 'pg_namespace'::regclass $$,
    'nothing of the extension is outside its schema');
SELECT is_empty(
    $$ SELECT oid::regprocedure::text FROM functions
       WHERE oid NOT IN (SELECT objid FROM members WHERE classid = 'pg_proc'::regclass)
       UNION ALL
       SELECT oid::regclass::text FROM relations
       WHERE oid NOT IN (SELECT objid FROM members WHERE classid = 'pg_class'::regclass) $$,
    'everything in the schema belongs to the extension');

-- Functions: names of arguments, defaults, volatility, parallel safety, strictness.
SELECT bag_eq(
    $$ SELECT signature, pg_get_function_result(oid), provolatile::text, proparallel::text,
              proisstrict
       FROM functions WHERE proname <> 'formats' $$,
    $$ VALUES
    ('version()', 'text', 'i', 's', true),
    ('run(query text, format text DEFAULT ''csv''::text, options jsonb DEFAULT ''{}''::jsonb)',
     'uuid', 'v', 'u', false),
    ('run(query text, format text, options jsonb, VARIADIC args "any")', 'uuid', 'v', 'u', false),
    ('stream(query text, format text DEFAULT ''csv''::text, options jsonb DEFAULT ''{}''::jsonb)',
     'SETOF bytea', 'v', 'u', false),
    ('stream(query text, format text, options jsonb, VARIADIC args "any")',
     'SETOF bytea', 'v', 'u', false),
    ('preview(query text, format text DEFAULT ''csv''::text, options jsonb DEFAULT ''{}''::jsonb, '
     'max_rows integer DEFAULT 20)', 'jsonb', 'v', 'u', false),
    ('preview(query text, format text, options jsonb, max_rows integer, VARIADIC args "any")',
     'jsonb', 'v', 'u', false),
    ('run_document(document jsonb, format text, options jsonb DEFAULT ''{}''::jsonb)', 'uuid', 'v',
     'u', false),
    ('stream_document(document jsonb, format text, options jsonb DEFAULT ''{}''::jsonb)',
     'SETOF bytea', 'v', 'u', false),
    ('preview_document(document jsonb, format text, options jsonb DEFAULT ''{}''::jsonb, '
     'max_rows integer DEFAULT 20)', 'jsonb', 'v', 'u', false),
    ('save_template(source text, note text DEFAULT ''''::text, base_version integer DEFAULT NULL::integer)',
     'integer', 'v', 'u', false),
    ('restore_template(name text, version integer, note text DEFAULT ''''::text)', 'integer', 'v', 'u',
     true),
    ('drop_template(name text)', 'void', 'v', 'u', true),
    ('share_template(name text, role regrole, level text)', 'void', 'v', 'u', false),
    ('unshare_template(name text, role regrole)', 'void', 'v', 'u', false),
    ('check_template(source text, OUT severity text, OUT line integer, OUT "column" integer, '
     'OUT sqlstate text, OUT message text, OUT hint text, OUT excerpt text)', 'SETOF record', 'v', 'u',
     true),
    ('broken_templates(OUT template text, OUT version integer, OUT line integer, '
     'OUT "column" integer, OUT sqlstate text, OUT message text, OUT hint text, OUT excerpt text)',
     'SETOF record', 'v', 'u', true),
    ('format_template(source text)', 'text', 's', 's', true),
    ('template_to_json(source text)', 'jsonb', 's', 's', true),
    ('template_from_json(template jsonb)', 'text', 's', 's', true),
    ('diff_template(name text, from_version integer, to_version integer, OUT change text, '
     'OUT line text)', 'SETOF record', 'v', 'u', true),
    ('compile_template(name text, params jsonb DEFAULT ''{}''::jsonb, OUT sheet text, OUT sql text, '
     'OUT args text[])', 'SETOF record', 'v', 'u', true),
    ('run_template(name text, params jsonb DEFAULT ''{}''::jsonb, format text DEFAULT ''csv''::text, '
     'options jsonb DEFAULT ''{}''::jsonb)', 'uuid', 'v', 'u', false),
    ('stream_template(name text, params jsonb DEFAULT ''{}''::jsonb, format text DEFAULT '
     '''csv''::text, options jsonb DEFAULT ''{}''::jsonb)', 'SETOF bytea', 'v', 'u', false),
    ('preview_template(name text, params jsonb DEFAULT ''{}''::jsonb, format text DEFAULT '
     '''csv''::text, options jsonb DEFAULT ''{}''::jsonb, max_rows integer DEFAULT 20)', 'jsonb', 'v',
     'u', false),
    ('set_logo(name text, image bytea)', 'void', 'v', 'u', true),
    ('drop_logo(name text)', 'void', 'v', 'u', true),
    ('set_mask(relation regclass, "column" name, mask text, exempt regrole[] DEFAULT ''{}''::regrole[])',
     'void', 'v', 'u', true),
    ('drop_mask(relation regclass, "column" name)', 'void', 'v', 'u', true),
    ('read(artifact uuid, from_byte bigint DEFAULT 0)', 'SETOF bytea', 'v', 'u', true),
    ('rerun(artifact uuid)', 'uuid', 'v', 'u', true),
    ('drop_artifact(artifact uuid)', 'void', 'v', 'u', true),
    ('share(artifact uuid, role regrole)', 'void', 'v', 'u', true),
    ('unshare(artifact uuid, role regrole)', 'void', 'v', 'u', true),
    ('keyring_init()', 'text', 'v', 'u', true),
    ('verify_audit(OUT sealed bigint, OUT unsealed bigint, OUT anchored bigint, OUT problem text, '
     'OUT event_id uuid)', 'record', 'v', 'u', true),
    ('_session_lives(pid integer, started timestamp with time zone)', 'boolean', 'v', 'r', true),
    ('submit(query text, format text DEFAULT ''csv''::text, options jsonb DEFAULT ''{}''::jsonb, '
     'time_limit interval DEFAULT ''01:00:00''::interval, max_attempts integer DEFAULT 5, '
     'priority integer DEFAULT 0, not_before timestamp with time zone DEFAULT NULL::timestamp with time zone, '
     'title text DEFAULT NULL::text, idempotency_key text DEFAULT NULL::text, notify text DEFAULT NULL::text)',
     'uuid', 'v', 'u', false),
    ('next_runs(cron text, time_zone text DEFAULT NULL::text, count integer DEFAULT 10, '
     'after timestamp with time zone DEFAULT now())', 'SETOF timestamp with time zone', 's', 's', false),
    ('next_runs(schedule uuid, count integer DEFAULT 10, after timestamp with time zone DEFAULT now())',
     'SETOF timestamp with time zone', 'v', 'u', false),
    ('create_schedule(cron text, query text DEFAULT NULL::text, format text DEFAULT ''csv''::text, '
     'options jsonb DEFAULT ''{}''::jsonb, template text DEFAULT NULL::text, '
     'params jsonb DEFAULT ''{}''::jsonb, document jsonb DEFAULT NULL::jsonb, '
     'time_zone text DEFAULT NULL::text, '
     'start_at timestamp with time zone DEFAULT NULL::timestamp with time zone, '
     'end_at timestamp with time zone DEFAULT NULL::timestamp with time zone, '
     'missed text DEFAULT ''once''::text, max_missed integer DEFAULT 24, '
     'overlap text DEFAULT ''skip''::text, jitter interval DEFAULT ''00:00:30''::interval, '
     'title text DEFAULT NULL::text, time_limit interval DEFAULT ''01:00:00''::interval, '
     'max_attempts integer DEFAULT 5, priority integer DEFAULT 0, notify text DEFAULT NULL::text)',
     'uuid', 'v', 'u', false),
    ('alter_schedule(schedule uuid, cron text DEFAULT NULL::text, time_zone text DEFAULT NULL::text, '
     'start_at timestamp with time zone DEFAULT NULL::timestamp with time zone, '
     'end_at timestamp with time zone DEFAULT NULL::timestamp with time zone, '
     'missed text DEFAULT NULL::text, max_missed integer DEFAULT NULL::integer, '
     'overlap text DEFAULT NULL::text, jitter interval DEFAULT NULL::interval, '
     'title text DEFAULT NULL::text, time_limit interval DEFAULT NULL::interval, '
     'max_attempts integer DEFAULT NULL::integer, priority integer DEFAULT NULL::integer, '
     'notify text DEFAULT NULL::text, template_version integer DEFAULT NULL::integer)',
     'void', 'v', 'u', false),
    ('pause_schedule(schedule uuid)', 'void', 'v', 'u', true),
    ('resume_schedule(schedule uuid)', 'void', 'v', 'u', true),
    ('drop_schedule(schedule uuid)', 'void', 'v', 'u', true),
    ('submit(query text, format text, options jsonb, VARIADIC args "any")', 'uuid', 'v', 'u', false),
    ('submit_document(document jsonb, format text, options jsonb DEFAULT ''{}''::jsonb, '
     'time_limit interval DEFAULT ''01:00:00''::interval, max_attempts integer DEFAULT 5, '
     'priority integer DEFAULT 0, not_before timestamp with time zone DEFAULT NULL::timestamp with time zone, '
     'title text DEFAULT NULL::text, idempotency_key text DEFAULT NULL::text, notify text DEFAULT NULL::text)',
     'uuid', 'v', 'u', false),
    ('submit_template(name text, params jsonb DEFAULT ''{}''::jsonb, format text DEFAULT ''csv''::text, '
     'options jsonb DEFAULT ''{}''::jsonb, '
     'time_limit interval DEFAULT ''01:00:00''::interval, max_attempts integer DEFAULT 5, '
     'priority integer DEFAULT 0, not_before timestamp with time zone DEFAULT NULL::timestamp with time zone, '
     'title text DEFAULT NULL::text, idempotency_key text DEFAULT NULL::text, notify text DEFAULT NULL::text)',
     'uuid', 'v', 'u', false),
    ('cancel(job uuid)', 'void', 'v', 'u', true),
    ('retry(job uuid)', 'void', 'v', 'u', true),
    ('wait(job uuid, timeout interval DEFAULT ''01:00:00''::interval)', 'text', 'v', 'u', true),
    ('_progress(OUT job_id uuid, OUT pid integer, OUT owner text, OUT database text, OUT format text, '
     'OUT phase text, OUT started_at timestamp with time zone, OUT rows bigint, OUT bytes bigint, '
     'OUT estimated_rows bigint)', 'SETOF record', 'v', 'r', false),
    ('_workers(OUT kind text, OUT state text, OUT pid integer, OUT database text, OUT role text, '
     'OUT job_id uuid, OUT since timestamp with time zone, OUT deadline timestamp with time zone, '
     'OUT jobs bigint)', 'SETOF record', 'v', 'r', false),
    ('check_invariants(OUT invariant text, OUT detail text)', 'SETOF record', 'v', 'u', false),
    ('cleanup()', 'bigint', 'v', 'u', true),
    ('set_retention(keep interval, role regrole DEFAULT NULL::regrole, template text DEFAULT NULL::text, format text DEFAULT NULL::text)', 'void', 'v', 'u', false),
    ('drop_retention(role regrole DEFAULT NULL::regrole, template text DEFAULT NULL::text, format text DEFAULT NULL::text)', 'void', 'v', 'u', false),
    ('default_retention()', 'interval', 's', 's', false),
    ('install_reports(schema name DEFAULT ''tracking''::name, OUT template text, OUT version integer, OUT action text)', 'SETOF record', 'v', 'u', true) $$,
    'functions are as documented');
SELECT bag_eq(
    $$ SELECT proargnames, proallargtypes::regtype[]::text[], proretset, provolatile::text,
              proparallel::text
       FROM functions WHERE proname = 'formats' $$,
    $$ VALUES ('{format,media_type,file_extension,option,type,default_value,choices,meaning}'::text[],
               '{text,text,text,text,text,text,text[],text}'::text[], true, 's', 's') $$,
    'formats() is as documented');
SELECT is_empty($$ SELECT signature FROM functions
                   WHERE prolang = (SELECT oid FROM pg_language WHERE lanname = 'c')
                     AND proconfig IS NOT NULL $$,
                'no C function has a SET clause: it would apply to the caller''s query');
SELECT is_empty($$ SELECT signature FROM functions WHERE prosecdef $$,
                'no function is SECURITY DEFINER');
SELECT is_empty($$ SELECT signature FROM functions
                   WHERE NOT (SELECT rolsuper FROM pg_roles WHERE oid = proowner) $$,
                'functions belong to the superuser who made the extension');

-- Views.
SELECT bag_eq(
    $$ SELECT relname::text, relkind::text, relowner::regrole::text FROM relations $$,
    $$ VALUES ('_artifact', 'r', 'export_owner'), ('_artifact_chunk', 'r', 'export_owner'),
              ('_artifact_drop', 'r', 'export_owner'), ('_artifact_share', 'r', 'export_owner'),
              ('_audit', 'r', 'export_owner'), ('_logo', 'r', 'export_owner'),
              ('_retention', 'r', 'export_owner'), ('_expiry', 'v', 'export_owner'),
              ('retention', 'v', 'export_owner'),
              ('_mask', 'r', 'export_owner'), ('_mask_key', 'r', 'export_owner'),
              ('masks', 'v', 'export_owner'),
              ('_template', 'r', 'export_owner'), ('_template_version', 'r', 'export_owner'),
              ('_template_share', 'r', 'export_owner'), ('templates', 'v', 'export_owner'),
              ('template_versions', 'v', 'export_owner'), ('template_stats', 'v', 'export_owner'),
              ('artifacts', 'v', 'export_owner'), ('audit', 'v', 'export_owner'),
              ('audit_unresolved', 'v', 'export_owner'), ('_audit_seal', 'r', 'export_owner'),
              ('_audit_checkpoint', 'r', 'export_owner'),
              ('logos', 'v', 'export_owner'), ('_job', 'r', 'export_owner'),
              ('_home', 'r', 'export_owner'), ('_schedule', 'r', 'export_owner'),
              ('_schedule_request', 'r', 'export_owner'), ('_schedule_fire', 'r', 'export_owner'),
              ('schedules', 'v', 'export_owner'), ('schedule_runs', 'v', 'export_owner'),
              ('_job_state', 'r', 'export_owner'), ('_job_request', 'r', 'export_owner'),
              ('jobs', 'v', 'export_owner'), ('progress', 'v', 'export_owner'),
              ('workers', 'v', 'export_owner') $$,
    'tables and views belong to export_owner');
SELECT is_empty($$ SELECT relname FROM relations WHERE relkind = 'v'
                   AND NOT coalesce(reloptions @> '{security_barrier=true}', false) $$,
                'views are security barriers');
SELECT columns_are('export', 'artifacts', ARRAY[
    'id', 'owner', 'title', 'file_name', 'format', 'media_type', 'compression', 'rows', 'bytes',
    'sha256', 'delivered_bytes', 'delivered_sha256', 'stored_bytes', 'location', 'state',
    'created_at', 'expires_at', 'document_time', 'duration', 'time_zone', 'query', 'document',
    'template', 'template_version', 'parameters', 'arguments', 'options', 'shared_with', 'warnings', 'dropped_at']);
SELECT col_type_is('export', 'artifacts', 'id', 'uuid', 'artifacts.id');
SELECT col_type_is('export', 'artifacts', 'rows', 'bigint', 'artifacts.rows');
SELECT col_type_is('export', 'artifacts', 'bytes', 'bigint', 'artifacts.bytes');
SELECT col_type_is('export', 'artifacts', 'sha256', 'bytea', 'artifacts.sha256');
SELECT col_type_is('export', 'artifacts', 'created_at', 'timestamp with time zone',
                   'artifacts.created_at');
SELECT columns_are('export', 'audit', ARRAY[
    'event_id', 'at', 'xact_at', 'kind', 'phase', 'outcome', 'sqlstate', 'intent', 'intent_id',
    'artifact_id',
    'job_id', 'session_user', 'outer_user', 'current_user', 'security_context', 'client_addr',
    'application_name', 'backend_pid', 'backend_start', 'txid', 'database', 'system_identifier',
    'query', 'query_sha256', 'relations', 'settings', 'format', 'rows', 'bytes', 'sha256',
    'grantee', 'template_id', 'template_version', 'duration', 'attempts', 'mac_key',
    'mac']);

-- Comments.
SELECT is_empty($$ SELECT signature FROM functions
                   WHERE coalesce(obj_description(oid, 'pg_proc'), '') = '' $$,
                'every function has a comment');
SELECT is_empty($$ SELECT relname FROM relations
                   WHERE relkind = 'v' AND coalesce(obj_description(oid, 'pg_class'), '') = '' $$,
                'every view has a comment');
SELECT isnt(obj_description('export'::regnamespace, 'pg_namespace'), NULL,
            'the schema has a comment');
SELECT isnt((SELECT obj_description(oid, 'pg_extension') FROM pg_extension
             WHERE extname = 'export'), NULL, 'the extension has a comment');

-- Settings.
SELECT bag_eq(
    $$ SELECT name, context, vartype, coalesce(boot_val, ''), unit, enumvals
       FROM pg_settings WHERE name LIKE 'export.%' AND context <> 'postmaster'
         AND name <> 'export.fault'  -- of a build for tests
    $$,
    $$ VALUES ('export.directory', 'sighup', 'string', '', NULL, NULL::text[]),
              ('export.table_limit', 'sighup', 'integer', '32768', 'kB', NULL),
              ('export.audit_digest', 'superuser', 'enum', 'all', NULL, '{stored,all}'),
              ('export.audit_read_only', 'superuser', 'enum', 'refuse', NULL, '{refuse,log}'),
              ('export.audit_timeout', 'sighup', 'integer', '5000', 'ms', NULL),
              ('export.require_intent', 'sighup', 'bool', 'off', NULL, NULL),
              ('export.keyring', 'sighup', 'string', '', NULL, NULL),
              ('export.trust_check', 'superuser', 'bool', 'on', NULL, NULL),
              ('export.trusted_owners', 'superuser', 'string', '', NULL, NULL),
              ('export.pdf_fonts', 'sighup', 'string', '', NULL, NULL),
              ('export.pdf_max_pages', 'superuser', 'integer', '20000', NULL, NULL),
              ('export.retention', 'sighup', 'integer', '43200', 'min', NULL),
              ('export.allow_superuser_jobs', 'sighup', 'bool', 'off', NULL, NULL),
              ('export.capture_settings', 'sighup', 'string', '', NULL, NULL),
              ('export.max_jobs_per_owner', 'sighup', 'integer', '10', NULL, NULL),
              ('export.dump_audit', 'user', 'bool', 'off', NULL, NULL) $$,
    'settings are as documented');
SELECT bag_eq(
    $$ SELECT name, vartype, boot_val
       FROM pg_settings WHERE name LIKE 'export.%' AND context = 'postmaster' $$,
    $$ SELECT * FROM (VALUES ('export.max_databases', 'integer', '8'),
                             ('export.max_workers', 'integer', '4')) s
       WHERE current_setting('shared_preload_libraries') LIKE '%export%' $$,
    'those of the start are there where the library is preloaded');
SELECT is_empty($$ SELECT name FROM pg_settings
                   WHERE name LIKE 'export.%' AND coalesce(short_desc, '') = '' $$,
                'every setting is described');
SELECT throws_ok('SET export.planted = 1', '42602', NULL,
                 'nobody can plant a setting of our prefix');
SELECT throws_ok('SET export.directory = ''/tmp''', '55P02', NULL,
                 'a session cannot set the directory');

-- Privileges.
SELECT is_empty(
    $$ SELECT signature FROM functions,
              aclexplode(coalesce(proacl, acldefault('f', proowner))) WHERE grantee = 0 $$,
    'PUBLIC can execute nothing');
SELECT is_empty(
    $$ SELECT relname FROM relations,
              aclexplode(coalesce(relacl, acldefault('r', relowner))) WHERE grantee = 0 $$,
    'PUBLIC has no privilege on a table or view');
SELECT is_empty(
    $$ SELECT relname, grantee::regrole, privilege_type FROM relations,
              aclexplode(coalesce(relacl, acldefault('r', relowner)))
       WHERE relname LIKE '\_%' AND grantee <> relowner $$,
    'nobody but the owner has a privilege on an internal table');
SELECT is_empty(
    $$ SELECT relname, attname FROM relations JOIN pg_attribute ON attrelid = relations.oid
       WHERE attacl IS NOT NULL $$,
    'there are no column grants');
SELECT bag_eq(
    $$ SELECT grantee::regrole::text, privilege_type, is_grantable
       FROM pg_namespace, aclexplode(nspacl)
       WHERE nspname = 'export' AND grantee <> nspowner $$,
    $$ VALUES ('export_owner', 'USAGE', false), ('export_user', 'USAGE', false),
              ('export_admin', 'USAGE', false), ('export_auditor', 'USAGE', false) $$,
    'only the extension''s roles can use the schema, and none can create in it');
SELECT bag_eq(
    $$ SELECT relname::text, grantee::regrole::text, privilege_type, is_grantable
       FROM relations, aclexplode(relacl) WHERE relkind = 'v' AND grantee <> relowner $$,
    $$ VALUES ('artifacts', 'export_user', 'SELECT', false),
              ('artifacts', 'export_admin', 'SELECT', false),
              ('templates', 'export_user', 'SELECT', false),
              ('templates', 'export_admin', 'SELECT', false),
              ('template_versions', 'export_user', 'SELECT', false),
              ('template_versions', 'export_admin', 'SELECT', false),
              ('template_stats', 'export_user', 'SELECT', false),
              ('template_stats', 'export_admin', 'SELECT', false),
              ('masks', 'export_user', 'SELECT', false),
              ('masks', 'export_admin', 'SELECT', false),
              ('logos', 'export_user', 'SELECT', false),
              ('logos', 'export_admin', 'SELECT', false),
              ('retention', 'export_admin', 'SELECT', false),
              ('jobs', 'export_user', 'SELECT', false),
              ('jobs', 'export_admin', 'SELECT', false),
              ('progress', 'export_user', 'SELECT', false),
              ('progress', 'export_admin', 'SELECT', false),
              ('workers', 'export_admin', 'SELECT', false),
              ('schedules', 'export_user', 'SELECT', false),
              ('schedules', 'export_admin', 'SELECT', false),
              ('schedule_runs', 'export_user', 'SELECT', false),
              ('schedule_runs', 'export_admin', 'SELECT', false),
              ('audit', 'export_auditor', 'SELECT', false),
              ('audit_unresolved', 'export_auditor', 'SELECT', false) $$,
    'who may read which view');
SELECT bag_eq(
    $$ SELECT DISTINCT grantee::regrole::text, proname::text
       FROM functions, aclexplode(proacl) WHERE grantee <> proowner $$,
    $$ SELECT 'export_user', unnest(ARRAY['version', 'formats', 'run', 'stream', 'preview',
                                          'run_document', 'stream_document', 'preview_document',
                                          'save_template', 'restore_template', 'drop_template',
                                          'share_template', 'unshare_template', 'check_template',
                                          'broken_templates', 'format_template',
                                          'template_to_json', 'template_from_json',
                                          'diff_template', 'compile_template', 'run_template',
                                          'stream_template', 'preview_template',
                                          'read', 'rerun', 'drop_artifact', 'share', 'unshare',
                                          'default_retention', 'install_reports',
                                          'next_runs', 'create_schedule', 'alter_schedule',
                                          'pause_schedule', 'resume_schedule', 'drop_schedule',
                                          'submit', 'submit_document', 'submit_template', 'cancel',
                                          'retry', 'wait', '_progress'])
       UNION ALL SELECT 'export_admin', unnest(ARRAY['next_runs', 'pause_schedule',
                                                     'resume_schedule', 'drop_schedule',
                                                     'version', 'formats', 'cleanup', 'set_logo',
                                                     'drop_logo', 'set_mask', 'drop_mask',
                                                     'set_retention', 'drop_retention',
                                                     'default_retention', 'cancel', 'retry',
                                                     'wait', '_progress', '_workers',
                                                     'check_invariants'])
       UNION ALL SELECT 'export_owner', 'default_retention'
       UNION ALL SELECT 'export_auditor', unnest(ARRAY['version', '_session_lives',
                                                       'verify_audit']) $$,
    'who may execute what');
SELECT is_empty(
    $$ SELECT signature FROM functions, aclexplode(proacl)
       WHERE is_grantable AND grantee <> proowner $$,
    'nobody can pass on a right');

-- Roles.
SELECT bag_eq(
    $$ SELECT rolname::text, rolcanlogin, rolconnlimit, rolpassword IS NULL AS no_password,
              rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb OR rolreplication AS power
       FROM pg_authid
       WHERE rolname IN ('export_owner', 'export_user', 'export_admin', 'export_auditor') $$,
    $$ VALUES ('export_owner', true, 0, true, false), ('export_user', false, -1, true, false),
              ('export_admin', false, -1, true, false),
              ('export_auditor', false, -1, true, false) $$,
    'roles have no power of their own');
SELECT is_empty(
    $$ SELECT roleid::regrole FROM pg_auth_members
       WHERE roleid = 'export_owner'::regrole OR member = 'export_owner'::regrole $$,
    'export_owner is a member of nothing and has no members');

SELECT finish();
ROLLBACK;
