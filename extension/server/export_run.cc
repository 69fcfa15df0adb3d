#include "server/export_run.h"

extern "C" {
#include "access/xact.h"
#include "executor/executor.h"
#include "nodes/parsenodes.h"
#include "utils/resowner.h"
#include "utils/snapmgr.h"
#include "utils/timestamp.h"
}

#include "server/settings.h"

namespace pgexport {

namespace {

Document *make_document(const ExportRequest *request) {
  if (request->destination) {
    return make_in_context<Document>(CurrentMemoryContext, *request->spec, request->destination,
                                     setting_audit_digest == kAuditDigestAll);
  }
  if (request->chunks) {
    return make_in_context<Document>(CurrentMemoryContext, *request->spec, request->chunks);
  }
  return nullptr;
}

// Sees what a SELECT at this point would see, changes of this transaction included.
void push_fresh_snapshot() {
  CommandCounterIncrement();
  PushActiveSnapshot(GetTransactionSnapshot());
}

void start_query(Export *run, const ExportRequest *request) {
  const int cursor_options = run->whole ? CURSOR_OPT_PARALLEL_OK : 0;
  RawStmt *statement = request->parse ? request->parse(request->parse_state) : nullptr;
  run->query = prepare_query(request->query, statement, request->arguments, cursor_options,
                             run->settings->run_as);
  run->receiver = make_receiver(run->spec);
  run->query_desc =
      CreateQueryDesc(run->query->plan, run->query->text, GetActiveSnapshot(), InvalidSnapshot,
                      &run->receiver->dest, run->query->params, nullptr, 0);
  ExecutorStart(run->query_desc, 0);
}

void start_document(Export *run, const ExportRequest *request) {
  ExportReceiver *receiver = run->receiver;
  describe_columns(receiver, run->query_desc->tupDesc);
  receiver->take_cells = request->take_cells;
  receiver->take_state = request->take_state;
  receiver->after_drain = request->after_drain;
  receiver->drain_state = request->drain_state;
  run->document = make_document(request);
  receiver->document = run->document;
  if (run->document) begin_document(receiver, run->document_time);
}

}  // namespace

Export *open_export(const ExportRequest *request) {
  const MemoryContext context =
      AllocSetContextCreate(CurrentMemoryContext, "export", ALLOCSET_DEFAULT_SIZES);
  const MemoryContext old = MemoryContextSwitchTo(context);
  auto *run = static_cast<Export *>(palloc0(sizeof(Export)));
  run->context = context;
  run->spec = request->spec;
  run->query_text = request->query;
  run->options_text = request->options_text;
  run->arguments = request->arguments;
  run->whole = request->whole;
  run->owner = CurrentResourceOwner;
  INSTR_TIME_SET_CURRENT(run->started);
  run->document_time = GetCurrentTimestamp();
  run->settings = capture_sandbox(run->spec);
  if (request->search_path) run->settings->search_path = request->search_path;
  if (request->time_zone) run->settings->time_zone = request->time_zone;

  const Sandbox sandbox = enter_sandbox(run->settings);
  push_fresh_snapshot();
  start_query(run, request);
  start_document(run, request);
  PopActiveSnapshot();
  leave_sandbox(sandbox);
  MemoryContextSwitchTo(old);
  return run;
}

bool run_export(Export *run) {
  const MemoryContext old = MemoryContextSwitchTo(run->context);
  const ResourceOwner outer_owner = CurrentResourceOwner;
  CurrentResourceOwner = run->owner;
  const Sandbox sandbox = enter_sandbox(run->settings);
  PushActiveSnapshot(run->query_desc->snapshot);
  const std::uint64_t before = run->receiver->rows;
  ExecutorRun(run->query_desc, ForwardScanDirection, 0, run->whole);
  PopActiveSnapshot();
  leave_sandbox(sandbox);
  CurrentResourceOwner = outer_owner;
  // A run that was not paused has come to the end of the rows.
  const bool paused = run->receiver->after_drain && run->receiver->rows != before &&
                      run->receiver->after_drain(run->receiver->drain_state);
  if (!paused) {
    if (run->document) {
      pg_entry([run] { run->document->finish(); });
    }
    run->finished = true;
  }
  MemoryContextSwitchTo(old);
  return run->finished;
}

void close_export(Export *run) {
  if (!run->query_desc) return;
  QueryDesc *query_desc = run->query_desc;
  run->query_desc = nullptr;
  const MemoryContext old = MemoryContextSwitchTo(run->context);
  const ResourceOwner outer_owner = CurrentResourceOwner;
  CurrentResourceOwner = run->owner;
  const Sandbox sandbox = enter_sandbox(run->settings);
  ExecutorFinish(query_desc);
  ExecutorEnd(query_desc);
  FreeQueryDesc(query_desc);
  leave_sandbox(sandbox);
  CurrentResourceOwner = outer_owner;
  MemoryContextSwitchTo(old);
}

std::int64_t elapsed_microseconds(const Export *run) {
  instr_time now;
  INSTR_TIME_SET_CURRENT(now);
  INSTR_TIME_SUBTRACT(now, run->started);
  return static_cast<std::int64_t>(INSTR_TIME_GET_MICROSEC(now));
}

}  // namespace pgexport
