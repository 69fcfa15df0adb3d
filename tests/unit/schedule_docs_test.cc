// The table of examples in docs/schedules.md is true.
#include <gtest/gtest.h>

#include <chrono>
#include <fstream>
#include <regex>
#include <string>

#include "literal_zone.h"
#include "worker/schedule/timetable.h"

namespace pgexport::schedule {
namespace {

std::string spell(Instant at) {
  const std::chrono::sys_seconds time{std::chrono::seconds(at)};
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date{day};
  const auto minutes = (time - day).count() / 60;
  char text[64];
  std::snprintf(text, sizeof text, "%04d-%02u-%02u %02d:%02d", static_cast<int>(date.year()),
                static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                static_cast<int>(minutes / 60), static_cast<int>(minutes % 60));
  return text;
}

TEST(ScheduleDocs, FirstRuns) {
  constexpr Instant kNewYear = 1'767'225'600;  // 2026-01-01 00:00 UTC
  std::ifstream page(DOCS_DIR "/schedules.md");
  const std::regex row(R"(\| `([^`]+)` \| (\d[-\d]+ [:\d]+), (\d[-\d]+ [:\d]+) \|)");
  int examples = 0;
  for (std::string line; std::getline(page, line);) {
    std::smatch match;
    if (!std::regex_match(line, match, row)) continue;
    examples++;
    const Timetable table(parse_recurrence(match[1].str()), literal_zone("UTC"));
    const auto first = table.next(kNewYear);
    ASSERT_TRUE(first) << line;
    EXPECT_EQ(spell(*first), match[2].str()) << line;
    EXPECT_EQ(spell(*table.next(*first)), match[3].str()) << line;
  }
  EXPECT_GE(examples, 15);
}

}  // namespace
}  // namespace pgexport::schedule
