// Days and periods of days: presets, sums, the period before.
//
// A day is a number of days since 2000-01-01 in the proleptic Gregorian calendar, as PostgreSQL's
// date.  Weeks begin on Monday.  Days outside of the years 1 to 9999 are refused.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "dsl/tree.h"

#include "core/no_postgres.h"

namespace pgexport::dsl {

inline constexpr std::int64_t kMicrosecondsOfDay = std::int64_t{86'400'000'000};

// [from, end): `end` is the first day after it.  Absent: without that bound.
struct DayRange {
  std::optional<int> from;
  std::optional<int> end;
  bool operator==(const DayRange &) const = default;
};

// "2026-01-31"; nullopt if it is not written so, does not exist or is out of range.
std::optional<int> parse_day(std::string_view text);

// REQUIRES: in range.
std::string day_text(int day);

DayRange preset_range(Preset preset, int today);

// The day `count` units later, earlier if negative; the last day of the month where the same day of
// it does not exist: 31 January plus a month is 28 February.  nullopt out of range, and for units
// below a day.
std::optional<int> add_to_day(int day, std::int64_t count, DurationUnit unit);

// The period as long as `range` that ends where it begins: whole months before whole months, days
// before days.  nullopt if `range` lacks a bound or the result is out of range.
std::optional<DayRange> period_before(const DayRange &range);

}  // namespace pgexport::dsl
