// Errors on their way between the two worlds.
#pragma once

#include "bridge/prelude.h"

namespace pgexport {

// A PostgreSQL error travelling through C++ frames.  Thrown by pg_call only; pg_entry raises it
// again untouched.  `edata` lives in the memory context that was current when PostgreSQL entered.
struct PgError {
  ErrorData *edata;
};

// An error reduced to plain bytes, so that it survives the end of the handler that caught it.
// Texts that do not fit are cut at a character boundary.
struct RaiseRecord {
  ErrorData *pg;
  char state[6];
  char message[1024];
  char detail[1024];
  char hint[512];
};
static_assert(std::is_trivially_copyable_v<RaiseRecord>);

void record_error(RaiseRecord &record, const char *state, const char *message,
                  const char *detail = "", const char *hint = "") noexcept;
void record_error(RaiseRecord &record, const Error &error) noexcept;

// Raises what was recorded.  REQUIRES: no C++ object with a destructor is alive in any frame
// between here and the server.
[[noreturn]] void raise_recorded(const RaiseRecord &record);

}  // namespace pgexport
