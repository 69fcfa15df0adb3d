#include "dsl/periods.h"

#include <chrono>

namespace pgexport::dsl {

namespace {

using namespace std::chrono;  // NOLINT(google-build-using-namespace): a calendar is nothing else

constexpr sys_days kEpoch{year{2000} / January / 1};
constexpr int kFirstYear = 1;
constexpr int kLastYear = 9999;

sys_days to_sys(int day) { return kEpoch + days{day}; }
int to_day(sys_days date) { return static_cast<int>((date - kEpoch).count()); }
year_month_day civil(int day) { return to_sys(day); }

bool in_range(year value) { return value >= year{kFirstYear} && value <= year{kLastYear}; }

// The number that `text` is, all of it digits; nullopt otherwise.
std::optional<int> digits(std::string_view text) {
  int number = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    number = number * 10 + (c - '0');
  }
  return number;
}

int start_of_week(int today) {
  const weekday now{to_sys(today)};
  return today - static_cast<int>((now - Monday).count());
}

int start_of_month(int today, int months_later) {
  const year_month_day now = civil(today);
  return to_day(sys_days{now.year() / now.month() / 1 + months{months_later}});
}

int start_of_quarter(int today, int quarters_later) {
  const auto month_of_quarter =
      static_cast<int>((static_cast<unsigned>(civil(today).month()) - 1) % 3);
  return start_of_month(today, 3 * quarters_later - month_of_quarter);
}

int start_of_year(int today, int years_later) {
  return to_day(sys_days{(civil(today).year() + years{years_later}) / January / 1});
}

}  // namespace

std::optional<int> parse_day(std::string_view text) {
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return std::nullopt;
  const auto y = digits(text.substr(0, 4));
  const auto m = digits(text.substr(5, 2));
  const auto d = digits(text.substr(8, 2));
  if (!y || !m || !d) return std::nullopt;
  const year_month_day date{year{*y}, month{static_cast<unsigned>(*m)},
                            day{static_cast<unsigned>(*d)}};
  if (!date.ok() || !in_range(date.year())) return std::nullopt;
  return to_day(sys_days{date});
}

std::string day_text(int day) {
  const year_month_day date = civil(day);
  const auto padded = [](int number, std::size_t width) {
    const std::string text = std::to_string(number);
    return std::string(width > text.size() ? width - text.size() : 0, '0') + text;
  };
  return padded(static_cast<int>(date.year()), 4) + "-" +
         padded(static_cast<int>(static_cast<unsigned>(date.month())), 2) + "-" +
         padded(static_cast<int>(static_cast<unsigned>(date.day())), 2);
}

DayRange preset_range(Preset preset, int today) {
  const int week = start_of_week(today);
  switch (preset) {
    case Preset::today: return {today, today + 1};
    case Preset::yesterday: return {today - 1, today};
    case Preset::last_7_days: return {today - 7, today};
    case Preset::last_30_days: return {today - 30, today};
    case Preset::this_week: return {week, week + 7};
    case Preset::last_week: return {week - 7, week};
    case Preset::this_month: return {start_of_month(today, 0), start_of_month(today, 1)};
    case Preset::last_month: return {start_of_month(today, -1), start_of_month(today, 0)};
    case Preset::this_quarter: return {start_of_quarter(today, 0), start_of_quarter(today, 1)};
    case Preset::last_quarter: return {start_of_quarter(today, -1), start_of_quarter(today, 0)};
    case Preset::this_year: return {start_of_year(today, 0), start_of_year(today, 1)};
    case Preset::last_year: break;
  }
  return {start_of_year(today, -1), start_of_year(today, 0)};
}

std::optional<int> add_to_day(int day, std::int64_t count, DurationUnit unit) {
  constexpr std::int64_t most = 4'000'000;  // days in 9999 years and some; keeps sums small
  if (count > most || count < -most) return std::nullopt;
  const auto in_months = [&](std::int64_t number) -> std::optional<int> {
    const year_month_day date = civil(day);
    const year_month target = date.year() / date.month() + months{number};
    if (!in_range(target.year())) return std::nullopt;
    const year_month_day same = target / date.day();
    return to_day(same.ok() ? sys_days{same} : sys_days{target / last});
  };
  switch (unit) {
    case DurationUnit::minute:
    case DurationUnit::hour: return std::nullopt;
    case DurationUnit::week: count *= 7; [[fallthrough]];
    case DurationUnit::day: {
      const year_month_day date{to_sys(day) + std::chrono::days{count}};
      if (!in_range(date.year())) return std::nullopt;
      return to_day(sys_days{date});
    }
    case DurationUnit::month:
      return count > most / 30 || count < -most / 30 ? std::nullopt : in_months(count);
    case DurationUnit::quarter:
      return count > most / 90 || count < -most / 90 ? std::nullopt : in_months(3 * count);
    case DurationUnit::year: break;
  }
  return count > kLastYear || count < -kLastYear ? std::nullopt : in_months(12 * count);
}

std::optional<DayRange> period_before(const DayRange &range) {
  if (!range.from || !range.end) return std::nullopt;
  const year_month_day first = civil(*range.from);
  const year_month_day end = civil(*range.end);
  std::optional<int> from;
  if (first.day() == day{1} && end.day() == day{1} && *range.end > *range.from) {
    const auto length = (end.year() / end.month()) - (first.year() / first.month());
    from = add_to_day(*range.from, -length.count(), DurationUnit::month);
  } else {
    from = add_to_day(*range.from, *range.from - *range.end, DurationUnit::day);
  }
  if (!from) return std::nullopt;
  return DayRange{from, range.from};
}

}  // namespace pgexport::dsl
