// Options and the texts of C++ errors are UTF-8; names and queries are in the server's encoding.
#pragma once

#include "bridge/prelude.h"

namespace pgexport {

// Each returns its argument where both encodings are the same, else memory of the current context.
const char *to_utf8(const char *server_text);
const char *from_utf8(const char *utf8);

}  // namespace pgexport
