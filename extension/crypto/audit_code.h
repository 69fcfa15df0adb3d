// What makes a row of the audit hard to forge: its canonical bytes, and their code under a key that
// SQL cannot reach.
//
// The canonical bytes are, for each field in order, NAME=LENGTH:VALUE and a line feed, or NAME=null
// and a line feed.  A length is in decimal.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "crypto/key_ring.h"
#include "crypto/sha256_sink.h"

#include "core/no_postgres.h"

namespace pgexport {

struct AuditField {
  std::string_view name;
  std::string_view value;
  bool is_null;
};

std::string canonical_audit_row(std::span<const AuditField> fields);

// HMAC-SHA-256 of the canonical bytes.  REQUIRES: a key of purpose audit_mac.
Sha256 audit_code(const Key &key, std::string_view canonical);

}  // namespace pgexport
