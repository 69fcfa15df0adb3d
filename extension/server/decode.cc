#include "server/decode.h"

extern "C" {
#include "access/detoast.h"
#include "access/htup_details.h"
#include "catalog/namespace.h"
#include "catalog/pg_type.h"
#include "mb/pg_wchar.h"
#include "utils/array.h"
#include "utils/date.h"
#include "utils/lsyscache.h"
#include "utils/multirangetypes.h"
#include "utils/rangetypes.h"
#include "utils/timestamp.h"
#include "utils/typcache.h"
#include "utils/uuid.h"
}

namespace pgexport {

namespace {

enum class DecodeKind : std::uint8_t {
  fixed,    // a type with a storage of its own, by value or by reference
  varlena,  // read in place after detoasting
  output,   // the text of the type's output function
  array,
  composite,
  range,
  multirange,
};

// Types that have a cell tag of their own.  Everything else goes through its output function.
struct TypeTag {
  Oid type;
  Storage storage;
  CellTag tag;
};

constexpr TypeTag kTypeTags[] = {
    {BOOLOID, Storage::bool1, CellTag::boolean},
    {INT2OID, Storage::int2, CellTag::integer},
    {INT4OID, Storage::int4, CellTag::integer},
    {INT8OID, Storage::int8, CellTag::integer},
    {OIDOID, Storage::oid4, CellTag::integer},
    {FLOAT4OID, Storage::float4, CellTag::float32},
    {FLOAT8OID, Storage::float8, CellTag::float64},
    {NUMERICOID, Storage::varlena, CellTag::numeric},
    {TEXTOID, Storage::varlena, CellTag::text},
    {VARCHAROID, Storage::varlena, CellTag::text},
    {BPCHAROID, Storage::varlena, CellTag::text},
    {NAMEOID, Storage::name64, CellTag::text},
    {JSONOID, Storage::varlena, CellTag::json},
    {JSONBOID, Storage::varlena, CellTag::jsonb},
    {BYTEAOID, Storage::varlena, CellTag::bytes},
    {UUIDOID, Storage::uuid16, CellTag::uuid},
    {DATEOID, Storage::date4, CellTag::date},
    {TIMEOID, Storage::time8, CellTag::time},
    {TIMETZOID, Storage::timetz12, CellTag::timetz},
    {TIMESTAMPOID, Storage::timestamp8, CellTag::timestamp},
    {TIMESTAMPTZOID, Storage::timestamptz8, CellTag::timestamptz},
    {INTERVALOID, Storage::interval16, CellTag::interval},
};

bool holds_text(CellTag tag) { return tag == CellTag::text || tag == CellTag::json; }

}  // namespace

struct Decoder {
  Oid type;  // as asked for, a domain included
  DecodeKind kind;
  Storage storage;
  CellTag tag;
  CellTag element_tag;  // of a flat_array
  Oid element_type;     // of a range or multirange
  FmgrInfo output;
  TypeCacheEntry *type_cache;  // of a range or multirange
  Decoder *element;            // of a range or multirange; found when first needed
  Decoder *next;
};

namespace {

void choose_tag(DecodeContext *dc, Decoder *d, Oid base) {
  for (const TypeTag &known : kTypeTags) {
    if (known.type != base) continue;
    // jsonb and arrays hold text in the server's encoding: converted only as a whole.
    if (dc->convert && known.tag == CellTag::jsonb) break;
    // In JSON an OID is a string, as to_jsonb writes it.
    if (dc->nested && base == OIDOID) break;
    d->kind = known.storage == Storage::varlena ? DecodeKind::varlena : DecodeKind::fixed;
    d->storage = known.storage;
    d->tag = known.tag;
    return;
  }
  // These two are arrays inside and a list of numbers outside.
  const bool vector = base == INT2VECTOROID || base == OIDVECTOROID;
  const Oid element = vector && !dc->nested ? InvalidOid : get_element_type(base);
  if (OidIsValid(element)) {
    ColumnLayout layout;
    const bool direct = !dc->convert && !(dc->nested && element == OIDOID);
    if (direct && spell::element_layout(element, layout)) {
      d->kind = DecodeKind::varlena;
      d->storage = Storage::varlena;
      d->tag = CellTag::flat_array;
      d->element_tag = layout.tag;
      return;
    }
    if (dc->nested) {
      d->kind = DecodeKind::array;
      d->tag = CellTag::array;
      return;
    }
  } else if (dc->nested && base == ANYARRAYOID) {
    // A column of pg_statistic: each value says what its elements are.
    d->kind = DecodeKind::array;
    d->tag = CellTag::array;
    return;
  } else if (dc->nested && (base == RECORDOID || get_typtype(base) == TYPTYPE_COMPOSITE)) {
    d->kind = DecodeKind::composite;
    d->tag = CellTag::record;
    return;
  } else if (dc->nested && type_is_range(base)) {
    d->type_cache = lookup_type_cache(base, TYPECACHE_RANGE_INFO);
    d->kind = DecodeKind::range;
    d->tag = CellTag::range;
    d->element_type = d->type_cache->rngelemtype->type_id;
    return;
  } else if (dc->nested && type_is_multirange(base)) {
    d->type_cache = lookup_type_cache(base, TYPECACHE_MULTIRANGE_INFO);
    d->kind = DecodeKind::multirange;
    d->tag = CellTag::array;
    d->element_type = d->type_cache->rngtype->type_id;
    return;
  }
  // Never a cast: a user may have planted one.  jsonb under conversion stays JSON.
  d->kind = DecodeKind::output;
  d->tag = base == JSONBOID ? CellTag::json : CellTag::text;
  Oid function;
  bool is_varlena;
  getTypeOutputInfo(base, &function, &is_varlena);
  fmgr_info_cxt(function, &d->output, dc->context);
}

Decoder *element_decoder(DecodeContext *dc, Decoder *d) {
  if (!d->element) d->element = find_decoder(dc, d->element_type);
  return d->element;
}

// Characters of the server's encoding that the document's encoding lacks become '?'.
const char *convert_replacing(DecodeContext *dc, const char *text, std::size_t size,
                              std::size_t *converted) {
  const int server = GetDatabaseEncoding();
  const std::size_t capacity = size * MAX_CONVERSION_GROWTH + 1;
  auto *result = static_cast<char *>(MemoryContextAllocHuge(CurrentMemoryContext, capacity));
  std::size_t done = 0, used = 0;
  while (done < size) {
    // The server's routine stops at the first character without equivalent.
    const int piece = static_cast<int>(Min(size - done, std::size_t{1} << 26));
    const int taken = pg_do_encoding_conversion_buf(
        dc->conversion, server, dc->encoding,
        reinterpret_cast<unsigned char *>(const_cast<char *>(text + done)), piece,
        reinterpret_cast<unsigned char *>(result + used),
        static_cast<int>(Min(capacity - used, static_cast<std::size_t>(INT_MAX))), true);
    used += strlen(result + used);
    done += taken;
    if (taken < piece) {
      done += pg_encoding_mblen(server, text + done);
      result[used++] = '?';
      result[used] = '\0';
    }
  }
  *converted = used;
  return result;
}

const char *convert_text(DecodeContext *dc, const char *text, std::size_t size,
                         std::size_t *converted) {
  if (dc->replace && OidIsValid(dc->conversion)) {
    return convert_replacing(dc, text, size, converted);
  }
  // Verifies when there is nothing to convert; returns its argument if nothing changes.
  const char *result = pg_server_to_any(text, static_cast<int>(size), dc->encoding);
  *converted = result == text ? size : strlen(result);
  return result;
}

Cell text_cell(DecodeContext *dc, CellTag tag, const char *text, std::size_t size) {
  if (dc->convert) text = convert_text(dc, text, size, &size);
  return data_cell(tag, text, size);
}

Cell fixed_from_datum(DecodeContext *dc, const Decoder *d, Datum value) {
  switch (d->storage) {
    case Storage::bool1: return integer_cell(d->tag, DatumGetBool(value));
    case Storage::int2: return integer_cell(d->tag, DatumGetInt16(value));
    case Storage::int4:
    case Storage::date4: return integer_cell(d->tag, DatumGetInt32(value));
    case Storage::oid4: return integer_cell(d->tag, DatumGetObjectId(value));
    case Storage::int8:
    case Storage::time8:
    case Storage::timestamp8: return zoned_cell(d->tag, DatumGetInt64(value), 0);
    case Storage::timestamptz8: {
      const std::int64_t at = DatumGetInt64(value);
      std::int32_t offset = 0;
      if (!TIMESTAMP_NOT_FINITE(at) && !dc->zone_table.lookup(at, dc->zone_hint, offset)) {
        offset = zone_offset(dc->zone, at);
      }
      return zoned_cell(d->tag, at, offset);
    }
    case Storage::float4: return real_cell(d->tag, DatumGetFloat4(value));
    case Storage::float8: return real_cell(d->tag, DatumGetFloat8(value));
    case Storage::name64: {
      const char *name = NameStr(*DatumGetName(value));
      return text_cell(dc, d->tag, name, strnlen(name, NAMEDATALEN));
    }
    default: return fixed_cell(d->storage, DatumGetPointer(value));
  }
}

Cell decode_varlena(DecodeContext *dc, const Decoder *d, Datum value) {
  const char *p = reinterpret_cast<const char *>(PG_DETOAST_DATUM_PACKED(value));
  std::uint32_t header = 0, size = 0;
  varlena_extent(p, header, size);
  Cell cell = holds_text(d->tag) ? text_cell(dc, d->tag, p + header, size)
                                 : data_cell(d->tag, p + header, size);
  cell.element = d->element_tag;
  return cell;
}

Cell decode_output(DecodeContext *dc, Decoder *d, Datum value) {
  const char *text = OutputFunctionCall(&d->output, value);
  return text_cell(dc, d->tag, text, strlen(text));
}

Cell *new_cells(int count) {
  return static_cast<Cell *>(
      MemoryContextAllocHuge(CurrentMemoryContext, sizeof(Cell) * static_cast<std::size_t>(count)));
}

Cell array_cell(const Cell *elements, const int *dims, int ndim, int count) {
  auto *array = static_cast<ArrayValue *>(palloc(sizeof(ArrayValue)));
  *array = {elements, dims, ndim, count};
  Cell cell{};
  cell.array = array;
  cell.tag = CellTag::array;
  return cell;
}

Cell decode_array(DecodeContext *dc, Datum value) {
  ArrayType *array = DatumGetArrayTypeP(value);
  Decoder *element = find_decoder(dc, ARR_ELEMTYPE(array));
  std::int16_t length;
  bool by_value;
  char alignment;
  get_typlenbyvalalign(ARR_ELEMTYPE(array), &length, &by_value, &alignment);
  Datum *values;
  bool *nulls;
  int count;
  deconstruct_array(array, ARR_ELEMTYPE(array), length, by_value, alignment, &values, &nulls,
                    &count);
  Cell *cells = new_cells(count);
  for (int i = 0; i < count; i++) {
    cells[i] = nulls[i] ? null_cell() : decode(dc, element, values[i]);
  }
  return array_cell(cells, ARR_DIMS(array), ARR_NDIM(array), count);
}

Cell decode_composite(DecodeContext *dc, Datum value) {
  HeapTupleHeader header = DatumGetHeapTupleHeader(value);
  const TupleDesc desc = lookup_rowtype_tupdesc_copy(HeapTupleHeaderGetTypeId(header),
                                                     HeapTupleHeaderGetTypMod(header));
  HeapTupleData tuple;
  tuple.t_len = HeapTupleHeaderGetDatumLength(header);
  ItemPointerSetInvalid(&tuple.t_self);
  tuple.t_tableOid = InvalidOid;
  tuple.t_data = header;
  auto *values = static_cast<Datum *>(palloc(sizeof(Datum) * desc->natts));
  auto *nulls = static_cast<bool *>(palloc(sizeof(bool) * desc->natts));
  heap_deform_tuple(&tuple, desc, values, nulls);

  Cell *cells = new_cells(desc->natts);
  auto *names =
      static_cast<std::string_view *>(palloc(sizeof(std::string_view) * Max(desc->natts, 1)));
  int count = 0;
  for (int i = 0; i < desc->natts; i++) {
    const Form_pg_attribute attribute = TupleDescAttr(desc, i);
    if (attribute->attisdropped) continue;
    std::size_t size;
    const char *name = to_document_encoding(dc, NameStr(attribute->attname), &size);
    names[count] = std::string_view(name, size);
    cells[count] =
        nulls[i] ? null_cell() : decode(dc, find_decoder(dc, attribute->atttypid), values[i]);
    count++;
  }
  auto *record = static_cast<RecordValue *>(palloc(sizeof(RecordValue)));
  *record = {cells, names, count};
  Cell cell{};
  cell.record = record;
  cell.tag = CellTag::record;
  return cell;
}

Cell range_cell(DecodeContext *dc, Decoder *bound, TypeCacheEntry *type_cache,
                const RangeType *serialized) {
  RangeBound lower, upper;
  bool empty;
  range_deserialize(type_cache, serialized, &lower, &upper, &empty);
  auto *range = static_cast<RangeValue *>(palloc(sizeof(RangeValue)));
  range->empty = empty;
  range->lower_inclusive = lower.inclusive;
  range->upper_inclusive = upper.inclusive;
  range->lower = empty || lower.infinite ? null_cell() : decode(dc, bound, lower.val);
  range->upper = empty || upper.infinite ? null_cell() : decode(dc, bound, upper.val);
  Cell cell{};
  cell.range = range;
  cell.tag = CellTag::range;
  return cell;
}

Cell decode_multirange(DecodeContext *dc, Decoder *d, Datum value) {
  Decoder *range = element_decoder(dc, d);
  Decoder *bound = element_decoder(dc, range);
  std::int32_t count;
  RangeType **ranges;
  multirange_deserialize(d->type_cache->rngtype, DatumGetMultirangeTypeP(value), &count, &ranges);
  Cell *cells = new_cells(count);
  for (int i = 0; i < count; i++) {
    cells[i] = range_cell(dc, bound, d->type_cache->rngtype, ranges[i]);
  }
  auto *dims = static_cast<int *>(palloc(sizeof(int)));
  *dims = count;
  return array_cell(cells, dims, count == 0 ? 0 : 1, count);
}

}  // namespace

void init_decode_context(DecodeContext *dc, const CellNeeds &needs) {
  *dc = DecodeContext{};
  dc->context = CurrentMemoryContext;
  dc->nested = needs.nested;
  dc->encoding = pg_char_to_encoding(needs.encoding.c_str());
  if (dc->encoding < 0) {
    ereport(ERROR,
            (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
             errmsg("option \"encoding\": \"%s\" is not an encoding", needs.encoding.c_str()),
             errhint("Use a name of PostgreSQL's encodings, such as UTF8 or LATIN1.")));
  }
  const int server = GetDatabaseEncoding();
  dc->replace = needs.replace_unencodable;
  // A SQL_ASCII database may hold any bytes: what leaves it is verified.
  dc->convert = dc->encoding != server || server == PG_SQL_ASCII;
  if (dc->convert && server != PG_SQL_ASCII && dc->encoding != PG_SQL_ASCII) {
    dc->conversion = FindDefaultConversionProc(server, dc->encoding);
    if (!OidIsValid(dc->conversion)) {
      ereport(ERROR, (errcode(ERRCODE_UNDEFINED_FUNCTION),
                      errmsg("there is no conversion from encoding \"%s\" to \"%s\"",
                             pg_encoding_to_char(server), pg_encoding_to_char(dc->encoding))));
    }
  }
  dc->zone = session_timezone;
  dc->zone_table = zone_table(session_timezone);
}

Decoder *find_decoder(DecodeContext *dc, Oid type) {
  for (Decoder *d = dc->decoders; d; d = d->next) {
    if (d->type == type) return d;
  }
  const MemoryContext old = MemoryContextSwitchTo(dc->context);
  auto *d = static_cast<Decoder *>(palloc0(sizeof(Decoder)));
  d->type = type;
  choose_tag(dc, d, getBaseType(type));
  d->next = dc->decoders;
  dc->decoders = d;
  MemoryContextSwitchTo(old);
  return d;
}

Cell decode(DecodeContext *dc, Decoder *d, Datum value) {
  switch (d->kind) {
    case DecodeKind::fixed: return fixed_from_datum(dc, d, value);
    case DecodeKind::varlena: return decode_varlena(dc, d, value);
    case DecodeKind::output: return decode_output(dc, d, value);
    default: break;
  }
  check_stack_depth();
  switch (d->kind) {
    case DecodeKind::array: return decode_array(dc, value);
    case DecodeKind::composite: return decode_composite(dc, value);
    case DecodeKind::range:
      return range_cell(dc, element_decoder(dc, d), d->type_cache, DatumGetRangeTypeP(value));
    default: return decode_multirange(dc, d, value);
  }
}

CellTag decoder_tag(const Decoder *d) { return d->tag; }

bool column_layout(const DecodeContext *dc, const Decoder *d, char alignment,
                   ColumnLayout *layout) {
  if (d->kind != DecodeKind::fixed && d->kind != DecodeKind::varlena) return false;
  if (dc->convert && (holds_text(d->tag) || d->storage == Storage::name64)) return false;
  layout->storage = d->storage;
  layout->tag = d->tag;
  layout->element = d->element_tag;
  switch (alignment) {
    case TYPALIGN_CHAR: layout->alignment = 1; break;
    case TYPALIGN_SHORT: layout->alignment = ALIGNOF_SHORT; break;
    case TYPALIGN_INT: layout->alignment = ALIGNOF_INT; break;
    default: layout->alignment = ALIGNOF_DOUBLE; break;
  }
  return true;
}

const char *to_document_encoding(DecodeContext *dc, const char *text, std::size_t *size) {
  *size = strlen(text);
  return dc->convert ? convert_text(dc, text, *size, size) : text;
}

}  // namespace pgexport
