REVOKE ALL ON ALL FUNCTIONS IN SCHEMA export FROM PUBLIC;
REVOKE ALL ON export.artifacts, export.audit FROM PUBLIC;

GRANT EXECUTE ON FUNCTION
    export.version(),
    export.formats(),
    export.run(text, text, jsonb),
    export.run(text, text, jsonb, "any"),
    export.stream(text, text, jsonb),
    export.stream(text, text, jsonb, "any"),
    export.preview(text, text, jsonb, integer),
    export.preview(text, text, jsonb, integer, "any"),
    export.read(uuid, bigint),
    export.rerun(uuid),
    export.drop_artifact(uuid),
    export.share(uuid, regrole),
    export.unshare(uuid, regrole)
TO export_user;
GRANT EXECUTE ON FUNCTION export.version(), export.formats(), export.cleanup() TO export_admin;
GRANT EXECUTE ON FUNCTION export.version() TO export_auditor;
GRANT SELECT ON export.artifacts TO export_user, export_admin;
GRANT SELECT ON export.audit TO export_auditor;
