// A Merkle tree as of RFC 6962, section 2.1, that grows at its end.
//
// It keeps the roots of its complete subtrees only, the largest first: one for each bit of its
// size.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "crypto/sha256_sink.h"

#include "core/no_postgres.h"

namespace pgexport {

Sha256 merkle_leaf(std::string_view data);

class MerkleTree {
 public:
  MerkleTree() = default;
  // Goes on with a tree from what size() and state() have said.  Throws Error if they do not fit.
  MerkleTree(std::uint64_t size, std::string_view state);

  void append(const Sha256 &leaf);
  Sha256 root() const;

  std::uint64_t size() const { return size_; }
  std::string state() const;

 private:
  std::uint64_t size_ = 0;
  std::vector<Sha256> subtrees_;
};

}  // namespace pgexport
