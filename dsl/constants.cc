#include "dsl/constants.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <nlohmann/json.hpp>

#include "core/text/time_text.h"
#include "dsl/periods.h"
#include "dsl/words.h"

namespace pgexport::dsl {

namespace {

constexpr std::int64_t kMicrosecondsOfMinute = 60'000'000;
constexpr std::int64_t kMicrosecondsOfHour = 60 * kMicrosecondsOfMinute;
constexpr std::size_t kMaxNumberText = 2000;

// Reads a text from its start; every function takes what it names or leaves the text as it was.
class Reader {
 public:
  explicit Reader(std::string_view text) : rest_(text) {}

  bool at_end() const { return rest_.empty(); }
  std::string_view rest() const { return rest_; }

  bool take(char c) {
    if (rest_.empty() || rest_[0] != c) return false;
    rest_.remove_prefix(1);
    return true;
  }

  std::string_view take_piece(std::size_t length) {
    const std::string_view piece = rest_.substr(0, length);
    rest_.remove_prefix(piece.size());
    return piece;
  }

  std::string_view take_digits() {
    const std::size_t end = rest_.find_first_not_of("0123456789");
    return take_piece(end == std::string_view::npos ? rest_.size() : end);
  }

  // Two digits, not above `most`.
  std::optional<int> take_pair(int most) {
    if (rest_.size() < 2 || !is_digit(rest_[0]) || !is_digit(rest_[1])) return std::nullopt;
    const int number = (rest_[0] - '0') * 10 + (rest_[1] - '0');
    if (number > most) return std::nullopt;
    rest_.remove_prefix(2);
    return number;
  }

 private:
  static bool is_digit(char c) { return c >= '0' && c <= '9'; }

  std::string_view rest_;
};

template <typename Integer>
std::optional<std::string> read_integer(std::string_view text) {
  Integer number = 0;
  const char *end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number);
  if (text.empty() || error != std::errc() || stop != end) return std::nullopt;
  return std::to_string(number);
}

// [-] digits [. digits] [e [+-] digits], at least one digit before the e.
bool is_decimal(std::string_view text) {
  Reader reader(text);
  if (!reader.take('-')) reader.take('+');
  std::size_t count = reader.take_digits().size();
  if (reader.take('.')) count += reader.take_digits().size();
  if (count == 0 || count > kMaxExponent) return false;
  if (reader.take('e') || reader.take('E')) {
    if (!reader.take('-')) reader.take('+');
    const std::string_view exponent = reader.take_digits();
    if (exponent.empty() || exponent.size() > 4) return false;
    if (std::atoi(std::string(exponent).c_str()) > kMaxExponent) return false;
  }
  return reader.at_end();
}

std::optional<std::string> read_numeric(std::string_view text) {
  if (text.size() > kMaxNumberText || !is_decimal(text)) return std::nullopt;
  return std::string(text);
}

std::optional<std::string> read_float(std::string_view text) {
  if (text.size() > kMaxNumberText || !is_decimal(text)) return std::nullopt;
  if (!std::isfinite(std::strtod(std::string(text).c_str(), nullptr))) return std::nullopt;
  return std::string(text);
}

std::optional<std::string> read_boolean(std::string_view text) {
  if (text == "true" || text == "false") return std::string(text);
  return std::nullopt;
}

// hh:mm[:ss[.ffffff]]
std::optional<std::int64_t> take_clock(Reader &reader) {
  const auto hour = reader.take_pair(23);
  if (!hour || !reader.take(':')) return std::nullopt;
  const auto minute = reader.take_pair(59);
  if (!minute) return std::nullopt;
  std::int64_t time = *hour * kMicrosecondsOfHour + *minute * kMicrosecondsOfMinute;
  if (!reader.take(':')) return time;
  const auto second = reader.take_pair(59);
  if (!second) return std::nullopt;
  time += *second * std::int64_t{1'000'000};
  if (!reader.take('.')) return time;
  const std::string_view fraction = reader.take_digits();
  if (fraction.empty() || fraction.size() > 6) return std::nullopt;
  std::int64_t unit = 100'000;
  for (const char digit : fraction) {
    time += (digit - '0') * unit;
    unit /= 10;
  }
  return time;
}

// Z, +hh, +hh:mm, in microseconds east of UTC.
std::optional<std::int64_t> take_offset(Reader &reader) {
  if (reader.take('Z')) return 0;
  const bool west = reader.take('-');
  if (!west && !reader.take('+')) return std::nullopt;
  const auto hours = reader.take_pair(15);
  if (!hours) return std::nullopt;
  std::int64_t offset = *hours * kMicrosecondsOfHour;
  if (reader.take(':')) {
    const auto minutes = reader.take_pair(59);
    if (!minutes) return std::nullopt;
    offset += *minutes * kMicrosecondsOfMinute;
  }
  return west ? -offset : offset;
}

struct Moment {
  std::int64_t local;
  std::optional<std::int64_t> offset;
};

// A date, perhaps with a time behind a space or a T, perhaps with an offset.
std::optional<Moment> read_moment(std::string_view text) {
  Reader reader(text);
  const auto day = parse_day(reader.take_piece(10));
  if (!day) return std::nullopt;
  Moment moment{*day * kMicrosecondsOfDay, std::nullopt};
  if (reader.at_end()) return moment;
  if (!reader.take(' ') && !reader.take('T')) return std::nullopt;
  const auto time = take_clock(reader);
  if (!time) return std::nullopt;
  moment.local += *time;
  if (reader.at_end()) return moment;
  moment.offset = take_offset(reader);
  if (!moment.offset || !reader.at_end()) return std::nullopt;
  return moment;
}

std::string local_text(std::int64_t local) {
  spell::DateCache cache;
  std::array<char, spell::kMaxTimeText> text;
  char *end = spell::write_timestamp(text.data(), local, spell::TimeStyle::postgres, cache);
  return {text.data(), end};
}

std::string utc_text(std::int64_t utc) {
  spell::DateCache cache;
  std::array<char, spell::kMaxTimeText> text;
  char *end = spell::write_timestamptz(text.data(), utc, 0, spell::TimeStyle::postgres, cache);
  return {text.data(), end};
}

std::optional<std::string> read_time(std::string_view text) {
  Reader reader(text);
  if (!take_clock(reader) || !reader.at_end()) return std::nullopt;
  return std::string(text);
}

bool is_unit(std::string_view word) {
  if (!word.empty() && word.back() == 's') word.remove_suffix(1);
  return word == "second" || find_word<DurationUnit>(word).has_value();
}

// "2 hours 30 minutes"; a quarter is not a word of PostgreSQL's.
std::optional<std::string> read_interval(std::string_view text) {
  Reader reader(text);
  std::string canonical;
  do {
    const std::string_view count = reader.take_digits();
    if (count.empty() || count.size() > 9 || !reader.take(' ')) return std::nullopt;
    const std::string_view unit =
        reader.take_piece(std::min(reader.rest().find(' '), reader.rest().size()));
    if (!is_unit(unit)) return std::nullopt;
    if (!canonical.empty()) canonical += ' ';
    if (unit.starts_with("quarter")) {
      canonical += std::to_string(3 * std::strtoll(std::string(count).c_str(), nullptr, 10));
      canonical += " months";
    } else {
      canonical.append(count).append(" ").append(unit);
    }
  } while (reader.take(' '));
  return canonical;
}

std::optional<std::string> read_uuid(std::string_view text) {
  constexpr std::string_view shape = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
  if (text.size() != shape.size()) return std::nullopt;
  for (std::size_t i = 0; i < shape.size(); i++) {
    const bool is_hex =
        std::string_view("0123456789abcdefABCDEF").find(text[i]) != std::string_view::npos;
    if (shape[i] == '-' ? text[i] != '-' : !is_hex) return std::nullopt;
  }
  return std::string(text);
}

std::optional<std::string> read_json(std::string_view text) {
  if (!nlohmann::json::accept(text)) return std::nullopt;
  return std::string(text);
}

}  // namespace

std::optional<std::string> Constants::read(std::string_view text, const Type &type) {
  switch (type.kind) {
    case Kind::boolean: return read_boolean(text);
    case Kind::int2: return read_integer<std::int16_t>(text);
    case Kind::int4: return read_integer<std::int32_t>(text);
    case Kind::int8: return read_integer<std::int64_t>(text);
    case Kind::numeric: return read_numeric(text);
    case Kind::float4:
    case Kind::float8: return read_float(text);
    case Kind::text:
    case Kind::varchar:
    case Kind::bpchar:
    case Kind::name:
    case Kind::other: return std::string(text);
    case Kind::date: return parse_day(text) ? std::optional(std::string(text)) : std::nullopt;
    case Kind::time: return read_time(text);
    case Kind::timestamp: {
      const auto moment = read_moment(text);
      return moment && !moment->offset ? std::optional(local_text(moment->local)) : std::nullopt;
    }
    case Kind::timestamptz: {
      const auto moment = read_moment(text);
      if (!moment) return std::nullopt;
      return utc_text(moment->offset ? moment->local - *moment->offset
                                     : clock_.to_utc(moment->local));
    }
    case Kind::interval: return read_interval(text);
    case Kind::uuid: return read_uuid(text);
    case Kind::json:
    case Kind::jsonb: return read_json(text);
    case Kind::enumeration: {
      const auto &labels = type.entry->labels;
      const bool known = std::find(labels.begin(), labels.end(), text) != labels.end();
      return known ? std::optional(std::string(text)) : std::nullopt;
    }
    case Kind::bytea:
    case Kind::tsvector:
    case Kind::tsquery:
    case Kind::regconfig:
    case Kind::record: break;
  }
  return std::nullopt;
}

std::string Constants::start_of_day(int day, Kind kind) {
  const std::int64_t local = day * kMicrosecondsOfDay;
  return kind == Kind::timestamp ? local_text(local) : utc_text(clock_.to_utc(local));
}

int Constants::today() {
  const std::int64_t local = clock_.to_local(clock_.now());
  const std::int64_t day = local / kMicrosecondsOfDay;
  return static_cast<int>(local % kMicrosecondsOfDay < 0 ? day - 1 : day);
}

std::string how_to_write(const Type &type) {
  switch (type.kind) {
    case Kind::boolean: return "Write true or false.";
    case Kind::date: return "Write a date as 2026-01-31.";
    case Kind::time: return "Write a time as 17:30.";
    case Kind::timestamp: return "Write a time as 2026-01-31 17:30.";
    case Kind::timestamptz: return "Write a time as 2026-01-31 17:30 or 2026-01-31T17:30+01:00.";
    case Kind::interval: return "Write a duration as 2 hours 30 minutes.";
    case Kind::uuid: return "Write it as 00000000-0000-0000-0000-000000000000.";
    case Kind::int2:
    case Kind::int4:
    case Kind::int8: return "It must be a whole number that fits the type.";
    default: return {};
  }
}

}  // namespace pgexport::dsl
