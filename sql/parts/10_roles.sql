-- Roles are cluster-wide: a second database, or somebody with CREATEROLE, may have made them
-- already.  One that exists is taken only if it has no power that it should not have.
DO $roles$
DECLARE
    name pg_catalog.name;
    role record;
    members pg_catalog.text;
BEGIN
    FOREACH name IN ARRAY ARRAY['export_owner', 'export_user', 'export_admin', 'export_auditor']::pg_catalog.name[]
    LOOP
        SELECT a.oid, a.rolsuper, a.rolbypassrls, a.rolcreaterole, a.rolcreatedb, a.rolreplication,
               a.rolcanlogin, a.rolconnlimit, a.rolpassword IS NULL AS no_password
        INTO role
        FROM pg_catalog.pg_authid a
        WHERE a.rolname OPERATOR(pg_catalog.=) name;

        IF NOT FOUND THEN
            -- Background workers can start as export_owner although no client can log in as it.
            IF name OPERATOR(pg_catalog.=) 'export_owner' THEN
                CREATE ROLE export_owner LOGIN CONNECTION LIMIT 0 PASSWORD NULL;
            ELSE
                EXECUTE pg_catalog.format('CREATE ROLE %I NOLOGIN', name);
            END IF;
            CONTINUE;
        END IF;

        IF role.rolsuper OR role.rolbypassrls OR role.rolcreaterole OR role.rolcreatedb
           OR role.rolreplication
           OR EXISTS (SELECT FROM pg_catalog.pg_auth_members m
                      WHERE m.member OPERATOR(pg_catalog.=) role.oid)
        THEN
            RAISE EXCEPTION 'role "%" exists and has more rights than it should', name
                USING ERRCODE = 'object_not_in_prerequisite_state',
                      DETAIL = 'It must have no attributes and be a member of no role.',
                      HINT = 'Find out who made it, then drop it or take the rights away.';
        END IF;
        IF name OPERATOR(pg_catalog.=) 'export_owner'
           AND (NOT role.rolcanlogin OR role.rolconnlimit OPERATOR(pg_catalog.<>) 0
                OR NOT role.no_password
                OR EXISTS (SELECT FROM pg_catalog.pg_auth_members m
                           WHERE m.roleid OPERATOR(pg_catalog.=) role.oid))
        THEN
            RAISE EXCEPTION 'role "export_owner" exists and is not safe'
                USING ERRCODE = 'object_not_in_prerequisite_state',
                      DETAIL = 'It must be LOGIN CONNECTION LIMIT 0 PASSWORD NULL and granted to nobody.',
                      HINT = 'Find out who made it, then drop it or restore its attributes.';
        END IF;
        IF name OPERATOR(pg_catalog.<>) 'export_owner' AND role.rolcanlogin THEN
            RAISE EXCEPTION 'role "%" exists and can log in', name
                USING ERRCODE = 'object_not_in_prerequisite_state',
                      HINT = 'Find out who made it, then drop it or make it NOLOGIN.';
        END IF;

        SELECT pg_catalog.string_agg(pg_catalog.quote_ident(a.rolname), ', ' ORDER BY a.rolname)
        INTO members
        FROM pg_catalog.pg_auth_members m
        JOIN pg_catalog.pg_authid a ON a.oid OPERATOR(pg_catalog.=) m.member
        WHERE m.roleid OPERATOR(pg_catalog.=) role.oid;
        IF members IS NOT NULL THEN
            -- Not a NOTICE: CREATE EXTENSION runs its script with client_min_messages = warning.
            RAISE WARNING 'role "%" already has members: %', name, members;
        END IF;
    END LOOP;
END
$roles$;

-- The workers of this database connect as export_owner.
DO $connect$
BEGIN
    EXECUTE pg_catalog.format('GRANT CONNECT ON DATABASE %I TO export_owner',
                              pg_catalog.current_database());
END
$connect$;

COMMENT ON SCHEMA export IS 'query results as documents: run, stream, preview, history, audit';
REVOKE ALL ON SCHEMA export FROM PUBLIC;
GRANT USAGE ON SCHEMA export TO export_owner, export_user, export_admin, export_auditor;
