// The times of a wall clock that a recurrence names, found field by field, never by trying minutes.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

#include "worker/schedule/recurrence.h"

#include "core/no_postgres.h"

namespace pgexport::schedule {

// Minutes since 1970-01-01 00:00 on the wall.
using WallMinute = std::int64_t;

// The days of a month that match, bit n for day n.
std::uint32_t matching_days(const DayRule &rule, std::chrono::year_month month);

// The first match in [from, end), and the last one in (begin, from].
std::optional<WallMinute> first_match(const Recurrence &recurrence, WallMinute from,
                                      WallMinute end);
std::optional<WallMinute> last_match(const Recurrence &recurrence, WallMinute from,
                                     WallMinute begin);

}  // namespace pgexport::schedule
