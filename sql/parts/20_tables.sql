-- Internal tables.  They belong to export_owner, as whom no client can log in, and nobody else has
-- a privilege on them: functions and views decide who sees what.

-- One stored document.  A row is never updated: its xmin tells the transaction that made it.
CREATE TABLE export._artifact (
    id uuid PRIMARY KEY,
    owner oid NOT NULL,
    owner_name name NOT NULL,
    title text,
    file_name text NOT NULL,
    format text NOT NULL,
    media_type text NOT NULL,
    query text,             -- of a plain query
    document jsonb,         -- of several sections
    template uuid,          -- of a template
    template_name text,
    template_version integer,
    parameters jsonb,
    arguments jsonb NOT NULL,
    options jsonb NOT NULL,
    search_path text NOT NULL,
    time_zone text NOT NULL,
    compression text NOT NULL,
    rows bigint NOT NULL,
    bytes bigint NOT NULL,
    sha256 bytea NOT NULL,
    delivered_bytes bigint NOT NULL,
    delivered_sha256 bytea NOT NULL,
    stored_bytes bigint NOT NULL,
    chunks integer NOT NULL,
    file text,
    document_time timestamptz NOT NULL,
    created_at timestamptz NOT NULL,
    duration interval NOT NULL,
    warnings text[] NOT NULL
);
CREATE INDEX _artifact_owner ON export._artifact (owner, created_at);
CREATE INDEX _artifact_file ON export._artifact (file) WHERE file IS NOT NULL;

-- The content of documents that are kept in the database, 262,144 bytes a chunk before
-- compression.  Chunks are compressed already.
CREATE TABLE export._artifact_chunk (
    artifact uuid NOT NULL,
    number integer NOT NULL,
    coding smallint NOT NULL,
    plain_size integer NOT NULL,
    data bytea NOT NULL,
    PRIMARY KEY (artifact, number)
);
ALTER TABLE export._artifact_chunk ALTER COLUMN data SET STORAGE EXTERNAL;

-- Documents whose content is gone; their history stays.
CREATE TABLE export._artifact_drop (
    artifact uuid PRIMARY KEY,
    dropped_by name NOT NULL,
    dropped_at timestamptz NOT NULL,
    reason text NOT NULL DEFAULT 'dropped'  -- or expired
);

CREATE TABLE export._artifact_share (
    artifact uuid NOT NULL,
    grantee oid NOT NULL,
    grantee_name name NOT NULL,
    granted_by oid NOT NULL,
    granted_at timestamptz NOT NULL,
    PRIMARY KEY (artifact, grantee)
);

-- Pictures for the title block of documents.
CREATE TABLE export._logo (
    name text PRIMARY KEY,
    image bytea NOT NULL,
    set_by name NOT NULL,
    set_at timestamptz NOT NULL
);

-- Columns whose values leave the database only masked.
CREATE TABLE export._mask (
    relation regclass NOT NULL,
    number smallint NOT NULL,
    name name NOT NULL,
    mask text NOT NULL,
    exempt oid[] NOT NULL,
    set_by name NOT NULL,
    set_at timestamptz NOT NULL,
    PRIMARY KEY (relation, number)
);

-- The key of the mask `hash`: codes of one database mean nothing in another.
CREATE TABLE export._mask_key (key bytea NOT NULL);
INSERT INTO export._mask_key
SELECT pg_catalog.sha256(pg_catalog.uuid_send(pg_catalog.gen_random_uuid())
                         OPERATOR(pg_catalog.||)
                         pg_catalog.uuid_send(pg_catalog.gen_random_uuid()));

-- Templates and all their versions.  Roles as regrole, which a dump writes by name.
CREATE TABLE export._template (
    id uuid PRIMARY KEY,
    name text NOT NULL UNIQUE,
    owner regrole NOT NULL,
    version integer NOT NULL,
    created_at timestamptz NOT NULL
);
CREATE TABLE export._template_version (
    template uuid NOT NULL,
    version integer NOT NULL,
    source text NOT NULL,
    title text NOT NULL,
    description text NOT NULL,
    note text NOT NULL,
    author name NOT NULL,
    saved_at timestamptz NOT NULL,
    PRIMARY KEY (template, version)
);
-- Grantee 0 is everybody.
CREATE TABLE export._template_share (
    template uuid NOT NULL,
    grantee regrole NOT NULL,
    level text NOT NULL,
    granted_by regrole NOT NULL,
    granted_at timestamptz NOT NULL,
    PRIMARY KEY (template, grantee)
);

-- What was exported, by whom, when, from where.  Values of rows and parameters never enter it.
CREATE TABLE export._audit (
    event_id uuid PRIMARY KEY,
    at timestamptz NOT NULL,
    xact_at timestamptz NOT NULL,
    kind text NOT NULL,
    phase text NOT NULL,
    outcome text,
    sqlstate text,
    intent text NOT NULL,
    intent_id uuid,
    session_user_name name NOT NULL,
    outer_user name NOT NULL,
    effective_user name NOT NULL,
    security_context integer NOT NULL,
    client_addr inet,
    application_name text,
    backend_pid integer NOT NULL,
    backend_start timestamptz NOT NULL,
    txid xid8,
    database name NOT NULL,
    system_identifier bigint NOT NULL,
    query text,
    query_sha256 bytea,
    relations jsonb,
    settings jsonb,
    format text,
    rows bigint,
    bytes bigint,
    sha256 bytea,
    artifact_id uuid,
    job_id uuid,
    grantee name,
    template uuid,
    template_version integer,
    duration interval,
    attempts bigint,
    mac_key text,
    mac bytea,
    recorded_by xid8 NOT NULL DEFAULT pg_catalog.pg_current_xact_id()
);

-- The order in which its rows were sealed, and what was signed of it.
CREATE TABLE export._audit_seal (
    seal_no bigint PRIMARY KEY,
    event_id uuid NOT NULL UNIQUE,
    leaf bytea NOT NULL
);
CREATE TABLE export._audit_checkpoint (
    size bigint PRIMARY KEY,
    origin text NOT NULL,
    note text NOT NULL,
    subtrees bytea NOT NULL,
    horizon xid8 NOT NULL
);
CREATE INDEX _audit_recorded_by ON export._audit (recorded_by);
CREATE INDEX _audit_template ON export._audit (template) WHERE template IS NOT NULL;
CREATE INDEX _audit_at ON export._audit (at);
CREATE INDEX _audit_intent ON export._audit (intent_id) WHERE intent_id IS NOT NULL;
CREATE INDEX _audit_artifact ON export._audit (artifact_id) WHERE artifact_id IS NOT NULL;

ALTER TABLE export._artifact OWNER TO export_owner;
ALTER TABLE export._artifact_chunk OWNER TO export_owner;
ALTER TABLE export._artifact_drop OWNER TO export_owner;
ALTER TABLE export._artifact_share OWNER TO export_owner;
ALTER TABLE export._audit OWNER TO export_owner;
ALTER TABLE export._audit_seal OWNER TO export_owner;
ALTER TABLE export._audit_checkpoint OWNER TO export_owner;
ALTER TABLE export._logo OWNER TO export_owner;
ALTER TABLE export._template OWNER TO export_owner;
ALTER TABLE export._template_version OWNER TO export_owner;
ALTER TABLE export._template_share OWNER TO export_owner;
ALTER TABLE export._mask OWNER TO export_owner;
ALTER TABLE export._mask_key OWNER TO export_owner;
REVOKE ALL ON export._artifact, export._artifact_chunk, export._artifact_drop,
    export._artifact_share, export._audit, export._logo,
    export._mask, export._mask_key, export._template, export._template_version,
    export._template_share FROM PUBLIC;

-- Logos, masks and templates are part of a dump.  Documents never are.  The audit log is, if the session of pg_dump asks for it.
SELECT pg_catalog.pg_extension_config_dump('export._audit',
    'WHERE coalesce(pg_catalog.current_setting(''export.dump_audit'', true), ''off'') IN (''on'', ''true'', ''1'', ''yes'')');
SELECT pg_catalog.pg_extension_config_dump('export._logo', '');
SELECT pg_catalog.pg_extension_config_dump('export._mask', '');
SELECT pg_catalog.pg_extension_config_dump('export._template', '');
SELECT pg_catalog.pg_extension_config_dump('export._template_version', '');
SELECT pg_catalog.pg_extension_config_dump('export._template_share', '');
