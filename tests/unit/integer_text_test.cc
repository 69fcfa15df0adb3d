#include "core/text/integer_text.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <string>

namespace pgexport::spell {
namespace {

std::string signed_text(std::int64_t value) {
  char buffer[kMaxInt64Text];
  return {buffer, write_int64(buffer, value)};
}

std::string unsigned_text(std::uint64_t value) {
  char buffer[kMaxInt64Text];
  return {buffer, write_uint64(buffer, value)};
}

std::string fraction_text(std::uint32_t millionths) {
  char buffer[16];
  return {buffer, write_fraction(buffer, millionths)};
}

TEST(IntegerText, Extremes) {
  EXPECT_EQ(signed_text(0), "0");
  EXPECT_EQ(signed_text(std::numeric_limits<std::int64_t>::max()), "9223372036854775807");
  EXPECT_EQ(signed_text(std::numeric_limits<std::int64_t>::min()), "-9223372036854775808");
  EXPECT_EQ(unsigned_text(std::numeric_limits<std::uint64_t>::max()), "18446744073709551615");
}

TEST(IntegerText, EveryLengthAndItsNeighbours) {
  for (std::uint64_t power = 1; power <= 1000000000000000000; power *= 10) {
    for (std::uint64_t value : {power - 1, power, power + 1}) {
      EXPECT_EQ(unsigned_text(value), std::to_string(value));
      const auto as_signed = static_cast<std::int64_t>(value);
      EXPECT_EQ(signed_text(-as_signed), std::to_string(-as_signed));
    }
  }
}

TEST(IntegerText, EveryEightDigitWordHasItsDigits) {
  for (std::uint32_t value = 0; value < 10000; ++value) {
    EXPECT_EQ(unsigned_text(value), std::to_string(value));
    const std::uint32_t spread = value * 10000 + (9999 - value);
    EXPECT_EQ(unsigned_text(spread), std::to_string(spread));
  }
}

// Both halves of a pair, each with every group of four digits.
TEST(IntegerText, TwoWordsHaveTheDigitsOfEach) {
  for (std::uint32_t value = 0; value < 10000; ++value) {
    const std::uint32_t high = value * 10000 + (9999 - value);
    const std::uint32_t low = (9999 - value) * 10000 + value;
    const detail::SixteenDigits digits = detail::digits_of_two_eights(high, low);
    ASSERT_EQ(digits.high, detail::digits_of_eight(high)) << high;
    ASSERT_EQ(digits.low, detail::digits_of_eight(low)) << low;
  }
}

TEST(IntegerText, TwoDigits) {
  for (unsigned value = 0; value < 100; ++value) {
    char buffer[2];
    EXPECT_EQ(write_two_digits(buffer, value), buffer + 2);
    EXPECT_EQ(std::string(buffer, 2), std::to_string(value + 100).substr(1));
  }
}

TEST(IntegerText, FractionLosesTrailingZeros) {
  EXPECT_EQ(fraction_text(0), "");
  EXPECT_EQ(fraction_text(1), ".000001");
  EXPECT_EQ(fraction_text(500000), ".5");
  EXPECT_EQ(fraction_text(120), ".00012");
  EXPECT_EQ(fraction_text(999999), ".999999");
}

}  // namespace
}  // namespace pgexport::spell
