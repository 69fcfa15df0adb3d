// Bytes as text: hexadecimal, base64 (RFC 4648, with padding), UUIDs.
#pragma once

#include <cstddef>

#include "core/no_postgres.h"

namespace pgexport::spell {

// 2 * n bytes, lower case, no prefix.
char *write_hex(char *out, const char *bytes, std::size_t n);

// 4 * ceil(n / 3) bytes.
char *write_base64(char *out, const char *bytes, std::size_t n);

// 36 bytes, 8-4-4-4-12, lower case.
char *write_uuid(char *out, const char *bytes);

}  // namespace pgexport::spell
