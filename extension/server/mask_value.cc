#include "server/mask_value.h"

#include "bridge/doors.h"

extern "C" {
#include "access/genam.h"
#include "access/htup_details.h"
#include "access/table.h"
#include "catalog/namespace.h"
#include "catalog/pg_type.h"
#include "mb/pg_wchar.h"
#include "utils/date.h"
#include "utils/datetime.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"
#include "utils/timestamp.h"
}

namespace pgexport {

struct ColumnMask {
  Mask mask;
  Oid type;         // base type
  Oid output;       // output function of the declared type
  const char *key;  // of hash
  std::size_t key_size;
};

namespace {

bool is_date_like(Oid type) {
  return type == DATEOID || type == TIMESTAMPOID || type == TIMESTAMPTZOID;
}

// The key that makes the codes of this database differ from those of any other.
void find_key(ColumnMask *mask) {
  Relation table = table_open(get_relname_relid("_mask_key", get_namespace_oid("export", false)),
                              AccessShareLock);
  const Snapshot snapshot = RegisterSnapshot(GetLatestSnapshot());
  SysScanDesc scan = systable_beginscan(table, InvalidOid, false, snapshot, 0, nullptr);
  const HeapTuple tuple = systable_getnext(scan);
  if (!HeapTupleIsValid(tuple)) {
    ereport(ERROR, (errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
                    errmsg("internal table export._mask_key is empty"),
                    errhint("DROP EXTENSION and CREATE EXTENSION make a new key.")));
  }
  bool is_null;
  bytea *key = DatumGetByteaPCopy(heap_getattr(tuple, 1, RelationGetDescr(table), &is_null));
  mask->key = VARDATA_ANY(key);
  mask->key_size = VARSIZE_ANY_EXHDR(key);
  systable_endscan(scan);
  UnregisterSnapshot(snapshot);
  table_close(table, AccessShareLock);
}

Cell text_cell(const char *text, std::size_t size) { return data_cell(CellTag::text, text, size); }

Cell hash_cell(const ColumnMask *mask, const char *text) {
  constexpr std::size_t kBytes = 8;
  const std::size_t size = strlen(text);
  const Sha256 code = pg_entry([=] {
    return hmac_sha256({mask->key, mask->key_size}, {text, size});
  });
  char *digits = static_cast<char *>(palloc(2 * kBytes));
  hex_encode(reinterpret_cast<const char *>(code.data()), kBytes, digits);
  return text_cell(digits, 2 * kBytes);
}

// First and last characters, and an asterisk for each one between.
Cell partial_cell(DecodeContext *dc, const Mask &mask, const char *text) {
  const int characters = pg_mbstrlen(text);
  const bool hides_all = characters <= mask.first + mask.last;
  const int first = hides_all ? 0 : mask.first;
  const int last = hides_all ? 0 : mask.last;
  char *shown = static_cast<char *>(palloc(strlen(text) + 1));
  char *out = shown;
  for (int i = 0; i < characters; i++) {
    const int length = pg_mblen(text);
    if (i < first || i >= characters - last) {
      memcpy(out, text, static_cast<std::size_t>(length));
      out += length;
    } else {
      *out++ = '*';
    }
    text += length;
  }
  *out = '\0';
  std::size_t size;
  const char *converted = to_document_encoding(dc, shown, &size);
  return text_cell(converted, size);
}

// Year and month of a date or of a timestamp, in the document's zone; false for infinity.
bool year_and_month(DecodeContext *dc, Oid type, Datum value, int *year, int *month) {
  int day;
  if (type == DATEOID) {
    const DateADT date = DatumGetDateADT(value);
    if (DATE_NOT_FINITE(date)) return false;
    j2date(date + POSTGRES_EPOCH_JDATE, year, month, &day);
    return true;
  }
  const Timestamp timestamp = DatumGetTimestamp(value);
  if (TIMESTAMP_NOT_FINITE(timestamp)) return false;
  pg_tm tm;
  fsec_t fraction;
  int offset;
  const char *abbreviation;
  const bool zoned = type == TIMESTAMPTZOID;
  if (timestamp2tm(timestamp, zoned ? &offset : nullptr, &tm, &fraction,
                   zoned ? &abbreviation : nullptr, zoned ? dc->zone : nullptr) != 0) {
    return false;
  }
  *year = tm.tm_year;
  *month = tm.tm_mon;
  return true;
}

Cell date_cell(DecodeContext *dc, const ColumnMask *mask, Datum value) {
  int year, month;
  if (!year_and_month(dc, mask->type, value, &year, &month)) return null_cell();
  if (mask->mask.kind == MaskKind::year) return integer_cell(CellTag::integer, year);
  const char *text = psprintf("%04d-%02d", year, month);
  return text_cell(text, strlen(text));
}

}  // namespace

ColumnMask *make_column_mask(const Mask &mask, Oid type, const char *column) {
  auto *made = static_cast<ColumnMask *>(palloc0(sizeof(ColumnMask)));
  made->mask = mask;
  made->type = getBaseType(type);
  if ((mask.kind == MaskKind::year || mask.kind == MaskKind::month) && !is_date_like(made->type)) {
    ereport(ERROR, (errcode(ERRCODE_DATATYPE_MISMATCH),
                    errmsg("the mask of column \"%s\" is for dates and timestamps", column),
                    errdetail("The column is of type %s.", format_type_be(type)),
                    errhint("Use redact, hash, partial(first, last) or null.")));
  }
  bool is_varlena;
  getTypeOutputInfo(type, &made->output, &is_varlena);
  if (mask.kind == MaskKind::hash) find_key(made);
  return made;
}

const char *mask_type_name(const Mask &mask) {
  return mask.kind == MaskKind::year ? "integer" : "text";
}

CellTag mask_tag(const ColumnMask *mask) {
  return mask->mask.kind == MaskKind::year ? CellTag::integer : CellTag::text;
}

Cell mask_value(DecodeContext *dc, const ColumnMask *mask, Datum value) {
  constexpr std::string_view kRedacted = "[redacted]";
  switch (mask->mask.kind) {
    case MaskKind::redact: return text_cell(kRedacted.data(), kRedacted.size());
    case MaskKind::null:
    case MaskKind::none: return null_cell();
    case MaskKind::year:
    case MaskKind::month: return date_cell(dc, mask, value);
    case MaskKind::hash: return hash_cell(mask, OidOutputFunctionCall(mask->output, value));
    case MaskKind::partial:
      return partial_cell(dc, mask->mask, OidOutputFunctionCall(mask->output, value));
  }
  return null_cell();
}

}  // namespace pgexport
