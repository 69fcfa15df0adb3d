// The conditions under which user SQL runs: read-only, security-restricted, row security on, a
// pinned search path, and output settings that make text the same in every session.
//
// Entered and left around each piece of executor work; never open when control returns to the
// caller, because the nest of a set-returning function would outlive its statement.  On ERROR the
// (sub)transaction abort restores everything, so there is no PG_TRY.
#pragma once

#include "bridge/document_spec.h"
#include "server/mask_rules.h"
#include "server/trust.h"

extern "C" {
#include "pgtime.h"
}

namespace pgexport {

struct SandboxSettings {
  Oid run_as;
  const char *search_path;  // the caller's, with pg_temp last
  const char *time_zone;    // as SET TimeZone takes it
  const char *date_style;   // ISO and the caller's order of input fields
  const char *interval_style;
  const MaskRules *masks;
};

struct Sandbox {
  TrustGate gate;
  MaskWatch watch;
  int nest_level;
  Oid user;
  int security_context;
};

// Takes the settings from the session and the request, in the current memory context.
// Raises 22023 for an unknown time zone.
SandboxSettings *capture_sandbox(const DocumentSpec *spec);

// The zone that the option time_zone names, the session's if `requested` is empty.  Raises 22023.
pg_tz *find_time_zone(const char *requested);

Sandbox enter_sandbox(const SandboxSettings *settings);
void leave_sandbox(const Sandbox &sandbox);

// While pinned, a name without a schema is one of pg_catalog, or not known: what the text of a
// frozen query expects (server/freeze.h).
int pin_names();
void unpin_names(int nest_level);

// A nest for our own SQL on internal tables: as export_owner, with an empty path.
Sandbox enter_owner_nest();
// Ended by leave_sandbox().

}  // namespace pgexport
