#include "scenarios.h"

#include <stdexcept>

#include "witness.h"

extern "C" {
#include "access/xact.h"
#include "utils/fmgrprotos.h"
}

namespace pgexport::bridge_test {

namespace {

int broken = 0;

// What a door must leave as it was.
struct ServerState {
  sigjmp_buf *exception_stack = PG_exception_stack;
  ErrorContextCallback *context_stack = error_context_stack;
  MemoryContext context = CurrentMemoryContext;
  MemoryContext errors_go_to = entry_context;

  bool operator==(const ServerState &) const = default;
};

template <typename Fn>
auto checked_call(Fn fn) -> decltype(fn()) {
  const ServerState before;
  try {
    return pg_call(fn);
  } catch (...) {
    if (!(ServerState{} == before)) ++broken;
    throw;
  }
}

// Door 1 with C++ objects in it.
template <typename Body>
void enter_with_objects(Body body) {
  pg_entry([body] {
    const Witness witness;
    const auto owned = std::make_unique<Witness>();
    const std::vector<std::string> texts(3, std::string(1000, 'y'));
    body();
  });
}

void tell_context(void *) { errcontext("context of a test"); }

// Leaves its callback on the stack and another memory context current, as any ERROR may.
void raise_all_fields() {
  ErrorContextCallback callback = {error_context_stack, tell_context, nullptr};
  error_context_stack = &callback;
  MemoryContextSwitchTo(TopTransactionContext);
  errno = ENOSPC;
  ereport(ERROR,
          (errcode(ERRCODE_CHECK_VIOLATION), errmsg("message of a test: %m"),
           errdetail("Detail of %s.", "a test"), errdetail_log("Detail for the log."),
           errhint("Hint of %s.", "a test"), errposition(7), internalerrposition(3),
           internalerrquery("SELECT internal"), err_generic_string(PG_DIAG_SCHEMA_NAME, "a schema"),
           err_generic_string(PG_DIAG_TABLE_NAME, "a table"),
           err_generic_string(PG_DIAG_COLUMN_NAME, "a column"),
           err_generic_string(PG_DIAG_DATATYPE_NAME, "a type"),
           err_generic_string(PG_DIAG_CONSTRAINT_NAME, "a constraint"), errhidestmt(true),
           errhidecontext(true)));
}

void cancel_myself() {
  DirectFunctionCall1(pg_cancel_backend, Int32GetDatum(MyProcPid));
  CHECK_FOR_INTERRUPTS();
}

void raise_shutdown() {
  ereport(ERROR, (errcode(ERRCODE_ADMIN_SHUTDOWN), errmsg("the server is shutting down")));
}

void terminate_myself() {
  DirectFunctionCall2(pg_terminate_backend, Int32GetDatum(MyProcPid), Int64GetDatum(0));
  CHECK_FOR_INTERRUPTS();
}

[[noreturn]] void throw_error(const ScenarioArguments *a) {
  throw Error(sqlstate::invalid_parameter_value, a->message, a->detail, a->hint);
}

void *refuse_memory(MemoryContext, Size) { return nullptr; }

// A context that never has any memory.
MemoryContext make_starved_context() {
  static MemoryContextMethods methods;
  const MemoryContext context =
      AllocSetContextCreate(CurrentMemoryContext, "starved", ALLOCSET_SMALL_SIZES);
  methods = *context->methods;
  methods.alloc = refuse_memory;
  context->methods = &methods;
  return context;
}

// entry, call, entry, call ...; the innermost come back before an outer one fails.
void descend(const ScenarioArguments *a, int level, void (*fail)(const ScenarioArguments *)) {
  enter_with_objects([=] {
    if (level < a->depth) checked_call([=] { descend(a, level + 1, fail); });
    if (level == a->level) fail(a);
  });
}

struct NamedScenario {
  const char *name;
  Scenario run;
};

// Door 1: what C++ throws.
const NamedScenario kThrown[] = {
    {"error", [](const ScenarioArguments *a) { enter_with_objects([a] { throw_error(a); }); }},
    {"bad_alloc",
     [](const ScenarioArguments *) {
       // Not a new expression: the compiler may leave those out.
       enter_with_objects([] { ::operator delete(::operator new(PTRDIFF_MAX)); });
     }},
    {"std_exception",
     [](const ScenarioArguments *a) {
       enter_with_objects([a] { throw std::runtime_error(a->message); });
     }},
    {"int", [](const ScenarioArguments *) { enter_with_objects([] { throw 42; }); }},
    {"thrown_again",
     [](const ScenarioArguments *) {
       enter_with_objects([] {
         try {
           checked_call(raise_all_fields);
         } catch (const PgError &e) {
           throw PgError{e};
         }
       });
     }},
    {"nothing", [](const ScenarioArguments *) { enter_with_objects([] {}); }},
    {"through_call",
     [](const ScenarioArguments *a) {
       enter_with_objects([a] { checked_call([a] { throw_error(a); }); });
     }},
};

// Door 2: what the server raises.
const NamedScenario kRaised[] = {
    {"no_door", [](const ScenarioArguments *) { raise_all_fields(); }},
    {"two_doors",
     [](const ScenarioArguments *) { enter_with_objects([] { checked_call(raise_all_fields); }); }},
    {"cancel",
     [](const ScenarioArguments *) { enter_with_objects([] { checked_call(cancel_myself); }); }},
    {"shutdown",
     [](const ScenarioArguments *) { enter_with_objects([] { checked_call(raise_shutdown); }); }},
    {"terminate",
     [](const ScenarioArguments *) { enter_with_objects([] { checked_call(terminate_myself); }); }},
    {"no_memory_for_error",
     [](const ScenarioArguments *) {
       MemoryContextSwitchTo(make_starved_context());
       enter_with_objects([] { checked_call(raise_all_fields); });
     }},
    {"nested_throw", [](const ScenarioArguments *a) { descend(a, 0, throw_error); }},
    {"nested_raise",
     [](const ScenarioArguments *a) {
       descend(a, 0, [](const ScenarioArguments *) { checked_call(raise_all_fields); });
     }},
};

// Objects that a memory context owns.
const NamedScenario kOwned[] = {
    {"owned_constructor_throws",
     [](const ScenarioArguments *) {
       make_in_context<Diarist>(CurTransactionContext, 1);
       make_in_context<Diarist>(CurTransactionContext, 2, true);
     }},
    {"owned_without_memory",
     [](const ScenarioArguments *) { make_in_context<Diarist>(make_starved_context(), 1); }},
    {"owned_then_error",
     [](const ScenarioArguments *) {
       make_in_context<Diarist>(CurTransactionContext, 1);
       make_in_context<Diarist>(CurTransactionContext, 2);
       raise_all_fields();
     }},
    {"owned_reset",
     [](const ScenarioArguments *) {
       const MemoryContext context =
           AllocSetContextCreate(CurrentMemoryContext, "owner", ALLOCSET_SMALL_SIZES);
       make_in_context<Diarist>(context, 1);
       make_in_context<Diarist>(context, 2);
       MemoryContextReset(context);
       make_in_context<Diarist>(context, 3);
       MemoryContextDelete(context);
     }},
};

template <std::size_t N>
Scenario find_in(const NamedScenario (&scenarios)[N], const char *name) {
  for (const NamedScenario &scenario : scenarios) {
    if (strcmp(scenario.name, name) == 0) return scenario.run;
  }
  return nullptr;
}

}  // namespace

Scenario find_scenario(const char *name) {
  if (const Scenario thrown = find_in(kThrown, name)) return thrown;
  if (const Scenario raised = find_in(kRaised, name)) return raised;
  return find_in(kOwned, name);
}

int broken_states() { return broken; }

}  // namespace pgexport::bridge_test
