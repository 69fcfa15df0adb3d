// Writes a query as SQL: the only place where the text of SQL is made.
//
// The text has words of SQL, names of the catalogue in double quotes, t<n> and c<n> for relations
// and results, and $n for every value.  Constants of the same type and text share a number, so that
// equal expressions are equal texts: PostgreSQL compares those of GROUP BY with those it groups.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "dsl/sql_tree.h"

#include "core/no_postgres.h"

namespace pgexport::dsl {

// The value of one $n.
struct BoundArgument {
  std::string type;               // as the SQL casts it: pg_catalog.text[]
  std::uint32_t element_oid = 0;  // of the type, or of its elements
  bool is_array = false;
  std::optional<std::string> value;  // for the type's input function; nullopt: null
};

struct Statement {
  std::string sql;
  std::vector<BoundArgument> args;  // of $1, $2 …
};

Statement emit(const sql::Select &select);

}  // namespace pgexport::dsl
