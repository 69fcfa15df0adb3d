#include "server/copy_raw.h"

extern "C" {
#include "access/xact.h"
#include "catalog/pg_type.h"
#include "executor/executor.h"
#include "tcop/dest.h"
#include "tcop/tcopprot.h"
#include "utils/lsyscache.h"
#include "utils/snapmgr.h"
}

#include "server/client_copy.h"
#include "server/copy_source.h"

namespace pgexport {

namespace {

struct RawReceiver {
  DestReceiver dest;
  Destination *destination;
  FileCopy *file;  // nullptr: the client
  MemoryContext row_context;
};

bool receive_slot(TupleTableSlot *slot, DestReceiver *self) {
  auto *receiver = reinterpret_cast<RawReceiver *>(self);
  CHECK_FOR_INTERRUPTS();
  bool is_null;
  const Datum value = slot_getattr(slot, 1, &is_null);
  if (is_null) {
    ereport(ERROR, (errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
                    errmsg("COPY with format \"raw\" cannot write a null")));
  }
  MemoryContextReset(receiver->row_context);
  const MemoryContext old = MemoryContextSwitchTo(receiver->row_context);
  bytea *bytes = DatumGetByteaPP(value);
  if (VARSIZE_ANY_EXHDR(bytes) > 0) {
    receiver->destination->write(receiver->destination, VARDATA_ANY(bytes),
                                 VARSIZE_ANY_EXHDR(bytes));
  }
  MemoryContextSwitchTo(old);
  return true;
}

void require_one_bytea(TupleDesc desc) {
  if (desc->natts == 1 && getBaseType(TupleDescAttr(desc, 0)->atttypid) == BYTEAOID) return;
  ereport(ERROR, (errcode(ERRCODE_DATATYPE_MISMATCH),
                  errmsg("COPY with format \"raw\" takes exactly one column of type bytea"),
                  errhint("Use it to fetch a finished document: COPY (SELECT export.read(id)) TO "
                          "STDOUT WITH (FORMAT raw).")));
}

// Starts the file or announces the data once the query has shown one column of bytes.
void start_up(DestReceiver *self, int, TupleDesc desc) {
  const auto *receiver = reinterpret_cast<RawReceiver *>(self);
  require_one_bytea(desc);
  if (!receiver->file) announce_client_copy(true, 0);
}

void do_nothing(DestReceiver *) {}

PlannedStmt *plan_query(const CopyStmt *copy, const PlannedStmt *statement, const char *text) {
  List *queries =
      pg_analyze_and_rewrite_fixedparams(copy_query(copy, statement), text, nullptr, 0, nullptr);
  if (list_length(queries) != 1) {
    ereport(ERROR, (errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
                    errmsg("COPY with format \"raw\" takes one query")));
  }
  return pg_plan_query(linitial_node(Query, queries), text, CURSOR_OPT_PARALLEL_OK, nullptr);
}

RawReceiver *make_receiver(const CopyStmt *copy) {
  auto *receiver = static_cast<RawReceiver *>(palloc0(sizeof(RawReceiver)));
  receiver->dest.receiveSlot = receive_slot;
  receiver->dest.rStartup = start_up;
  receiver->dest.rShutdown = do_nothing;
  receiver->dest.rDestroy = do_nothing;
  receiver->dest.mydest = DestNone;
  receiver->row_context =
      AllocSetContextCreate(CurrentMemoryContext, "export raw row", ALLOCSET_DEFAULT_SIZES);
  receiver->file = copy->filename ? begin_file_copy(copy->filename) : nullptr;
  receiver->destination =
      receiver->file ? file_copy_destination(receiver->file) : client_destination();
  return receiver;
}

void require_no_options(const CopyStmt *copy) {
  if (list_length(copy->options) == 1) return;
  ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
                  errmsg("COPY with format \"raw\" takes no other options")));
}

}  // namespace

std::uint64_t run_raw_copy(const CopyStmt *copy, const PlannedStmt *statement, const char *text) {
  require_no_options(copy);
  PlannedStmt *plan = plan_query(copy, statement, text);
  RawReceiver *receiver = make_receiver(copy);
  PushCopiedSnapshot(GetActiveSnapshot());
  UpdateActiveSnapshotCommandId();
  QueryDesc *query = CreateQueryDesc(plan, text, GetActiveSnapshot(), InvalidSnapshot,
                                     &receiver->dest, nullptr, nullptr, 0);
  ExecutorStart(query, 0);
  ExecutorRun(query, ForwardScanDirection, 0, true);
  const std::uint64_t rows = query->estate->es_processed;
  ExecutorFinish(query);
  ExecutorEnd(query);
  FreeQueryDesc(query);
  PopActiveSnapshot();
  if (receiver->file) {
    finish_file_copy(receiver->file);
  } else {
    end_client_copy();
  }
  return rows;
}

}  // namespace pgexport
