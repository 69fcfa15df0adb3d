-- C entry points.  Those that run the caller's own query carry no SET search_path: the query's
-- names are the caller's.  They reach the internal tables by qualified names only, as
-- export_owner, with nothing but pg_catalog on the path.

CREATE FUNCTION export.version()
RETURNS text
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'export_version';
COMMENT ON FUNCTION export.version() IS 'version of the loaded library';

CREATE FUNCTION export.formats(
    OUT format text, OUT media_type text, OUT file_extension text,
    OUT option text, OUT type text, OUT default_value text, OUT choices text[], OUT meaning text)
RETURNS SETOF record
LANGUAGE c STABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'export_formats';
COMMENT ON FUNCTION export.formats() IS 'formats with their options, types, defaults and meaning';

CREATE FUNCTION export.run(query text, format text DEFAULT 'csv', options jsonb DEFAULT '{}')
RETURNS uuid
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'export_run';
COMMENT ON FUNCTION export.run(text, text, jsonb)
IS 'run a query into a stored document and return its id';

CREATE FUNCTION export.run(query text, format text, options jsonb, VARIADIC args "any")
RETURNS uuid
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'export_run';
COMMENT ON FUNCTION export.run(text, text, jsonb, "any")
IS 'run a query with parameters $1, $2 ... into a stored document and return its id';

CREATE FUNCTION export.stream(query text, format text DEFAULT 'csv', options jsonb DEFAULT '{}')
RETURNS SETOF bytea
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'export_stream';
COMMENT ON FUNCTION export.stream(text, text, jsonb)
IS 'run a query and return the document in pieces as it is made; use it in the select list';

CREATE FUNCTION export.stream(query text, format text, options jsonb, VARIADIC args "any")
RETURNS SETOF bytea
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'export_stream';
COMMENT ON FUNCTION export.stream(text, text, jsonb, "any")
IS 'run a query with parameters $1, $2 ... and return the document in pieces as it is made';

CREATE FUNCTION export.preview(query text, format text DEFAULT 'csv', options jsonb DEFAULT '{}',
                               max_rows integer DEFAULT 20)
RETURNS jsonb
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'export_preview';
COMMENT ON FUNCTION export.preview(text, text, jsonb, integer)
IS 'first rows as they will be written, columns, and what the planner expects';

CREATE FUNCTION export.preview(query text, format text, options jsonb, max_rows integer,
                               VARIADIC args "any")
RETURNS jsonb
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'export_preview';
COMMENT ON FUNCTION export.preview(text, text, jsonb, integer, "any")
IS 'first rows of a query with parameters $1, $2 ... as they will be written';

-- Documents of several sections.  Their description is that of docs/document-model.md.
CREATE FUNCTION export.run_document(document jsonb, format text, options jsonb DEFAULT '{}')
RETURNS uuid
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'export_run_document';
COMMENT ON FUNCTION export.run_document(jsonb, text, jsonb)
IS 'make a document of several sections under one snapshot, store it and return its id';

CREATE FUNCTION export.stream_document(document jsonb, format text, options jsonb DEFAULT '{}')
RETURNS SETOF bytea
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'export_stream_document';
COMMENT ON FUNCTION export.stream_document(jsonb, text, jsonb)
IS 'make a document of several sections and return it in pieces; use it in the select list';

CREATE FUNCTION export.preview_document(document jsonb, format text, options jsonb DEFAULT '{}',
                                        max_rows integer DEFAULT 20)
RETURNS jsonb
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'export_preview_document';
COMMENT ON FUNCTION export.preview_document(jsonb, text, jsonb, integer)
IS 'first rows of each section as they will be written';

CREATE FUNCTION export.set_logo(name text, image bytea)
RETURNS void
LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'export_set_logo';
COMMENT ON FUNCTION export.set_logo(text, bytea)
IS 'keep a PNG or JPEG picture for the option logo, in place of an earlier one of that name';

CREATE FUNCTION export.drop_logo(name text)
RETURNS void
LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'export_drop_logo';
COMMENT ON FUNCTION export.drop_logo(text) IS 'remove a logo';

CREATE FUNCTION export.set_mask(relation regclass, "column" name, mask text,
                                exempt regrole[] DEFAULT '{}')
RETURNS void
LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'export_set_mask';
COMMENT ON FUNCTION export.set_mask(regclass, name, text, regrole[])
IS 'let the values of a column leave only masked, in every export of roles that are not exempt';

CREATE FUNCTION export.drop_mask(relation regclass, "column" name)
RETURNS void
LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'export_drop_mask';
COMMENT ON FUNCTION export.drop_mask(regclass, name) IS 'remove the mask of a column';

CREATE FUNCTION export.read(artifact uuid, from_byte bigint DEFAULT 0)
RETURNS SETOF bytea
LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'export_read';
COMMENT ON FUNCTION export.read(uuid, bigint)
IS 'bytes of a stored document from a position on, in pieces of up to 262144 bytes';

CREATE FUNCTION export.rerun(artifact uuid)
RETURNS uuid
LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'export_rerun';
COMMENT ON FUNCTION export.rerun(uuid)
IS 'run the query of a stored document again, with the same arguments and options, into a new one';

CREATE FUNCTION export.drop_artifact(artifact uuid)
RETURNS void
LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'export_drop_artifact';
COMMENT ON FUNCTION export.drop_artifact(uuid)
IS 'remove the content of a stored document; its history stays';

CREATE FUNCTION export.share(artifact uuid, role regrole)
RETURNS void
LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'export_share';
COMMENT ON FUNCTION export.share(uuid, regrole) IS 'let the members of a role read a stored document';

CREATE FUNCTION export.unshare(artifact uuid, role regrole)
RETURNS void
LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'export_unshare';
COMMENT ON FUNCTION export.unshare(uuid, regrole) IS 'take back what export.share gave';

CREATE FUNCTION export.cleanup()
RETURNS bigint
LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'export_cleanup';
COMMENT ON FUNCTION export.cleanup()
IS 'remove documents whose time is up, and files of export.directory that no document owns; return how many';

CREATE FUNCTION export._session_lives(pid integer, started timestamptz)
RETURNS boolean
LANGUAGE c VOLATILE STRICT PARALLEL RESTRICTED
AS 'MODULE_PATHNAME', 'export_session_lives';
COMMENT ON FUNCTION export._session_lives(integer, timestamptz)
IS 'whether the server has a process with this number that started at this time';

CREATE FUNCTION export.keyring_init()
RETURNS text
LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'export_keyring_init';
COMMENT ON FUNCTION export.keyring_init()
IS 'make the file that export.keyring names, with new keys, and return its path';

CREATE FUNCTION export.verify_audit(OUT sealed bigint, OUT unsealed bigint, OUT anchored bigint,
                                    OUT problem text, OUT event_id uuid)
RETURNS record
LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'export_verify_audit';
COMMENT ON FUNCTION export.verify_audit()
IS 'find the first row of the audit that is not as it was written';
