#include "worker/schedule/jitter.h"

#include <algorithm>

namespace pgexport::schedule {

int jitter_seconds(std::span<const unsigned char> identity, int max) {
  // FNV-1a, whose low bits alone are not even enough.
  std::uint64_t hash = 0xcbf29ce484222325;
  for (const unsigned char byte : identity) hash = (hash ^ byte) * 0x100000001b3;
  hash ^= hash >> 32;
  const auto range = static_cast<std::uint64_t>(std::clamp(max, 0, kMaxJitter)) + 1;
  return static_cast<int>(hash % range);
}

}  // namespace pgexport::schedule
