// The head of a section's rows: what the request says of its columns, fitted to those there are.
#pragma once

#include <vector>

#include "formats/row_writer.h"
#include "formats/section.h"

#include "core/no_postgres.h"

namespace pgexport {

// `columns` are those of the section in its order, with their names and types.  Throws Error 42703
// for a style, group, chart or comparison that names a column which is not among them.
TableHead make_table_head(const Section &section, std::vector<Column> columns,
                          const TupleLayout *layout);

}  // namespace pgexport
