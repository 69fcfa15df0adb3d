#include "crypto/key_ring.h"

#include <openssl/crypto.h>
#include <openssl/rand.h>

#include <algorithm>
#include <optional>

#include "core/error.h"

namespace pgexport {

namespace {

constexpr std::string_view kHeader = "export-keyring 1";
constexpr std::array<std::string_view, 2> kPurposes = {"audit-mac", "audit-sign"};
static_assert(kPurposes.size() == static_cast<std::size_t>(KeyPurpose::count));
constexpr std::array<std::string_view, 3> kStates = {"active", "decrypt_only", "retired"};
constexpr std::string_view kHex = "0123456789abcdef";

[[noreturn]] void fail(std::size_t line, const char *what) {
  throw Error(sqlstate::invalid_text_representation,
              "line " + std::to_string(line) + " of the key ring: " + what);
}

// Removes what is before the next `separator` from `rest`, and returns it.
std::string_view take_until(std::string_view &rest, char separator) {
  const std::size_t end = rest.find(separator);
  const std::string_view taken = rest.substr(0, end);
  rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
  return taken;
}

template <std::size_t N>
std::optional<std::size_t> index_of(const std::array<std::string_view, N> &names,
                                    std::string_view name) {
  const auto *found = std::find(names.begin(), names.end(), name);
  if (found == names.end()) return std::nullopt;
  return static_cast<std::size_t>(found - names.begin());
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool is_id(std::string_view text) {
  return !text.empty() && text.size() <= KeyRing::kMaxId &&
         std::all_of(text.begin(), text.end(), [](char c) {
           return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' ||
                  c == '_';
         });
}

bool is_time(std::string_view text) {
  constexpr std::string_view kForm = "dddd-dd-ddTdd:dd:ddZ";
  return text.size() == kForm.size() &&
         std::equal(text.begin(), text.end(), kForm.begin(),
                    [](char c, char form) { return form == 'd' ? is_digit(c) : c == form; });
}

bool read_hex(std::string_view text, KeyBytes &bytes) {
  if (text.size() != 2 * bytes.view().size()) return false;
  for (std::size_t i = 0; i < bytes.view().size(); ++i) {
    const std::size_t high = kHex.find(text[2 * i]);
    const std::size_t low = kHex.find(text[2 * i + 1]);
    if (high == std::string_view::npos || low == std::string_view::npos) return false;
    bytes.data()[i] = static_cast<unsigned char>(high << 4 | low);
  }
  return true;
}

Key read_key(std::string_view line, std::size_t number) {
  if (take_until(line, ' ') != "key") fail(number, "it does not begin with \"key\"");
  Key key;
  key.id = take_until(line, ' ');
  if (!is_id(key.id)) fail(number, "the id is not 1 to 32 letters, digits, \"-\" or \"_\"");
  const auto purpose = index_of(kPurposes, take_until(line, ' '));
  if (!purpose) fail(number, "the purpose is not audit-mac or audit-sign");
  key.purpose = static_cast<KeyPurpose>(*purpose);
  const auto state = index_of(kStates, take_until(line, ' '));
  if (!state) fail(number, "the state is not active, decrypt_only or retired");
  key.state = static_cast<KeyState>(*state);
  if (!is_time(take_until(line, ' '))) fail(number, "the time is not as 2026-11-27T10:00:00Z");
  if (!read_hex(line, key.bytes)) fail(number, "the key is not 64 hexadecimal digits");
  return key;
}

void require_new(const std::vector<Key> &keys, const Key &key, std::size_t line) {
  for (const Key &other : keys) {
    if (other.id == key.id) fail(line, "the id is there already");
    if (CRYPTO_memcmp(other.bytes.view().data(), key.bytes.view().data(),
                      key.bytes.view().size()) == 0) {
      fail(line, "the key is there already");
    }
    if (other.purpose == key.purpose && other.state == KeyState::active &&
        key.state == KeyState::active) {
      fail(line, "another key of this purpose is active");
    }
  }
}

std::string random_hex(std::size_t bytes) {
  KeyBytes random;
  if (RAND_priv_bytes(random.data(), static_cast<int>(bytes)) != 1) {
    throw Error(sqlstate::external_routine_exception, "OpenSSL has no random bytes");
  }
  std::string text;
  for (const char c : random.view().substr(0, bytes)) {
    const auto byte = static_cast<unsigned char>(c);
    text += kHex[byte >> 4];
    text += kHex[byte & 15];
  }
  return text;
}

}  // namespace

KeyBytes::KeyBytes(KeyBytes &&other) noexcept { *this = std::move(other); }

KeyBytes &KeyBytes::operator=(KeyBytes &&other) noexcept {
  if (this == &other) return *this;
  bytes_ = other.bytes_;
  OPENSSL_cleanse(other.bytes_.data(), other.bytes_.size());
  return *this;
}

KeyBytes::~KeyBytes() { OPENSSL_cleanse(bytes_.data(), bytes_.size()); }

KeyRing KeyRing::parse(std::string_view text) {
  if (text.size() > kMaxFile) {
    throw Error(sqlstate::invalid_text_representation, "the key ring is larger than 64 kB");
  }
  KeyRing ring;
  std::size_t number = 1;
  if (take_until(text, '\n') != kHeader) fail(number, "it is not \"export-keyring 1\"");
  while (!text.empty()) {
    const std::string_view line = take_until(text, '\n');
    ++number;
    if (line.empty() || line.front() == '#') continue;
    Key key = read_key(line, number);
    require_new(ring.keys_, key, number);
    ring.keys_.push_back(std::move(key));
  }
  return ring;
}

const Key *KeyRing::active(KeyPurpose purpose) const {
  for (const Key &key : keys_) {
    if (key.purpose == purpose && key.state == KeyState::active) return &key;
  }
  return nullptr;
}

const Key *KeyRing::find(std::string_view id, KeyPurpose purpose) const {
  for (const Key &key : keys_) {
    if (key.purpose == purpose && key.state != KeyState::retired && key.id == id) return &key;
  }
  return nullptr;
}

std::string new_key_ring(std::string_view created) {
  std::string text(kHeader);
  text += '\n';
  for (const std::string_view purpose : kPurposes) {
    text.append("key ").append(random_hex(8)).append(" ").append(purpose).append(" active ");
    text.append(created).append(" ").append(random_hex(32)).append("\n");
  }
  return text;
}

}  // namespace pgexport
