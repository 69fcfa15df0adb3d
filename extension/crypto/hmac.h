// HMAC-SHA-256 (RFC 2104, FIPS 198-1).
#pragma once

#include <string_view>

#include "crypto/sha256_sink.h"

#include "core/no_postgres.h"

namespace pgexport {

// Throws Error on a failure of the library.
Sha256 hmac_sha256(std::string_view key, std::string_view bytes);

}  // namespace pgexport
