// When a schedule runs, as sets of minutes, hours, days and months.  The one internal form: cron
// expressions and schedules in words both become it.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "core/no_postgres.h"

namespace pgexport::schedule {

inline constexpr std::uint32_t kEveryDay = 0xFFFFFFFE;
inline constexpr std::uint8_t kEveryWeekday = 0x7F;

// Days of a month.  A day matches if it is in one of the sets of the month and in one of those of
// the week; either is enough if `either` is set.
struct DayRule {
  std::uint32_t of_month = 0;         // bit n: day n
  std::uint32_t before_last = 0;      // bit n: n days before the last day, which is bit 0
  std::uint32_t nearest_weekday = 0;  // bit n: the weekday nearest to day n, in the same month
  bool last_weekday = false;          // the last Monday to Friday

  std::uint8_t of_week = 0;              // bit n: weekday n, Sunday is 0
  std::array<std::uint8_t, 5> nth = {};  // bit n of [k]: the (k+1)th weekday n of the month
  std::uint8_t last_of_week = 0;         // bit n: the last weekday n of the month

  bool either = false;
  bool clamp = false;  // a day that the month has not is its last day
  bool operator==(const DayRule &) const = default;
};

struct Recurrence {
  std::uint64_t minutes = 0;  // bit n: minute n
  std::uint32_t hours = 0;    // bit n: hour n
  std::uint32_t months = 0;   // bit n: month n, January is 1
  DayRule days;
  // False: the sets name times of a day, each of which happens once a day, also where the clock is
  // put forward over it or back before it.  True (an hour or minute with *): whenever the clock
  // shows a time of the sets.
  bool follows_clock = false;
  bool operator==(const Recurrence &) const = default;
};

// Reads a cron expression or a schedule in words; docs/schedules.md has the grammar.  Raises 22023
// with the place of the fault, 54000 for a text that is too long.
Recurrence parse_recurrence(std::string_view text);

}  // namespace pgexport::schedule
