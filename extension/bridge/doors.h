// The two doors between PostgreSQL's longjmp and C++'s exceptions.
//
//   pg_entry(body)   door 1: C++ that PostgreSQL calls.  Nothing thrown in `body` gets out; it is
//                    raised as an ERROR after the last C++ object is gone.
//   pg_call(fn)      door 2: one PostgreSQL call made from C++ inside pg_entry.  An ERROR becomes a
//                    PgError exception that carries the whole ErrorData.
//
// Rules (docs/boundary.md): `body` calls PostgreSQL only through pg_call; `fn` has no local with
// a destructor, because an ERROR skips it; neither is used per row.
#pragma once

#include "bridge/raise.h"

namespace pgexport {

// Where errors that come in through door 2 are kept: the context current at door 1.  It
// outlives all C++ frames and is freed by the normal end of the transaction.
extern MemoryContext entry_context;

namespace detail {

// Restores PostgreSQL's handler stack when the frame is left, also by a C++ exception.
class HandlerStack {
 public:
  HandlerStack() : exception_stack_(PG_exception_stack), context_stack_(error_context_stack) {}
  ~HandlerStack() {
    PG_exception_stack = exception_stack_;
    error_context_stack = context_stack_;
  }
  HandlerStack(const HandlerStack &) = delete;
  HandlerStack &operator=(const HandlerStack &) = delete;

 private:
  sigjmp_buf *exception_stack_;
  ErrorContextCallback *context_stack_;
};

// After an ERROR: copies it into entry_context, clears it, and returns to `context`.  Never
// raises: if the copy itself fails the result stands for out of memory.
ErrorData *take_error(MemoryContext context) noexcept;

}  // namespace detail

template <typename Body>
auto pg_entry(Body &&body) -> decltype(body()) {
  using Result = decltype(body());
  static_assert(std::is_void_v<Result> || std::is_trivially_destructible_v<Result>);
  RaiseRecord record;
  const MemoryContext outer_context = entry_context;
  entry_context = CurrentMemoryContext;
  try {
    if constexpr (std::is_void_v<Result>) {
      body();
      entry_context = outer_context;
      return;
    } else {
      Result result = body();
      entry_context = outer_context;
      return result;
    }
  } catch (const PgError &e) {
    record.pg = e.edata;
  } catch (const Error &e) {
    record_error(record, e);
  } catch (const std::bad_alloc &) {
    record_error(record, sqlstate::out_of_memory, "out of memory");
  } catch (const std::exception &e) {
    record_error(record, sqlstate::internal_error, e.what());
  } catch (...) {
    record_error(record, sqlstate::internal_error, "unexpected C++ exception");
  }
  entry_context = outer_context;
  raise_recorded(record);
}

template <typename Fn>
auto pg_call(Fn fn) -> decltype(fn()) {
  static_assert(std::is_trivially_destructible_v<Fn>, "capture only references and plain values");
  static_assert(std::is_void_v<decltype(fn())> || std::is_trivially_copyable_v<decltype(fn())>);
  const MemoryContext context = CurrentMemoryContext;
  {
    const detail::HandlerStack restore;  // in the frame of the sigsetjmp, so it always runs
    sigjmp_buf handler;
    if (sigsetjmp(handler, 0) == 0) {
      PG_exception_stack = &handler;
      return fn();
    }
  }
  throw PgError{detail::take_error(context)};
}

}  // namespace pgexport
