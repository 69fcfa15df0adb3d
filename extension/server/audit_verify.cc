// export.verify_audit: whether the audit is as it was written, and if not, where it begins to
// differ.

#include "bridge/context_owned.h"
#include "server/audit_checkpoints.h"
#include "server/audit_columns.h"
#include "server/key_ring_file.h"
#include "server/roles.h"

extern "C" {
#include "catalog/pg_type.h"
#include "funcapi.h"
#include "utils/acl.h"
}

namespace pgexport {

namespace {

constexpr long kRowsAtOnce = 1000;

struct Verification {
  const KeyRing *ring;
  AuditVerifier *verifier;
  MemoryContext rows;  // of one batch
  const char *anchor;  // the last note of the file, or nullptr
  std::uint64_t anchored;
  std::uint64_t last;    // size of the last checkpoint of the table
  std::uint64_t sealed;  // rows that are as they were sealed
  std::int64_t unsealed;
  const char *problem;  // nullptr: none so far
  bool has_event;
  pg_uuid_t event;
};

void require_auditor() {
  const Oid auditors = get_role_oid("export_auditor", true);
  if (OidIsValid(auditors) && acts_for(auditors)) return;
  ereport(ERROR,
          (errcode(ERRCODE_INSUFFICIENT_PRIVILEGE), errmsg("permission denied to verify the audit"),
           errdetail("Only members of \"export_auditor\" may.")));
}

const char *text_at(std::uint64_t row, int number) {
  bool is_null;
  const Datum value = sql_result(row, number, &is_null);
  return is_null ? nullptr : TextDatumGetCString(value);
}

// The origin of the tree, and the size of its last checkpoint.
const char *read_origin(Verification *self) {
  bool is_null;
  if (run_internal_sql("SELECT c.origin, c.size FROM export._audit_checkpoint c "
                       "ORDER BY c.size DESC LIMIT 1",
                       nullptr, 0, true) == 0) {
    return new_checkpoint_origin();
  }
  self->last = static_cast<std::uint64_t>(DatumGetInt64(sql_result(0, 2, &is_null)));
  return text_at(0, 1);
}

void read_anchor(Verification *self, const char *origin) {
  self->anchor = last_checkpoint(origin);
  if (!self->anchor) return;
  const std::string_view note = self->anchor;
  self->anchored = pg_entry([&] { return open_checkpoint(note, *self->ring).size; });
}

void note_problem(Verification *self, const char *problem, const pg_uuid_t *event) {
  self->problem = problem;
  self->has_event = event != nullptr;
  if (event) self->event = *event;
}

void check_note(Verification *self, const char *note, const pg_uuid_t *event) {
  if (!note || self->problem) return;
  const std::string_view text = note;
  const char *fault = pg_entry([&] { return self->verifier->check(text); });
  if (fault) note_problem(self, fault, event);
}

// Columns: seal_no, leaf, note, event_id of the seal, whether the row is there, the row.
void take_seal(Verification *self, std::uint64_t row) {
  bool is_null;
  const auto number = static_cast<std::uint64_t>(DatumGetInt64(sql_result(row, 1, &is_null)));
  bytea *stored = DatumGetByteaPP(sql_result(row, 2, &is_null));
  const std::string_view leaf = {VARDATA_ANY(stored), VARSIZE_ANY_EXHDR(stored)};
  const char *note = text_at(row, 3);
  const pg_uuid_t *event = DatumGetUUIDP(sql_result(row, 4, &is_null));
  AuditVerifier *verifier = self->verifier;
  const char *fault;
  if (DatumGetBool(sql_result(row, 5, &is_null))) {
    fault = with_coded_row(read_audit_columns(row, 6), [&](const CodedRow &coded) {
      return verifier->take(number, leaf, &coded);
    });
  } else {
    fault = pg_entry([&] { return verifier->take(number, leaf, nullptr); });
  }
  if (fault) {
    note_problem(self, fault, event);
    return;
  }
  check_note(self, note, event);
  if (verifier->size() == self->anchored) check_note(self, self->anchor, event);
}

// Columns: whether the sealer should have seen it, event_id, the row.
void take_unsealed(Verification *self, std::uint64_t row) {
  bool is_null;
  const pg_uuid_t *event = DatumGetUUIDP(sql_result(row, 2, &is_null));
  self->unsealed++;
  const char *fault;
  if (DatumGetBool(sql_result(row, 1, &is_null))) {
    fault = "added: it was there before others that are sealed, and is not";
  } else {
    fault = with_coded_row(read_audit_columns(row, 3), [&](const CodedRow &coded) {
      return fault_of_row(coded, *self->ring, self->verifier->codes_begun());
    });
  }
  if (fault) note_problem(self, fault, event);
}

void for_each_row(Verification *self, const char *query,
                  void (*take)(Verification *self, std::uint64_t row)) {
  Portal portal = SPI_cursor_open_with_args(nullptr, query, 0, nullptr, nullptr, nullptr, true, 0);
  while (!self->problem) {
    SPI_cursor_fetch(portal, true, kRowsAtOnce);
    if (SPI_processed == 0) break;
    for (std::uint64_t i = 0; i < SPI_processed && !self->problem; i++) {
      CHECK_FOR_INTERRUPTS();
      const MemoryContext old = MemoryContextSwitchTo(self->rows);
      take(self, i);
      MemoryContextSwitchTo(old);
      MemoryContextReset(self->rows);
    }
    SPI_freetuptable(SPI_tuptable);
  }
  SPI_cursor_close(portal);
}

void verify(Verification *self) {
  const InternalSql sql = open_internal_sql();
  const char *origin = read_origin(self);
  read_anchor(self, origin);
  self->verifier = make_in_context<AuditVerifier>(CurrentMemoryContext, *self->ring, origin);
  self->rows = AllocSetContextCreate(CurrentMemoryContext, "audit rows", ALLOCSET_DEFAULT_SIZES);
  const char *columns = audit_select_list();
  for_each_row(self,
               psprintf("SELECT s.seal_no, s.leaf, c.note, s.event_id, a.event_id IS NOT NULL, %s "
                        "FROM export._audit_seal s "
                        "LEFT JOIN export._audit a ON a.event_id OPERATOR(pg_catalog.=) s.event_id "
                        "LEFT JOIN export._audit_checkpoint c "
                        "ON c.size OPERATOR(pg_catalog.=) (s.seal_no OPERATOR(pg_catalog.+) 1) "
                        "ORDER BY s.seal_no",
                        columns),
               take_seal);
  if (!self->problem) {
    const std::uint64_t last = Max(self->last, self->anchored);
    note_problem(self, pg_entry([&] { return self->verifier->finish(last); }), nullptr);
  }
  if (!self->problem) {
    for_each_row(
        self,
        psprintf("SELECT coalesce(a.recorded_by OPERATOR(pg_catalog.<) (SELECT c.horizon FROM "
                 "export._audit_checkpoint c ORDER BY c.size DESC LIMIT 1), false), "
                 "a.event_id, %s FROM export._audit a WHERE NOT EXISTS (SELECT FROM "
                 "export._audit_seal s WHERE s.event_id OPERATOR(pg_catalog.=) a.event_id) "
                 "ORDER BY a.recorded_by, a.at, a.event_id",
                 columns),
        take_unsealed);
  }
  self->sealed = self->verifier->size();
  close_internal_sql(sql);
}

}  // namespace

}  // namespace pgexport

using namespace pgexport;

EXPORT_FUNCTION(export_verify_audit) {
  require_auditor();
  Verification self{};
  self.ring = require_key_ring("export.verify_audit()");
  verify(&self);
  TupleDesc desc;
  if (get_call_result_type(fcinfo, nullptr, &desc) != TYPEFUNC_COMPOSITE) {
    elog(ERROR, "unexpected return type");
  }
  Datum values[5] = {Int64GetDatum(static_cast<std::int64_t>(self.sealed)),
                     Int64GetDatum(self.unsealed),
                     Int64GetDatum(static_cast<std::int64_t>(self.anchored)),
                     self.problem ? CStringGetTextDatum(self.problem) : 0,
                     self.has_event ? UUIDPGetDatum(&self.event) : 0};
  bool nulls[5] = {false, false, self.anchor == nullptr, self.problem == nullptr, !self.has_event};
  PG_RETURN_DATUM(HeapTupleGetDatum(heap_form_tuple(BlessTupleDesc(desc), values, nulls)));
}
