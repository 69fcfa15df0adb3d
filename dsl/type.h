// The types of values in a template: a closed list of PostgreSQL's built-in types, arrays of them,
// enumerations, and everything else, which can be shown and compared for equality only.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "dsl/catalog.h"

#include "core/no_postgres.h"

namespace pgexport::dsl {

enum class Kind : std::uint8_t {
  boolean,
  int2,
  int4,
  int8,
  numeric,
  float4,
  float8,
  text,
  varchar,
  bpchar,
  name,
  date,
  time,
  timestamp,
  timestamptz,
  interval,
  uuid,
  json,
  jsonb,
  bytea,
  tsvector,
  tsquery,  // these three only within a query
  regconfig,
  record,
  enumeration,
  other,
};

struct Type {
  Kind kind = Kind::other;
  bool is_array = false;
  // Of an enumeration and of `other`: owned by the catalogue.
  const CatalogType *entry = nullptr;

  friend bool operator==(const Type &a, const Type &b);

  Type element() const { return {kind, false, entry}; }
  Type array() const { return {kind, true, entry}; }

  bool is(Kind wanted) const { return kind == wanted && !is_array; }
  bool is_integer() const;
  bool is_number() const;
  bool is_text() const;     // text, varchar, char(n), name
  bool is_json() const;     // json, jsonb
  bool is_moment() const;   // date, timestamp, timestamptz
  bool is_ordered() const;  // has < in pg_catalog that a reader expects
  bool is_sorted() const;   // PostgreSQL can group and sort by it
};

// The type of a column.  `entry` must outlive the result.
Type type_of(const CatalogType &entry);

// PostgreSQL's name of a built-in kind in pg_type: "int4".
std::string_view kind_name(Kind kind);

// The type as SQL, qualified: pg_catalog.int4[], "tracking"."status".
std::string type_sql(const Type &type);

// The OID of the type itself, of the element for an array; 0 is never returned for a known type.
std::uint32_t element_oid(const Type &type);

// As a person reads it in messages: "integer", "text[]", "tracking.status".
std::string type_label(const Type &type);

}  // namespace pgexport::dsl
