// The key ring of the server (crypto/key_ring.h), read from the file that export.keyring names.
//
// A file that has changed is read anew when it is needed next.  If it is bad then, the keys of
// before stay in force; without any, what needs them raises.
#pragma once

#include "bridge/prelude.h"

namespace pgexport {

// nullptr where export.keyring is not set.  Valid until the next call.
const KeyRing *key_ring();

// The same; raises 55000 where it is not set.  `what` is a function's name for the message.
const KeyRing *require_key_ring(const char *what);

}  // namespace pgexport
