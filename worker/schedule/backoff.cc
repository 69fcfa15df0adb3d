#include "worker/schedule/backoff.h"

#include <algorithm>
#include <limits>

namespace pgexport {

std::int64_t backoff(int failures, std::int64_t base, std::int64_t cap) noexcept {
  std::int64_t pause = base;
  for (int i = 1; i < failures && pause < cap; i++) {
    pause = pause > cap / 2 ? cap : pause * 2;
  }
  return std::min(pause, cap);
}

std::int64_t with_jitter(std::int64_t pause, std::uint32_t random) noexcept {
  const double share = static_cast<double>(random) / std::numeric_limits<std::uint32_t>::max();
  return pause + static_cast<std::int64_t>(static_cast<double>(pause) * 0.4 * (share - 0.5));
}

}  // namespace pgexport
