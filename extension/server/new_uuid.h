// Random identifiers that cannot be guessed.
#pragma once

#include "bridge/prelude.h"

extern "C" {
#include "utils/uuid.h"
}

namespace pgexport {

// A version 4 UUID (RFC 9562) from the server's strong random source.
void new_uuid(pg_uuid_t *id);

}  // namespace pgexport
