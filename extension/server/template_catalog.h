// What the compiler of templates asks about this database and its clock.
#pragma once

#include "bridge/template_text.h"

namespace pgexport {

// Answers from the system caches under the caller's search path, pg_temp left out.  In `context`,
// like all they answer.
dsl::Catalog *make_template_catalog(MemoryContext context);

// `now`: microseconds since 2000-01-01 UTC.  `zone`: a name or offset as the option time_zone,
// empty for the session's.  Raises 22023 for a zone that there is not.
dsl::Clock *make_template_clock(MemoryContext context, std::int64_t now, const char *zone);

}  // namespace pgexport
