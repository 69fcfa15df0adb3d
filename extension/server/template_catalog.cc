#include "server/template_catalog.h"

#include <list>

#include "bridge/doors.h"
#include "server/encoding.h"
#include "server/sandbox.h"
#include "server/zone.h"

extern "C" {
#include "access/genam.h"
#include "access/htup_details.h"
#include "access/relation.h"
#include "access/table.h"
#include "catalog/namespace.h"
#include "catalog/pg_class.h"
#include "catalog/pg_collation.h"
#include "catalog/pg_enum.h"
#include "catalog/pg_operator.h"
#include "catalog/pg_ts_config.h"
#include "catalog/pg_type.h"
#include "tsearch/ts_cache.h"
#include "utils/catcache.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/syscache.h"
#include "utils/timestamp.h"
#include "utils/typcache.h"
}

namespace pgexport {

namespace {

// ---- Facts of the catalogue, in PG world --------------------------------------------------------

struct ColumnFacts {
  const char *name;
  AttrNumber number;
  Oid type;  // of the element if is_array
  bool is_array;
  const char *type_schema;
  const char *type_name;
  int label_count;
  const char **labels;
  const char *equality_schema;  // nullptr: none
  const char *equality_name;
  const char *collation_schema;  // nullptr: the database's own, or none
  const char *collation_name;
};

struct RelationFacts {
  Oid oid;
  const char *schema;
  const char *name;
  int count;
  ColumnFacts *columns;
};

void describe_labels(Oid type, ColumnFacts *facts) {
  CatCList *list = SearchSysCacheList1(ENUMTYPOIDNAME, ObjectIdGetDatum(type));
  facts->labels = static_cast<const char **>(palloc(sizeof(char *) * Max(list->n_members, 1)));
  auto *orders = static_cast<float4 *>(palloc(sizeof(float4) * Max(list->n_members, 1)));
  for (int i = 0; i < list->n_members; i++) {
    const auto *label = reinterpret_cast<Form_pg_enum>(GETSTRUCT(&list->members[i]->tuple));
    int at = facts->label_count++;
    for (; at > 0 && orders[at - 1] > label->enumsortorder; at--) {
      orders[at] = orders[at - 1];
      facts->labels[at] = facts->labels[at - 1];
    }
    orders[at] = label->enumsortorder;
    facts->labels[at] = to_utf8(pstrdup(NameStr(label->enumlabel)));
  }
  ReleaseSysCacheList(list);
}

void describe_equality(Oid type, ColumnFacts *facts) {
  const TypeCacheEntry *entry = lookup_type_cache(type, TYPECACHE_EQ_OPR);
  if (!OidIsValid(entry->eq_opr)) return;
  const HeapTuple tuple = SearchSysCache1(OPEROID, ObjectIdGetDatum(entry->eq_opr));
  if (!HeapTupleIsValid(tuple)) return;
  const auto *form = reinterpret_cast<Form_pg_operator>(GETSTRUCT(tuple));
  facts->equality_schema = to_utf8(get_namespace_name(form->oprnamespace));
  facts->equality_name = to_utf8(pstrdup(NameStr(form->oprname)));
  ReleaseSysCache(tuple);
}

void describe_type(Oid declared, ColumnFacts *facts) {
  Oid type = getBaseType(declared);
  const Oid element = get_element_type(type);
  facts->is_array = OidIsValid(element);
  if (facts->is_array) type = getBaseType(element);
  facts->type = type;
  const HeapTuple tuple = SearchSysCache1(TYPEOID, ObjectIdGetDatum(type));
  if (!HeapTupleIsValid(tuple)) elog(ERROR, "cache lookup failed for type %u", type);
  const auto *form = reinterpret_cast<Form_pg_type>(GETSTRUCT(tuple));
  facts->type_schema = to_utf8(get_namespace_name(form->typnamespace));
  facts->type_name = to_utf8(pstrdup(NameStr(form->typname)));
  const bool is_enumeration = form->typtype == TYPTYPE_ENUM;
  ReleaseSysCache(tuple);
  if (is_enumeration) describe_labels(type, facts);
  describe_equality(type, facts);
}

void describe_collation(Oid collation, ColumnFacts *facts) {
  if (!OidIsValid(collation) || collation == DEFAULT_COLLATION_OID) return;
  const HeapTuple tuple = SearchSysCache1(COLLOID, ObjectIdGetDatum(collation));
  if (!HeapTupleIsValid(tuple)) return;
  const auto *form = reinterpret_cast<Form_pg_collation>(GETSTRUCT(tuple));
  facts->collation_schema = to_utf8(get_namespace_name(form->collnamespace));
  facts->collation_name = to_utf8(pstrdup(NameStr(form->collname)));
  ReleaseSysCache(tuple);
}

bool is_readable_kind(char kind) {
  return kind == RELKIND_RELATION || kind == RELKIND_VIEW || kind == RELKIND_MATVIEW ||
         kind == RELKIND_FOREIGN_TABLE || kind == RELKIND_PARTITIONED_TABLE;
}

// By the schema that is named, or the first of the search path that is not temporary.
Oid find_oid(const char *schema, const char *name) {
  if (*schema != '\0') {
    const Oid in = get_namespace_oid(schema, true);
    return OidIsValid(in) && !isAnyTempNamespace(in) ? get_relname_relid(name, in) : InvalidOid;
  }
  ListCell *cell;
  foreach (cell, fetch_search_path(true)) {
    const Oid in = lfirst_oid(cell);
    if (isAnyTempNamespace(in)) continue;
    const Oid found = get_relname_relid(name, in);
    if (OidIsValid(found)) return found;
  }
  return InvalidOid;
}

// nullptr if there is none.
const RelationFacts *describe_relation(const char *schema, const char *name) {
  const Oid oid = find_oid(from_utf8(schema), from_utf8(name));
  if (!OidIsValid(oid) || !is_readable_kind(get_rel_relkind(oid))) return nullptr;
  Relation relation = try_relation_open(oid, AccessShareLock);
  if (!relation) return nullptr;
  const TupleDesc desc = RelationGetDescr(relation);
  auto *facts = static_cast<RelationFacts *>(palloc0(sizeof(RelationFacts)));
  facts->oid = oid;
  facts->schema = to_utf8(get_namespace_name(RelationGetNamespace(relation)));
  facts->name = to_utf8(pstrdup(RelationGetRelationName(relation)));
  facts->columns =
      static_cast<ColumnFacts *>(palloc0(sizeof(ColumnFacts) * static_cast<Size>(desc->natts)));
  for (int i = 0; i < desc->natts; i++) {
    const Form_pg_attribute attribute = TupleDescAttr(desc, i);
    if (attribute->attisdropped) continue;
    ColumnFacts *column = &facts->columns[facts->count++];
    column->name = to_utf8(pstrdup(NameStr(attribute->attname)));
    column->number = attribute->attnum;
    describe_type(attribute->atttypid, column);
    describe_collation(attribute->attcollation, column);
  }
  relation_close(relation, NoLock);
  return facts;
}

constexpr int kMaxNames = 1000;  // enough for a hint

struct NameList {
  int count;
  const char **names;
};

void append_names(Oid schema, NameList *list) {
  Relation relations = table_open(RelationRelationId, AccessShareLock);
  SysScanDesc scan = systable_beginscan(relations, InvalidOid, false, nullptr, 0, nullptr);
  HeapTuple tuple;
  while (list->count < kMaxNames && HeapTupleIsValid(tuple = systable_getnext(scan))) {
    const auto *form = reinterpret_cast<Form_pg_class>(GETSTRUCT(tuple));
    if (form->relnamespace != schema || !is_readable_kind(form->relkind)) continue;
    list->names[list->count++] = to_utf8(pstrdup(NameStr(form->relname)));
  }
  systable_endscan(scan);
  table_close(relations, AccessShareLock);
}

// ---- The interface ------------------------------------------------------------------------------

std::string string_of(const char *text) { return text ? text : ""; }

dsl::CatalogColumn column_of(const ColumnFacts &facts) {
  dsl::CatalogColumn column;
  column.name = facts.name;
  column.number = facts.number;
  column.type.oid = facts.type;
  column.type.schema = facts.type_schema;
  column.type.name = facts.type_name;
  column.type.is_array = facts.is_array;
  column.type.labels.assign(facts.labels, facts.labels + facts.label_count);
  column.type.equality_schema = string_of(facts.equality_schema);
  column.type.equality_name = string_of(facts.equality_name);
  column.collation_schema = string_of(facts.collation_schema);
  column.collation_name = string_of(facts.collation_name);
  return column;
}

class ServerCatalog final : public dsl::Catalog {
 public:
  const dsl::CatalogRelation *find_relation(std::string_view schema,
                                            std::string_view name) override {
    const std::string schema_text(schema), name_text(name);
    const char *const schema_name = schema_text.c_str(), *const relation_name = name_text.c_str();
    const RelationFacts *facts =
        pg_call([=] { return describe_relation(schema_name, relation_name); });
    if (!facts) return nullptr;
    for (const dsl::CatalogRelation &known : relations_) {
      if (known.oid == facts->oid) return &known;
    }
    dsl::CatalogRelation &relation = relations_.emplace_back();
    relation.oid = facts->oid;
    relation.schema = facts->schema;
    relation.name = facts->name;
    for (int i = 0; i < facts->count; i++) {
      relation.columns.push_back(column_of(facts->columns[i]));
    }
    return &relation;
  }

  std::vector<std::string> relation_names(std::string_view schema) override {
    const std::string schema_text(schema);
    const char *const name = schema_text.c_str();
    const NameList *list = pg_call([=] { return names_in(name); });
    return {list->names, list->names + list->count};
  }

  std::string search_configuration() override {
    return pg_call([] { return configuration_name(); });
  }

 private:
  static const NameList *names_in(const char *schema) {
    auto *list = static_cast<NameList *>(palloc0(sizeof(NameList)));
    list->names = static_cast<const char **>(palloc(sizeof(char *) * kMaxNames));
    if (*schema != '\0') {
      const Oid oid = get_namespace_oid(from_utf8(schema), true);
      if (OidIsValid(oid)) append_names(oid, list);
      return list;
    }
    ListCell *cell;
    foreach (cell, fetch_search_path(false)) append_names(lfirst_oid(cell), list);
    return list;
  }

  static const char *configuration_name() {
    const Oid configuration = getTSCurrentConfig(false);
    const HeapTuple tuple = SearchSysCache1(TSCONFIGOID, ObjectIdGetDatum(configuration));
    if (!HeapTupleIsValid(tuple)) return "pg_catalog.simple";
    const auto *form = reinterpret_cast<Form_pg_ts_config>(GETSTRUCT(tuple));
    const char *name = to_utf8(
        quote_qualified_identifier(get_namespace_name(form->cfgnamespace), NameStr(form->cfgname)));
    ReleaseSysCache(tuple);
    return name;
  }

  std::list<dsl::CatalogRelation> relations_;  // whose places do not change
};

class ServerClock final : public dsl::Clock {
 public:
  ServerClock(std::int64_t now, pg_tz *zone) : now_(now), zone_(zone) {}

  std::int64_t now() override { return now_; }
  std::string zone() override { return pg_get_timezone_name(zone_); }
  std::int64_t to_local(std::int64_t utc) override { return utc + offset_at(utc); }

  std::int64_t to_utc(std::int64_t local) override {
    // Zones change their offset at most once in two days.
    const std::int64_t before = offset_at(local - USECS_PER_DAY);
    const std::int64_t after = offset_at(local + USECS_PER_DAY);
    if (offset_at(local - before) == before) return local - before;  // the first of two
    if (offset_at(local - after) == after) return local - after;
    return end_of_gap(local - after, local - before, before);
  }

 private:
  std::int64_t offset_at(std::int64_t utc) const { return zone_offset(zone_, utc) * USECS_PER_SEC; }

  // The instant after `low`, at the latest `high`, from which on the offset is not `before`.
  std::int64_t end_of_gap(std::int64_t low, std::int64_t high, std::int64_t before) const {
    while (high - low > 1) {
      const std::int64_t middle = low + (high - low) / 2;
      (offset_at(middle) == before ? low : high) = middle;
    }
    return high;
  }

  const std::int64_t now_;
  pg_tz *const zone_;
};

}  // namespace

dsl::Catalog *make_template_catalog(MemoryContext context) {
  return make_in_context<ServerCatalog>(context);
}

dsl::Clock *make_template_clock(MemoryContext context, std::int64_t now, const char *zone) {
  return make_in_context<ServerClock>(context, now, find_time_zone(zone));
}

}  // namespace pgexport
