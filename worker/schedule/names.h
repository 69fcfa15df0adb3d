// Names of months and weekdays.
#pragma once

#include <optional>
#include <string_view>

#include "core/no_postgres.h"

namespace pgexport::schedule {

// Whole or its first three letters, in lower case.  January is 1, Sunday is 0.
std::optional<unsigned> month_by_name(std::string_view name);
std::optional<unsigned> weekday_by_name(std::string_view name);

}  // namespace pgexport::schedule
