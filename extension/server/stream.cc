// export.stream: a document as it is made, one chunk per row, nothing stored.
//
// Value per call: each call runs the executor until a chunk is full, inside a sandbox of its own,
// so that in a select list PostgreSQL hands every chunk on before the next is made.

#include "server/audit.h"
#include "server/call.h"
#include "server/roles.h"
#include "server/template_call.h"

extern "C" {
#include "executor/executor.h"
#include "funcapi.h"
}

namespace pgexport {

namespace {

using ReadCall = ExportRequest (*)(FunctionCallInfo fcinfo, MemoryContext context);

ExportRequest read_plain_call(FunctionCallInfo fcinfo, MemoryContext context) {
  return read_query_call(fcinfo, 3, context);
}

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
  audit_progress(state->event, export_rows(run), run->document->bytes());
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
  if (!state->run->snapshot) return;
  close_export(state->run);
  record_end(state);
}

StreamState *start_stream(FunctionCallInfo fcinfo, MemoryContext context, ReadCall read_call) {
  AuditEvent *event = begin_attempt("stream");
  require_export_allowed("export.stream()");
  require_export_user();
  require_auditable("export.stream()", false);
  safe_owner_role();
  auto *state = static_cast<StreamState *>(palloc0(sizeof(StreamState)));
  state->destination.write = take_bytes;
  state->destination.close = take_end;
  state->context = context;
  ExportRequest request = read_call(fcinfo, context);
  request.destination = &state->destination;
  request.after_drain = chunk_is_full;
  request.drain_state = state;
  state->event = event;
  audit_request(event, &request);
  begin_export_audit(event, "export.stream()");
  state->run = open_export(&request);
  audit_query(event, state->run);
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

Datum stream_next(FunctionCallInfo fcinfo, ReadCall read_call) {
  if (SRF_IS_FIRSTCALL()) {
    FuncCallContext *first = SRF_FIRSTCALL_INIT();
    const MemoryContext old = MemoryContextSwitchTo(first->multi_call_memory_ctx);
    StreamState *state = start_stream(fcinfo, first->multi_call_memory_ctx, read_call);
    first->user_fctx = state;
    // Registered after funcapi's own callback, which frees the memory: ours runs before it.
    const auto *result = reinterpret_cast<ReturnSetInfo *>(fcinfo->resultinfo);
    RegisterExprContextCallback(result->econtext, stream_shutdown, PointerGetDatum(state));
    MemoryContextSwitchTo(old);
  }
  FuncCallContext *context = SRF_PERCALL_SETUP();
  auto *state = static_cast<StreamState *>(context->user_fctx);
  if (!state->run->finished && !chunk_is_full(state)) run_export(state->run);
  audit_progress(state->event, export_rows(state->run), state->run->document->bytes());
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

}  // namespace

}  // namespace pgexport

using namespace pgexport;

EXPORT_FUNCTION(export_stream) { return stream_next(fcinfo, read_plain_call); }

EXPORT_FUNCTION(export_stream_document) { return stream_next(fcinfo, read_document_call); }

EXPORT_FUNCTION(export_stream_template) { return stream_next(fcinfo, read_template_call); }
