#include "server/copy_hook.h"

#include "server/audit.h"
#include "server/client_copy.h"
#include "server/copy_raw.h"
#include "server/copy_source.h"
#include "server/roles.h"

extern "C" {
#include "commands/extension.h"
#include "tcop/cmdtag.h"
#include "tcop/dest.h"
#include "tcop/utility.h"
#include "utils/queryjumble.h"
}

namespace pgexport {

namespace {

ProcessUtility_hook_type previous_hook = nullptr;

void require_extension(const char *format) {
  if (OidIsValid(get_extension_oid("export", true))) return;
  ereport(ERROR, (errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
                  errmsg("COPY format \"%s\" needs the extension \"export\"", format),
                  errhint("Run CREATE EXTENSION export in this database.")));
}

void require_copy_to(const CopyStmt *copy, const char *format) {
  if (copy->is_from) {
    ereport(ERROR, (errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
                    errmsg("COPY FROM does not take format \"%s\"", format),
                    errdetail("It is a format of the extension \"export\", which only writes.")));
  }
  if (copy->is_program) {
    ereport(ERROR, (errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
                    errmsg("COPY TO PROGRAM does not take format \"%s\"", format),
                    errhint("Use psql's \\copy ... to program, which runs the program where the "
                            "client is.")));
  }
  if (!copy->filename && whereToSendOutput != DestRemote) {
    ereport(ERROR, (errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
                    errmsg("COPY TO STDOUT with format \"%s\" needs a client", format)));
  }
}

// A table's name is looked up under the path of the sandbox, so the tree is made there.
struct CopySource {
  const CopyStmt *copy;
  const PlannedStmt *statement;
};

RawStmt *parse_copy(void *state) {
  const auto *source = static_cast<CopySource *>(state);
  return copy_query(source->copy, source->statement);
}

// The text of this statement alone, where the client sent several at once.
const char *statement_text(const PlannedStmt *statement, const char *text) {
  int location = statement->stmt_location, length = statement->stmt_len;
  const char *start = CleanQuerytext(text, &location, &length);
  return pnstrdup(start, length);
}

// Keeps the record of what has been sent, should the transaction fail.
struct CopyProgress {
  AuditEvent *event;
  const Export *run;
};

bool note_progress(void *state) {
  const auto *progress = static_cast<CopyProgress *>(state);
  if (progress->run) {
    audit_progress(progress->event, export_rows(progress->run), progress->run->document->bytes());
  }
  return false;
}

void admit() {
  require_export_allowed("COPY with a format of the extension \"export\"");
  require_export_user();
}

std::uint64_t run_copy(const CopyStmt *copy, const PlannedStmt *statement, const char *format,
                       const char *text) {
  AuditEvent *event = begin_attempt("copy");
  admit();
  require_auditable("COPY", false);
  safe_owner_role();
  DocumentSpec *spec = copy_spec(copy, format);
  ExportRequest request{};
  CopySource source = {copy, statement};
  SectionSource section{text, parse_copy, &source, section_arguments(&spec->request.sections[0]),
                        nullptr};
  request.query_text = statement_text(statement, text);
  request.sources = &section;
  request.spec = spec;
  request.whole = true;
  audit_request(event, &request);
  begin_export_audit(event, "COPY");
  FileCopy *file = copy->filename ? begin_file_copy(copy->filename) : nullptr;
  request.destination = file ? file_copy_destination(file) : client_destination();

  CopyProgress progress = {event, nullptr};
  request.after_drain = note_progress;
  request.drain_state = &progress;
  Export *run = open_export(&request);
  progress.run = run;
  audit_query(event, run);
  if (!file) announce_client_copy(!spec->is_text(), run->sections[0].receiver->count);
  run_export(run);
  close_export(run);
  audit_progress(event, export_rows(run), run->document->bytes());
  if (run->document->has_digest()) audit_digest(event, run->document->digest());
  audit_duration(event, elapsed_microseconds(run));
  complete_audit(event, "completed");
  if (file) {
    finish_file_copy(file);
  } else {
    end_client_copy();
  }
  return export_rows(run);
}

void take_copy(const CopyStmt *copy, const PlannedStmt *statement, const char *format,
               const char *text, QueryCompletion *completion) {
  require_extension(format);
  require_copy_to(copy, format);
  std::uint64_t rows;
  if (strcmp(format, "raw") == 0) {
    admit();
    rows = run_raw_copy(copy, statement, text);
  } else {
    rows = run_copy(copy, statement, format, text);
  }
  if (completion) SetQueryCompletion(completion, CMDTAG_COPY, rows);
}

void copy_hook(PlannedStmt *statement, const char *text, bool read_only_tree,
               ProcessUtilityContext context, ParamListInfo params, QueryEnvironment *environment,
               DestReceiver *dest, QueryCompletion *completion) {
  if (IsA(statement->utilityStmt, CopyStmt)) {
    const auto *copy = castNode(CopyStmt, statement->utilityStmt);
    const char *format = export_format_of(copy);
    if (format) {
      take_copy(copy, statement, format, text, completion);
      return;
    }
  }
  if (previous_hook) {
    previous_hook(statement, text, read_only_tree, context, params, environment, dest, completion);
  } else {
    standard_ProcessUtility(statement, text, read_only_tree, context, params, environment, dest,
                            completion);
  }
}

}  // namespace

void install_copy_hook() {
  previous_hook = ProcessUtility_hook;
  ProcessUtility_hook = copy_hook;
}

}  // namespace pgexport
