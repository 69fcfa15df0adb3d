// The tree against the vectors of Certificate Transparency's reference implementation, and against
// the definition of RFC 6962 written down as it stands there.

#include "crypto/merkle_tree.h"

#include <gtest/gtest.h>

#include <span>

#include "core/error.h"

namespace pgexport {
namespace {

std::string hex(const Sha256 &hash) {
  static const char digits[] = "0123456789abcdef";
  std::string text;
  for (const unsigned char byte : hash) {
    text += digits[byte >> 4];
    text += digits[byte & 15];
  }
  return text;
}

std::string bytes(const Sha256 &hash) { return {hash.begin(), hash.end()}; }

const std::vector<std::string> kInputs = {
    "",
    std::string(1, '\0'),
    "\x10",
    "\x20\x21",
    "\x30\x31",
    "\x40\x41\x42\x43",
    "\x50\x51\x52\x53\x54\x55\x56\x57",
    "\x60\x61\x62\x63\x64\x65\x66\x67\x68\x69\x6a\x6b\x6c\x6d\x6e\x6f",
};

const std::vector<std::string> kRoots = {
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
};

// RFC 6962, 2.1.
Sha256 definition(std::span<const std::string> leaves) {
  if (leaves.empty()) return sha256("");
  if (leaves.size() == 1) return sha256(std::string(1, '\0') + leaves[0]);
  std::size_t k = 1;
  while (k * 2 < leaves.size()) k *= 2;
  return sha256("\x01" + bytes(definition(leaves.first(k))) + bytes(definition(leaves.subspan(k))));
}

TEST(MerkleTree, PublishedVectors) {
  MerkleTree tree;
  EXPECT_EQ(hex(tree.root()), kRoots[0]);
  for (std::size_t i = 0; i < kInputs.size(); ++i) {
    tree.append(merkle_leaf(kInputs[i]));
    EXPECT_EQ(hex(tree.root()), kRoots[i + 1]);
    EXPECT_EQ(tree.size(), i + 1);
  }
}

TEST(MerkleTree, EverySizeIsAsDefined) {
  std::vector<std::string> leaves;
  MerkleTree tree;
  for (int i = 0; i < 130; ++i) {
    leaves.push_back("leaf " + std::to_string(i));
    tree.append(merkle_leaf(leaves.back()));
    ASSERT_EQ(tree.root(), definition(leaves)) << leaves.size();
  }
}

TEST(MerkleTree, GoesOnFromItsState) {
  MerkleTree whole;
  for (int i = 0; i < 100; ++i) {
    MerkleTree resumed(whole.size(), whole.state());
    EXPECT_EQ(resumed.root(), whole.root());
    const Sha256 leaf = merkle_leaf(std::to_string(i));
    whole.append(leaf);
    resumed.append(leaf);
    EXPECT_EQ(resumed.state(), whole.state());
  }
  EXPECT_EQ(whole.state().size(), 32u * 3) << "100 is 64 + 32 + 4";
  EXPECT_THROW(MerkleTree(100, whole.state().substr(1)), Error);
  EXPECT_THROW(MerkleTree(101, whole.state()), Error);
}

}  // namespace
}  // namespace pgexport
