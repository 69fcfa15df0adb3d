// Spreads schedules that are due in the same minute over its first half.
#pragma once

#include <cstdint>
#include <span>

#include "core/no_postgres.h"

namespace pgexport::schedule {

inline constexpr int kMaxJitter = 30;  // seconds

// 0 to `max` seconds, always the same for the same identity.
int jitter_seconds(std::span<const unsigned char> identity, int max);

}  // namespace pgexport::schedule
