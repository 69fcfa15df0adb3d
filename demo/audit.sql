-- As the auditor: what happened.
\set ON_ERROR_STOP on
\pset footer off
\echo '-- What the audit log says (as demo_auditor).'
SELECT * FROM (SELECT at::timestamptz(0), kind, phase, artifact_id FROM export.audit
               ORDER BY at DESC LIMIT 12) AS newest
ORDER BY at;
