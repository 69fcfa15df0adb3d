#include "server/export_run.h"

extern "C" {
#include "access/xact.h"
#include "executor/executor.h"
#include "utils/resowner.h"
#include "utils/snapmgr.h"
}

#include "server/facts.h"
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

void prepare_sections(Export *run, const ExportRequest *request) {
  const int cursor_options = run->whole ? CURSOR_OPT_PARALLEL_OK : 0;
  const std::vector<SectionRequest> &sections = run->spec->request.sections;
  run->section_count = static_cast<int>(sections.size());
  run->sections = static_cast<SectionRun *>(palloc0(sizeof(SectionRun) * sections.size()));
  for (int i = 0; i < run->section_count; i++) {
    SectionRun *section = &run->sections[i];
    prepare_section(section, run->spec, &sections[i].section, &request->sources[i], cursor_options,
                    run->settings);
    if (!section->receiver) continue;
    section->receiver->progress = run->progress;
    run->progress->estimated_rows += section->query->plan->planTree->plan_rows;
    section->receiver->take_cells = request->take_cells;
    section->receiver->take_state = request->take_state;
    section->receiver->after_drain = request->after_drain;
    section->receiver->drain_state = request->drain_state;
  }
}

void start_document(Export *run, const ExportRequest *request) {
  run->document = make_document(request);
  if (!run->document) return;
  for (int i = 0; i < run->section_count; i++) {
    if (run->sections[i].receiver) run->sections[i].receiver->document = run->document;
  }
  pg_entry([run] { run->document->begin(run->facts); });
}

// Runs the current section; returns false if its receiver pauses.
bool run_section(Export *run, SectionRun *section) {
  if (!section->query_desc) start_section(section, run->snapshot);
  ExportReceiver *receiver = section->receiver;
  const std::uint64_t before = receiver->rows;
  ExecutorRun(section->query_desc, ForwardScanDirection, 0, run->whole);
  // A run that was not paused has come to the end of the rows.
  if (receiver->after_drain && receiver->rows != before &&
      receiver->after_drain(receiver->drain_state)) {
    return false;
  }
  stop_section(section);
  if (run->document) {
    pg_entry([run] { run->document->end_table(); });
  }
  return true;
}

void write_text(Export *run, const SectionRun *section) {
  if (!run->document) return;
  pg_entry([=] { run->document->text(*section->section); });
}

bool run_sections(Export *run) {
  for (; run->current < run->section_count; run->current++) {
    SectionRun *section = &run->sections[run->current];
    if (!section->query) {
      write_text(run, section);
      continue;
    }
    const Sandbox sandbox = enter_sandbox(run->settings);
    PushActiveSnapshot(run->snapshot);
    const bool ended = run_section(run, section);
    PopActiveSnapshot();
    leave_sandbox(sandbox);
    if (!ended) return false;
  }
  return true;
}

void warn(const Export *run) {
  for (const std::string &warning : run->document->warnings()) {
    ereport(WARNING, (errmsg_internal("%s", warning.c_str())));
  }
}

}  // namespace

Export *open_export(const ExportRequest *request) {
  const MemoryContext context =
      AllocSetContextCreate(CurrentMemoryContext, "export", ALLOCSET_DEFAULT_SIZES);
  const MemoryContext old = MemoryContextSwitchTo(context);
  auto *run = static_cast<Export *>(palloc0(sizeof(Export)));
  run->context = context;
  run->spec = request->spec;
  run->query_text = request->query_text;
  run->document_text = request->document_text;
  run->options_text = request->options_text;
  run->source = request->source;
  run->arguments = request->sources[0].arguments;
  run->whole = request->whole;
  run->stored = request->chunks != nullptr;
  run->owner = CurrentResourceOwner;
  INSTR_TIME_SET_CURRENT(run->started);
  run->settings = capture_sandbox(run->spec);
  run->progress = begin_progress(run->settings->run_as, run->spec->name.c_str());
  if (request->search_path) run->settings->search_path = request->search_path;
  if (request->time_zone) run->settings->time_zone = request->time_zone;
  find_logo(run->spec, &run->facts);

  const Sandbox sandbox = enter_sandbox(run->settings);
  push_fresh_snapshot();
  run->snapshot = RegisterSnapshot(GetActiveSnapshot());
  collect_facts(run->spec, run->settings, request->now, &run->facts);
  prepare_sections(run, request);
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
  run->progress->phase = ProgressPhase::running;
  const bool ended = run_sections(run);
  CurrentResourceOwner = outer_owner;
  if (ended) {
    if (run->document) {
      pg_entry([run] { run->document->finish(); });
      warn(run);
    }
    run->finished = true;
  }
  MemoryContextSwitchTo(old);
  return run->finished;
}

void close_export(Export *run) {
  if (!run->snapshot) return;
  const MemoryContext old = MemoryContextSwitchTo(run->context);
  const ResourceOwner outer_owner = CurrentResourceOwner;
  CurrentResourceOwner = run->owner;
  const Sandbox sandbox = enter_sandbox(run->settings);
  for (int i = 0; i < run->section_count; i++) stop_section(&run->sections[i]);
  leave_sandbox(sandbox);
  run->progress->phase = ProgressPhase::storing;
  if (!run->stored) end_progress(run->progress);
  UnregisterSnapshot(run->snapshot);
  run->snapshot = nullptr;
  CurrentResourceOwner = outer_owner;
  MemoryContextSwitchTo(old);
}

std::uint64_t export_rows(const Export *run) {
  std::uint64_t rows = 0;
  for (int i = 0; i < run->section_count; i++) {
    if (run->sections[i].receiver) rows += run->sections[i].receiver->rows;
  }
  return rows;
}

std::int64_t elapsed_microseconds(const Export *run) {
  instr_time now;
  INSTR_TIME_SET_CURRENT(now);
  INSTR_TIME_SUBTRACT(now, run->started);
  return static_cast<std::int64_t>(INSTR_TIME_GET_MICROSEC(now));
}

}  // namespace pgexport
