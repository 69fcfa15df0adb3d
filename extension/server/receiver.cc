#include "server/receiver.h"

extern "C" {
#include "access/htup_details.h"
#include "catalog/pg_type.h"
#include "executor/tuptable.h"
#include "utils/lsyscache.h"
}

#include "server/encoding.h"
#include "server/fault.h"

namespace pgexport {

namespace {

void row_error_callback(void *arg) {
  const auto *receiver = static_cast<ExportReceiver *>(arg);
  if (receiver->current_column < 0) {
    errcontext("row " UINT64_FORMAT " of an export", receiver->rows + 1);
  } else {
    errcontext("row " UINT64_FORMAT ", column \"%s\" of an export", receiver->rows + 1,
               receiver->columns[receiver->current_column].name);
  }
}

// Tuples are put into a page from its end, so those that a scan reads next lie below this one.
void prefetch_following(const HeapTupleData *tuple) {
  constexpr std::uint32_t kCacheLine = 64, kAhead = 2;
  const char *here = reinterpret_cast<const char *>(tuple->t_data) - kAhead * tuple->t_len;
  for (std::uint32_t i = 0; i < Min(tuple->t_len, 512U); i += kCacheLine) {
    __builtin_prefetch(here + i);
  }
}

// The row as bytes, if the slot still holds a tuple as the table stores it: a scan without
// projection, or what a sort or a Gather passes on.
bool view_tuple(const ExportReceiver *receiver, TupleTableSlot *slot, TupleView *view) {
  if (!receiver->layout.columns) return false;
  if (!TTS_IS_BUFFERTUPLE(slot) && !TTS_IS_HEAPTUPLE(slot) && !TTS_IS_MINIMALTUPLE(slot)) {
    return false;
  }
  // Minimal-tuple slots keep a heap tuple header of the same form at the same place.
  const HeapTuple tuple = TTS_IS_MINIMALTUPLE(slot)
                              ? reinterpret_cast<MinimalTupleTableSlot *>(slot)->tuple
                              : reinterpret_cast<HeapTupleTableSlot *>(slot)->tuple;
  if (!tuple || !tuple->t_data) return false;
  const HeapTupleHeader header = tuple->t_data;
  if (static_cast<int>(HeapTupleHeaderGetNatts(header)) != receiver->count ||
      slot->tts_tupleDescriptor->natts != receiver->count) {
    return false;
  }
  prefetch_following(tuple);
  view->data = reinterpret_cast<const char *>(header) + header->t_hoff;
  view->null_bits = (header->t_infomask & HEAP_HASNULL) ? header->t_bits : nullptr;
  return true;
}

void decode_row(ExportReceiver *receiver, TupleTableSlot *slot) {
  slot_getallattrs(slot);
  for (int i = 0; i < receiver->count; i++) {
    const ReceiverColumn &column = receiver->columns[i];
    receiver->current_column = i;
    const Datum value = slot->tts_values[column.source];
    if (slot->tts_isnull[column.source]) {
      receiver->cells[i] = null_cell();
    } else if (column.mask) {
      receiver->cells[i] = mask_value(&receiver->decode, column.mask, value);
    } else {
      receiver->cells[i] = decode(&receiver->decode, column.decoder, value);
    }
  }
  receiver->current_column = -1;
}

// Returns false to stop (a preview that has enough).
bool take_row(ExportReceiver *receiver, TupleTableSlot *slot) {
  TupleView view;
  if (receiver->document && view_tuple(receiver, slot, &view)) {
    const WriteOutcome outcome = receiver->document->writer().row(view);
    if (outcome == WriteOutcome::ok) return true;
    if (outcome == WriteOutcome::failed) raise_row_failure(receiver->document->writer());
  }
  MemoryContextReset(receiver->row_context);
  const MemoryContext old = MemoryContextSwitchTo(receiver->row_context);
  decode_row(receiver, slot);
  bool more = true;
  if (!receiver->document) {
    more = receiver->take_cells(receiver->take_state, receiver->cells);
  } else if (receiver->document->writer().row(receiver->cells) != WriteOutcome::ok) {
    raise_row_failure(receiver->document->writer());
  }
  MemoryContextSwitchTo(old);
  return more;
}

bool receive_slot(TupleTableSlot *slot, DestReceiver *self) {
  auto *receiver = reinterpret_cast<ExportReceiver *>(self);
  CHECK_FOR_INTERRUPTS();
  ErrorContextCallback callback;
  callback.callback = row_error_callback;
  callback.arg = receiver;
  callback.previous = error_context_stack;
  error_context_stack = &callback;
  fault_point("row");
  const bool more = take_row(receiver, slot);
  error_context_stack = callback.previous;
  receiver->rows++;
  receiver->progress->rows = receiver->progress->rows + 1;
  if (!receiver->document || !receiver->document->full()) return more;
  pg_entry([receiver] { receiver->document->drain(); });
  receiver->progress->bytes = receiver->document->bytes();
  return !receiver->after_drain || !receiver->after_drain(receiver->drain_state);
}

void start_up(DestReceiver *, int, TupleDesc) {}
void shut_down(DestReceiver *) {}

// Index in the query's row of the column of that name.
int find_column(TupleDesc desc, const char *name) {
  int found = -1;
  for (int i = 0; i < desc->natts; i++) {
    if (strcmp(NameStr(TupleDescAttr(desc, i)->attname), name) != 0) continue;
    if (found >= 0) {
      ereport(ERROR, (errcode(ERRCODE_AMBIGUOUS_COLUMN),
                      errmsg("option \"columns\": the query has several columns \"%s\"", name),
                      errhint("Give them different names with AS.")));
    }
    found = i;
  }
  return found;
}

[[noreturn]] void raise_unknown_column(TupleDesc desc, const char *name) {
  auto **names = static_cast<const char **>(palloc(sizeof(char *) * desc->natts));
  for (int i = 0; i < desc->natts; i++)
    names[i] = to_utf8(NameStr(TupleDescAttr(desc, i)->attname));
  const int count = desc->natts;
  name = to_utf8(name);
  pg_entry([=] {
    const std::vector<std::string_view> candidates(names, names + count);
    const std::string_view nearest = nearest_name(name, candidates);
    throw Error(sqlstate::undefined_column,
                std::string("option \"columns\": the query has no column \"") + name + "\"", {},
                nearest.empty() ? std::string("Names are compared exactly, upper and lower case "
                                              "included.")
                                : "Did you mean \"" + std::string(nearest) + "\"?");
  });
  pg_unreachable();
}

// How many digits the declared type can hold.
void describe_digits(Oid type, std::int32_t modifier, ReceiverColumn *column) {
  column->precision = 0;
  column->scale = -1;
  switch (getBaseTypeAndTypmod(type, &modifier)) {
    case INT2OID: column->precision = 5; break;
    case INT4OID:
    case OIDOID: column->precision = 10; break;
    case INT8OID: column->precision = 19; break;
    case NUMERICOID:
      if (modifier < static_cast<std::int32_t>(VARHDRSZ)) return;
      // As numeric.c packs them: the scale is a signed number of 11 bits.
      modifier -= VARHDRSZ;
      column->precision = (modifier >> 16) & 0xFFFF;
      column->scale = ((modifier & 0x7FF) ^ 1024) - 1024;
      return;
    default: return;
  }
  column->scale = 0;
}

ReceiverColumn make_column(ExportReceiver *receiver, TupleDesc desc, int source,
                           const char *heading) {
  const Form_pg_attribute attribute = TupleDescAttr(desc, source);
  std::size_t size;
  ReceiverColumn column;
  column.source = source;
  column.name = pstrdup(NameStr(attribute->attname));
  column.heading =
      pstrdup(to_document_encoding(&receiver->decode, heading ? heading : column.name, &size));
  column.type_name = format_type_with_typemod(attribute->atttypid, attribute->atttypmod);
  column.decoder = find_decoder(&receiver->decode, attribute->atttypid);
  describe_digits(attribute->atttypid, attribute->atttypmod, &column);
  column.mask = nullptr;
  return column;
}

// What the administrator decided goes before what the request says.
void mask_columns(ExportReceiver *receiver, TupleDesc desc) {
  const std::vector<ColumnChoice> &choices = receiver->section->columns;
  for (int i = 0; i < receiver->count; i++) {
    ReceiverColumn *column = &receiver->columns[i];
    Mask mask = receiver->masks ? receiver->masks[column->source] : Mask{};
    if (mask.kind == MaskKind::none && !choices.empty()) mask = choices[i].style.mask;
    if (mask.kind == MaskKind::none) continue;
    column->mask =
        make_column_mask(mask, TupleDescAttr(desc, column->source)->atttypid, column->name);
    column->type_name = mask_type_name(mask);
    column->precision = 0;
    column->scale = -1;
  }
}

// The layout of the tuples, if each column can be read in place and none is left out or moved.
void describe_layout(ExportReceiver *receiver, TupleDesc desc) {
  receiver->layout = TupleLayout{};
  if (receiver->count != desc->natts) return;
  auto *columns = static_cast<ColumnLayout *>(palloc(sizeof(ColumnLayout) * receiver->count));
  for (int i = 0; i < receiver->count; i++) {
    if (receiver->columns[i].source != i || receiver->columns[i].mask ||
        !column_layout(&receiver->decode, receiver->columns[i].decoder,
                       TupleDescAttr(desc, i)->attalign, &columns[i])) {
      return;
    }
  }
  receiver->layout = {columns, receiver->count, receiver->decode.zone_table};
}

}  // namespace

ExportReceiver *make_receiver(const DocumentSpec *spec, const Section *section) {
  auto *receiver = static_cast<ExportReceiver *>(palloc0(sizeof(ExportReceiver)));
  receiver->dest.receiveSlot = receive_slot;
  receiver->dest.rStartup = start_up;
  receiver->dest.rShutdown = shut_down;
  receiver->dest.rDestroy = shut_down;
  receiver->dest.mydest = DestNone;
  receiver->section = section;
  receiver->context = CurrentMemoryContext;
  receiver->current_column = -1;
  receiver->row_context =
      AllocSetContextCreate(CurrentMemoryContext, "export row", ALLOCSET_DEFAULT_SIZES);
  init_decode_context(&receiver->decode, spec->needs);
  return receiver;
}

void describe_columns(ExportReceiver *receiver, TupleDesc desc) {
  const std::vector<ColumnChoice> &choices = receiver->section->columns;
  receiver->count = choices.empty() ? desc->natts : static_cast<int>(choices.size());
  if (receiver->count == 0) {
    ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("the query has no columns"),
                    errhint("A document needs at least one column.")));
  }
  receiver->columns =
      static_cast<ReceiverColumn *>(palloc(sizeof(ReceiverColumn) * receiver->count));
  receiver->cells = static_cast<Cell *>(palloc0(sizeof(Cell) * receiver->count));
  for (int i = 0; i < receiver->count; i++) {
    if (choices.empty()) {
      receiver->columns[i] = make_column(receiver, desc, i, nullptr);
      continue;
    }
    const char *name = from_utf8(choices[i].name.c_str());
    const int source = find_column(desc, name);
    if (source < 0) raise_unknown_column(desc, name);
    receiver->columns[i] =
        make_column(receiver, desc, source, from_utf8(choices[i].heading.c_str()));
  }
  mask_columns(receiver, desc);
  describe_layout(receiver, desc);
}

const ColumnHead *column_heads(const ExportReceiver *receiver) {
  auto *heads = static_cast<ColumnHead *>(palloc(sizeof(ColumnHead) * receiver->count));
  for (int i = 0; i < receiver->count; i++) {
    const ReceiverColumn &column = receiver->columns[i];
    heads[i] = {
        to_utf8(column.name), column.heading,
        column.type_name,     column.mask ? mask_tag(column.mask) : decoder_tag(column.decoder),
        column.precision,     column.scale};
  }
  return heads;
}

void begin_table(ExportReceiver *receiver) {
  const ColumnHead *heads = column_heads(receiver);
  pg_entry([=] {
    receiver->document->begin_table(*receiver->section, heads, receiver->count,
                                    receiver->layout.columns ? &receiver->layout : nullptr);
  });
}

}  // namespace pgexport
