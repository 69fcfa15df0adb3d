-- complain if script is sourced in psql, rather than via CREATE EXTENSION
\echo Use "CREATE EXTENSION export" to load this file. \quit

SET LOCAL search_path TO pg_catalog, pg_temp;

-- A schema that somebody else made beforehand would be his to put objects into.
DO $check$
BEGIN
    IF EXISTS (
        SELECT FROM pg_catalog.pg_namespace n
        WHERE n.nspname OPERATOR(pg_catalog.=) 'export'
          AND (n.nspowner OPERATOR(pg_catalog.<>) (
                   SELECT r.oid FROM pg_catalog.pg_roles r
                   WHERE r.rolname OPERATOR(pg_catalog.=) current_user)
               -- Anything in it, but for the extension that is being made.
               OR EXISTS (SELECT FROM pg_catalog.pg_depend d
                          WHERE d.refclassid OPERATOR(pg_catalog.=) 'pg_catalog.pg_namespace'::pg_catalog.regclass
                            AND d.refobjid OPERATOR(pg_catalog.=) n.oid
                            AND d.classid OPERATOR(pg_catalog.<>) 'pg_catalog.pg_extension'::pg_catalog.regclass)))
    THEN
        RAISE EXCEPTION 'schema "export" already exists and is not empty or not yours'
            USING ERRCODE = 'object_not_in_prerequisite_state',
                  HINT = 'Rename or drop it first.';
    END IF;
END
$check$;
