// export.stream: a document as it is made, one chunk per row, nothing stored.
//
// Value per call: each call runs the executor until a chunk is full, inside a sandbox of its own,
// so that in a select list PostgreSQL hands every chunk on before the next is made.

#include "server/audit.h"
#include "server/call.h"
#include "server/roles.h"

extern "C" {
#include "executor/executor.h"
#include "funcapi.h"
}

namespace pgexport {

namespace {

struct StreamState {
  Destination destination;
  MemoryContext context;
  Export *run;
  AuditEvent *event;
  char *ready;  // bytes made and not yet returned: ready[start .. end)
  std::size_t start, end, capacity;
};

void take_bytes(Destination *self, const char *bytes, std::size_t size) {
  auto *state = reinterpret_cast<StreamState *>(self);
  if (state->start > 0) {
    memmove(state->ready, state->ready + state->start, state->end - state->start);
    state->end -= state->start;
    state->start = 0;
  }
  if (state->end + size > state->capacity) {
    const std::size_t wanted = Max(state->end + size, 2 * kChunkBytes);
    // A single row may be larger than the 1 GB of an ordinary allocation.
    auto *grown = static_cast<char *>(MemoryContextAllocHuge(state->context, wanted));
    if (state->end > 0) memcpy(grown, state->ready, state->end);
    if (state->ready) pfree(state->ready);
    state->ready = grown;
    state->capacity = wanted;
  }
  memcpy(state->ready + state->end, bytes, size);
  state->end += size;
}

void take_end(Destination *) {}

bool chunk_is_full(void *self) {
  const auto *state = static_cast<StreamState *>(self);
  return state->end - state->start >= kChunkBytes;
}

void record_end(StreamState *state) {
  const Export *run = state->run;
  audit_progress(state->event, run->receiver->rows, run->document->bytes());
  audit_duration(state->event, elapsed_microseconds(run));
  if (run->finished) {
    if (run->document->has_digest()) audit_digest(state->event, run->document->digest());
    complete_audit(state->event, "completed");
  }
}

// Called when the caller's executor is done with us, however early (LIMIT, CLOSE).  Not called
// on ERROR: then the transaction's abort releases what the executor holds.  The audit row of a
// stream that was left early is written at commit.
void stream_shutdown(Datum arg) {
  auto *state = reinterpret_cast<StreamState *>(DatumGetPointer(arg));
  if (!state->run->query_desc) return;
  close_export(state->run);
  record_end(state);
}

StreamState *start_stream(FunctionCallInfo fcinfo, MemoryContext context) {
  require_export_allowed("export.stream()");
  require_export_user();
  require_auditable("export.stream()", false);
  safe_owner_role();
  auto *state = static_cast<StreamState *>(palloc0(sizeof(StreamState)));
  state->destination.write = take_bytes;
  state->destination.close = take_end;
  state->context = context;
  const ExportCall call = read_export_call(fcinfo, 3, context);
  ExportRequest request{};
  request.query = call.query;
  request.spec = call.spec;
  request.options_text = call.options_text;
  request.arguments = call.arguments;
  request.destination = &state->destination;
  request.after_drain = chunk_is_full;
  request.drain_state = state;
  state->event = begin_audit("stream");
  audit_request(state->event, call.query, call.spec);
  state->run = open_export(&request);
  audit_query(state->event, state->run);
  return state;
}

bytea *next_chunk(StreamState *state) {
  const std::size_t size = Min(state->end - state->start, kChunkBytes);
  auto *chunk = static_cast<bytea *>(palloc(VARHDRSZ + size));
  SET_VARSIZE(chunk, VARHDRSZ + size);
  memcpy(VARDATA(chunk), state->ready + state->start, size);
  state->start += size;
  return chunk;
}

}  // namespace

}  // namespace pgexport

using namespace pgexport;

EXPORT_FUNCTION(export_stream) {
  if (SRF_IS_FIRSTCALL()) {
    FuncCallContext *first = SRF_FIRSTCALL_INIT();
    const MemoryContext old = MemoryContextSwitchTo(first->multi_call_memory_ctx);
    StreamState *state = start_stream(fcinfo, first->multi_call_memory_ctx);
    first->user_fctx = state;
    // Registered after funcapi's own callback, which frees the memory: ours runs before it.
    const auto *result = reinterpret_cast<ReturnSetInfo *>(fcinfo->resultinfo);
    RegisterExprContextCallback(result->econtext, stream_shutdown, PointerGetDatum(state));
    MemoryContextSwitchTo(old);
  }
  FuncCallContext *context = SRF_PERCALL_SETUP();
  auto *state = static_cast<StreamState *>(context->user_fctx);
  if (!state->run->finished && !chunk_is_full(state)) run_export(state->run);
  audit_progress(state->event, state->run->receiver->rows, state->run->document->bytes());
  if (state->end > state->start) {
    bytea *chunk = next_chunk(state);
    SRF_RETURN_NEXT(context, PointerGetDatum(chunk));
  }
  UnregisterExprContextCallback(reinterpret_cast<ReturnSetInfo *>(fcinfo->resultinfo)->econtext,
                                stream_shutdown, PointerGetDatum(state));
  close_export(state->run);
  record_end(state);
  SRF_RETURN_DONE(context);
}
