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
       CASE WHEN d.artifact IS NULL THEN 'stored' ELSE 'dropped' END AS state,
       a.created_at,
       NULL::timestamptz AS expires_at,
       a.document_time,
       a.duration,
       a.time_zone,
       CASE WHEN v.is_owner THEN a.query END AS query,
       CASE WHEN v.is_owner THEN a.arguments END AS arguments,
       CASE WHEN v.is_owner THEN a.options END AS options,
       CASE WHEN v.is_owner THEN v.shared_with END AS shared_with,
       d.dropped_at
FROM export._artifact a
LEFT JOIN export._artifact_drop d ON d.artifact OPERATOR(pg_catalog.=) a.id
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
SELECT event_id, at, xact_at, kind, phase, outcome, sqlstate, intent, artifact_id,
       NULL::uuid AS job_id, session_user_name AS session_user, outer_user,
       effective_user AS current_user, security_context, client_addr, application_name, backend_pid,
       backend_start, txid, database, system_identifier, query, query_sha256, relations, settings,
       format, rows, bytes, sha256, grantee, duration
FROM export._audit
WHERE pg_catalog.pg_has_role('export_auditor', 'USAGE');
COMMENT ON VIEW export.audit IS 'what was exported, by whom, when and from where';

ALTER VIEW export.artifacts OWNER TO export_owner;
ALTER VIEW export.audit OWNER TO export_owner;
