// One piece of memory as one gzip member (RFC 1952), by ISA-L at its fast level: the checksum at
// the end finds what has changed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

#include "core/no_postgres.h"

namespace pgexport {

class GzipPacker {
 public:
  GzipPacker();
  ~GzipPacker();

  // Writes to `out` and returns what was written; all of `plain` if `capacity` is too little.
  std::string_view pack(std::string_view plain, char *out, std::size_t capacity);

 private:
  struct Tables;
  std::unique_ptr<Tables> tables_;
};

// Writes the plaintext to `out`.  Throws Error XX001 unless `stored` is a member of that size.
void unpack_gzip(std::string_view stored, std::uint32_t plain_size, char *out);

}  // namespace pgexport
