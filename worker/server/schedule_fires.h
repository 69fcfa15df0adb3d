// The dispatcher's part of schedules: makes the jobs of those that are due.
//
// A run is a row of export._schedule_fire, unique on schedule and time, and with it in one
// transaction the job and the schedule's next time.  Whatever the clock does, whoever looks twice,
// there is one job for each time.  What a session holds locked is left for the next look.
#pragma once

#include "bridge/prelude.h"

namespace pgexport {

// Returns the milliseconds until a schedule is due; -1 if none is.  `look_around`: also stops the
// schedules of another server or another time (a restored or promoted database asks first).
// REQUIRES: a transaction with an active snapshot.
long make_schedule_runs(bool look_around);

}  // namespace pgexport
