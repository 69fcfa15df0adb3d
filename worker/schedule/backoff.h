// How long to wait before trying again.
#pragma once

#include <cstdint>

#include "core/no_postgres.h"

namespace pgexport {

// Doubling: `base` after the first failure, twice that after the second, at most `cap`.
// REQUIRES: failures >= 1, 0 < base <= cap.
std::int64_t backoff(int failures, std::int64_t base, std::int64_t cap) noexcept;

// Moves a pause by up to a fifth, so that what failed together is not tried again together.
// `random` is any number.
std::int64_t with_jitter(std::int64_t pause, std::uint32_t random) noexcept;

}  // namespace pgexport
