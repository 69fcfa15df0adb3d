#include "core/text/bytes_text.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace pgexport::spell {
namespace {

// Buffers of the promised size: a sanitizer sees one byte more.
std::string hex(std::string_view bytes) {
  std::string out(2 * bytes.size(), '?');
  EXPECT_EQ(write_hex(out.data(), bytes.data(), bytes.size()), out.data() + out.size());
  return out;
}

std::string base64(std::string_view bytes) {
  std::string out((bytes.size() + 2) / 3 * 4, '?');
  EXPECT_EQ(write_base64(out.data(), bytes.data(), bytes.size()), out.data() + out.size());
  return out;
}

TEST(BytesText, HexOfEveryByte) {
  for (int byte = 0; byte < 256; ++byte) {
    const char digits[] = "0123456789abcdef";
    const std::string expected{digits[byte / 16], digits[byte % 16]};
    for (std::size_t n = 1; n <= 5; ++n) {
      std::string repeated;
      for (std::size_t i = 0; i < n; ++i) repeated += expected;
      EXPECT_EQ(hex(std::string(n, static_cast<char>(byte))), repeated);
    }
  }
}

TEST(BytesText, HexKeepsTheOrder) {
  EXPECT_EQ(hex(""), "");
  EXPECT_EQ(hex("\x01\x23\x45\x67\x89\xab\xcd\xef\xf0"), "0123456789abcdeff0");
}

// RFC 4648, section 10.
TEST(BytesText, Base64) {
  EXPECT_EQ(base64(""), "");
  EXPECT_EQ(base64("f"), "Zg==");
  EXPECT_EQ(base64("fo"), "Zm8=");
  EXPECT_EQ(base64("foo"), "Zm9v");
  EXPECT_EQ(base64("foob"), "Zm9vYg==");
  EXPECT_EQ(base64("fooba"), "Zm9vYmE=");
  EXPECT_EQ(base64("foobar"), "Zm9vYmFy");
  EXPECT_EQ(base64("\xfb\xff\xbf"), "+/+/");
}

TEST(BytesText, Uuid) {
  const std::string_view bytes("\xa0\xee\xbc\x99\x9c\x0b\x4e\xf8\xbb\x6d\x6b\xb9\xbd\x38\x0a\x11",
                               16);
  std::string out(36, '?');
  EXPECT_EQ(write_uuid(out.data(), bytes.data()), out.data() + 36);
  EXPECT_EQ(out, "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11");
}

}  // namespace
}  // namespace pgexport::spell
