#include "worker/schedule/words.h"

#include <fmt/format.h>

#include <array>
#include <cstddef>
#include <optional>
#include <string>

#include "worker/schedule/names.h"
#include "worker/schedule/text_scanner.h"

namespace pgexport::schedule {

namespace {

constexpr std::uint32_t kEveryMonth = 0x1FFE;
constexpr std::uint8_t kMondayToFriday = 0x3E;
constexpr std::array<std::string_view, 5> kFirstWords = {"daily", "weekdays", "weekly", "monthly",
                                                         "quarterly"};
constexpr std::array<std::string_view, 5> kOrdinals = {"first", "second", "third", "fourth",
                                                       "fifth"};

class WordsParser {
 public:
  explicit WordsParser(std::string_view text) : scanner_(text) {}

  Recurrence parse() {
    scanner_.skip_spaces();
    const std::string kind = next_word();
    if (kind == "daily") {
      rule().of_month = kEveryDay;
      rule().of_week = kEveryWeekday;
    } else if (kind == "weekdays") {
      rule().of_month = kEveryDay;
      rule().of_week = kMondayToFriday;
    } else if (kind == "weekly") {
      expect("on");
      read_weekdays();
    } else if (kind == "monthly") {
      expect("on");
      (void)read_day_of_month();
    } else {
      read_quarters();
    }
    expect("at");
    read_time();
    if (!scanner_.at_end()) scanner_.fail("Nothing can follow the time.");
    return result_;
  }

 private:
  DayRule &rule() { return result_.days; }

  // The next word, past the spaces behind it; empty if something else than letters follows.
  std::string next_word() {
    std::string word = scanner_.take_letters();
    scanner_.skip_spaces();
    return word;
  }

  bool accept(std::string_view wanted) {
    const std::size_t begin = scanner_.at();
    if (next_word() == wanted) return true;
    scanner_.move_to(begin);
    return false;
  }

  void expect(std::string_view wanted) {
    if (!accept(wanted)) scanner_.fail(fmt::format("The word \"{}\" is expected.", wanted), hint());
  }

  static std::string hint() {
    return "For example: daily at 07:30, weekdays at 07:30, weekly on monday, thursday at 07:30, "
           "monthly on day 15 at 07:30, monthly on the last friday at 07:30, quarterly on day 1 at "
           "07:30.";
  }

  unsigned read_weekday() {
    const std::size_t begin = scanner_.at();
    const std::optional<unsigned> weekday = weekday_by_name(next_word());
    if (!weekday) scanner_.fail_at(begin, "A weekday is expected.", hint());
    return *weekday;
  }

  void read_weekdays() {
    rule().of_month = kEveryDay;
    do {
      scanner_.skip_spaces();
      rule().of_week |= static_cast<std::uint8_t>(1U << read_weekday());
    } while (scanner_.take(',') || accept("and"));
  }

  // True if the day is counted from the end of the month.
  bool read_day_of_month() {
    (void)accept("the");
    if (accept("last")) {
      read_last();
      return true;
    }
    const std::size_t begin = scanner_.at();
    const std::string word = next_word();
    if (word == "day") {
      read_day_number();
      return false;
    }
    for (std::size_t i = 0; i < kOrdinals.size(); i++) {
      if (word != kOrdinals.at(i)) continue;
      if (i == 0 && accept("day")) {
        rule().of_month = 1U << 1;
        rule().of_week = kEveryWeekday;
        return false;
      }
      if (i == 0 && accept("weekday")) {
        rule().nearest_weekday = 1U << 1;
        rule().of_week = kEveryWeekday;
        return false;
      }
      rule().of_month = kEveryDay;
      rule().nth.at(i) = static_cast<std::uint8_t>(1U << read_weekday());
      return false;
    }
    scanner_.fail_at(begin, "A day of the month is expected.", hint());
  }

  void read_last() {
    if (accept("day")) {
      rule().before_last = 1;
      rule().of_week = kEveryWeekday;
    } else if (accept("weekday")) {
      rule().last_weekday = true;
      rule().of_week = kEveryWeekday;
    } else {
      rule().of_month = kEveryDay;
      rule().last_of_week = static_cast<std::uint8_t>(1U << read_weekday());
    }
  }

  void read_day_number() {
    const std::size_t begin = scanner_.at();
    const unsigned day = scanner_.take_number();
    if (day < 1 || day > 31) {
      scanner_.fail_at(begin, fmt::format("{} is not between 1 and 31.", day));
    }
    scanner_.skip_spaces();
    rule().of_month = 1U << day;
    rule().of_week = kEveryWeekday;
    rule().clamp = true;
  }

  // A day counted from the end is that of the quarter, so of its third month.
  void read_quarters() {
    unsigned first = 1;
    if (accept("from")) {
      const std::size_t begin = scanner_.at();
      const std::optional<unsigned> month = month_by_name(next_word());
      if (!month) scanner_.fail_at(begin, "A month is expected.", hint());
      first = *month;
    }
    expect("on");
    if (read_day_of_month()) first += 2;
    result_.months = 0;
    for (unsigned i = 0; i < 4; i++) result_.months |= 1U << ((first - 1 + 3 * i) % 12 + 1);
  }

  void read_time() {
    const std::size_t begin = scanner_.at();
    const unsigned hour = scanner_.take_number();
    if (hour > 23) scanner_.fail_at(begin, fmt::format("{} is not between 0 and 23.", hour));
    if (!scanner_.take(':')) scanner_.fail("A time is written as 07:30.");
    const std::size_t minute_at = scanner_.at();
    const unsigned minute = scanner_.take_number();
    if (scanner_.at() - minute_at != 2) scanner_.fail_at(minute_at, "A time is written as 07:30.");
    if (minute > 59)
      scanner_.fail_at(minute_at, fmt::format("{} is not between 0 and 59.", minute));
    scanner_.skip_spaces();
    result_.hours = 1U << hour;
    result_.minutes = std::uint64_t{1} << minute;
  }

  TextScanner scanner_;
  Recurrence result_{.minutes = 0, .hours = 0, .months = kEveryMonth, .days = {}};
};

}  // namespace

bool is_in_words(std::string_view text) {
  TextScanner scanner(text);
  scanner.skip_spaces();
  const std::string first = scanner.take_letters();
  for (const std::string_view word : kFirstWords) {
    if (first == word) return true;
  }
  return false;
}

Recurrence parse_words(std::string_view text) { return WordsParser(text).parse(); }

}  // namespace pgexport::schedule
