#include "core/text/time_text.h"

#include <cstdlib>
#include <cstring>

#include "core/text/integer_text.h"

namespace pgexport::spell {

namespace {

constexpr std::int64_t kSecond = 1000000;
constexpr std::int64_t kMinute = 60 * kSecond;
constexpr std::int64_t kHour = 60 * kMinute;
constexpr std::int64_t kDay = 24 * kHour;

char *write_word(char *out, const char *word, std::size_t n) {
  std::memcpy(out, word, n);
  return out + n;
}

char *write_infinity(char *out, bool negative) {
  return negative ? write_word(out, "-infinity", 9) : write_word(out, "infinity", 8);
}

// hh:mm:ss, each below 100.
char *write_clock(char *out, unsigned hours, unsigned minutes, unsigned seconds) {
  const std::uint64_t twos = hours | std::uint64_t{minutes} << 24 | std::uint64_t{seconds} << 48;
  const std::uint64_t tens = (twos * 103 >> 10) & 0x000f00000f00000f;
  constexpr std::uint64_t kFrame = 0x30303a30303a3030;
  detail::store_bytes(out, (tens | (twos - tens * 10) << 8) + kFrame);
  return out + 8;
}

// -mm-dd.  Touches nine bytes.
char *write_month_and_day(char *out, unsigned month, unsigned day) {
  const std::uint64_t twos = month | std::uint64_t{day} << 24;
  const std::uint64_t tens = (twos * 103 >> 10) & 0x0f00000f;
  constexpr std::uint64_t kFrame = 0x30302d3030;
  *out = '-';
  detail::store_bytes(out + 1, (tens | (twos - tens * 10) << 8) + kFrame);
  return out + 6;
}

// At least four digits.
char *write_year(char *out, std::uint32_t year) {
  if (year >= 10000) return write_uint64(out, year);
  write_two_digits(out, year / 100);
  write_two_digits(out + 2, year % 100);
  return out + 4;
}

char *write_date_before_christ(char *out, const CivilDate &date, TimeStyle style) {
  const std::int64_t year = style == TimeStyle::iso ? -date.year : 1 - date.year;
  if (style == TimeStyle::iso && year > 0) *out++ = '-';
  out = write_year(out, static_cast<std::uint32_t>(year));
  return write_month_and_day(out, date.month, date.day);
}

// Fills the cache and writes from it, or returns nullptr for a date before the year 1.
bool refill(DateCache &cache, std::int64_t days, CivilDate &date) {
  date = civil_from_days(days);
  if (date.year < 1) return false;
  char *end = write_year(cache.text, static_cast<std::uint32_t>(date.year));
  end = write_month_and_day(end, date.month, date.day);
  cache.day = days;
  cache.length = static_cast<int>(end - cache.text);
  return true;
}

// The date without the mark of its era; sets `before_christ` if PostgreSQL's style needs the mark.
char *write_era_date(char *out, std::int64_t days, TimeStyle style, DateCache &cache,
                     bool &before_christ) {
  CivilDate date;
  before_christ = false;
  if (days != cache.day && !refill(cache, days, date)) {
    before_christ = style == TimeStyle::postgres;
    return write_date_before_christ(out, date, style);
  }
  std::memcpy(out, cache.text, sizeof cache.text);
  return out + cache.length;
}

char *write_era(char *out, bool before_christ) {
  return before_christ ? write_word(out, " BC", 3) : out;
}

// +hh[:mm[:ss]]; minutes always if `with_minutes`.
char *write_offset(char *out, std::int32_t utc_offset, bool with_minutes) {
  *out++ = utc_offset < 0 ? '-' : '+';
  const auto east = static_cast<std::uint32_t>(utc_offset);
  const std::uint32_t magnitude = utc_offset < 0 ? 0 - east : east;
  const unsigned hours = magnitude / 3600;
  const unsigned minutes = magnitude / 60 % 60;
  const unsigned seconds = magnitude % 60;
  write_clock(out, hours % 100, minutes, seconds);
  if (seconds != 0) return out + 8;
  return out + (minutes != 0 || with_minutes ? 5 : 2);
}

struct DayAndTime {
  std::int64_t day;
  std::int64_t microseconds;
};

DayAndTime split(std::int64_t microseconds) {
  std::int64_t day = microseconds / kDay;
  std::int64_t rest = microseconds % kDay;
  if (rest < 0) {
    rest += kDay;
    --day;
  }
  return {day, rest};
}

char *write_date_and_time(char *out, std::int64_t microseconds, TimeStyle style, DateCache &cache,
                          bool &before_christ) {
  const DayAndTime at = split(microseconds);
  out = write_era_date(out, at.day, style, cache, before_christ);
  *out++ = style == TimeStyle::iso ? 'T' : ' ';
  return write_time(out, at.microseconds);
}

bool is_infinity(std::int64_t microseconds) {
  return microseconds == kTimeInfinity || microseconds == kTimeMinusInfinity;
}

// The fields of an interval as PostgreSQL splits it: each with its own sign.
struct IntervalFields {
  std::int32_t years;
  std::int32_t months;
  std::int32_t days;
  std::int64_t hours;
  std::int32_t minutes;
  std::int32_t seconds;
  std::int32_t microseconds;

  bool has_time() const { return (hours | minutes | seconds | microseconds) != 0; }
  bool negative_time() const { return (hours | minutes | seconds | microseconds) < 0; }
};

IntervalFields fields_of(const IntervalValue &value) {
  const std::int64_t us = value.microseconds;
  return {value.months / 12,
          value.months % 12,
          value.days,
          us / kHour,
          static_cast<std::int32_t>(us % kHour / kMinute),
          static_cast<std::int32_t>(us % kMinute / kSecond),
          static_cast<std::int32_t>(us % kSecond)};
}

unsigned magnitude(std::int32_t value) { return static_cast<unsigned>(std::abs(value)); }

// "1 year -2 mons +3 days": a plus sign marks a value after a negative one.
class PostgresIntervalWriter {
 public:
  explicit PostgresIntervalWriter(char *out) : out_(out) {}

  void add(std::int32_t value, const char *unit, std::size_t unit_length) {
    if (value == 0) return;
    separate();
    if (after_negative_ && value > 0) *out_++ = '+';
    out_ = write_int64(out_, value);
    *out_++ = ' ';
    out_ = write_word(out_, unit, unit_length);
    if (value != 1) *out_++ = 's';
    after_negative_ = value < 0;
  }

  char *finish(const IntervalFields &fields) {
    if (!empty_ && !fields.has_time()) return out_;
    separate();
    if (fields.negative_time()) {
      *out_++ = '-';
    } else if (after_negative_) {
      *out_++ = '+';
    }
    const auto hours = static_cast<std::uint64_t>(std::abs(fields.hours));
    if (hours < 100) {
      write_two_digits(out_, static_cast<unsigned>(hours));
      out_ += 2;
    } else {
      out_ = write_uint64(out_, hours);
    }
    *out_++ = ':';
    out_ = write_two_digits(out_, magnitude(fields.minutes));
    *out_++ = ':';
    out_ = write_two_digits(out_, magnitude(fields.seconds));
    return write_fraction(out_, magnitude(fields.microseconds));
  }

 private:
  void separate() {
    if (!empty_) *out_++ = ' ';
    empty_ = false;
  }

  char *out_;
  bool empty_ = true;
  bool after_negative_ = false;
};

char *write_interval_postgres(char *out, const IntervalFields &fields) {
  PostgresIntervalWriter writer(out);
  writer.add(fields.years, "year", 4);
  writer.add(fields.months, "mon", 3);
  writer.add(fields.days, "day", 3);
  return writer.finish(fields);
}

char *write_designated(char *out, std::int64_t value, char designator) {
  if (value == 0) return out;
  out = write_int64(out, value);
  *out++ = designator;
  return out;
}

char *write_interval_iso(char *out, const IntervalFields &fields) {
  char *const start = out;
  *out++ = 'P';
  out = write_designated(out, fields.years, 'Y');
  out = write_designated(out, fields.months, 'M');
  out = write_designated(out, fields.days, 'D');
  if (!fields.has_time()) return out - start > 1 ? out : write_word(start, "PT0S", 4);
  *out++ = 'T';
  out = write_designated(out, fields.hours, 'H');
  out = write_designated(out, fields.minutes, 'M');
  if (fields.seconds == 0 && fields.microseconds == 0) return out;
  if (fields.seconds < 0 || fields.microseconds < 0) *out++ = '-';
  out = write_uint64(out, magnitude(fields.seconds));
  out = write_fraction(out, magnitude(fields.microseconds));
  *out++ = 'S';
  return out;
}

}  // namespace

// C. Neri and L. Schneider, "Euclidean affine functions and their application to calendar
// algorithms": years begin in March, so that the leap day is the last one, and divisions become
// multiplications.
CivilDate civil_from_days(std::int64_t days) {
  // Whole 400-year eras that make every date of PostgreSQL's range positive.
  constexpr std::int64_t kEras = 14705;
  constexpr std::int64_t kDaysPerEra = 146097;
  constexpr std::int64_t kMarchOfYear0To2000 = 730425;  // days from 0000-03-01 to 2000-01-01
  const auto shifted = static_cast<std::uint64_t>(days + kMarchOfYear0To2000 + kEras * kDaysPerEra);

  const std::uint64_t quarters = 4 * shifted + 3;
  const std::uint64_t century = quarters / kDaysPerEra;
  const auto day_of_century = static_cast<std::uint32_t>(quarters % kDaysPerEra / 4);

  const std::uint64_t scaled = std::uint64_t{2939745} * (4 * day_of_century + 3);
  const auto year_of_century = static_cast<std::uint32_t>(scaled >> 32);
  const std::uint32_t day_of_year = static_cast<std::uint32_t>(scaled) / 2939745 / 4;

  const std::uint32_t month_and_day = 2141 * day_of_year + 197913;
  const std::uint32_t month = month_and_day >> 16;
  const std::uint32_t day = (month_and_day & 0xffff) / 2141;
  const bool next_year = day_of_year >= 306;  // January, February
  const auto year = static_cast<std::int64_t>(100 * century + year_of_century) - 400 * kEras;
  return {year + next_year, next_year ? month - 12 : month, day + 1};
}

char *write_date(char *out, std::int64_t days, TimeStyle style, DateCache &cache) {
  if (days == kDateInfinity || days == kDateMinusInfinity) return write_infinity(out, days < 0);
  bool before_christ;
  out = write_era_date(out, days, style, cache, before_christ);
  return write_era(out, before_christ);
}

char *write_time(char *out, std::int64_t microseconds) {
  const auto us = static_cast<std::uint64_t>(microseconds);
  const auto seconds = static_cast<std::uint32_t>(us / kSecond);
  const auto fraction = static_cast<std::uint32_t>(us % kSecond);
  out = write_clock(out, seconds / 3600, seconds / 60 % 60, seconds % 60);
  return write_fraction(out, fraction);
}

char *write_timetz(char *out, std::int64_t microseconds, std::int32_t utc_offset) {
  return write_offset(write_time(out, microseconds), utc_offset, false);
}

char *write_timestamp(char *out, std::int64_t microseconds, TimeStyle style, DateCache &cache) {
  if (is_infinity(microseconds)) return write_infinity(out, microseconds < 0);
  bool before_christ;
  out = write_date_and_time(out, microseconds, style, cache, before_christ);
  return write_era(out, before_christ);
}

char *write_timestamptz(char *out, std::int64_t microseconds, std::int32_t utc_offset,
                        TimeStyle style, DateCache &cache) {
  if (is_infinity(microseconds)) return write_infinity(out, microseconds < 0);
  // Valid timestamps end days before the ends of the type; unsigned keeps others defined.
  const auto local = static_cast<std::int64_t>(static_cast<std::uint64_t>(microseconds) +
                                               static_cast<std::uint64_t>(utc_offset * kSecond));
  bool before_christ;
  out = write_date_and_time(out, local, style, cache, before_christ);
  out = write_offset(out, utc_offset, style == TimeStyle::iso);
  return write_era(out, before_christ);
}

char *write_interval(char *out, const IntervalValue &value, TimeStyle style) {
  const IntervalFields fields = fields_of(value);
  return style == TimeStyle::iso ? write_interval_iso(out, fields)
                                 : write_interval_postgres(out, fields);
}

}  // namespace pgexport::spell
