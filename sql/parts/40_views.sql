-- Views run as export_owner and filter by the role that looks.

-- History: own documents and those shared with one's roles, dropped ones included; administrators
-- see the metadata of all.  Never content, query parameters only to the owner.
CREATE VIEW export.artifacts WITH (security_barrier) AS
SELECT a.id,
       a.owner_name AS owner,
       a.title,
       a.file_name,
       a.format,
       a.media_type,
       a.compression,
       a.rows,
       a.bytes,
       a.sha256,
       a.delivered_bytes,
       a.delivered_sha256,
       a.stored_bytes,
       CASE WHEN a.file IS NULL THEN 'table' ELSE 'directory' END AS location,
       coalesce(d.reason, 'stored') AS state,
       a.created_at,
       e.expires_at,
       a.document_time,
       a.duration,
       a.time_zone,
       CASE WHEN v.is_owner THEN a.query END AS query,
       CASE WHEN v.is_owner THEN a.document END AS document,
       a.template_name AS template,
       a.template_version,
       CASE WHEN v.is_owner THEN a.parameters END AS parameters,
       CASE WHEN v.is_owner THEN a.arguments END AS arguments,
       CASE WHEN v.is_owner THEN a.options END AS options,
       CASE WHEN v.is_owner THEN v.shared_with END AS shared_with,
       CASE WHEN v.is_owner THEN a.warnings END AS warnings,
       d.dropped_at
FROM export._artifact a
LEFT JOIN export._artifact_drop d ON d.artifact OPERATOR(pg_catalog.=) a.id
LEFT JOIN export._expiry e ON e.artifact OPERATOR(pg_catalog.=) a.id
CROSS JOIN LATERAL (
    SELECT pg_catalog.pg_has_role(a.owner, 'USAGE') AS is_owner,
           ARRAY(SELECT s.grantee_name FROM export._artifact_share s
                 WHERE s.artifact OPERATOR(pg_catalog.=) a.id
                 ORDER BY s.grantee_name) AS shared_with
) v
WHERE v.is_owner
   OR pg_catalog.pg_has_role('export_admin', 'USAGE')
   OR EXISTS (SELECT FROM export._artifact_share s
              WHERE s.artifact OPERATOR(pg_catalog.=) a.id
                AND pg_catalog.pg_has_role(s.grantee, 'USAGE'));
COMMENT ON VIEW export.artifacts IS 'stored documents one may see, with their history';

CREATE VIEW export.audit WITH (security_barrier) AS
SELECT event_id, at, xact_at, kind, phase, outcome, sqlstate, intent, intent_id, artifact_id,
       job_id, session_user_name AS session_user, outer_user,
       effective_user AS current_user, security_context, client_addr, application_name, backend_pid,
       backend_start, txid, database, system_identifier, query, query_sha256, relations, settings,
       format, rows, bytes, sha256, grantee, template AS template_id, template_version, duration,
       attempts, mac_key, mac
FROM export._audit
WHERE pg_catalog.pg_has_role('export_auditor', 'USAGE');
COMMENT ON VIEW export.audit IS 'what was exported, by whom, when and from where';

CREATE VIEW export.audit_unresolved WITH (security_barrier) AS
SELECT i.*
FROM export.audit i
WHERE i.phase OPERATOR(pg_catalog.=) 'intent'
  AND NOT EXISTS (SELECT FROM export._audit o
                  WHERE o.intent_id OPERATOR(pg_catalog.=) i.intent_id
                    AND o.phase OPERATOR(pg_catalog.<>) 'intent')
  AND NOT export._session_lives(i.backend_pid, i.backend_start);
COMMENT ON VIEW export.audit_unresolved
IS 'exports that were begun by sessions that are gone, and of whose end nothing is recorded';

CREATE VIEW export.logos WITH (security_barrier) AS
SELECT name, pg_catalog.octet_length(image) AS bytes, set_by, set_at
FROM export._logo;
COMMENT ON VIEW export.logos IS 'pictures for the option logo';

-- What one may do with a template: own, edit, run, view, or nothing.
CREATE VIEW export.templates WITH (security_barrier) AS
SELECT t.name,
       t.owner,
       r.level AS "right",
       t.version,
       v.title,
       v.description,
       t.created_at,
       v.saved_at,
       v.author AS saved_by,
       CASE WHEN r.level OPERATOR(pg_catalog.=) 'own' THEN s.shares END AS shares,
       t.id
FROM export._template t
JOIN export._template_version v
  ON v.template OPERATOR(pg_catalog.=) t.id AND v.version OPERATOR(pg_catalog.=) t.version
CROSS JOIN LATERAL (
    SELECT CASE WHEN pg_catalog.pg_has_role(t.owner::pg_catalog.oid, 'USAGE') THEN 'own'
                ELSE (SELECT s.level FROM export._template_share s
                      WHERE s.template OPERATOR(pg_catalog.=) t.id
                        AND CASE WHEN s.grantee::pg_catalog.oid OPERATOR(pg_catalog.=) 0 THEN true
                                 ELSE pg_catalog.pg_has_role(s.grantee::pg_catalog.oid, 'USAGE') END
                      ORDER BY pg_catalog.array_position(ARRAY['edit', 'run', 'view'], s.level)
                      LIMIT 1) END AS level
) r
CROSS JOIN LATERAL (
    SELECT pg_catalog.jsonb_object_agg(
               CASE WHEN s.grantee::pg_catalog.oid OPERATOR(pg_catalog.=) 0 THEN 'everybody'
                    ELSE s.grantee::pg_catalog.text END, s.level) AS shares
    FROM export._template_share s WHERE s.template OPERATOR(pg_catalog.=) t.id
) s
WHERE r.level IS NOT NULL;
COMMENT ON VIEW export.templates IS 'templates one may use, and what one may do with each';

CREATE VIEW export.template_versions WITH (security_barrier) AS
SELECT t.name, v.version, v.version OPERATOR(pg_catalog.=) t.version AS is_current,
       v.author, v.saved_at, v.note, v.title, v.description, v.source
FROM export.templates t
JOIN export._template_version v ON v.template OPERATOR(pg_catalog.=) t.id;
COMMENT ON VIEW export.template_versions IS 'every version of the templates one may view';

-- From the audit.  A rolled back or failed attempt counts as a failure; where there is no audit
-- writer it has left a row only if the rest of its transaction was committed.
CREATE VIEW export.template_stats WITH (security_barrier) AS
SELECT t.name,
       pg_catalog.count(*) FILTER (WHERE a.outcome OPERATOR(pg_catalog.=) 'completed') AS runs,
       pg_catalog.count(*) FILTER (WHERE a.outcome OPERATOR(pg_catalog.<>) 'completed') AS failures,
       pg_catalog.sum(a.rows) AS rows,
       pg_catalog.sum(a.bytes) AS bytes,
       pg_catalog.percentile_cont(0.5) WITHIN GROUP (ORDER BY a.duration) AS median_duration,
       pg_catalog.percentile_cont(0.95) WITHIN GROUP (ORDER BY a.duration) AS p95_duration,
       pg_catalog.max(a.at) AS last_used_at,
       pg_catalog.array_agg(DISTINCT a.effective_user) AS used_by
FROM export.templates t
JOIN export._audit a ON a.template OPERATOR(pg_catalog.=) t.id
WHERE a.kind OPERATOR(pg_catalog.=) ANY (ARRAY['run', 'rerun', 'stream', 'job'])
  AND a.phase OPERATOR(pg_catalog.=) 'outcome'
  AND (t."right" OPERATOR(pg_catalog.=) ANY (ARRAY['own', 'edit'])
       OR pg_catalog.pg_has_role('export_admin', 'USAGE'))
GROUP BY t.name;
COMMENT ON VIEW export.template_stats IS 'use of the templates one owns or may edit';

CREATE VIEW export.masks WITH (security_barrier) AS
SELECT relation, name AS "column", mask, exempt::regrole[] AS exempt, set_by, set_at
FROM export._mask;
COMMENT ON VIEW export.masks IS 'columns whose values leave only masked';

ALTER VIEW export.masks OWNER TO export_owner;
ALTER VIEW export.templates OWNER TO export_owner;
ALTER VIEW export.template_versions OWNER TO export_owner;
ALTER VIEW export.template_stats OWNER TO export_owner;
ALTER VIEW export.logos OWNER TO export_owner;
ALTER VIEW export.artifacts OWNER TO export_owner;
ALTER VIEW export.audit OWNER TO export_owner;
ALTER VIEW export.audit_unresolved OWNER TO export_owner;
