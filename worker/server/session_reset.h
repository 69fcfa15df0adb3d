// Makes a runner's session the same for every job, whatever the role, the database or an earlier
// job would have it be.
#pragma once

namespace pgexport {

// Remembers the settings as the configuration file has them.  REQUIRES: not connected yet.
void remember_settings();

// Takes back what ALTER ROLE ... SET and ALTER DATABASE ... SET put upon the session, but for what
// only a superuser may set: limits of administrators hold for jobs too.
void discard_injected_settings();

// What DISCARD ALL drops: settings, prepared statements, temporary tables, LISTEN, advisory locks,
// cursors, plans.  REQUIRES: no transaction.
void discard_session();

}  // namespace pgexport
