#include "crypto/checkpoint.h"

#include <openssl/err.h>
#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <memory>
#include <optional>

#include "core/error.h"

namespace pgexport {

namespace {

constexpr char kEd25519 = 1;  // of a signed note
constexpr std::size_t kKeyHash = 4;
constexpr std::size_t kSignature = 64;
constexpr std::string_view kDash = "\xe2\x80\x94 ";

struct PkeyDeleter {
  void operator()(EVP_PKEY *key) const { EVP_PKEY_free(key); }
};
using Pkey = std::unique_ptr<EVP_PKEY, PkeyDeleter>;
struct DigestDeleter {
  void operator()(EVP_MD_CTX *context) const { EVP_MD_CTX_free(context); }
};
using DigestContext = std::unique_ptr<EVP_MD_CTX, DigestDeleter>;

// The backend's TLS connection shares OpenSSL's error queue: leave nothing of ours in it.
[[noreturn]] void fail() {
  ERR_clear_error();
  throw Error(sqlstate::external_routine_exception, "Ed25519 failed in OpenSSL");
}

[[noreturn]] void refuse(const char *why) {
  throw Error(sqlstate::data_corrupted, std::string("the checkpoint ") + why);
}

const unsigned char *bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char *>(text.data());
}

Pkey private_key(const Key &key) {
  const std::string_view seed = key.bytes.view();
  Pkey pkey(EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, bytes_of(seed), seed.size()));
  if (!pkey) fail();
  return pkey;
}

std::string public_key(EVP_PKEY *pkey) {
  std::array<unsigned char, 32> raw;
  std::size_t size = raw.size();
  if (EVP_PKEY_get_raw_public_key(pkey, raw.data(), &size) != 1) fail();
  return {raw.begin(), raw.end()};
}

std::string key_hash(std::string_view name, const std::string &public_bytes) {
  std::string text(name);
  text.append("\n").append(1, kEd25519).append(public_bytes);
  const Sha256 digest = sha256(text);
  return {digest.begin(), digest.begin() + kKeyHash};
}

std::string sign(EVP_PKEY *pkey, std::string_view text) {
  const DigestContext context(EVP_MD_CTX_new());
  std::string signature(kSignature, '\0');
  std::size_t size = signature.size();
  if (!context || EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, pkey) != 1 ||
      EVP_DigestSign(context.get(), reinterpret_cast<unsigned char *>(signature.data()), &size,
                     bytes_of(text), text.size()) != 1) {
    fail();
  }
  return signature;
}

bool is_signed(EVP_PKEY *pkey, std::string_view text, std::string_view signature) {
  const DigestContext context(EVP_MD_CTX_new());
  if (!context || EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, pkey) != 1) fail();
  const bool valid = EVP_DigestVerify(context.get(), bytes_of(signature), signature.size(),
                                      bytes_of(text), text.size()) == 1;
  ERR_clear_error();
  return valid;
}

std::string base64(std::string_view bytes) {
  std::string text(4 * ((bytes.size() + 2) / 3), '\0');
  // It also writes a zero byte, where the string has its own.
  EVP_EncodeBlock(reinterpret_cast<unsigned char *>(text.data()), bytes_of(bytes),
                  static_cast<int>(bytes.size()));
  return text;
}

// Only what base64() makes.
std::optional<std::string> read_base64(std::string_view text) {
  if (text.empty() || text.size() % 4 != 0 || text.size() > 1024) return std::nullopt;
  std::string bytes(text.size() / 4 * 3, '\0');
  if (EVP_DecodeBlock(reinterpret_cast<unsigned char *>(bytes.data()), bytes_of(text),
                      static_cast<int>(text.size())) < 0) {
    ERR_clear_error();
    return std::nullopt;
  }
  if (text.ends_with("==")) bytes.pop_back();
  if (text.ends_with("=")) bytes.pop_back();
  if (base64(bytes) != text) return std::nullopt;
  return bytes;
}

std::string_view take_line(std::string_view &rest) {
  const std::size_t end = rest.find('\n');
  if (end == std::string_view::npos) refuse("has too few lines");
  const std::string_view line = rest.substr(0, end);
  rest.remove_prefix(end + 1);
  return line;
}

Checkpoint read_text(std::string_view text) {
  Checkpoint checkpoint;
  checkpoint.origin = take_line(text);
  const std::string_view size = take_line(text);
  const auto read = std::from_chars(size.data(), size.data() + size.size(), checkpoint.size);
  if (read.ec != std::errc() || read.ptr != size.data() + size.size()) refuse("has no size");
  const auto root = read_base64(take_line(text));
  if (!root || root->size() != checkpoint.root.size()) refuse("has no root");
  std::copy(root->begin(), root->end(), checkpoint.root.begin());
  if (checkpoint.origin.empty() || !text.empty()) refuse("is not of three lines");
  return checkpoint;
}

// Whether `line` is the signature of one of the ring's keys.
bool is_signature(std::string_view line, std::string_view name, std::string_view text,
                  const KeyRing &ring) {
  if (!line.starts_with(kDash)) return false;
  line.remove_prefix(kDash.size());
  if (!line.starts_with(name)) return false;
  line.remove_prefix(name.size());
  if (!line.starts_with(' ')) return false;
  const auto code = read_base64(line.substr(1));
  if (!code || code->size() != kKeyHash + kSignature) return false;
  for (const Key &key : ring.keys()) {
    if (!ring.find(key.id, KeyPurpose::audit_sign)) continue;
    const Pkey pkey = private_key(key);
    if (code->substr(0, kKeyHash) == key_hash(name, public_key(pkey.get())) &&
        is_signed(pkey.get(), text, std::string_view(*code).substr(kKeyHash))) {
      return true;
    }
  }
  return false;
}

}  // namespace

std::string sign_checkpoint(const Checkpoint &checkpoint, const Key &key) {
  const Pkey pkey = private_key(key);
  std::string text =
      checkpoint.origin + "\n" + std::to_string(checkpoint.size) + "\n" +
      base64({reinterpret_cast<const char *>(checkpoint.root.data()), checkpoint.root.size()}) +
      "\n";
  const std::string code =
      key_hash(checkpoint.origin, public_key(pkey.get())) + sign(pkey.get(), text);
  return text + "\n" + std::string(kDash) + checkpoint.origin + " " + base64(code) + "\n";
}

Checkpoint open_checkpoint(std::string_view note, const KeyRing &ring) {
  const std::size_t end = note.find("\n\n");
  if (end == std::string_view::npos) refuse("is not signed");
  const std::string_view text = note.substr(0, end + 1);
  std::string_view signatures = note.substr(end + 2);
  Checkpoint checkpoint = read_text(text);
  while (!signatures.empty()) {
    if (is_signature(take_line(signatures), checkpoint.origin, text, ring)) return checkpoint;
  }
  refuse("is not signed by a key of the key ring");
}

std::string_view last_note(std::string_view notes) {
  const std::size_t signature = notes.rfind("\n\n" + std::string(kDash));
  if (signature == std::string_view::npos) return {};
  // Three lines before it.
  std::size_t start = signature;
  for (int line = 0; line < 3; ++line) {
    if (start == 0) return {};
    const std::size_t feed = notes.rfind('\n', start - 1);
    if (feed == std::string_view::npos) {
      if (line < 2) return {};
      start = 0;
    } else {
      start = line < 2 ? feed : feed + 1;
    }
  }
  const std::size_t end = notes.find('\n', signature + 2);
  if (end == std::string_view::npos) return {};
  return notes.substr(start, end + 1 - start);
}

std::string checkpoint_verifier(std::string_view origin, const Key &key) {
  static constexpr char kHex[] = "0123456789abcdef";
  const Pkey pkey = private_key(key);
  const std::string bytes = public_key(pkey.get());
  std::string text(origin);
  text += '+';
  for (const char c : key_hash(origin, bytes)) {
    text += kHex[static_cast<unsigned char>(c) >> 4];
    text += kHex[static_cast<unsigned char>(c) & 15];
  }
  return text + "+" + base64(std::string(1, kEd25519) + bytes);
}

}  // namespace pgexport
