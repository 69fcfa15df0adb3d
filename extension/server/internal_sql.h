// Our own SQL on the internal tables: as export_owner, with nothing on the path but pg_catalog.
//
// Usage:  InternalSql sql = open_internal_sql();  run_internal_sql(…);  close_internal_sql(sql);
// REQUIRES: no user SQL on the stack.  On ERROR the transaction's abort cleans up.
#pragma once

#include "server/sandbox.h"

extern "C" {
#include "executor/spi.h"
}

namespace pgexport {

struct InternalSql {
  Sandbox nest;
  MemoryContext caller;
};

// Verifies that the internal tables still belong to export_owner alone and that nobody has put
// a trigger or a rule on them; raises 55000 otherwise.
InternalSql open_internal_sql();
// The same for SQL on one table: a lock on another is not waited for.
InternalSql open_internal_sql_on(const char *table);
void close_internal_sql(const InternalSql &sql);

struct SqlParameter {
  Oid type;
  Datum value;
  bool is_null;
};

// Runs one statement; returns the number of rows.  Results are in SPI_tuptable until the next
// statement.  `read_only` runs it on the active snapshot.
std::uint64_t run_internal_sql(const char *statement, const SqlParameter *parameters, int count,
                               bool read_only);

// Parameters from values.  A nullptr text is NULL.
SqlParameter text_parameter(const char *text);
SqlParameter int8_parameter(std::int64_t value);
SqlParameter int4_parameter(std::int32_t value);
SqlParameter oid_parameter(Oid value);
SqlParameter uuid_parameter(const pg_uuid_t *value);
SqlParameter bytes_parameter(const void *bytes, std::size_t size);
SqlParameter time_parameter(std::int64_t value);
SqlParameter jsonb_parameter(Datum value);
SqlParameter text_array_parameter(Datum *items, int count);
SqlParameter null_parameter(Oid type);

// Column `number` (from 1) of row `row` (from 0) of SPI_tuptable.
Datum sql_result(std::uint64_t row, int number, bool *is_null);

}  // namespace pgexport
