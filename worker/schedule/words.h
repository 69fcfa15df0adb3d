// Schedules in words: "weekly on monday, thursday at 07:30".
#pragma once

#include <string_view>

#include "worker/schedule/recurrence.h"

#include "core/no_postgres.h"

namespace pgexport::schedule {

// True if the text begins with one of the words that a schedule in words begins with.
bool is_in_words(std::string_view text);

// Raises as parse_recurrence does.
Recurrence parse_words(std::string_view text);

}  // namespace pgexport::schedule
