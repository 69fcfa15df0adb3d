#include "server/sandbox.h"

extern "C" {
#include "catalog/namespace.h"
#include "lib/stringinfo.h"
#include "mb/pg_wchar.h"
#include "miscadmin.h"
#include "pgtime.h"
#include "utils/guc.h"
#include "utils/timestamp.h"
#include "utils/varlena.h"
}

#include "server/roles.h"

namespace pgexport {

namespace {

void set_in_nest(const char *name, const char *value) {
  set_config_option(name, value, superuser() ? PGC_SUSET : PGC_USERSET, PGC_S_SESSION,
                    GUC_ACTION_SAVE, true, 0, false);
}

// The session's search path with pg_temp named last: unnamed, it would come first and let a
// temporary table stand in for any other.
const char *pinned_search_path() {
  StringInfoData path;
  initStringInfo(&path);
  List *names;
  if (SplitIdentifierString(pstrdup(namespace_search_path), ',', &names)) {
    ListCell *cell;
    foreach (cell, names) {
      const char *name = static_cast<const char *>(lfirst(cell));
      // Neither by its alias nor by its name.
      if (strcmp(name, "pg_temp") == 0) continue;
      if (isAnyTempNamespace(get_namespace_oid(name, true))) continue;
      appendStringInfo(&path, "%s, ", quote_identifier(name));
    }
  }
  appendStringInfoString(&path, "pg_temp");
  return path.data;
}

// An offset such as +02:00 as SET TimeZone takes it, in hours; else nullptr.
const char *offset_in_hours(const char *text) {
  int hours, minutes = 0, used = 0;
  if ((*text != '+' && *text != '-') || !isdigit(static_cast<unsigned char>(text[1]))) {
    return nullptr;
  }
  const bool complete =
      (sscanf(text + 1, "%2d:%2d%n", &hours, &minutes, &used) == 2 && text[1 + used] == '\0') ||
      (sscanf(text + 1, "%2d%n", &hours, &used) == 1 && text[1 + used] == '\0');
  if (!complete || hours > 15 || minutes > 59) return nullptr;
  return psprintf("%c%.10g", *text, hours + minutes / 60.0);
}

const char *time_zone_setting(const char *requested) {
  if (*requested == '\0') return pstrdup(GetConfigOption("TimeZone", false, false));
  const char *hours = offset_in_hours(requested);
  if (hours) return hours;
  // What looks like an offset and is none must not become a POSIX zone, whose sign is reversed.
  const bool looks_like_offset = *requested == '+' || *requested == '-';
  pg_tz *zone = looks_like_offset ? nullptr : pg_tzset(requested);
  if (!zone || !pg_tz_acceptable(zone)) {
    ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
                    errmsg("option \"time_zone\": \"%s\" is not a time zone",
                           pnstrdup(requested, pg_mbcliplen(requested, strlen(requested), 64))),
                    errhint("Use a name of pg_timezone_names, such as Europe/Berlin, or an offset "
                            "such as +02:00.")));
  }
  return pstrdup(requested);
}

const char *date_style_setting() {
  switch (DateOrder) {
    case DATEORDER_DMY: return "ISO, DMY";
    case DATEORDER_YMD: return "ISO, YMD";
    default: return "ISO, MDY";
  }
}

}  // namespace

pg_tz *find_time_zone(const char *requested) {
  const char *hours = offset_in_hours(requested);
  // In the sign of POSIX, west of Greenwich being positive.
  if (hours) return pg_tzset_offset(-static_cast<long>(strtod(hours, nullptr) * SECS_PER_HOUR));
  return *requested == '\0' ? session_timezone : pg_tzset(time_zone_setting(requested));
}

SandboxSettings *capture_sandbox(const DocumentSpec *spec) {
  auto *settings = static_cast<SandboxSettings *>(palloc0(sizeof(SandboxSettings)));
  settings->run_as = GetUserId();
  settings->search_path = pinned_search_path();
  settings->time_zone = time_zone_setting(spec->time_zone.c_str());
  settings->date_style = date_style_setting();
  settings->interval_style = spec->needs.interval_style.c_str();
  settings->masks = load_mask_rules(settings->run_as);
  return settings;
}

Sandbox enter_sandbox(const SandboxSettings *settings) {
  Sandbox sandbox;
  GetUserIdAndSecContext(&sandbox.user, &sandbox.security_context);
  sandbox.gate = close_trust_gate(settings->run_as);
  sandbox.watch = watch_nested_queries(settings->masks);
  sandbox.nest_level = NewGUCNestLevel();
  set_in_nest("search_path", settings->search_path);
  set_in_nest("row_security", "on");
  set_in_nest("transaction_read_only", "on");
  set_in_nest("DateStyle", settings->date_style);
  set_in_nest("IntervalStyle", settings->interval_style);
  set_in_nest("TimeZone", settings->time_zone);
  set_in_nest("extra_float_digits", "1");
  set_in_nest("bytea_output", "hex");
  // Never SetUserIdAndSecContext(user, 0): without the flags user code could SET ROLE away.
  SetUserIdAndSecContext(settings->run_as,
                         sandbox.security_context | SECURITY_RESTRICTED_OPERATION |
                             (settings->run_as != sandbox.user ? SECURITY_LOCAL_USERID_CHANGE : 0));
  return sandbox;
}

void leave_sandbox(const Sandbox &sandbox) {
  // As if it had failed: what code in the query has set goes too.
  AtEOXact_GUC(false, sandbox.nest_level);
  restore_trust_gate(sandbox.gate);
  restore_mask_watch(sandbox.watch);
  SetUserIdAndSecContext(sandbox.user, sandbox.security_context);
}

int pin_names() {
  const int nest_level = NewGUCNestLevel();
  set_in_nest("search_path", "pg_catalog, pg_temp");
  return nest_level;
}

void unpin_names(int nest_level) { AtEOXact_GUC(false, nest_level); }

Sandbox enter_owner_nest() {
  const Oid owner = safe_owner_role();
  Sandbox sandbox;
  GetUserIdAndSecContext(&sandbox.user, &sandbox.security_context);
  sandbox.gate = current_trust_gate();
  sandbox.watch = current_mask_watch();
  sandbox.nest_level = NewGUCNestLevel();
  set_in_nest("search_path", "pg_catalog, pg_temp");
  SetUserIdAndSecContext(owner, sandbox.security_context | SECURITY_LOCAL_USERID_CHANGE);
  return sandbox;
}

}  // namespace pgexport
