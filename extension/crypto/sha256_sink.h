// Counts and digests (SHA-256, FIPS 180-4) what passes through it.
#pragma once

#include <array>
#include <cstdint>
#include <memory>

#include "core/byte_sink.h"

#include "core/no_postgres.h"

namespace pgexport {

using Sha256 = std::array<unsigned char, 32>;

class Sha256Sink : public ByteSink {
 public:
  // `next` may be nullptr: then the bytes are only counted and digested.  Without `digest` they
  // are only counted.
  explicit Sha256Sink(ByteSink *next, bool digest = true);
  ~Sha256Sink() override;

  void write(std::string_view bytes) override;
  void close() override;

  std::uint64_t bytes() const { return bytes_; }

  // The digest of everything written so far; writing may go on.  REQUIRES: made to digest.
  Sha256 digest() const;

 private:
  struct Context;
  std::unique_ptr<Context> context_;
  ByteSink *next_;
  std::uint64_t bytes_ = 0;
};

// The digest of one piece of memory.
Sha256 sha256(std::string_view bytes);

}  // namespace pgexport
