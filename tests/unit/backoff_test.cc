#include "worker/schedule/backoff.h"

#include <gtest/gtest.h>

#include <limits>

namespace pgexport {
namespace {

TEST(Backoff, DoublesUpToTheCap) {
  EXPECT_EQ(backoff(1, 15, 3600), 15);
  EXPECT_EQ(backoff(2, 15, 3600), 30);
  EXPECT_EQ(backoff(5, 15, 3600), 240);
  EXPECT_EQ(backoff(8, 15, 3600), 1920);
  EXPECT_EQ(backoff(9, 15, 3600), 3600);
  EXPECT_EQ(backoff(1000000, 15, 3600), 3600);
  EXPECT_EQ(backoff(3, 7, 7), 7);
}

TEST(Backoff, DoesNotOverflow) {
  constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max();
  EXPECT_EQ(backoff(std::numeric_limits<int>::max(), 1, most), most);
  EXPECT_EQ(backoff(2, most / 2 + 1, most), most);
}

TEST(Jitter, StaysWithinAFifth) {
  constexpr std::uint32_t most = std::numeric_limits<std::uint32_t>::max();
  EXPECT_EQ(with_jitter(1000, 0), 800);
  EXPECT_EQ(with_jitter(1000, most), 1200);
  EXPECT_NEAR(static_cast<double>(with_jitter(1000, most / 2)), 1000, 1);
  EXPECT_EQ(with_jitter(0, most), 0);
}

}  // namespace
}  // namespace pgexport
