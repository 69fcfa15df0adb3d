#include "server/section_run.h"

#include "server/freeze.h"

extern "C" {
#include "executor/executor.h"
}

namespace pgexport {

void prepare_section(SectionRun *run, const DocumentSpec *spec, const Section *section,
                     const SectionSource *source, int cursor_options,
                     const SandboxSettings *settings) {
  run->section = section;
  if (section->kind == SectionKind::text) return;
  RawStmt *statement = source->parse ? source->parse(source->parse_state) : nullptr;
  run->query = prepare_query(source->query, statement, source->frozen_columns != nullptr,
                             source->arguments, cursor_options, settings);
  if (source->frozen_columns) require_same_columns(run->query->plan, source->frozen_columns);
  run->receiver = make_receiver(spec, section);
  run->receiver->masks = run->query->masks;
  describe_columns(run->receiver, ExecCleanTypeFromTL(run->query->plan->planTree->targetlist));
}

void start_section(SectionRun *run, Snapshot snapshot) {
  run->query_desc = CreateQueryDesc(run->query->plan, run->query->text, snapshot, InvalidSnapshot,
                                    &run->receiver->dest, run->query->params, nullptr, 0);
  expect_own_start();
  ExecutorStart(run->query_desc, 0);
  if (run->receiver->document) begin_table(run->receiver);
}

void stop_section(SectionRun *run) {
  QueryDesc *query_desc = run->query_desc;
  if (!query_desc) return;
  run->query_desc = nullptr;
  ExecutorFinish(query_desc);
  ExecutorEnd(query_desc);
  FreeQueryDesc(query_desc);
}

}  // namespace pgexport
