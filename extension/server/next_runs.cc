// export.next_runs: when a schedule would run.

#include "server/calendar.h"
#include "server/call.h"
#include "server/roles.h"
#include "server/schedule.h"

extern "C" {
#include "access/xact.h"
#include "funcapi.h"
#include "utils/timestamp.h"
#include "utils/tuplestore.h"
}

namespace pgexport {

namespace {

constexpr int kMaxRuns = 1000;

void put_runs(FunctionCallInfo fcinfo, const Calendar *calendar, int count, TimestampTz after) {
  InitMaterializedSRF(fcinfo, MAT_SRF_USE_EXPECTED_DESC);
  const auto *result = reinterpret_cast<ReturnSetInfo *>(fcinfo->resultinfo);
  TimestampTz run = after;
  while (count-- > 0 && next_run(calendar, run, &run)) {
    CHECK_FOR_INTERRUPTS();
    Datum value = TimestampTzGetDatum(run);
    bool is_null = false;
    tuplestore_putvalues(result->setResult, result->setDesc, &value, &is_null);
  }
}

int count_argument(FunctionCallInfo fcinfo, int number) {
  const int count = PG_ARGISNULL(number) ? 10 : PG_GETARG_INT32(number);
  if (count >= 0 && count <= kMaxRuns) return count;
  ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
                  errmsg("argument \"count\" must be between 0 and %d", kMaxRuns)));
  pg_unreachable();
}

TimestampTz after_argument(FunctionCallInfo fcinfo, int number) {
  const TimestampTz after =
      PG_ARGISNULL(number) ? GetCurrentTransactionStartTimestamp() : PG_GETARG_TIMESTAMPTZ(number);
  if (!TIMESTAMP_NOT_FINITE(after)) return after;
  ereport(ERROR,
          (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("argument \"after\" must be finite")));
  pg_unreachable();
}

}  // namespace

}  // namespace pgexport

using namespace pgexport;

EXPORT_FUNCTION(export_next_runs) {
  CalendarTerms terms{};
  terms.recurrence = text_argument(fcinfo, 0, "cron");
  if (!PG_ARGISNULL(1)) terms.time_zone = text_argument(fcinfo, 1, "time_zone");
  terms.first = DT_NOBEGIN;
  terms.last = DT_NOEND;
  const int count = count_argument(fcinfo, 2);
  const TimestampTz after = after_argument(fcinfo, 3);
  const Calendar *calendar = make_calendar(CurrentMemoryContext, &terms);
  require_runs(calendar, after);
  put_runs(fcinfo, calendar, count, after);
  return static_cast<Datum>(0);
}

EXPORT_FUNCTION(export_next_runs_of) {
  if (PG_ARGISNULL(0)) {
    ereport(ERROR, (errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
                    errmsg("argument \"schedule\" must not be null")));
  }
  require_export_allowed("export.next_runs()");
  const Schedule *schedule = find_schedule(PG_GETARG_UUID_P(0));
  const int count = count_argument(fcinfo, 1);
  const TimestampTz after = after_argument(fcinfo, 2);
  put_runs(fcinfo, make_calendar(CurrentMemoryContext, &schedule->terms), count, after);
  return static_cast<Datum>(0);
}
