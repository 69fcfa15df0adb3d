#include "server/settings.h"

#include "bridge/document_spec.h"
#include "server/fault.h"

extern "C" {
#include "utils/guc.h"
#include "utils/timestamp.h"
#include "utils/varlena.h"
}

namespace pgexport {

char *setting_directory;
int setting_table_limit;
int setting_audit_digest;
int setting_audit_read_only;
int setting_audit_timeout;
bool setting_require_intent;
char *setting_keyring;
bool setting_trust_check;
char *setting_trusted_owners;
int setting_retention;
bool setting_dump_audit;
bool setting_allow_superuser_jobs;
char *setting_capture_settings;
int setting_max_jobs_per_owner;
int setting_max_databases;
int setting_max_workers;

namespace {

const config_enum_entry kAuditDigestNames[] = {
    {"stored", kAuditDigestStored, false},
    {"all", kAuditDigestAll, false},
    {nullptr, 0, false},
};

const config_enum_entry kAuditReadOnlyNames[] = {
    {"refuse", kAuditReadOnlyRefuse, false},
    {"log", kAuditReadOnlyLog, false},
    {nullptr, 0, false},
};

bool check_absolute_path(char **value, void **, GucSource) {
  if (**value == '\0' || is_absolute_path(*value)) return true;
  GUC_check_errdetail("The value must be an absolute path.");
  return false;
}

bool check_role_list(char **value, void **, GucSource) {
  char *copy = pstrdup(*value);
  List *names;
  if (SplitIdentifierString(copy, ',', &names)) return true;
  GUC_check_errdetail("The value must be a list of role names separated by commas.");
  return false;
}

bool check_setting_list(char **value, void **, GucSource) {
  List *names;
  if (SplitGUCList(pstrdup(*value), ',', &names)) return true;
  GUC_check_errdetail("The value must be a list of names of settings separated by commas.");
  return false;
}

// What decides the size of shared memory.
void define_startup_settings() {
  DefineCustomIntVariable(
      "export.max_databases", "Most databases of the server that may have the extension's workers.",
      nullptr, &setting_max_databases, 8, 1, 1024, PGC_POSTMASTER, 0, nullptr, nullptr, nullptr);
  DefineCustomIntVariable("export.max_workers", "Most jobs that run at the same time.",
                          "Each takes one of max_worker_processes.", &setting_max_workers, 4, 1,
                          1024, PGC_POSTMASTER, 0, nullptr, nullptr, nullptr);
}

}  // namespace

void define_settings() {
  if (process_shared_preload_libraries_in_progress) define_startup_settings();
  DefineCustomStringVariable(
      "export.directory", "Directory on the server for documents too large for a table.",
      "Empty means that there is none. It must belong to the operating system user of the server, "
      "be accessible to nobody else, and lie outside the data directory.",
      &setting_directory, "", PGC_SIGHUP, GUC_SUPERUSER_ONLY, check_absolute_path, nullptr,
      nullptr);
  DefineCustomIntVariable(
      "export.table_limit", "Stored size up to which a document is kept in a table.",
      "Larger documents go to export.directory.", &setting_table_limit, 32 * 1024, 0, INT_MAX,
      PGC_SIGHUP, GUC_UNIT_KB, nullptr, nullptr, nullptr);
  DefineCustomEnumVariable(
      "export.audit_digest", "Which exports are recorded with the SHA-256 digest of their bytes.",
      "Stored documents always are. Streams and COPY spend up to a third of their time on it.",
      &setting_audit_digest, kAuditDigestAll, kAuditDigestNames, PGC_SUSET, 0, nullptr, nullptr,
      nullptr);
  DefineCustomEnumVariable(
      "export.audit_read_only", "What happens to an export that cannot write its audit row.",
      "In a read-only transaction and on a standby: refuse it, or run it with the line in the "
      "server log as its only record.",
      &setting_audit_read_only, kAuditReadOnlyRefuse, kAuditReadOnlyNames, PGC_SUSET, 0, nullptr,
      nullptr, nullptr);
  DefineCustomIntVariable("export.audit_timeout",
                          "Longest time that an export waits for its intent to be durable.",
                          "It is refused then.", &setting_audit_timeout, 5000, 10, 600 * 1000,
                          PGC_SIGHUP, GUC_UNIT_MS, nullptr, nullptr, nullptr);
  DefineCustomBoolVariable(
      "export.require_intent", "Refuses exports of which no durable intent can be recorded first.",
      "Without shared_preload_libraries and on a standby there is nobody to record it.",
      &setting_require_intent, false, PGC_SIGHUP, 0, nullptr, nullptr, nullptr);
  DefineCustomStringVariable(
      "export.keyring", "File on the server with the keys that protect the audit.",
      "Empty means that there is none. It must belong to the operating system user of the server "
      "and be accessible to nobody else.",
      &setting_keyring, "", PGC_SIGHUP, GUC_SUPERUSER_ONLY, check_absolute_path, nullptr, nullptr);
  DefineCustomBoolVariable(
      "export.trust_check", "Checks who wrote the code that a privileged role's export would run.",
      "For superusers and roles that bypass row security: views, functions, operators, casts and "
      "domains must belong to the role itself, a superuser, or a role in export.trusted_owners.",
      &setting_trust_check, true, PGC_SUSET, 0, nullptr, nullptr, nullptr);
  DefineCustomStringVariable("export.trusted_owners",
                             "Roles whose code may run in the exports of privileged roles.",
                             nullptr, &setting_trusted_owners, "", PGC_SUSET, GUC_LIST_INPUT,
                             check_role_list, nullptr, nullptr);
  DefineCustomIntVariable("export.retention",
                          "How long stored documents are kept that no rule of retention fits.",
                          "-1 keeps them until somebody drops them.", &setting_retention,
                          30 * MINS_PER_HOUR * HOURS_PER_DAY, -1, INT_MAX, PGC_SIGHUP, GUC_UNIT_MIN,
                          nullptr, nullptr, nullptr);
  DefineCustomBoolVariable("export.dump_audit", "Includes the audit log in pg_dump's output.",
                           nullptr, &setting_dump_audit, false, PGC_USERSET, 0, nullptr, nullptr,
                           nullptr);
  DefineCustomStringVariable(
      "export.pdf_fonts", "TrueType files for PDF documents.",
      "The main typeface, then those for characters that it lacks, separated by commas; a bold "
      "file "
      "follows its regular one behind a plus sign. Empty means the default list.",
      &format_settings.pdf_fonts, "", PGC_SIGHUP, GUC_SUPERUSER_ONLY, nullptr, nullptr, nullptr);
  DefineCustomIntVariable("export.pdf_max_pages", "Most pages that a PDF document may have.",
                          nullptr, &format_settings.pdf_max_pages, 20000, 1, 1000000, PGC_SUSET, 0,
                          nullptr, nullptr, nullptr);
  DefineCustomBoolVariable(
      "export.allow_superuser_jobs", "Lets superusers export in the background.", nullptr,
      &setting_allow_superuser_jobs, false, PGC_SIGHUP, 0, nullptr, nullptr, nullptr);
  DefineCustomStringVariable(
      "export.capture_settings", "Settings of the session that a job takes along.",
      "Names separated by commas, for example of settings that policies of row security read.",
      &setting_capture_settings, "", PGC_SIGHUP, GUC_LIST_INPUT, check_setting_list, nullptr,
      nullptr);
  DefineCustomIntVariable(
      "export.max_jobs_per_owner", "Most jobs of one role that run at the same time.", nullptr,
      &setting_max_jobs_per_owner, 10, 1, 1024, PGC_SIGHUP, 0, nullptr, nullptr, nullptr);
  define_fault_setting();
  MarkGUCPrefixReserved("export");
}

}  // namespace pgexport
