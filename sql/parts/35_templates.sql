-- Templates: a report as a page of text, see docs/template-language.md.

CREATE FUNCTION export.save_template(source text, note text DEFAULT '',
                                     base_version integer DEFAULT NULL)
RETURNS integer
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'export_save_template';
COMMENT ON FUNCTION export.save_template(text, text, integer)
IS 'keep a template, or a new version of it that is based on base_version; returns the version';

CREATE FUNCTION export.restore_template(name text, version integer, note text DEFAULT '')
RETURNS integer
LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'export_restore_template';
COMMENT ON FUNCTION export.restore_template(text, integer, text)
IS 'make an earlier version of a template the newest one';

CREATE FUNCTION export.drop_template(name text)
RETURNS void
LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'export_drop_template';
COMMENT ON FUNCTION export.drop_template(text) IS 'remove a template with all its versions';

CREATE FUNCTION export.share_template(name text, role regrole, level text)
RETURNS void
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'export_share_template';
COMMENT ON FUNCTION export.share_template(text, regrole, text)
IS 'let the members of a role, or everybody if it is null, view, run or edit a template';

CREATE FUNCTION export.unshare_template(name text, role regrole)
RETURNS void
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'export_unshare_template';
COMMENT ON FUNCTION export.unshare_template(text, regrole)
IS 'take back what export.share_template gave';

CREATE FUNCTION export.check_template(
    source text, OUT severity text, OUT line integer, OUT "column" integer, OUT sqlstate text,
    OUT message text, OUT hint text, OUT excerpt text)
RETURNS SETOF record
LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'export_check_template';
COMMENT ON FUNCTION export.check_template(text)
IS 'errors and warnings of a template, its names included; no row if it is right';

CREATE FUNCTION export.broken_templates(
    OUT template text, OUT version integer, OUT line integer, OUT "column" integer,
    OUT sqlstate text, OUT message text, OUT hint text, OUT excerpt text)
RETURNS SETOF record
LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'export_broken_templates';
COMMENT ON FUNCTION export.broken_templates()
IS 'templates one may view that no longer fit the tables they name, with the places';

CREATE FUNCTION export.format_template(source text)
RETURNS text
LANGUAGE c STABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'export_format_template';
COMMENT ON FUNCTION export.format_template(text) IS 'the canonical text of a template';

CREATE FUNCTION export.template_to_json(source text)
RETURNS jsonb
LANGUAGE c STABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'export_template_to_json';
COMMENT ON FUNCTION export.template_to_json(text) IS 'a template as JSON, without loss';

CREATE FUNCTION export.template_from_json(template jsonb)
RETURNS text
LANGUAGE c STABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'export_template_from_json';
COMMENT ON FUNCTION export.template_from_json(jsonb) IS 'the canonical text of a template in JSON';

CREATE FUNCTION export.diff_template(
    name text, from_version integer, to_version integer, OUT change text, OUT line text)
RETURNS SETOF record
LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'export_diff_template';
COMMENT ON FUNCTION export.diff_template(text, integer, integer)
IS 'lines of two versions of a template: "-" of the first only, "+" of the second only, " " of both';

CREATE FUNCTION export.compile_template(
    name text, params jsonb DEFAULT '{}', OUT sheet text, OUT sql text, OUT args text[])
RETURNS SETOF record
LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'export_compile_template';
COMMENT ON FUNCTION export.compile_template(text, jsonb)
IS 'the queries that a template becomes with these parameters';

CREATE FUNCTION export.run_template(name text, params jsonb DEFAULT '{}',
                                    format text DEFAULT 'csv', options jsonb DEFAULT '{}')
RETURNS uuid
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'export_run_template';
COMMENT ON FUNCTION export.run_template(text, jsonb, text, jsonb)
IS 'run a template into a stored document and return its id';

CREATE FUNCTION export.stream_template(name text, params jsonb DEFAULT '{}',
                                       format text DEFAULT 'csv', options jsonb DEFAULT '{}')
RETURNS SETOF bytea
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'export_stream_template';
COMMENT ON FUNCTION export.stream_template(text, jsonb, text, jsonb)
IS 'run a template and return the document in pieces; use it in the select list';

CREATE FUNCTION export.preview_template(name text, params jsonb DEFAULT '{}',
                                        format text DEFAULT 'csv', options jsonb DEFAULT '{}',
                                        max_rows integer DEFAULT 20)
RETURNS jsonb
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'export_preview_template';
COMMENT ON FUNCTION export.preview_template(text, jsonb, text, jsonb, integer)
IS 'first rows of each section of a template as they will be written';

CREATE FUNCTION export.install_reports(
    schema name DEFAULT 'tracking', OUT template text, OUT version integer, OUT action text)
RETURNS SETOF record
LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'export_install_reports';
COMMENT ON FUNCTION export.install_reports(name)
IS 'keep the pre-built reports, over the tables or views of a schema, as templates of one''s own';
