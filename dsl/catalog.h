// What the compiler of templates asks about the world: relations, their columns and types, and
// what time it is where.
//
// The extension implements both interfaces over the server's caches, with the rights of whoever
// runs the template; tests implement them over literals.  An answer is a fact of the catalogue:
// the names in it are the only ones that ever reach SQL.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/no_postgres.h"

namespace pgexport::dsl {

// The type of a column.  Domains are those of their base type: the catalogue resolves them.
struct CatalogType {
  std::uint32_t oid = 0;  // of the element type if is_array
  std::string schema;     // likewise, as in pg_namespace and pg_type, without quotes
  std::string name;
  bool is_array = false;
  std::vector<std::string> labels = {};  // of an enumeration in its order; empty: not one
  // The equality of its default operator class; empty: it has none.  It counts for types beyond
  // those of dsl/type.h, built in (inet) or not.
  std::string equality_schema = {};
  std::string equality_name = {};
};

struct CatalogColumn {
  std::string name;
  std::int16_t number = 0;  // attnum; system and dropped columns are not listed
  CatalogType type;
  // Schema and name of a collation other than the database's own; empty: that one, or none.
  std::string collation_schema = {};
  std::string collation_name = {};
};

struct CatalogRelation {
  std::uint32_t oid = 0;
  std::string schema;
  std::string name;
  std::vector<CatalogColumn> columns;
};

class Catalog {
 public:
  virtual ~Catalog() = default;

  // The table, view, materialised, foreign or partitioned table of that name; an empty schema means
  // the search path.  nullptr if there is none.  The result lives as long as the catalogue, and
  // the same relation is the same object.
  virtual const CatalogRelation *find_relation(std::string_view schema, std::string_view name) = 0;

  // Names of relations in a schema, or in the search path if it is empty: for hints only.
  virtual std::vector<std::string> relation_names(std::string_view schema) = 0;

  // Schema and name of the configuration that `search` uses, as for to_tsvector: for example
  // "pg_catalog.simple".  Bound as a parameter.
  virtual std::string search_configuration() = 0;
};

// Times are microseconds since 2000-01-01: of UTC, or of the calendar and clock on the wall.
class Clock {
 public:
  virtual ~Clock() = default;

  // The time of the run, UTC: an input, the same for the whole document.
  virtual std::int64_t now() = 0;

  // The time zone of the run, as PostgreSQL names it.
  virtual std::string zone() = 0;

  virtual std::int64_t to_local(std::int64_t utc) = 0;

  // A wall time that never was, because clocks went forward over it, gives the first instant after
  // the gap; one that was twice gives the first.
  virtual std::int64_t to_utc(std::int64_t local) = 0;
};

}  // namespace pgexport::dsl
