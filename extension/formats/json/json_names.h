// The keys of the columns of a table.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "formats/json/json_options.h"
#include "formats/row_writer.h"

#include "core/no_postgres.h"

namespace pgexport {

// The headings, made unique or, if that is not wanted, refused with Error 42701.
std::vector<std::string> json_names(std::span<const Column> columns, DuplicateNames duplicates);

}  // namespace pgexport
