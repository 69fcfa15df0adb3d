#include "core/text/scan.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "exact_block.h"

namespace pgexport::spell {
namespace {

std::size_t length_of_valid(std::string_view s) {
  const ExactBlock block(s);
  return valid_utf8_prefix(block.get(), s.size());
}

constexpr ByteSet kCsvSet = {{',', '"', '\n', '\r'}};
constexpr std::size_t kLongest = 200;

// Copies `s` up to the first special byte, which is expected at `special`.
template <typename Match>
void expect_copies(const std::string &s, std::size_t special, const Match &match) {
  const ExactBlock in(s);
  const ExactBlock out(s.size());
  ASSERT_EQ(copy_until(out.get(), in.get(), s.size(), match), special) << s;
  ASSERT_EQ(std::string_view(out.get(), special), std::string_view(s).substr(0, special));
}

// Each byte value at each place of each length: the answer is the byte's own definition.
TEST(Scan, StopsAtTheFirstSpecialByteAtEveryPlace) {
  const AnyOf any(kCsvSet);
  for (std::size_t n = 1; n <= 70; ++n) {
    for (std::size_t at = 0; at < n; ++at) {
      for (int value = 0; value < 256; ++value) {
        std::string s(n, 'x');
        s[at] = static_cast<char>(value);
        if (at + 1 < n) s[n - 1] = '"';
        const std::size_t next = at + 1 < n ? n - 1 : n;
        const bool json = value < 0x20 || value == '"' || value == '\\';
        expect_copies(s, json ? at : next, JsonSpecial());
        const bool csv = value == ',' || value == '"' || value == '\n' || value == '\r';
        expect_copies(s, csv ? at : next, any);
      }
    }
  }
}

TEST(Scan, CopiesUpToTheFirstSpecialByte) {
  const AnyOf any(kCsvSet);
  for (std::size_t n = 0; n <= kLongest; ++n) {
    std::string s;
    for (std::size_t i = 0; i < n; ++i) s += static_cast<char>('0' + i % 64 + (i % 64 >= 44));
    expect_copies(s, n, any);
    expect_copies(s, n, JsonSpecial());
    for (std::size_t at = 0; at < n; ++at) {
      std::string marked = s;
      marked[at] = '\n';
      expect_copies(marked, at, any);
      marked[at] = '\x01';
      expect_copies(marked, at, JsonSpecial());
      expect_copies(marked, n, any);
    }
  }
}

TEST(Scan, LooksForASetWithNul) {
  const AnyOf nul(ByteSet{{'\0', '\0', '\0', '\0'}});
  for (std::size_t n = 0; n <= kLongest; ++n) {
    expect_copies(std::string(n, 'x'), n, nul);
    expect_copies(std::string(n, 'x') + '\0', n, nul);
  }
}

TEST(Utf8, StopsAtEveryPlace) {
  for (std::size_t n = 0; n <= kLongest; ++n) {
    const std::string s(n, 'x');
    EXPECT_EQ(length_of_valid(s), n);
    for (std::size_t at = 0; at < n; ++at) {
      std::string marked = s;
      marked[at] = '\x80';
      EXPECT_EQ(length_of_valid(marked), at);
    }
  }
}

TEST(Utf8, AcceptsTheBordersOfEveryLength) {
  for (const std::string_view s :
       {"\x01", "\x7F", "\xC2\x80", "\xDF\xBF", "\xE0\xA0\x80", "\xED\x9F\xBF", "\xEE\x80\x80",
        "\xEF\xBF\xBF", "\xF0\x90\x80\x80", "\xF4\x8F\xBF\xBF"}) {
    EXPECT_EQ(length_of_valid(s), s.size()) << testing::PrintToString(s);
    EXPECT_EQ(length_of_valid("abc" + std::string(s) + "def"), s.size() + 6);
  }
}

TEST(Utf8, StopsBeforeWhatPostgresRefuses) {
  using namespace std::string_view_literals;
  for (const std::string_view s :
       {"\0"sv, "\x80"sv, "\xBF"sv, "\xC0\x80"sv, "\xC1\xBF"sv, "\xC2"sv, "\xC2x"sv,
        "\xE0\x9F\xBF"sv, "\xED\xA0\x80"sv, "\xED\xBF\xBF"sv, "\xE1\x80"sv, "\xE1\x80x"sv,
        "\xF0\x8F\xBF\xBF"sv, "\xF4\x90\x80\x80"sv, "\xF1\x80\x80"sv, "\xF1\x80\x80x"sv,
        "\xF5\x80\x80\x80"sv, "\xFF"sv}) {
    EXPECT_EQ(length_of_valid(s), 0u) << testing::PrintToString(s);
    EXPECT_EQ(length_of_valid("a\xC3\xA4" + std::string(s)), 3u) << testing::PrintToString(s);
    EXPECT_EQ(length_of_valid(std::string(40, 'a') + std::string(s)), 40u);
  }
}

}  // namespace
}  // namespace pgexport::spell
