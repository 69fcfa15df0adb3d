// The settings of the extension (export.*).  Their meaning is in docs/settings.md.
#pragma once

#include "bridge/prelude.h"

namespace pgexport {

enum AuditDigest { kAuditDigestStored, kAuditDigestAll };
enum AuditReadOnly { kAuditReadOnlyRefuse, kAuditReadOnlyLog };

extern char *setting_directory;      // "" = none
extern int setting_table_limit;      // kB of stored bytes
extern int setting_audit_digest;     // AuditDigest
extern int setting_audit_read_only;  // AuditReadOnly
extern int setting_audit_timeout;    // milliseconds
extern bool setting_require_intent;
extern char *setting_keyring;  // "" = none
extern bool setting_trust_check;
extern char *setting_trusted_owners;  // comma-separated role names
extern int setting_retention;         // minutes, -1 = no end
extern bool setting_dump_audit;       // read by pg_dump's filter, see sql/parts
extern bool setting_allow_superuser_jobs;
extern char *setting_capture_settings;  // comma-separated names
extern int setting_max_jobs_per_owner;

// Only if the library is preloaded.
extern int setting_max_databases;
extern int setting_max_workers;

// Defines them all.  Called once, when the library is loaded.
void define_settings();

}  // namespace pgexport
