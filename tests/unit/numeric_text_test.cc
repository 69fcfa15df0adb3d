// Bodies and texts are PostgreSQL 15's; a body is written here as its 16-bit words.
#include "core/text/numeric_text.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

namespace pgexport::spell {
namespace {

// A body that begins at an odd address, in memory of exactly its size.
class Body {
 public:
  Body(std::initializer_list<int> words) : bytes_(1 + 2 * words.size()) {
    char *out = bytes_.data() + 1;
    for (int word : words) {
      const auto stored = static_cast<std::uint16_t>(word);
      std::memcpy(out, &stored, sizeof stored);
      out += sizeof stored;
    }
  }

  const char *data() const { return bytes_.data() + 1; }
  std::uint32_t size() const { return static_cast<std::uint32_t>(bytes_.size() - 1); }

 private:
  std::vector<char> bytes_;
};

std::string text_of(const Body &body) {
  std::vector<char> buffer(numeric_text_bound(body.data(), body.size()));
  return {buffer.data(), write_numeric(buffer.data(), body.data(), body.size())};
}

bool exceeds(const Body &body) { return numeric_exceeds_double(body.data(), body.size()); }
bool finite(const Body &body) { return numeric_is_finite(body.data(), body.size()); }

TEST(NumericText, Specials) {
  EXPECT_EQ(text_of({0xC000}), "NaN");
  EXPECT_EQ(text_of({0xD000}), "Infinity");
  EXPECT_EQ(text_of({0xF000}), "-Infinity");
  EXPECT_FALSE(finite({0xC000}));
  EXPECT_FALSE(finite({0xD000}));
  EXPECT_FALSE(finite({0xF000}));
  EXPECT_TRUE(finite({0x8000}));
  EXPECT_TRUE(finite({0x4000, 0, 1}));
}

TEST(NumericText, ShortForm) {
  EXPECT_EQ(text_of({0x8000}), "0");
  EXPECT_EQ(text_of({0x8100}), "0.00");
  EXPECT_EQ(text_of({0xA000, 1}), "-1");
  EXPECT_EQ(text_of({0x8181, 1, 2345, 6780}), "12345.678");
  EXPECT_EQ(text_of({0xA0FF, 5000}), "-0.5");
  EXPECT_EQ(text_of({0x82FE, 1000}), "0.00001");
  EXPECT_EQ(text_of({0x8102, 12, 3456, 7890, 1200}), "1234567890.12");
  EXPECT_EQ(text_of({0x8010, 1}), "1" + std::string(64, '0'));
}

TEST(NumericText, LongForm) {
  EXPECT_EQ(text_of({0x0046, -18, 100}), "0." + std::string(69, '0') + "1");
  EXPECT_EQ(text_of({0x4000, 64, 1, 2}), "-10002" + std::string(252, '0'));
  EXPECT_EQ(text_of({0x0002, 1, 7, 8, 900}), "70008.09");
}

TEST(NumericText, LargestScaleAndWeight) {
  EXPECT_EQ(text_of({0x3FFF, 0}), "0." + std::string(16383, '0'));
  EXPECT_EQ(text_of({0x7FFF, 0x7FFF, 9999}),
            "-9999" + std::string(131068, '0') + "." + std::string(16383, '0'));
}

TEST(NumericText, ScaleCutsTheLastGroup) {
  EXPECT_EQ(text_of({0x8080, 1, 2300}), "1.2");
  EXPECT_EQ(text_of({0x8280, 1, 2345, 6000}), "1.23456");
  EXPECT_EQ(text_of({0x8480, 1, 5000}), "1.500000000");
}

TEST(NumericText, ExceedsDouble) {
  EXPECT_FALSE(exceeds({0x8000}));
  EXPECT_FALSE(exceeds({0x8003, 9007, 1992, 5474, 991}));
  EXPECT_TRUE(exceeds({0x8003, 9007, 1992, 5474, 992}));
  EXPECT_TRUE(exceeds({0xA003, 9007, 1992, 5474, 992}));
  EXPECT_TRUE(exceeds({0x8083, 9007, 1992, 5474, 991, 1000}));
  EXPECT_FALSE(exceeds({0x8083, 9007, 1992, 5474, 990, 9000}));
  EXPECT_FALSE(exceeds({0x8002, 9999, 9999, 9999}));
  EXPECT_TRUE(exceeds({0x8004, 1}));
  EXPECT_FALSE(exceeds({0x8003, 9007}));
}

}  // namespace
}  // namespace pgexport::spell
