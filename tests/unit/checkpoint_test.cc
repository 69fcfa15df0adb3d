// Signed checkpoints against a key pair that the documentation of Go's note package publishes, and
// a signature that the openssl command has made with it.

#include "crypto/checkpoint.h"

#include <gtest/gtest.h>

#include "core/error.h"
#include "crypto/merkle_tree.h"

namespace pgexport {
namespace {

// PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz
const std::string kRing =
    "export-keyring 1\nkey one audit-sign active 2026-11-27T10:00:00Z "
    "810a1402d5146c8d84f2443330f54080ebf98ee17d9c74f6252fc5d5c7283173\n";
const std::string kVerifier = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";

const std::string kNote =
    "export-test\n8\nXcnaeacGWamtVZy3Ad7ZoqudgjqtL0lgz+Nw7/RgQyg=\n\n"
    "\xe2\x80\x94 export-test "
    "S8vCt88jVjbRiOaoJqt0Dt2POMYvF/MXc9DawL/"
    "Jw2hTwQoKKUeWW9blW7XO4uXah+QfBbUZBIDuOs7AKqkt4W+Xwg4=\n";

Checkpoint checkpoint() {
  MerkleTree tree;
  for (const char *data : {"\x20\x21", "\x30\x31"}) tree.append(merkle_leaf(data));
  return {"export-test", 8, tree.root()};
}

bool is_refused(const std::string &note, const KeyRing &ring) {
  try {
    open_checkpoint(note, ring);
  } catch (const Error &) {
    return true;
  }
  return false;
}

TEST(Checkpoint, KeyHasThePublishedName) {
  const KeyRing ring = KeyRing::parse(kRing);
  EXPECT_EQ(checkpoint_verifier("PeterNeumann", ring.keys()[0]), kVerifier);
}

TEST(Checkpoint, OpensWhatOpensslHasSigned) {
  const KeyRing ring = KeyRing::parse(kRing);
  const Checkpoint opened = open_checkpoint(kNote, ring);
  EXPECT_EQ(opened.origin, "export-test");
  EXPECT_EQ(opened.size, 8u);
  EXPECT_EQ(opened.root[0], 0x5d);
  EXPECT_EQ(sign_checkpoint(opened, ring.keys()[0]), kNote) << "Ed25519 is deterministic";
}

TEST(Checkpoint, AnyChangeIsRefused) {
  const KeyRing ring = KeyRing::parse(kRing);
  for (std::size_t i = 0; i < kNote.size(); ++i) {
    std::string changed = kNote;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    EXPECT_TRUE(is_refused(changed, ring)) << i;
    EXPECT_TRUE(is_refused(kNote.substr(0, i), ring)) << i;
  }
  EXPECT_TRUE(is_refused(kNote.substr(0, kNote.find("\n\n") + 2), ring)) << "no signature";
}

TEST(Checkpoint, OnlyUsableKeysOfTheRingCount) {
  const KeyRing ring = KeyRing::parse(kRing);
  std::string text = kRing;
  text.replace(text.find("active"), 6, "retired");
  EXPECT_TRUE(is_refused(kNote, KeyRing::parse(text)));
  text.replace(text.find("retired"), 7, "decrypt_only");
  EXPECT_FALSE(is_refused(kNote, KeyRing::parse(text)));
  const KeyRing other = KeyRing::parse(new_key_ring("2026-11-27T10:00:00Z"));
  EXPECT_TRUE(is_refused(kNote, other));
  // A signature of somebody else beside ours is no harm.
  const std::string more = sign_checkpoint(checkpoint(), *other.active(KeyPurpose::audit_sign));
  const std::string ours = sign_checkpoint(checkpoint(), ring.keys()[0]);
  const std::string both = more + ours.substr(ours.find("\n\n") + 2);
  EXPECT_FALSE(is_refused(both, ring));
  EXPECT_FALSE(is_refused(both, other));
}

TEST(Checkpoint, LastOfSeveral) {
  std::string more = kNote;
  more.replace(more.find('8'), 1, "9");
  EXPECT_EQ(last_note(""), "");
  EXPECT_EQ(last_note(kNote), kNote);
  EXPECT_EQ(last_note(more + "\n" + kNote + "\n"), kNote);
  EXPECT_EQ(last_note(kNote + "\n" + more + "\n"), more);
  EXPECT_EQ(last_note(kNote.substr(3) + "\n" + more + "\n"), more) << "the first is cut";
  EXPECT_EQ(last_note("\n\n\xe2\x80\x94 "), "");
  // One that was not written to its end is not there.
  EXPECT_EQ(last_note(kNote.substr(0, kNote.size() - 1)), "");
}

}  // namespace
}  // namespace pgexport
