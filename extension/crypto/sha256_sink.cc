#include "crypto/sha256_sink.h"

#include <openssl/err.h>
#include <openssl/evp.h>

#include "core/error.h"

namespace pgexport {

namespace {

struct ContextDeleter {
  void operator()(EVP_MD_CTX *context) const { EVP_MD_CTX_free(context); }
};
using ContextPointer = std::unique_ptr<EVP_MD_CTX, ContextDeleter>;

// The backend's TLS connection shares OpenSSL's error queue: leave nothing of ours in it.
[[noreturn]] void fail() {
  ERR_clear_error();
  throw Error(sqlstate::external_routine_exception, "could not compute a SHA-256 digest");
}

ContextPointer new_context() {
  ContextPointer context(EVP_MD_CTX_new());
  if (!context) fail();
  return context;
}

}  // namespace

struct Sha256Sink::Context {
  ContextPointer evp = new_context();
};

Sha256Sink::Sha256Sink(ByteSink *next, bool digest)
    : context_(digest ? std::make_unique<Context>() : nullptr), next_(next) {
  if (context_ && EVP_DigestInit_ex(context_->evp.get(), EVP_sha256(), nullptr) != 1) fail();
}

Sha256Sink::~Sha256Sink() = default;

void Sha256Sink::write(std::string_view bytes) {
  if (context_ && EVP_DigestUpdate(context_->evp.get(), bytes.data(), bytes.size()) != 1) fail();
  bytes_ += bytes.size();
  if (next_) next_->write(bytes);
}

void Sha256Sink::close() {
  if (next_) next_->close();
}

Sha256 Sha256Sink::digest() const {
  const ContextPointer copy = new_context();
  Sha256 digest;
  if (EVP_MD_CTX_copy_ex(copy.get(), context_->evp.get()) != 1 ||
      EVP_DigestFinal_ex(copy.get(), digest.data(), nullptr) != 1) {
    fail();
  }
  return digest;
}

Sha256 sha256(std::string_view bytes) {
  Sha256Sink sink(nullptr);
  sink.write(bytes);
  return sink.digest();
}

}  // namespace pgexport
