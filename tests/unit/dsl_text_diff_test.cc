// Differences between texts: applied to the first they give the second, and they are the fewest.

#include "dsl/text_diff.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>

namespace pgexport::dsl {
namespace {

std::string shown(std::string_view before, std::string_view after) {
  std::string text;
  for (const DiffLine &line : diff_lines(before, after)) {
    text += line.sign;
    text += line.text;
    text += '\n';
  }
  return text;
}

TEST(TextDiff, ShowsWhatChanged) {
  EXPECT_EQ(shown("a\nb\nc\n", "a\nx\nc\n"), " a\n-b\n+x\n c\n");
  EXPECT_EQ(shown("", "a\n"), "+a\n");
  EXPECT_EQ(shown("a", ""), "-a\n");
  EXPECT_EQ(shown("a\n", "a"), " a\n");
  EXPECT_EQ(shown("", ""), "");
  EXPECT_EQ(shown("a\n\nb", "a\nb"), " a\n-\n b\n");
}

// Length of the longest common subsequence, by the textbook.
std::size_t common(const std::vector<std::string> &a, const std::vector<std::string> &b) {
  std::vector<std::vector<std::size_t>> best(a.size() + 1,
                                             std::vector<std::size_t>(b.size() + 1, 0));
  for (std::size_t i = 1; i <= a.size(); i++) {
    for (std::size_t j = 1; j <= b.size(); j++) {
      best[i][j] =
          a[i - 1] == b[j - 1] ? best[i - 1][j - 1] + 1 : std::max(best[i - 1][j], best[i][j - 1]);
    }
  }
  return best[a.size()][b.size()];
}

TEST(TextDiff, RandomTexts) {
  std::mt19937 random(3);
  for (int round = 0; round < 3000; round++) {
    std::vector<std::string> a, b;
    std::string before, after;
    for (std::uint32_t i = random() % 12; i > 0; i--) {
      a.emplace_back(1, static_cast<char>('a' + random() % 4));
      before += a.back() + "\n";
    }
    for (std::uint32_t i = random() % 12; i > 0; i--) {
      b.emplace_back(1, static_cast<char>('a' + random() % 4));
      after += b.back() + "\n";
    }
    std::string first, second;
    std::size_t kept = 0;
    for (const DiffLine &line : diff_lines(before, after)) {
      if (line.sign != '+') first += std::string(line.text) + "\n";
      if (line.sign != '-') second += std::string(line.text) + "\n";
      if (line.sign == ' ') kept++;
    }
    ASSERT_EQ(first, before);
    ASSERT_EQ(second, after);
    ASSERT_EQ(kept, common(a, b)) << before << "---\n" << after;
  }
}

TEST(TextDiff, TextsWithoutAnythingInCommonAreReplaced) {
  std::string before, after;
  for (int i = 0; i < 1500; i++) {
    before += "a" + std::to_string(i) + "\n";
    after += "b" + std::to_string(i) + "\n";
  }
  EXPECT_EQ(diff_lines(before, after).size(), 3000u);
}

}  // namespace
}  // namespace pgexport::dsl
