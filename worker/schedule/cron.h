// Cron expressions of five fields.
#pragma once

#include <string_view>

#include "worker/schedule/recurrence.h"

#include "core/no_postgres.h"

namespace pgexport::schedule {

// REQUIRES: no @name.  Raises as parse_recurrence does.
Recurrence parse_cron(std::string_view text);

// The expression that an @name such as "@daily" stands for.  Raises 22023 for an unknown one.
std::string_view expand_cron_name(std::string_view text);

}  // namespace pgexport::schedule
