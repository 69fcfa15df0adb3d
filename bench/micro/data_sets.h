// Data sets in the shape of those of bench/datasets.sql; their values come from another hash
// function, so they are not the same rows.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "formats/row_writer.h"
#include "heap_rows.h"

#include "core/no_postgres.h"

namespace pgexport::bench {

struct DataSet {
  std::vector<Column> columns;
  HeapRows rows;
};

// The names that make_data_set() knows.
std::vector<std::string_view> data_set_names();

// Always the same rows for the same arguments.  Throws Error undefined_object for another name.
DataSet make_data_set(std::string_view name, std::size_t rows);

}  // namespace pgexport::bench
