// Whatever a key ring file holds, it is refused with an Error or has keys that can be used.
#include <cstdint>

#include "core/error.h"
#include "crypto/key_ring.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size) {
  using namespace pgexport;
  try {
    const KeyRing ring = KeyRing::parse({reinterpret_cast<const char *>(data), size});
    int active[static_cast<int>(KeyPurpose::count)] = {};
    for (const Key &key : ring.keys()) {
      if (key.id.empty() || key.id.size() > KeyRing::kMaxId) __builtin_trap();
      const bool usable = ring.find(key.id, key.purpose) == &key;
      if (usable != (key.state != KeyState::retired)) __builtin_trap();
      if (key.state == KeyState::active && ++active[static_cast<int>(key.purpose)] > 1) {
        __builtin_trap();
      }
    }
  } catch (const Error &) {
  }
  return 0;
}
