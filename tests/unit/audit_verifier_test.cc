// Whatever is done to a sealed audit without its keys is found, and found at the right row.

#include "crypto/audit_verifier.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <random>

namespace pgexport {
namespace {

std::string bytes(const Sha256 &hash) { return {hash.begin(), hash.end()}; }

struct Row {
  std::string canonical;
  std::string code;  // "": none
  std::string key;
};

struct Seal {
  std::uint64_t number;
  std::string leaf;
  bool has_row = true;
  Row row;
};

struct Log {
  std::vector<Seal> seals;
  std::map<std::uint64_t, std::string> notes;  // by size
};

CodedRow view(const Row &row) { return {row.canonical, !row.code.empty(), row.key, row.code}; }

const KeyRing &ring() {
  static const KeyRing keys = KeyRing::parse(new_key_ring("2026-11-27T10:00:00Z"));
  return keys;
}

Row make_row(int number) {
  const Key &key = *ring().active(KeyPurpose::audit_mac);
  const std::string text = "row " + std::to_string(number);
  const AuditField fields[] = {{"event_id", text, false}, {"mac_key", key.id, false}};
  Row row{canonical_audit_row(fields), "", key.id};
  row.code = bytes(audit_code(key, row.canonical));
  return row;
}

void sign(Log &log, const MerkleTree &tree) {
  log.notes[tree.size()] =
      sign_checkpoint({"test", tree.size(), tree.root()}, *ring().active(KeyPurpose::audit_sign));
}

// A checkpoint every `batch` rows and one at the end.
Log make_log(int rows, int batch) {
  Log log;
  MerkleTree tree;
  for (int i = 0; i < rows; ++i) {
    const Row row = make_row(i);
    const Sha256 leaf = audit_leaf(view(row));
    tree.append(leaf);
    log.seals.push_back({static_cast<std::uint64_t>(i), bytes(leaf), true, row});
    if ((i + 1) % batch == 0) sign(log, tree);
  }
  sign(log, tree);
  return log;
}

struct Verdict {
  const char *fault;
  std::uint64_t size;  // rows that were good
  std::uint64_t signed_size;
};

Verdict verify(const Log &log) {
  AuditVerifier verifier(ring(), "test");
  for (const Seal &seal : log.seals) {
    const CodedRow row = view(seal.row);
    const char *fault = verifier.take(seal.number, seal.leaf, seal.has_row ? &row : nullptr);
    if (fault) return {fault, verifier.size(), verifier.signed_size()};
    const auto note = log.notes.find(verifier.size());
    if (note != log.notes.end()) fault = verifier.check(note->second);
    if (fault) return {fault, verifier.size(), verifier.signed_size()};
  }
  const std::uint64_t last = log.notes.empty() ? 0 : log.notes.rbegin()->first;
  return {verifier.finish(last), verifier.size(), verifier.signed_size()};
}

TEST(AuditCode, CanonicalBytesAndTheirCode) {
  std::string id;
  for (int i = 0; i < 16; ++i) id += static_cast<char>(i);
  const AuditField fields[] = {
      {"event_id", id, false}, {"kind", "run", false}, {"query", "", true}, {"note", "", false}};
  const std::string canonical = canonical_audit_row(fields);
  EXPECT_EQ(canonical, "event_id=16:" + id + "\nkind=3:run\nquery=null\nnote=0:\n");
  const KeyRing keys = KeyRing::parse(
      "export-keyring 1\nkey a audit-mac active 2026-11-27T10:00:00Z "
      "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f\n");
  // By Python's hmac.
  EXPECT_EQ(bytes(audit_code(keys.keys()[0], canonical)).substr(0, 8),
            "\xcf\x56\x90\x66\x2c\xcb\x62\x8a");
}

TEST(AuditVerifier, FindsNothingWhereNothingIs) {
  EXPECT_EQ(verify(make_log(50, 7)).fault, nullptr);
  EXPECT_EQ(verify(make_log(1, 1)).fault, nullptr);
  EXPECT_EQ(verify(Log()).fault, nullptr);
}

TEST(AuditVerifier, RowsWithoutACodeAreOnlyGoodBeforeTheFirstThatHasOne) {
  Log log;
  MerkleTree tree;
  for (int i = 0; i < 4; ++i) {
    Row row = make_row(i);
    if (i == 0 || i == 3) row.code.clear();
    const Sha256 leaf = audit_leaf(view(row));
    tree.append(leaf);
    log.seals.push_back({static_cast<std::uint64_t>(i), bytes(leaf), true, row});
  }
  sign(log, tree);
  const Verdict verdict = verify(log);
  EXPECT_STREQ(verdict.fault, "added or changed: it has no code");
  EXPECT_EQ(verdict.size, 3u);
}

TEST(AuditVerifier, RefusesTheCheckpointOfAnotherDatabase) {
  AuditVerifier verifier(ring(), "other");
  EXPECT_STREQ(verifier.check(make_log(0, 1).notes.at(0)),
               "its checkpoint is that of another database");
}

// What somebody with every right in the database but no key can do, seals included.
using Random = std::mt19937_64;
std::size_t pick(Random &random, std::size_t below) { return random() % below; }

void renumber(Log &log) {
  for (std::size_t i = 0; i < log.seals.size(); ++i) log.seals[i].number = i;
}

void reseal(Seal &seal) { seal.leaf = bytes(audit_leaf(view(seal.row))); }

// Does something to `log`, and returns the first row that is not as it was.
std::size_t mutate(Log &log, Random &random, int kind) {
  const std::size_t at = pick(random, log.seals.size());
  const bool thorough = pick(random, 2) == 0;
  Seal &seal = log.seals[at];
  const auto position = log.seals.begin() + static_cast<std::ptrdiff_t>(at);
  switch (kind) {
    case 0: {  // changed
      std::string &text = pick(random, 4) == 0 ? seal.row.code : seal.row.canonical;
      text[pick(random, text.size())] ^= static_cast<char>(1 + pick(random, 255));
      if (thorough) reseal(seal);
      return at;
    }
    case 1:  // removed
      if (thorough) {
        log.seals.erase(position);
        if (pick(random, 2) == 0) renumber(log);
      } else {
        seal.has_row = false;
      }
      return at;
    case 2: {  // added, or a copy of another
      Seal extra = log.seals[(at + 1 + pick(random, log.seals.size() - 1)) % log.seals.size()];
      if (!thorough) extra.row.canonical += "x";
      reseal(extra);
      log.seals.insert(position, extra);
      renumber(log);
      return at;
    }
    default: {  // reordered
      const std::size_t other = (at + 1 + pick(random, log.seals.size() - 1)) % log.seals.size();
      std::swap(seal.row, log.seals[other].row);
      if (thorough) std::swap(seal.leaf, log.seals[other].leaf);
      return std::min(at, other);
    }
  }
}

TEST(AuditVerifier, FindsEveryMutation) {
  Random random(1);
  const Log good = make_log(40, 5);
  const int rounds = std::getenv("CHECK_LONG") ? 10000 : 1000;
  for (int i = 0; i < rounds; ++i) {
    Log log = good;
    const std::size_t first = mutate(log, random, i % 4);
    const Verdict verdict = verify(log);
    ASSERT_NE(verdict.fault, nullptr) << "round " << i;
    // At the row itself, or where its batch of five was signed.
    EXPECT_LE(verdict.signed_size, first) << "round " << i;
    EXPECT_LT(first, verdict.signed_size + 5) << "round " << i << ": " << verdict.fault;
  }
}

}  // namespace
}  // namespace pgexport
