// export.read: the bytes of a stored document, chunk by chunk.

#include "server/artifact.h"
#include "server/audit.h"
#include "server/internal_sql.h"
#include "server/roles.h"

extern "C" {
#include "access/xact.h"
#include "access/xlog.h"
#include "catalog/pg_type.h"
#include "funcapi.h"
}

namespace pgexport {

namespace {

struct ReadState {
  const Artifact *artifact;
  ChunkEntry *index;  // of a file
  std::uint32_t next;
  std::size_t skip;  // bytes of the next chunk before the one asked for
  AuditEvent *event;
  std::uint64_t bytes;
  bool ended;
};

std::uint32_t plain_size_of(const Artifact *artifact, std::uint32_t chunk) {
  const std::int64_t start =
      static_cast<std::int64_t>(chunk) * static_cast<std::int64_t>(kChunkBytes);
  return static_cast<std::uint32_t>(
      Min(artifact->delivered_bytes - start, static_cast<std::int64_t>(kChunkBytes)));
}

struct StoredChunk {
  ChunkCoding coding;
  const char *bytes;
  std::size_t size;
};

StoredChunk fetch_from_table(const Artifact *artifact, std::uint32_t number) {
  const MemoryContext caller = CurrentMemoryContext;
  const InternalSql sql = open_internal_sql();
  const SqlParameter parameters[] = {uuid_parameter(&artifact->id),
                                     int4_parameter(static_cast<std::int32_t>(number))};
  if (run_internal_sql("SELECT c.coding, c.data FROM export._artifact_chunk c WHERE c.artifact "
                       "OPERATOR(pg_catalog.=) $1 AND c.number OPERATOR(pg_catalog.=) $2",
                       parameters, 2, RecoveryInProgress() || XactReadOnly) == 0) {
    // Never end early as if this were the end of the document.
    ereport(ERROR, (errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
                    errmsg("the export was dropped while it was being read")));
  }
  bool is_null;
  StoredChunk chunk;
  chunk.coding = static_cast<ChunkCoding>(DatumGetInt16(sql_result(0, 1, &is_null)));
  const MemoryContext old = MemoryContextSwitchTo(caller);
  bytea *data = DatumGetByteaPCopy(sql_result(0, 2, &is_null));
  MemoryContextSwitchTo(old);
  chunk.bytes = VARDATA(data);
  chunk.size = VARSIZE(data) - VARHDRSZ;
  close_internal_sql(sql);
  return chunk;
}

StoredChunk fetch_chunk(const ReadState *state, std::uint32_t number) {
  if (!state->index) return fetch_from_table(state->artifact, number);
  const ChunkEntry *entry = &state->index[number];
  return {entry->coding, read_file_chunk(state->artifact->file, entry), entry->size};
}

bytea *next_piece(ReadState *state) {
  const std::uint32_t number = state->next++;
  const std::uint32_t plain_size = plain_size_of(state->artifact, number);
  const StoredChunk chunk = fetch_chunk(state, number);
  auto *piece = static_cast<bytea *>(palloc(VARHDRSZ + plain_size));
  pg_entry([&] {
    decode_chunk(chunk.coding, {chunk.bytes, chunk.size}, plain_size, VARDATA(piece));
  });
  const std::size_t size = plain_size - state->skip;
  if (state->skip > 0) memmove(VARDATA(piece), VARDATA(piece) + state->skip, size);
  SET_VARSIZE(piece, VARHDRSZ + size);
  state->skip = 0;
  state->bytes += size;
  audit_progress(state->event, 0, state->bytes);
  return piece;
}

ReadState *start_read(FunctionCallInfo fcinfo) {
  AuditEvent *event = begin_attempt("read");
  audit_artifact(event, PG_GETARG_UUID_P(0));
  require_export_allowed("export.read()");
  require_export_user();
  require_auditable("export.read()", false);
  const std::int64_t from = PG_GETARG_INT64(1);
  auto *state = static_cast<ReadState *>(palloc0(sizeof(ReadState)));
  state->artifact = find_artifact(PG_GETARG_UUID_P(0));
  if (from < 0 || from > state->artifact->delivered_bytes) {
    ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
                    errmsg("argument \"from_byte\" is outside the document"),
                    errdetail("The document has " INT64_FORMAT " bytes.",
                              state->artifact->delivered_bytes)));
  }
  state->next = static_cast<std::uint32_t>(from / static_cast<std::int64_t>(kChunkBytes));
  state->skip = static_cast<std::size_t>(from % static_cast<std::int64_t>(kChunkBytes));
  if (state->artifact->file) {
    state->index =
        read_file_index(&state->artifact->id, state->artifact->file, state->artifact->chunks);
  }
  begin_export_audit(event, "export.read()");
  audit_progress(event, 0, 0);
  state->event = event;
  return state;
}

}  // namespace

}  // namespace pgexport

using namespace pgexport;

EXPORT_FUNCTION(export_read) {
  if (SRF_IS_FIRSTCALL()) {
    FuncCallContext *first = SRF_FIRSTCALL_INIT();
    const MemoryContext old = MemoryContextSwitchTo(first->multi_call_memory_ctx);
    first->user_fctx = start_read(fcinfo);
    MemoryContextSwitchTo(old);
  }
  FuncCallContext *context = SRF_PERCALL_SETUP();
  auto *state = static_cast<ReadState *>(context->user_fctx);
  const bool empty_rest = plain_size_of(state->artifact, state->next) <= state->skip;
  if (state->next < state->artifact->chunks && !empty_rest) {
    bytea *piece = next_piece(state);
    SRF_RETURN_NEXT(context, PointerGetDatum(piece));
  }
  complete_audit(state->event, "completed");
  SRF_RETURN_DONE(context);
}
