// A signed statement of what an audit's tree was at one size: a C2SP tlog-checkpoint, which is a
// C2SP signed-note with an Ed25519 signature.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "crypto/key_ring.h"
#include "crypto/sha256_sink.h"

#include "core/no_postgres.h"

namespace pgexport {

struct Checkpoint {
  std::string origin;  // also the name of the key
  std::uint64_t size;
  Sha256 root;
};

// The note: three lines, an empty one, and the signature.  REQUIRES: a key of purpose audit_sign.
std::string sign_checkpoint(const Checkpoint &checkpoint, const Key &key);

// The statement of a note that any usable key of the ring has signed.  Throws Error if it has none,
// or is no checkpoint.
Checkpoint open_checkpoint(std::string_view note, const KeyRing &ring);

// The last note of several, one after the other with an empty line between them; empty where there
// is none.  What comes before it may be cut.
std::string_view last_note(std::string_view notes);

// What a verifier elsewhere needs to know of the key: NAME+HASH+KEY, C2SP's verifier key.
std::string checkpoint_verifier(std::string_view origin, const Key &key);

}  // namespace pgexport
