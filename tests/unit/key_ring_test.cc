// The key ring file: what it may hold, and that nothing else is taken.

#include "crypto/key_ring.h"

#include <gtest/gtest.h>

#include "core/error.h"

namespace pgexport {
namespace {

const std::string kOne(64, '1');
const std::string kTwo = std::string(62, '2') + "af";
const std::string kHeader = "export-keyring 1\n";

std::string key(const std::string &id, const std::string &purpose, const std::string &state,
                const std::string &hex) {
  return "key " + id + " " + purpose + " " + state + " 2026-11-27T10:00:00Z " + hex + "\n";
}

std::string refusal(const std::string &text) {
  try {
    KeyRing::parse(text);
  } catch (const Error &error) {
    return error.message();
  }
  return "none";
}

TEST(KeyRing, FindsKeysByPurposeAndState) {
  const KeyRing ring =
      KeyRing::parse(kHeader + "# a comment\n\n" + key("new", "audit-mac", "active", kOne) +
                     key("old", "audit-mac", "decrypt_only", kTwo) +
                     key("gone", "audit-sign", "retired", std::string(64, '3')));
  ASSERT_EQ(ring.keys().size(), 3u);
  EXPECT_EQ(ring.active(KeyPurpose::audit_mac)->id, "new");
  EXPECT_EQ(ring.active(KeyPurpose::audit_mac)->bytes.view(), std::string(32, '\x11'));
  EXPECT_EQ(ring.find("old", KeyPurpose::audit_mac)->bytes.view(),
            std::string(31, '\x22') + "\xaf");
  EXPECT_EQ(ring.find("old", KeyPurpose::audit_sign), nullptr);
  EXPECT_EQ(ring.find("gone", KeyPurpose::audit_sign), nullptr) << "retired";
  EXPECT_EQ(ring.active(KeyPurpose::audit_sign), nullptr);
  EXPECT_EQ(KeyRing::parse(kHeader).keys().size(), 0u);
}

TEST(KeyRing, MakesOneThatCanBeRead) {
  const std::string text = new_key_ring("2026-11-27T10:00:00Z");
  const KeyRing ring = KeyRing::parse(text);
  ASSERT_EQ(ring.keys().size(), 2u);
  EXPECT_TRUE(ring.active(KeyPurpose::audit_mac));
  EXPECT_TRUE(ring.active(KeyPurpose::audit_sign));
  EXPECT_NE(ring.keys()[0].bytes.view(), std::string(32, '\0'));
  EXPECT_NE(text, new_key_ring("2026-11-27T10:00:00Z"));
}

TEST(KeyRing, RefusesEverythingElse) {
  const std::string good = key("a", "audit-mac", "active", kOne);
  EXPECT_EQ(refusal(kHeader + good), "none");
  EXPECT_EQ(refusal(""), "line 1 of the key ring: it is not \"export-keyring 1\"");
  EXPECT_EQ(refusal("export-keyring 2\n"), refusal(""));
  EXPECT_EQ(refusal(kHeader + "clef a\n"),
            "line 2 of the key ring: it does not begin with \"key\"");
  EXPECT_EQ(refusal(kHeader + "\n" + key("a/b", "audit-mac", "active", kOne)),
            "line 3 of the key ring: the id is not 1 to 32 letters, digits, \"-\" or \"_\"");
  EXPECT_EQ(refusal(kHeader + key(std::string(33, 'a'), "audit-mac", "active", kOne)),
            refusal(kHeader + key("", "audit-mac", "active", kOne)));
  EXPECT_EQ(refusal(kHeader + key("a", "audit", "active", kOne)),
            "line 2 of the key ring: the purpose is not audit-mac or audit-sign");
  EXPECT_EQ(refusal(kHeader + key("a", "audit-mac", "Active", kOne)),
            "line 2 of the key ring: the state is not active, decrypt_only or retired");
  EXPECT_EQ(refusal(kHeader + "key a audit-mac active today " + kOne),
            "line 2 of the key ring: the time is not as 2026-11-27T10:00:00Z");
  const std::string not_hex = "line 2 of the key ring: the key is not 64 hexadecimal digits";
  EXPECT_EQ(refusal(kHeader + key("a", "audit-mac", "active", kOne + "1")), not_hex);
  EXPECT_EQ(refusal(kHeader + key("a", "audit-mac", "active", kOne.substr(1))), not_hex);
  EXPECT_EQ(refusal(kHeader + key("a", "audit-mac", "active", std::string(64, 'G'))), not_hex);
  EXPECT_EQ(refusal(kHeader + key("a", "audit-mac", "active", kOne + " ")), not_hex);
  EXPECT_EQ(refusal(kHeader + key("a", "audit-mac", "active", kOne + "\r")), not_hex);
  EXPECT_EQ(refusal(kHeader + good + key("a", "audit-sign", "active", kTwo)),
            "line 3 of the key ring: the id is there already");
  EXPECT_EQ(refusal(kHeader + good + key("b", "audit-sign", "active", kOne)),
            "line 3 of the key ring: the key is there already");
  EXPECT_EQ(refusal(kHeader + good + key("b", "audit-mac", "active", kTwo)),
            "line 3 of the key ring: another key of this purpose is active");
  EXPECT_EQ(refusal(kHeader + std::string(KeyRing::kMaxFile, '\n')),
            "the key ring is larger than 64 kB");
}

// What is wrong with a file may be told to people who must not see its keys.
TEST(KeyRing, ErrorsHaveNothingOfTheKeys) {
  const std::string said = refusal(kHeader + key("a", "audit-mac", "active", "secret" + kOne));
  EXPECT_EQ(said.find("secret"), std::string::npos);
  EXPECT_EQ(said.find("1111"), std::string::npos);
}

}  // namespace
}  // namespace pgexport
