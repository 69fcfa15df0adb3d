#include "worker/schedule/wall_search.h"

#include <algorithm>
#include <bit>

namespace pgexport::schedule {

namespace {

using std::chrono::day;
using std::chrono::days;
using std::chrono::months;
using std::chrono::sys_days;
using std::chrono::year_month;
using std::chrono::year_month_day;

constexpr WallMinute kMinutesOfDay = 24 * 60;
constexpr unsigned kDaysOfWeek = 7;

constexpr std::uint32_t bit(unsigned n) { return std::uint32_t{1} << n; }

unsigned last_day(year_month month) {
  return static_cast<unsigned>((month / std::chrono::last).day());
}

unsigned weekday_of(year_month month, unsigned of_month) {
  return std::chrono::weekday(sys_days{month / day(of_month)}).c_encoding();
}

// Lowest bit of `bits` that is at least `from`, highest that is at most `from`.
std::optional<unsigned> bit_from(std::uint64_t bits, unsigned from) {
  bits &= ~std::uint64_t{0} << from;
  if (bits == 0) return std::nullopt;
  return static_cast<unsigned>(std::countr_zero(bits));
}
std::optional<unsigned> bit_up_to(std::uint64_t bits, unsigned up_to) {
  bits &= ~std::uint64_t{0} >> (63 - up_to);
  if (bits == 0) return std::nullopt;
  return 63 - static_cast<unsigned>(std::countl_zero(bits));
}

// Saturdays go to the Friday before, Sundays to the Monday after, unless that is another month.
unsigned nearest_weekday(year_month month, unsigned of_month) {
  constexpr unsigned kSunday = 0;
  constexpr unsigned kSaturday = 6;
  const unsigned weekday = weekday_of(month, of_month);
  if (weekday == kSaturday) return of_month == 1 ? 3 : of_month - 1;
  if (weekday == kSunday) return of_month == last_day(month) ? of_month - 2 : of_month + 1;
  return of_month;
}

std::uint32_t days_of_month(const DayRule &rule, year_month month, std::uint32_t all) {
  const unsigned last = last_day(month);
  std::uint32_t result = rule.of_month & all;
  if (rule.clamp && (rule.of_month & ~all) != 0) result |= bit(last);
  for (std::uint32_t rest = rule.before_last; rest != 0; rest &= rest - 1) {
    const auto before = static_cast<unsigned>(std::countr_zero(rest));
    if (before < last) result |= bit(last - before);
  }
  for (std::uint32_t rest = rule.nearest_weekday & all; rest != 0; rest &= rest - 1) {
    result |= bit(nearest_weekday(month, static_cast<unsigned>(std::countr_zero(rest))));
  }
  if (rule.last_weekday) result |= bit(nearest_weekday(month, last));
  return result;
}

// The days with a weekday of `weekdays`, if day 1 is weekday `first`.
std::uint32_t days_of_week(std::uint8_t weekdays, unsigned first, unsigned from, unsigned to) {
  std::uint32_t result = 0;
  for (unsigned n = from; n <= to; n++) {
    if ((weekdays & bit((first + n - 1) % kDaysOfWeek)) != 0) result |= bit(n);
  }
  return result;
}

std::uint32_t days_of_week(const DayRule &rule, year_month month) {
  const unsigned first = weekday_of(month, 1);
  const unsigned last = last_day(month);
  std::uint32_t result = days_of_week(rule.of_week, first, 1, last);
  result |= days_of_week(rule.last_of_week, first, last - kDaysOfWeek + 1, last);
  for (unsigned k = 0; k < rule.nth.size(); k++) {
    result |= days_of_week(rule.nth[k], first, k * kDaysOfWeek + 1,
                           std::min((k + 1) * kDaysOfWeek, last));
  }
  return result;
}

struct WallTime {
  year_month month;
  unsigned day;
  unsigned minute;  // of the day
};

WallTime split(WallMinute wall) {
  const WallMinute day_number = (wall >= 0 ? wall : wall - kMinutesOfDay + 1) / kMinutesOfDay;
  const year_month_day date{sys_days{days{day_number}}};
  return {date.year() / date.month(), static_cast<unsigned>(date.day()),
          static_cast<unsigned>(wall - day_number * kMinutesOfDay)};
}

WallMinute join(year_month month, unsigned of_month, unsigned minute) {
  const sys_days date{month / day(of_month)};
  return WallMinute{date.time_since_epoch().count()} * kMinutesOfDay + minute;
}

bool has_month(const Recurrence &recurrence, year_month month) {
  return (recurrence.months & bit(static_cast<unsigned>(month.month()))) != 0;
}

// The first matching minute of a day that is at least `from`.
std::optional<unsigned> minute_from(const Recurrence &recurrence, unsigned from) {
  const std::optional<unsigned> hour = bit_from(recurrence.hours, from / 60);
  if (!hour) return std::nullopt;
  if (*hour == from / 60) {
    if (const auto minute = bit_from(recurrence.minutes, from % 60)) return *hour * 60 + *minute;
    return *hour == 23 ? std::nullopt : minute_from(recurrence, (*hour + 1) * 60);
  }
  return *hour * 60 + *bit_from(recurrence.minutes, 0);
}

std::optional<unsigned> minute_up_to(const Recurrence &recurrence, unsigned up_to) {
  const std::optional<unsigned> hour = bit_up_to(recurrence.hours, up_to / 60);
  if (!hour) return std::nullopt;
  if (*hour == up_to / 60) {
    if (const auto minute = bit_up_to(recurrence.minutes, up_to % 60)) return *hour * 60 + *minute;
    return *hour == 0 ? std::nullopt : minute_up_to(recurrence, *hour * 60 - 1);
  }
  return *hour * 60 + *bit_up_to(recurrence.minutes, 59);
}

}  // namespace

std::uint32_t matching_days(const DayRule &rule, year_month month) {
  const std::uint32_t all = (bit(last_day(month)) - 1) << 1;
  const std::uint32_t of_month = days_of_month(rule, month, all);
  const std::uint32_t of_week = days_of_week(rule, month);
  return rule.either ? of_month | of_week : of_month & of_week;
}

std::optional<WallMinute> first_match(const Recurrence &recurrence, WallMinute from,
                                      WallMinute end) {
  WallTime at = split(from);
  for (; join(at.month, 1, 0) < end; at = {at.month + months{1}, 1, 0}) {
    if (!has_month(recurrence, at.month)) continue;
    std::uint32_t candidates =
        matching_days(recurrence.days, at.month) & (~std::uint32_t{0} << at.day);
    for (; candidates != 0; candidates &= candidates - 1) {
      const auto found = static_cast<unsigned>(std::countr_zero(candidates));
      const auto minute = minute_from(recurrence, found == at.day ? at.minute : 0);
      if (!minute) continue;  // today, but later than its last time
      const WallMinute match = join(at.month, found, *minute);
      return match < end ? std::optional(match) : std::nullopt;
    }
  }
  return std::nullopt;
}

std::optional<WallMinute> last_match(const Recurrence &recurrence, WallMinute from,
                                     WallMinute begin) {
  constexpr unsigned kLastMinute = kMinutesOfDay - 1;
  WallTime at = split(from);
  for (; join(at.month, last_day(at.month), kLastMinute) > begin;) {
    if (has_month(recurrence, at.month)) {
      std::uint32_t candidates =
          matching_days(recurrence.days, at.month) & (~std::uint32_t{0} >> (31 - at.day));
      while (candidates != 0) {
        const unsigned found = 31 - static_cast<unsigned>(std::countl_zero(candidates));
        const auto minute = minute_up_to(recurrence, found == at.day ? at.minute : kLastMinute);
        candidates &= ~bit(found);
        if (!minute) continue;
        const WallMinute match = join(at.month, found, *minute);
        return match > begin ? std::optional(match) : std::nullopt;
      }
    }
    const year_month before = at.month - months{1};
    at = {before, last_day(before), kLastMinute};
  }
  return std::nullopt;
}

}  // namespace pgexport::schedule
