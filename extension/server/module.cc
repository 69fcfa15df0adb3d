// The library: what happens when the server loads it.

#include "server/audit.h"
#include "server/copy_hook.h"
#include "server/directory.h"
#include "server/mask_rules.h"
#include "server/settings.h"
#include "server/trust.h"

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
}

EXPORT_FUNCTION(export_version) { PG_RETURN_TEXT_P(cstring_to_text(EXPORT_VERSION)); }
