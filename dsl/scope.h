// The relations of a template's from and join, and the names that they give to columns.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "dsl/catalog.h"
#include "dsl/fault.h"
#include "dsl/sql_tree.h"
#include "dsl/tree.h"

#include "core/no_postgres.h"

namespace pgexport::dsl {

class Scope {
 public:
  // REQUIRES: `catalog` outlives this object and what it resolves.
  explicit Scope(Catalog &catalog) : catalog_(catalog) {}

  // Looks the relation up and adds it.  Returns its number, from 1: it is t<number>.  Throws Fault:
  // 42P01 unknown, 42712 an alias used twice, 42501 a schema that templates do not read.
  int add(const Relation &relation);

  const CatalogRelation *relation(int number) const;

  // The column, or the field of a JSON column.  Throws Fault: 42703 unknown, 42702 ambiguous,
  // 42804 a key behind something that is not JSON.
  sql::Value resolve(const Name &name, Place place) const;

 private:
  struct Member {
    std::string alias;
    const CatalogRelation *relation;
  };

  const Member *find_member(std::string_view alias) const;
  sql::Value column(int number, std::string_view name, Place place) const;
  sql::Value column(const Name &name, Place place) const;
  Fault unknown(const Name &name, Place place) const;

  Catalog &catalog_;
  std::vector<Member> members_;
};

}  // namespace pgexport::dsl
