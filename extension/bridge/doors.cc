#include "bridge/doors.h"

namespace pgexport {

MemoryContext entry_context = nullptr;

namespace detail {

namespace {

// What is left to say when there is no memory to say what happened.
ErrorData *out_of_memory_error() noexcept {
  static ErrorData error;
  static char message[] = "out of memory";
  error = ErrorData{};
  error.elevel = ERROR;
  error.output_to_server = true;
  error.output_to_client = true;
  error.sqlerrcode = ERRCODE_OUT_OF_MEMORY;
  error.message = message;
  error.assoc_context = ErrorContext;
  return &error;
}

}  // namespace

ErrorData *take_error(MemoryContext context) noexcept {
  ErrorData *volatile copy = nullptr;
  {
    const HandlerStack restore;
    sigjmp_buf handler;
    if (sigsetjmp(handler, 0) == 0) {
      PG_exception_stack = &handler;
      MemoryContextSwitchTo(entry_context ? entry_context : TopMemoryContext);
      copy = CopyErrorData();
    }
  }
  FlushErrorState();
  MemoryContextSwitchTo(context);
  return copy ? copy : out_of_memory_error();
}

}  // namespace detail

}  // namespace pgexport
