#include "core/text/moment_layout.h"

#include "core/interval_cell.h"
#include "core/text/integer_text.h"
#include "core/text/time_text.h"

namespace pgexport::format {

namespace {

constexpr std::int64_t kSecond = 1000000;
constexpr std::int64_t kMinute = 60 * kSecond;
constexpr std::int64_t kHour = 60 * kMinute;
constexpr std::int64_t kDay = 24 * kHour;
constexpr std::int64_t kMillisecond = 1000;

// What the tokens of a section take their digits from.
struct Moment {
  spell::CivilDate date = {};
  int weekday = 0;         // 0 is Sunday
  std::int64_t clock = 0;  // microseconds of the day; of a duration all of them
  std::int64_t days = 0;   // whole days of a duration
  bool is_duration = false;
  bool negative = false;
};

// Half up.
template <typename Integer>
Integer round_to(Integer value, std::int64_t unit) {
  return (value + unit / 2) / unit * unit;
}

// The smallest step of time that the section shows: seconds unless it shows fractions of them.
std::int64_t unit_of(const Section &section) {
  std::int64_t unit = kSecond;
  for (int i = 0; i < section.second_digits; ++i) unit /= 10;
  return unit;
}

bool read_interval(const Section &section, const Cell &cell, Moment &moment) {
  const IntervalValue value = interval_of(cell);
  if (value.months != 0 || section.has_date || section.twelve_hours) return false;
  __int128 total = static_cast<__int128>(value.days) * kDay + value.microseconds;
  moment.is_duration = true;
  moment.negative = total < 0;
  total = round_to(moment.negative ? -total : total, unit_of(section));
  if (total == 0) moment.negative = false;
  moment.days = static_cast<std::int64_t>(total / kDay);
  if (total > INT64_MAX) return false;
  moment.clock = static_cast<std::int64_t>(total);
  return true;
}

bool read_time(const Section &section, const Cell &cell, Moment &moment) {
  if (section.has_date || section.has_day) return false;
  moment.clock = round_to(cell.integer, unit_of(section));
  if (moment.clock == kDay && cell.integer < kDay && !section.has_elapsed) moment.clock = 0;
  return true;
}

// `day` since 2000-01-01, `clock` within it.
bool read_date(const Section &section, std::int64_t day, std::int64_t clock, Moment &moment) {
  constexpr std::int64_t kSaturday = 6;  // 2000-01-01
  if (section.has_elapsed) return false;
  moment.date = spell::civil_from_days(day);
  moment.weekday = static_cast<int>(((day + kSaturday) % 7 + 7) % 7);
  moment.clock = clock;
  return moment.date.year >= 1;
}

bool read_timestamp(const Section &section, const Cell &cell, Moment &moment) {
  if (cell.integer == kTimeInfinity || cell.integer == kTimeMinusInfinity) return false;
  // Valid timestamps end days before the ends of the type; unsigned keeps others defined.
  const std::int64_t offset = cell.tag == CellTag::timestamptz ? cell.utc_offset * kSecond : 0;
  const auto local = static_cast<std::int64_t>(static_cast<std::uint64_t>(cell.integer) +
                                               static_cast<std::uint64_t>(offset));
  std::int64_t day = local / kDay;
  std::int64_t clock = local % kDay;
  if (clock < 0) {
    clock += kDay;
    --day;
  }
  if (section.has_clock) clock = round_to(clock, unit_of(section));
  return read_date(section, day + clock / kDay, clock % kDay, moment);
}

bool read(const Section &section, const Cell &cell, Moment &moment) {
  switch (cell.tag) {
    case CellTag::interval: return read_interval(section, cell, moment);
    case CellTag::time:
    case CellTag::timetz: return read_time(section, cell, moment);
    case CellTag::date:
      return cell.integer != kDateInfinity && cell.integer != kDateMinusInfinity &&
             read_date(section, cell.integer, 0, moment);
    default: return read_timestamp(section, cell, moment);
  }
}

// At least `digits` digits.
void append_padded(OutputBuffer &out, std::int64_t value, int digits) {
  if (digits == 2 && value < 100) {
    out.advance_to(spell::write_two_digits(out.reserve(2), static_cast<unsigned>(value)));
    return;
  }
  char text[spell::kMaxInt64Text];
  const char *const end = spell::write_uint64(text, static_cast<std::uint64_t>(value));
  for (auto n = end - text; n < digits; ++n) out.push('0');
  out.append(text, static_cast<std::size_t>(end - text));
}

// The first character, however many bytes it has.
std::string_view initial(std::string_view word) {
  std::size_t n = 1;
  while (n < word.size() && (static_cast<unsigned char>(word[n]) & 0xC0) == 0x80) ++n;
  return word.substr(0, n);
}

void append_month(OutputBuffer &out, const Token &token, const Moment &moment,
                  const Locale &locale) {
  const std::size_t month = moment.date.month - 1;
  switch (token.count) {
    case 3: return out.append(locale.short_months[month]);
    case 4: return out.append(locale.months[month]);
    case 5: return out.append(initial(locale.months[month]));
    default: return append_padded(out, moment.date.month, token.count);
  }
}

void append_day(OutputBuffer &out, const Token &token, const Moment &moment, const Locale &locale) {
  const auto weekday = static_cast<std::size_t>(moment.weekday);
  if (token.count == 4) return out.append(locale.weekdays[weekday]);
  if (token.count == 3) return out.append(locale.short_weekdays[weekday]);
  append_padded(out, moment.is_duration ? moment.days : moment.date.day, token.count);
}

// "AM/PM" or "A/P".
void append_designator(OutputBuffer &out, const Token &token, std::int64_t hour) {
  const std::string_view both = token.text;
  const std::size_t slash = both.find('/');
  out.append(hour % 24 < 12 ? both.substr(0, slash) : both.substr(slash + 1));
}

void append_fraction(OutputBuffer &out, const Token &token, std::int64_t clock,
                     const Locale &locale) {
  std::int64_t value = clock % kSecond / kMillisecond;
  for (int digits = 3; digits > token.count; --digits) value /= 10;
  out.append(locale.decimal);
  append_padded(out, value, token.count);
}

void append_token(OutputBuffer &out, const Section &section, const Token &token,
                  const Moment &moment, const Locale &locale) {
  const std::int64_t hour = moment.is_duration ? moment.clock % kDay / kHour : moment.clock / kHour;
  switch (token.kind) {
    case TokenKind::year:
      return append_padded(out, token.count == 2 ? moment.date.year % 100 : moment.date.year,
                           token.count);
    case TokenKind::month: return append_month(out, token, moment, locale);
    case TokenKind::day: return append_day(out, token, moment, locale);
    case TokenKind::hour:
      return append_padded(out, section.twelve_hours ? (hour + 11) % 12 + 1 : hour, token.count);
    case TokenKind::minute: return append_padded(out, moment.clock / kMinute % 60, token.count);
    case TokenKind::second: return append_padded(out, moment.clock / kSecond % 60, token.count);
    case TokenKind::fraction: return append_fraction(out, token, moment.clock, locale);
    case TokenKind::am_pm: return append_designator(out, token, hour);
    case TokenKind::elapsed_hours: return append_padded(out, moment.clock / kHour, token.count);
    case TokenKind::elapsed_minutes: return append_padded(out, moment.clock / kMinute, token.count);
    case TokenKind::elapsed_seconds: return append_padded(out, moment.clock / kSecond, token.count);
    default: return out.append(token.text);
  }
}

}  // namespace

int sign_of(const IntervalValue &interval) {
  const __int128 length =
      (static_cast<__int128>(interval.months) * 30 + interval.days) * kDay + interval.microseconds;
  return length < 0 ? -1 : length > 0 ? 1 : 0;
}

bool append_moment(OutputBuffer &out, const Section &section, const Cell &cell, bool with_sign,
                   const Locale &locale) {
  Moment moment;
  if (!read(section, cell, moment)) return false;
  if (with_sign && moment.negative) out.push('-');
  for (const Token &token : section.tokens) append_token(out, section, token, moment, locale);
  return true;
}

}  // namespace pgexport::format
