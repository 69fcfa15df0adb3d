// The library: what happens when the server loads it.

#include "server/audit.h"
#include "server/copy_hook.h"
#include "server/database_watch.h"
#include "server/directory.h"
#include "server/job_news.h"
#include "server/mask_rules.h"
#include "server/progress.h"
#include "server/settings.h"
#include "server/shared_memory.h"
#include "server/trust.h"
#include "server/workers.h"

extern "C" {
PG_MODULE_MAGIC;

PGDLLEXPORT void _PG_init(void);
}

// Runs in the postmaster when the library is preloaded: PostgreSQL calls only, nothing of C++.
void _PG_init(void) {
  pgexport::define_settings();
  pgexport::register_audit_callbacks();
  pgexport::register_directory_callbacks();
  pgexport::install_trust_gate();
  pgexport::install_mask_check();
  pgexport::install_copy_hook();
  if (!process_shared_preload_libraries_in_progress) return;
  pgexport::request_shared_memory();
  pgexport::install_database_watch();
  pgexport::register_job_news();
  pgexport::register_progress();
  pgexport::register_launcher();
}

EXPORT_FUNCTION(export_version) { PG_RETURN_TEXT_P(cstring_to_text(EXPORT_VERSION)); }
