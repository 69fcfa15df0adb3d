// Whether a session that the audit knows is still there.  pg_stat_activity shows the start of
// others' sessions to few.

#include "bridge/prelude.h"

extern "C" {
#include "utils/backend_status.h"
#include "utils/timestamp.h"
}

EXPORT_FUNCTION(export_session_lives) {
  const int pid = PG_GETARG_INT32(0);
  const TimestampTz started = PG_GETARG_TIMESTAMPTZ(1);
  const int count = pgstat_fetch_stat_numbackends();
  for (int i = 1; i <= count; i++) {
    const PgBackendStatus *status = pgstat_fetch_stat_beentry(i);
    if (status && status->st_procpid == pid) {
      PG_RETURN_BOOL(status->st_proc_start_timestamp == started);
    }
  }
  PG_RETURN_BOOL(false);
}
