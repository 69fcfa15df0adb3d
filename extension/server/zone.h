// UTC offsets from the server's own time zone data.
#pragma once

#include "bridge/prelude.h"

extern "C" {
#include "pgtime.h"
}

namespace pgexport {

// The offsets of `zone` from 1900 to 2100.  The table belongs to the process and stays valid until
// a table for another zone is asked for.
ZoneTable zone_table(pg_tz *zone);

// The offset at one instant, for those outside the table.
std::int32_t zone_offset(pg_tz *zone, std::int64_t microseconds);

}  // namespace pgexport
