-- How long documents are kept: rules of the administrator, and what follows from them.

-- NULL in role, template or format: any.  NULL in keep: until somebody drops the document.
CREATE TABLE export._retention (
    role regrole,
    template text,
    format text,
    keep interval,
    set_by name NOT NULL,
    set_at timestamptz NOT NULL,
    UNIQUE NULLS NOT DISTINCT (role, template, format)
);
ALTER TABLE export._retention OWNER TO export_owner;
REVOKE ALL ON export._retention FROM PUBLIC;
SELECT pg_catalog.pg_extension_config_dump('export._retention',
    'WHERE role IS NULL OR role IN (SELECT oid FROM pg_catalog.pg_roles)');

CREATE FUNCTION export.set_retention(keep interval, role regrole DEFAULT NULL,
                                     template text DEFAULT NULL, format text DEFAULT NULL)
RETURNS void
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'export_set_retention';
COMMENT ON FUNCTION export.set_retention(interval, regrole, text, text)
IS 'keep documents of a role, a template, a format for so long (null: until they are dropped); the shortest rule that fits wins';

CREATE FUNCTION export.drop_retention(role regrole DEFAULT NULL, template text DEFAULT NULL,
                                      format text DEFAULT NULL)
RETURNS void
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'export_drop_retention';
COMMENT ON FUNCTION export.drop_retention(regrole, text, text)
IS 'remove the rule that export.set_retention made for exactly this role, template and format';

CREATE FUNCTION export.default_retention()
RETURNS interval
LANGUAGE c STABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'export_default_retention';
COMMENT ON FUNCTION export.default_retention()
IS 'how long a document is kept that no rule fits; null: until it is dropped';

-- When the time of each stored document is up; NULL: never.  A superuser, who counts as a member
-- of every role, falls under a role's rule only if it is his own.
CREATE VIEW export._expiry WITH (security_barrier) AS
SELECT a.id AS artifact,
       a.created_at OPERATOR(pg_catalog.+)
           CASE WHEN r.rules OPERATOR(pg_catalog.=) 0 THEN export.default_retention()
                ELSE r.keep END AS expires_at
FROM export._artifact a
CROSS JOIN LATERAL (
    SELECT pg_catalog.count(*) AS rules, pg_catalog.min(r.keep) AS keep
    FROM export._retention r
    WHERE (r.role IS NULL
           OR r.role::pg_catalog.oid OPERATOR(pg_catalog.=) a.owner
           OR (pg_catalog.pg_has_role(a.owner, r.role::pg_catalog.oid, 'USAGE')
               AND EXISTS (SELECT FROM pg_catalog.pg_roles o
                           WHERE o.oid OPERATOR(pg_catalog.=) a.owner AND NOT o.rolsuper)))
      AND (r.template IS NULL OR r.template OPERATOR(pg_catalog.=) a.template_name)
      AND (r.format IS NULL OR r.format OPERATOR(pg_catalog.=) a.format)
) r
WHERE NOT EXISTS (SELECT FROM export._artifact_drop d
                  WHERE d.artifact OPERATOR(pg_catalog.=) a.id);
ALTER VIEW export._expiry OWNER TO export_owner;
REVOKE ALL ON export._expiry FROM PUBLIC;
COMMENT ON VIEW export._expiry IS 'when the time of each stored document is up';

CREATE VIEW export.retention WITH (security_barrier) AS
SELECT role, template, format, keep, set_by, set_at FROM export._retention
WHERE pg_catalog.pg_has_role('export_admin', 'USAGE');
ALTER VIEW export.retention OWNER TO export_owner;
COMMENT ON VIEW export.retention IS 'how long documents are kept';
