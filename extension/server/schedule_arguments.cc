#include "server/schedule_arguments.h"

#include "server/call.h"

extern "C" {
#include "utils/timestamp.h"
}

namespace pgexport {

namespace {

const char *word_argument(FunctionCallInfo fcinfo, int number, const char *name,
                          const char *const (&words)[3], const char *fallback) {
  if (PG_ARGISNULL(number)) return fallback;
  const char *given = text_argument(fcinfo, number, name);
  for (const char *word : words) {
    if (strcmp(word, given) == 0) return word;
  }
  ereport(ERROR,
          (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
           errmsg("argument \"%s\" must be %s, %s or %s", name, words[0], words[1], words[2])));
  pg_unreachable();
}

}  // namespace

TimestampTz bound_argument(FunctionCallInfo fcinfo, int number, const char *name,
                           TimestampTz fallback) {
  if (PG_ARGISNULL(number)) return fallback;
  const TimestampTz time = PG_GETARG_TIMESTAMPTZ(number);
  // Each bound has one infinity that means none.
  if (TIMESTAMP_NOT_FINITE(time) && TIMESTAMP_IS_NOBEGIN(time) != (strcmp(name, "start_at") == 0)) {
    ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
                    errmsg("argument \"%s\" cannot be %s", name,
                           TIMESTAMP_IS_NOBEGIN(time) ? "-infinity" : "infinity")));
  }
  return time;
}

const char *missed_argument(FunctionCallInfo fcinfo, int number, const char *fallback) {
  return word_argument(fcinfo, number, "missed", {"skip", "once", "all"}, fallback);
}

int max_missed_argument(FunctionCallInfo fcinfo, int number, int fallback) {
  if (PG_ARGISNULL(number)) return fallback;
  const int count = PG_GETARG_INT32(number);
  if (count < 1 || count > schedule::kMaxCatchUp) {
    ereport(ERROR,
            (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
             errmsg("argument \"max_missed\" must be between 1 and %d", schedule::kMaxCatchUp)));
  }
  return count;
}

const char *overlap_argument(FunctionCallInfo fcinfo, int number, const char *fallback) {
  return word_argument(fcinfo, number, "overlap", {"skip", "queue", "allow"}, fallback);
}

int jitter_argument(FunctionCallInfo fcinfo, int number, int fallback) {
  if (PG_ARGISNULL(number)) return fallback;
  const Interval *jitter = PG_GETARG_INTERVAL_P(number);
  if (jitter->month != 0 || jitter->day != 0 || jitter->time < 0 ||
      jitter->time > schedule::kMaxJitter * USECS_PER_SEC) {
    ereport(ERROR,
            (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
             errmsg("argument \"jitter\" must be between 0 and %d seconds", schedule::kMaxJitter)));
  }
  return static_cast<int>(jitter->time / USECS_PER_SEC);
}

}  // namespace pgexport
