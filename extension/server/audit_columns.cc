#include "server/audit_columns.h"

extern "C" {
#include "catalog/pg_type.h"
#include "lib/stringinfo.h"
#include "utils/inet.h"
#include "utils/jsonb.h"
#include "utils/timestamp.h"
#include "utils/xid8.h"
}

#include "server/key_ring_file.h"

namespace pgexport {

namespace {

constexpr std::string_view kKeyColumn = "mac_key";

std::string_view text_view(const char *text) { return text; }

std::string_view varlena_view(Datum value) {
  struct varlena *bytes = PG_DETOAST_DATUM_PACKED(value);
  return {VARDATA_ANY(bytes), VARSIZE_ANY_EXHDR(bytes)};
}

std::string_view interval_view(const Interval *interval) {
  return psprintf("%d months %d days " INT64_FORMAT " us", interval->month, interval->day,
                  interval->time);
}

// The bytes that stand for a value, whatever the session's settings are: numbers in decimal, times
// in microseconds since 2000, everything else as it is stored or, where that may change, as text.
std::string_view value_bytes(Oid type, Datum value) {
  switch (type) {
    case UUIDOID: return {reinterpret_cast<const char *>(DatumGetUUIDP(value)->data), UUID_LEN};
    case INT4OID: return text_view(psprintf("%d", DatumGetInt32(value)));
    case INT8OID:
    case TIMESTAMPTZOID: return text_view(psprintf(INT64_FORMAT, DatumGetInt64(value)));
    case XID8OID:
      return text_view(
          psprintf(UINT64_FORMAT, U64FromFullTransactionId(DatumGetFullTransactionId(value))));
    case NAMEOID: return text_view(NameStr(*DatumGetName(value)));
    case INETOID: return text_view(DatumGetCString(DirectFunctionCall1(inet_out, value)));
    case JSONBOID: return text_view(DatumGetCString(DirectFunctionCall1(jsonb_out, value)));
    case INTERVALOID: return interval_view(DatumGetIntervalP(value));
    case TEXTOID:
    case BYTEAOID: return varlena_view(value);
    default: elog(ERROR, "unexpected type %u in export._audit", type);
  }
  pg_unreachable();
}

AuditField field_of(std::string_view name, const SqlParameter &value) {
  return {name, value.is_null ? std::string_view() : value_bytes(value.type, value.value),
          value.is_null};
}

void append_columns(StringInfo sql, const char *prefix) {
  for (const char *column : kAuditColumns) appendStringInfo(sql, "%s%s, ", prefix, column);
  appendStringInfo(sql, "%smac_key, %smac", prefix, prefix);
}

// A row that is there already stays as it is.
const char *insert_statement() {
  static const char *statement = nullptr;
  if (statement) return statement;
  StringInfoData sql;
  initStringInfo(&sql);
  appendStringInfoString(&sql, "INSERT INTO export._audit (");
  append_columns(&sql, "");
  appendStringInfoString(&sql, ") VALUES (");
  for (int i = 1; i <= kAuditColumnCount + 2; i++) {
    appendStringInfo(&sql, "%s$%d", i == 1 ? "" : ", ", i);
  }
  appendStringInfoString(&sql, ") ON CONFLICT (event_id) DO NOTHING");
  statement = MemoryContextStrdup(TopMemoryContext, sql.data);
  return statement;
}

}  // namespace

void write_audit_columns(const SqlParameter *values) {
  SqlParameter row[kAuditColumnCount + 2];
  std::copy_n(values, kAuditColumnCount, row);
  row[kAuditColumnCount] = null_parameter(TEXTOID);
  row[kAuditColumnCount + 1] = null_parameter(BYTEAOID);
  const KeyRing *ring = key_ring();
  const Key *key = ring ? ring->active(KeyPurpose::audit_mac) : nullptr;
  if (key) {
    AuditField fields[kAuditColumnCount + 1];
    for (int i = 0; i < kAuditColumnCount; i++) fields[i] = field_of(kAuditColumns[i], values[i]);
    fields[kAuditColumnCount] = {kKeyColumn, key->id, false};
    const Sha256 code = pg_entry([&] { return audit_code(*key, canonical_audit_row(fields)); });
    row[kAuditColumnCount] = text_parameter(key->id.c_str());
    row[kAuditColumnCount + 1] = bytes_parameter(code.data(), code.size());
  }
  run_internal_sql(insert_statement(), row, lengthof(row), false);
}

const char *audit_select_list() {
  StringInfoData sql;
  initStringInfo(&sql);
  append_columns(&sql, "a.");
  return sql.data;
}

StoredAuditRow read_audit_columns(std::uint64_t row, int first) {
  StoredAuditRow stored;
  for (int i = 0; i < kAuditColumnCount + 2; i++) {
    SqlParameter value;
    value.type = SPI_gettypeid(SPI_tuptable->tupdesc, first + i);
    value.value = sql_result(row, first + i, &value.is_null);
    if (i < kAuditColumnCount) {
      stored.fields[i] = field_of(kAuditColumns[i], value);
    } else if (i == kAuditColumnCount) {
      stored.fields[i] = field_of(kKeyColumn, value);
      stored.key_id = stored.fields[i].value;
    } else {
      stored.has_code = !value.is_null;
      if (stored.has_code) stored.code = varlena_view(value.value);
    }
  }
  return stored;
}

}  // namespace pgexport
