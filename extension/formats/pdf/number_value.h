// Numbers as drawings need them.
#pragma once

#include <optional>

#include "core/cell.h"

#include "core/no_postgres.h"

namespace pgexport::pdf {

// Whether cells of this tag have a number_value().
bool has_number_value(CellTag tag);

// The nearest double; nothing for a null.  REQUIRES: a null or has_number_value(cell.tag).
std::optional<double> number_value(const Cell &cell);

}  // namespace pgexport::pdf
