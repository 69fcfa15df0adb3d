#include "dsl/type.h"

#include <algorithm>
#include <array>

#include "dsl/quote.h"

namespace pgexport::dsl {

namespace {

struct BuiltIn {
  Kind kind;
  std::uint32_t oid;       // PostgreSQL's, fixed for ever (pg_type.dat)
  std::string_view name;   // in pg_type
  std::string_view label;  // in messages
};

constexpr std::array<BuiltIn, 24> kBuiltIns = {{
    {Kind::boolean, 16, "bool", "boolean"},
    {Kind::int2, 21, "int2", "smallint"},
    {Kind::int4, 23, "int4", "integer"},
    {Kind::int8, 20, "int8", "bigint"},
    {Kind::numeric, 1700, "numeric", "numeric"},
    {Kind::float4, 700, "float4", "real"},
    {Kind::float8, 701, "float8", "double precision"},
    {Kind::text, 25, "text", "text"},
    {Kind::varchar, 1043, "varchar", "character varying"},
    {Kind::bpchar, 1042, "bpchar", "character"},
    {Kind::name, 19, "name", "name"},
    {Kind::date, 1082, "date", "date"},
    {Kind::time, 1083, "time", "time"},
    {Kind::timestamp, 1114, "timestamp", "timestamp"},
    {Kind::timestamptz, 1184, "timestamptz", "timestamp with time zone"},
    {Kind::interval, 1186, "interval", "interval"},
    {Kind::uuid, 2950, "uuid", "uuid"},
    {Kind::json, 114, "json", "json"},
    {Kind::jsonb, 3802, "jsonb", "jsonb"},
    {Kind::bytea, 17, "bytea", "bytea"},
    {Kind::tsvector, 3614, "tsvector", "tsvector"},
    {Kind::tsquery, 3615, "tsquery", "tsquery"},
    {Kind::regconfig, 3734, "regconfig", "regconfig"},
    {Kind::record, 2249, "record", "record"},
}};

const BuiltIn *find_built_in(Kind kind) {
  const auto *found = std::find_if(kBuiltIns.begin(), kBuiltIns.end(),
                                   [&](const BuiltIn &type) { return type.kind == kind; });
  return found == kBuiltIns.end() ? nullptr : found;
}

}  // namespace

bool operator==(const Type &a, const Type &b) {
  if (a.kind != b.kind || a.is_array != b.is_array) return false;
  return !a.entry || !b.entry || a.entry->oid == b.entry->oid;
}

bool Type::is_integer() const { return is(Kind::int2) || is(Kind::int4) || is(Kind::int8); }

bool Type::is_number() const {
  return is_integer() || is(Kind::numeric) || is(Kind::float4) || is(Kind::float8);
}

bool Type::is_text() const {
  return is(Kind::text) || is(Kind::varchar) || is(Kind::bpchar) || is(Kind::name);
}

bool Type::is_json() const { return is(Kind::json) || is(Kind::jsonb); }

bool Type::is_moment() const {
  return is(Kind::date) || is(Kind::timestamp) || is(Kind::timestamptz);
}

bool Type::is_sorted() const {
  if (kind == Kind::other) return entry && !entry->equality_name.empty();
  return kind != Kind::json;
}

bool Type::is_ordered() const {
  return is_number() || is_text() || is_moment() || is(Kind::boolean) || is(Kind::time) ||
         is(Kind::interval) || is(Kind::uuid) || is(Kind::enumeration);
}

Type type_of(const CatalogType &entry) {
  const auto *found = std::find_if(kBuiltIns.begin(), kBuiltIns.end(),
                                   [&](const BuiltIn &type) { return type.oid == entry.oid; });
  if (found != kBuiltIns.end()) return {found->kind, entry.is_array, nullptr};
  return {entry.labels.empty() ? Kind::other : Kind::enumeration, entry.is_array, &entry};
}

std::string_view kind_name(Kind kind) {
  const BuiltIn *type = find_built_in(kind);
  return type ? type->name : std::string_view();
}

std::string type_sql(const Type &type) {
  const std::string element = type.entry ? quote_qualified(type.entry->schema, type.entry->name)
                                         : "pg_catalog." + std::string(kind_name(type.kind));
  return type.is_array ? element + "[]" : element;
}

std::uint32_t element_oid(const Type &type) {
  return type.entry ? type.entry->oid : find_built_in(type.kind)->oid;
}

std::string type_label(const Type &type) {
  std::string label = type.entry ? type.entry->schema + "." + type.entry->name
                                 : std::string(find_built_in(type.kind)->label);
  if (type.is_array) label += "[]";
  return label;
}

}  // namespace pgexport::dsl
