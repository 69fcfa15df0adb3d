// The keys of the server, as they are in the key ring file.
//
//   export-keyring 1
//   # comment
//   key ID PURPOSE STATE CREATED HEX
//
// ID is 1 to 32 letters, digits, '-' or '_'; PURPOSE and STATE as below; CREATED a UTC time as
// 2026-11-27T10:00:00Z; HEX the 32 bytes of the key as 64 digits.  Fields are separated by single
// spaces.  No id and no key occurs twice, at most one key of a purpose is active.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/no_postgres.h"

namespace pgexport {

enum class KeyPurpose : std::uint8_t { audit_mac, audit_sign, count };

// Active keys make codes and signatures, decrypt_only keys check those made before; retired ones
// are only kept so that nobody gives their id to another.
enum class KeyState : std::uint8_t { active, decrypt_only, retired };

// 32 bytes that leave no copy behind when they go.
class KeyBytes {
 public:
  KeyBytes() = default;
  KeyBytes(KeyBytes &&other) noexcept;
  KeyBytes &operator=(KeyBytes &&other) noexcept;
  ~KeyBytes();

  unsigned char *data() { return bytes_.data(); }
  std::string_view view() const {
    return {reinterpret_cast<const char *>(bytes_.data()), bytes_.size()};
  }

 private:
  std::array<unsigned char, 32> bytes_{};
};

struct Key {
  std::string id;
  KeyPurpose purpose;
  KeyState state;
  KeyBytes bytes;
};

class KeyRing {
 public:
  static constexpr std::size_t kMaxFile = std::size_t{64} * 1024;
  static constexpr std::size_t kMaxId = 32;

  // Throws Error with the number of the first line that is wrong, and none of its content.
  static KeyRing parse(std::string_view text);

  // The key that makes new codes or signatures, or nullptr.
  const Key *active(KeyPurpose purpose) const;
  // The key that made an old one; nullptr if it is not there or retired.
  const Key *find(std::string_view id, KeyPurpose purpose) const;

  const std::vector<Key> &keys() const { return keys_; }

 private:
  std::vector<Key> keys_;
};

// A new key ring with an active key of each purpose.  `created` is a UTC time as above.
std::string new_key_ring(std::string_view created);

}  // namespace pgexport
