// Reads the sealed rows of an audit in their order and finds the first that is not as it was.
//
// What it relies on: nobody without the key ring can make the code of a row, or sign a checkpoint.
// The rows' own codes show changes and additions; the tree, of which checkpoints sign the root,
// shows removals and another order.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "crypto/audit_code.h"
#include "crypto/checkpoint.h"
#include "crypto/merkle_tree.h"

#include "core/no_postgres.h"

namespace pgexport {

// A row of the audit as it is stored.
struct CodedRow {
  std::string_view canonical;
  bool has_code;
  std::string_view key_id;  // of a row with a code
  std::string_view code;
};

// What a leaf of the tree is made of: the row and its code.
Sha256 audit_leaf(const CodedRow &row);

// The fault of a row by itself, nullptr if there is none.
const char *fault_of_row(const CodedRow &row, const KeyRing &ring, bool must_have_code);

class AuditVerifier {
 public:
  AuditVerifier(const KeyRing &ring, std::string origin)
      : ring_(ring), origin_(std::move(origin)) {}

  // The next seal: its number, the leaf that was kept, and the row, if it is there.  Returns what
  // is wrong, nullptr if nothing is.  After a fault there is nothing more to say.
  const char *take(std::uint64_t number, std::string_view leaf, const CodedRow *row);

  // A checkpoint for what has been taken so far.
  const char *check(std::string_view note);

  // All has been taken; `last` is the size in the last checkpoint that there is.
  const char *finish(std::uint64_t last) const;

  std::uint64_t size() const { return tree_.size(); }
  // Where what the last good checkpoint has signed ends.
  std::uint64_t signed_size() const { return signed_size_; }
  // Whether a row had a code: those after it must have one too.
  bool codes_begun() const { return codes_begun_; }

 private:
  const KeyRing &ring_;
  std::string origin_;
  MerkleTree tree_;
  std::uint64_t signed_size_ = 0;
  bool codes_begun_ = false;
};

}  // namespace pgexport
