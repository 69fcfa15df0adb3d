#include "crypto/merkle_tree.h"

#include <algorithm>
#include <bit>

#include "core/error.h"

namespace pgexport {

namespace {

std::string_view view(const Sha256 &hash) {
  return {reinterpret_cast<const char *>(hash.data()), hash.size()};
}

// The first byte keeps a leaf from being taken for a node.
Sha256 node(const Sha256 &left, const Sha256 &right) {
  Sha256Sink sink(nullptr);
  sink.write(std::string_view("\x01", 1));
  sink.write(view(left));
  sink.write(view(right));
  return sink.digest();
}

}  // namespace

Sha256 merkle_leaf(std::string_view data) {
  Sha256Sink sink(nullptr);
  sink.write(std::string_view("\0", 1));
  sink.write(data);
  return sink.digest();
}

MerkleTree::MerkleTree(std::uint64_t size, std::string_view state) : size_(size) {
  constexpr std::size_t kHash = std::tuple_size_v<Sha256>;
  if (state.size() != kHash * static_cast<std::size_t>(std::popcount(size))) {
    throw Error(sqlstate::data_corrupted, "the state of the audit's tree does not fit its size");
  }
  subtrees_.resize(state.size() / kHash);
  for (std::size_t i = 0; i < subtrees_.size(); ++i) {
    std::copy_n(state.data() + i * kHash, kHash, subtrees_[i].begin());
  }
}

void MerkleTree::append(const Sha256 &leaf) {
  Sha256 hash = leaf;
  // As in adding one: each subtree of an equal size is joined.
  for (std::uint64_t bits = size_; bits & 1; bits >>= 1) {
    hash = node(subtrees_.back(), hash);
    subtrees_.pop_back();
  }
  subtrees_.push_back(hash);
  ++size_;
}

Sha256 MerkleTree::root() const {
  if (subtrees_.empty()) return sha256({});
  Sha256 hash = subtrees_.back();
  for (std::size_t i = subtrees_.size() - 1; i > 0; --i) hash = node(subtrees_[i - 1], hash);
  return hash;
}

std::string MerkleTree::state() const {
  std::string bytes;
  for (const Sha256 &hash : subtrees_) bytes.append(view(hash));
  return bytes;
}

}  // namespace pgexport
