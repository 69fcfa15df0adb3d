// The arguments of create_schedule() and alter_schedule() that they have in common.
#pragma once

#include "server/schedule.h"

namespace pgexport {

// Each is the fallback for null.  Raise 22023.
TimestampTz bound_argument(FunctionCallInfo fcinfo, int number, const char *name,
                           TimestampTz fallback);
const char *missed_argument(FunctionCallInfo fcinfo, int number, const char *fallback);
int max_missed_argument(FunctionCallInfo fcinfo, int number, int fallback);
const char *overlap_argument(FunctionCallInfo fcinfo, int number, const char *fallback);
// Seconds.
int jitter_argument(FunctionCallInfo fcinfo, int number, int fallback);

}  // namespace pgexport
