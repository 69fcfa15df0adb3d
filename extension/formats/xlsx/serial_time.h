// Dates and times as the serial numbers of a spreadsheet: days, with the time of day as fraction.
//
// 1 is 1900-01-01, 2958465 is 9999-12-31; 60 is 1900-02-29, a day that never was, so that the days
// before it count one less.  Numbers have 17 digits, which make the nearest double: LibreOffice
// cuts seconds off, so that a duration of 1:04:00 would be shown as 1:03:59 with fewer. Source:
// ECMA-376 part 1, 18.17.4.1, date system 1900.
#pragma once

#include <cstdint>
#include <optional>

#include "core/text/integer_text.h"

#include "core/no_postgres.h"

namespace pgexport::xlsx {

inline constexpr std::int64_t kMicrosecondsPerDay = 86'400'000'000;
inline constexpr std::int64_t kLastSecond = kMicrosecondsPerDay - 1'000'000;  // of a day
inline constexpr std::int64_t kMaxSerialDay = 2'958'465;

// Room that write_serial() needs.
inline constexpr int kMaxSerialText = 48;

// `days` since 2000-01-01.  Nothing for a day that has no serial number.
inline std::optional<std::int64_t> serial_day(std::int64_t days) {
  constexpr std::int64_t kPhantom = 60;
  constexpr std::int64_t kDay2000 = 36'526;
  std::int64_t serial = days + kDay2000;
  if (serial <= kPhantom) --serial;
  if (serial < 1 || serial > kMaxSerialDay) return std::nullopt;
  return serial;
}

// Writes day + microseconds / 24 h.  REQUIRES: day >= 0, microseconds less than a day.
inline char *write_serial(char *out, std::int64_t day, std::int64_t microseconds) {
  out = spell::write_uint64(out, static_cast<std::uint64_t>(day));
  if (microseconds == 0) return out;
  // 10^n / 86,400,000,000 = 125 * 10^(n - 11) / 108, rounded to the nearest; n is 11 to 17.
  std::uint64_t scale = 100'000'000'000'000'000;
  for (std::int64_t rest = day; rest > 0 && scale > 100'000'000'000; rest /= 10) scale /= 10;
  const std::uint64_t factor = 125 * (scale / 100'000'000'000);
  const auto fraction = (static_cast<std::uint64_t>(microseconds) * factor + 54) / 108;
  char digits[kMaxSerialText];
  // A one in front keeps the zeros behind the point.
  char *end = spell::write_uint64(digits, scale + fraction);
  while (end[-1] == '0') --end;
  *out++ = '.';
  for (const char *p = digits + 1; p < end; ++p) *out++ = *p;
  return out;
}

}  // namespace pgexport::xlsx
