// The expected texts are PostgreSQL 15's, with extra_float_digits = 1.
#include "core/text/float_text.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <limits>
#include <random>
#include <string>

namespace pgexport::spell {
namespace {

std::string text_of(double value) {
  char buffer[kMaxFloatText];
  return {buffer, write_float64(buffer, value)};
}

std::string text_of(float value) {
  char buffer[kMaxFloatText];
  return {buffer, write_float32(buffer, value)};
}

TEST(FloatText, Specials) {
  EXPECT_EQ(text_of(0.0), "0");
  EXPECT_EQ(text_of(-0.0), "-0");
  EXPECT_EQ(text_of(std::numeric_limits<double>::infinity()), "Infinity");
  EXPECT_EQ(text_of(-std::numeric_limits<double>::infinity()), "-Infinity");
  EXPECT_EQ(text_of(std::numeric_limits<double>::quiet_NaN()), "NaN");
  EXPECT_EQ(text_of(-std::numeric_limits<double>::quiet_NaN()), "NaN");
  EXPECT_EQ(text_of(-0.0F), "-0");
  EXPECT_EQ(text_of(-std::numeric_limits<float>::infinity()), "-Infinity");
  EXPECT_EQ(text_of(std::numeric_limits<float>::quiet_NaN()), "NaN");
}

TEST(FloatText, ThresholdsOfTheNotation) {
  EXPECT_EQ(text_of(0.0001), "0.0001");
  EXPECT_EQ(text_of(0.00012345678901234), "0.00012345678901234");
  EXPECT_EQ(text_of(0.00001), "1e-05");
  EXPECT_EQ(text_of(0.000099), "9.9e-05");
  EXPECT_EQ(text_of(1e14), "100000000000000");
  EXPECT_EQ(text_of(999999999999999.0), "999999999999999");
  EXPECT_EQ(text_of(1e15), "1e+15");
  EXPECT_EQ(text_of(1234567890123456.0), "1.234567890123456e+15");
  EXPECT_EQ(text_of(1e100), "1e+100");
  EXPECT_EQ(text_of(999999.0F), "999999");
  EXPECT_EQ(text_of(1e6F), "1e+06");
  EXPECT_EQ(text_of(0.0001F), "0.0001");
  EXPECT_EQ(text_of(0.00001F), "1e-05");
}

TEST(FloatText, FewDecimals) {
  EXPECT_EQ(text_of(0.1), "0.1");
  EXPECT_EQ(text_of(-12.5), "-12.5");
  EXPECT_EQ(text_of(123456.789), "123456.789");
  EXPECT_EQ(text_of(299792458.123456), "299792458.123456");
  EXPECT_EQ(text_of(0.1 + 0.2), "0.30000000000000004");
  EXPECT_EQ(text_of(123456789012345.6), "123456789012345.6");
  EXPECT_EQ(text_of(0.1F), "0.1");
  EXPECT_EQ(text_of(123456.7F), "123456.7");
}

TEST(FloatText, EndsOfTheRange) {
  EXPECT_EQ(text_of(5e-324), "5e-324");
  EXPECT_EQ(text_of(1e-323), "1e-323");
  EXPECT_EQ(text_of(2.2250738585072014e-308), "2.2250738585072014e-308");
  EXPECT_EQ(text_of(1.7976931348623157e308), "1.7976931348623157e+308");
  EXPECT_EQ(text_of(-1.7976931348623157e308), "-1.7976931348623157e+308");
  EXPECT_EQ(text_of(1e-45F), "1e-45");
  EXPECT_EQ(text_of(9.8e-45F), "1e-44");
  EXPECT_EQ(text_of(1.1754944e-38F), "1.1754944e-38");
  EXPECT_EQ(text_of(3.4028235e38F), "3.4028235e+38");
}

// Shorter decimals lie exactly on the border of these numbers' intervals.
TEST(FloatText, BorderOfTheIntervalIsOutside) {
  EXPECT_EQ(text_of(1e23), "9.999999999999999e+22");
  EXPECT_EQ(text_of(5e22), "4.9999999999999996e+22");
  EXPECT_EQ(text_of(8.41e21), "8.409999999999999e+21");
  EXPECT_EQ(text_of(8.589973e9F), "8.589974e+09");
  EXPECT_EQ(text_of(1e22), "1e+22");
}

// Below a power of two the numbers are twice as dense.
TEST(FloatText, PowersOfTwo) {
  EXPECT_EQ(text_of(9007199254740992.0), "9.007199254740992e+15");
  EXPECT_EQ(text_of(9223372036854775808.0), "9.223372036854776e+18");
  EXPECT_EQ(text_of(18446744073709551616.0), "1.8446744073709552e+19");
  EXPECT_EQ(text_of(9.5367431640625e-07), "9.5367431640625e-07");
  EXPECT_EQ(text_of(16777216.0F), "1.6777216e+07");
  EXPECT_EQ(text_of(67108864.0F), "6.7108864e+07");
}

// The significant digits of a number's text, without zeros at either end.
std::string digits_of(const std::string &text) {
  std::string digits;
  for (const char c : text.substr(0, text.find('e'))) {
    if (c >= '0' && c <= '9' && !(c == '0' && digits.empty())) digits += c;
  }
  digits.resize(digits.find_last_not_of('0') + 1);
  return digits;
}

// By trying: the shortest correctly rounded text that reads back as the same number.
std::string shortest_by_printf(double value) {
  char text[32];
  for (int decimals = 0;; ++decimals) {
    std::snprintf(text, sizeof text, "%.*e", decimals, value);
    if (std::strtod(text, nullptr) == value) return digits_of(text);
  }
}

// Of integers beyond 2^54 the border of the interval can be a decimal; reading takes it as inside.
TEST(FloatText, HasTheShortestDigitsAndOfThoseTheNearest) {
  std::mt19937_64 random(2);
  for (int i = 0; i < 20000; ++i) {
    const auto significand = static_cast<double>(random() >> 11 | std::uint64_t{1} << 52);
    const auto below = [&](std::uint64_t n) { return static_cast<int>(random() % n); };
    for (const int exponent : {below(100) - 100, below(970) - 1074, below(890) + 80}) {
      const double value = std::ldexp(significand, exponent);
      EXPECT_EQ(digits_of(text_of(value)), shortest_by_printf(value)) << text_of(value);
    }
  }
}

// Halfway between two decimals of the shortest length.
TEST(FloatText, TiesGoToTheEvenDigit) {
  EXPECT_EQ(text_of(1125899906842624.25), "1.1258999068426242e+15");
  EXPECT_EQ(text_of(1125899906842624.75), "1.1258999068426248e+15");
  EXPECT_EQ(text_of(562949953421312.125), "562949953421312.1");
  EXPECT_EQ(text_of(562949953421312.375), "562949953421312.4");
  EXPECT_EQ(text_of(-1125899906842625.75), "-1.1258999068426258e+15");
}

TEST(FloatText, DigitsThatCarry) {
  EXPECT_EQ(text_of(0.99999999999999989), "0.9999999999999999");
  EXPECT_EQ(text_of(9.9999999999999982), "9.999999999999998");
  EXPECT_EQ(text_of(99999999999999.984), "99999999999999.98");
  EXPECT_EQ(text_of(999999999.9999999), "999999999.9999999");
  EXPECT_EQ(text_of(123456789.123456), "123456789.123456");
  EXPECT_EQ(text_of(100000000.5), "100000000.5");
}

TEST(FloatText, ReadsBackAsTheSameNumber) {
  std::mt19937_64 random(1);
  for (int i = 0; i < 20000; ++i) {
    const double value =
        std::ldexp(static_cast<double>(random()), static_cast<int>(random() % 2040) - 1080);
    if (std::isinf(value)) continue;
    EXPECT_EQ(std::strtod(text_of(value).c_str(), nullptr), value);
    const auto single = static_cast<float>(
        std::ldexp(static_cast<double>(random() >> 40), static_cast<int>(random() % 250) - 148));
    if (std::isinf(single)) continue;
    EXPECT_EQ(std::strtof(text_of(single).c_str(), nullptr), single);
  }
}

}  // namespace
}  // namespace pgexport::spell
