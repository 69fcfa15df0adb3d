// What happens to schedules besides their runs.  All REQUIRE: inside internal SQL.  Rows that a
// session has locked are left for the next look.
#pragma once

#include "bridge/prelude.h"

extern "C" {
#include "datatype/timestamp.h"
}

namespace pgexport {

// Stops a schedule that nobody has asked to stop, and tells the log.  Constants.
void stop_unasked(const pg_uuid_t *id, const char *state, const char *reason);

// Pauses the schedules that were told to run on another server, in another database or on another
// timeline: a restored or promoted database asks before it runs them.
void stop_strangers();

// Takes down how the jobs of runs have ended, in their order; five failures in a row are enough.
void settle_fires();

// To be called once in the life of the process, which has read the rules of the time zones anew: a
// government may have moved the time that a schedule waits for.
void plan_again(TimestampTz now);

}  // namespace pgexport
