REVOKE ALL ON ALL FUNCTIONS IN SCHEMA export FROM PUBLIC;
REVOKE ALL ON export.artifacts, export.audit, export.audit_unresolved, export.retention, export.logos, export.masks,
    export.templates, export.template_versions, export.template_stats FROM PUBLIC;

GRANT EXECUTE ON FUNCTION
    export.version(),
    export.formats(),
    export.run(text, text, jsonb),
    export.run(text, text, jsonb, "any"),
    export.stream(text, text, jsonb),
    export.stream(text, text, jsonb, "any"),
    export.preview(text, text, jsonb, integer),
    export.preview(text, text, jsonb, integer, "any"),
    export.run_document(jsonb, text, jsonb),
    export.stream_document(jsonb, text, jsonb),
    export.preview_document(jsonb, text, jsonb, integer),
    export.save_template(text, text, integer),
    export.restore_template(text, integer, text),
    export.drop_template(text),
    export.install_reports(name),
    export.share_template(text, regrole, text),
    export.unshare_template(text, regrole),
    export.check_template(text),
    export.broken_templates(),
    export.format_template(text),
    export.template_to_json(text),
    export.template_from_json(jsonb),
    export.diff_template(text, integer, integer),
    export.compile_template(text, jsonb),
    export.run_template(text, jsonb, text, jsonb),
    export.stream_template(text, jsonb, text, jsonb),
    export.preview_template(text, jsonb, text, jsonb, integer),
    export.read(uuid, bigint),
    export.rerun(uuid),
    export.drop_artifact(uuid),
    export.share(uuid, regrole),
    export.unshare(uuid, regrole)
TO export_user;
GRANT EXECUTE ON FUNCTION export.next_runs(text, text, integer, timestamptz)
TO export_user, export_admin;
GRANT EXECUTE ON FUNCTION export.version(), export.formats(), export.cleanup(),
    export.set_retention(interval, regrole, text, text), export.drop_retention(regrole, text, text),
    export.set_logo(text, bytea), export.drop_logo(text),
    export.set_mask(regclass, name, text, regrole[]), export.drop_mask(regclass, name)
TO export_admin;
GRANT EXECUTE ON FUNCTION export.version(), export.verify_audit() TO export_auditor;
-- Functions of a view run with the rights of who looks; the inner view is looked at by its owner.
GRANT EXECUTE ON FUNCTION export._session_lives(integer, timestamptz) TO export_auditor;
GRANT SELECT ON export.artifacts, export.logos, export.masks, export.templates,
    export.template_versions, export.template_stats TO export_user, export_admin;
GRANT EXECUTE ON FUNCTION export.default_retention() TO export_user, export_admin, export_owner;
GRANT SELECT ON export.retention TO export_admin;
GRANT SELECT ON export.audit, export.audit_unresolved TO export_auditor;
