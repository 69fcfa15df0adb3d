#include "crypto/audit_verifier.h"

#include <openssl/crypto.h>

#include "core/error.h"

namespace pgexport {

namespace {

std::string_view view(const Sha256 &hash) {
  return {reinterpret_cast<const char *>(hash.data()), hash.size()};
}

}  // namespace

Sha256 audit_leaf(const CodedRow &row) {
  std::string data(row.canonical);
  const AuditField code = {"mac", row.code, !row.has_code};
  data += canonical_audit_row({&code, 1});
  return merkle_leaf(data);
}

const char *fault_of_row(const CodedRow &row, const KeyRing &ring, bool must_have_code) {
  if (!row.has_code) return must_have_code ? "added or changed: it has no code" : nullptr;
  const Key *key = ring.find(row.key_id, KeyPurpose::audit_mac);
  if (!key) return "its code cannot be checked: the key ring has no such key";
  const Sha256 expected = audit_code(*key, row.canonical);
  if (row.code.size() != expected.size() ||
      CRYPTO_memcmp(row.code.data(), expected.data(), expected.size()) != 0) {
    return "added or changed: its code is wrong";
  }
  return nullptr;
}

const char *AuditVerifier::take(std::uint64_t number, std::string_view leaf, const CodedRow *row) {
  if (number != tree_.size()) return "removed: its seal is missing";
  if (!row) return "removed: the row is missing";
  const char *fault = fault_of_row(*row, ring_, codes_begun_);
  if (fault) return fault;
  codes_begun_ = codes_begun_ || row->has_code;
  const Sha256 hash = audit_leaf(*row);
  if (leaf != view(hash)) return row->has_code ? "reordered: it was sealed elsewhere" : "changed";
  tree_.append(hash);
  return nullptr;
}

const char *AuditVerifier::check(std::string_view note) {
  Checkpoint checkpoint;
  try {
    checkpoint = open_checkpoint(note, ring_);
  } catch (const Error &) {
    return "its checkpoint is not signed by a key of the key ring";
  }
  if (checkpoint.origin != origin_) return "its checkpoint is that of another database";
  if (checkpoint.size != tree_.size() || checkpoint.root != tree_.root()) {
    return "removed, added or reordered with their seals: the rows since the last good checkpoint "
           "are not those that were signed";
  }
  signed_size_ = checkpoint.size;
  return nullptr;
}

const char *AuditVerifier::finish(std::uint64_t last) const {
  if (last > tree_.size()) return "removed with their seals: the last checkpoint has more rows";
  if (signed_size_ < tree_.size()) return "added with their seals: no checkpoint has them";
  return nullptr;
}

}  // namespace pgexport
