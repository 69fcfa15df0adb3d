#include "worker/schedule/cron.h"

#include <fmt/format.h>

#include <array>
#include <cstddef>
#include <optional>
#include <string>

#include "core/error.h"
#include "worker/schedule/names.h"
#include "worker/schedule/text_scanner.h"

namespace pgexport::schedule {

namespace {

enum class Field : std::uint8_t { minute, hour, day_of_month, month, day_of_week };

struct FieldSpec {
  std::string_view name;
  unsigned low;
  unsigned high;
};

constexpr std::array<FieldSpec, 5> kFields = {FieldSpec{"minute", 0, 59},
                                              {"hour", 0, 23},
                                              {"day of month", 1, 31},
                                              {"month", 1, 12},
                                              {"day of week", 0, 7}};

// What the items of one field have gathered.
struct FieldValues {
  std::uint64_t bits = 0;
  bool has_star = false;
};

class CronParser {
 public:
  explicit CronParser(std::string_view text) : text_(text), scanner_(text) {}

  Recurrence parse() {
    require_five_fields();
    Recurrence result;
    const FieldValues minutes = read_field(Field::minute);
    const FieldValues hours = read_field(Field::hour);
    const FieldValues days = read_field(Field::day_of_month);
    const FieldValues months = read_field(Field::month);
    const FieldValues weekdays = read_field(Field::day_of_week);
    result.minutes = minutes.bits;
    result.hours = static_cast<std::uint32_t>(hours.bits);
    result.months = static_cast<std::uint32_t>(months.bits);
    result.follows_clock = minutes.has_star || hours.has_star;
    result.days = days_;
    result.days.of_month = static_cast<std::uint32_t>(days.bits);
    // 7 is Sunday too.
    result.days.of_week = static_cast<std::uint8_t>((weekdays.bits | weekdays.bits >> 7) & 0x7F);
    // As in every cron since Vixie's: two fields that both name days are alternatives.
    result.days.either = !days.has_star && !weekdays.has_star;
    return result;
  }

 private:
  void require_five_fields() const {
    TextScanner scan(text_);
    std::size_t count = 0;
    for (scan.skip_spaces(); !scan.at_end(); scan.skip_spaces()) {
      ++count;
      while (!scan.at_end() && !scan.at_space()) scan.take(scan.peek());
    }
    if (count == kFields.size()) return;
    scan.move_to(0);
    scan.fail(fmt::format("There are {} fields instead of five.", count),
              count > kFields.size()
                  ? "The fields are minute, hour, day of month, month and day of week. There are "
                    "none for seconds and years."
                  : "Write minute, hour, day of month, month and day of week, or for example "
                    "\"@daily\" or \"daily at 07:30\".");
  }

  FieldValues read_field(Field which) {
    field_ = which;
    const FieldSpec &field = spec();
    part_ = fmt::format("field \"{}\"", field.name);
    scanner_.enter(part_);
    scanner_.skip_spaces();
    FieldValues values;
    do read_item(values);
    while (scanner_.take(','));
    if (!scanner_.at_end() && !scanner_.at_space()) fail_unexpected();
    return values;
  }

  const FieldSpec &spec() const { return kFields[static_cast<std::size_t>(field_)]; }
  bool is_of_month() const { return field_ == Field::day_of_month; }
  bool is_of_week() const { return field_ == Field::day_of_week; }

  void read_item(FieldValues &values) {
    if (scanner_.take('*')) return read_star(values);
    if ((is_of_month() || is_of_week()) && scanner_.take('?')) return take_all(values, 1);
    if (is_of_month() && read_last_day()) return;

    const std::size_t begin = scanner_.at();
    const unsigned low = read_value(false);
    if (is_of_month() && take_letter('w')) {
      days_.nearest_weekday |= 1U << low;
      return;
    }
    if (is_of_week() && read_weekday_of_month(low % 7)) return;
    if (!scanner_.take('-')) {
      if (scanner_.peek() == '/') fail_step_without_range(low);
      values.bits |= std::uint64_t{1} << low;
      return;
    }
    const unsigned high = read_value(true);
    if (high < low) {
      scanner_.fail_at(
          begin, fmt::format("The range {}-{} runs backwards.", low, high),
          fmt::format("Write two items: {}-{},{}-{}.", low, last_value(), spec().low, high));
    }
    take_range(values, low, high, read_step(high - low));
  }

  void read_star(FieldValues &values) { take_all(values, read_step(last_value() - spec().low)); }

  void take_all(FieldValues &values, unsigned step) {
    values.has_star = true;
    take_range(values, spec().low, last_value(), step);
  }

  // The last value that counts: weekday 7 is 0 again.
  unsigned last_value() const { return is_of_week() ? 6 : spec().high; }

  static void take_range(FieldValues &values, unsigned low, unsigned high, unsigned step) {
    for (unsigned value = low; value <= high; value += step) {
      values.bits |= std::uint64_t{1} << value;
    }
  }

  // The step after a range that spans `width`; 1 without one.
  unsigned read_step(unsigned width) {
    if (!scanner_.take('/')) return 1;
    const std::size_t begin = scanner_.at();
    const unsigned step = scanner_.take_number();
    if (step == 0) scanner_.fail_at(begin, "A step of 0 never gets anywhere.");
    if (step > width) {
      scanner_.fail_at(begin, fmt::format("The step {} leaves only the first value.", step),
                       "Steps count within the field, and start again with each hour, day, month "
                       "or week. Name the value itself if it is meant.");
    }
    return step;
  }

  unsigned read_value(bool ends_range) {
    const std::size_t begin = scanner_.at();
    if (scanner_.at_letter()) return read_name(ends_range);
    if (!scanner_.at_digit()) fail_unexpected();
    const unsigned value = scanner_.take_number();
    if (value < spec().low || value > spec().high) {
      scanner_.fail_at(begin,
                       fmt::format("{} is not between {} and {}.", value, spec().low, spec().high));
    }
    return value;
  }

  unsigned read_name(bool ends_range) {
    const std::size_t begin = scanner_.at();
    std::string name = scanner_.take_letters();
    std::optional<unsigned> value = by_name(name);
    // friL: the last Friday.
    if (!value && is_of_week() && name.size() > 3 && name.back() == 'l') {
      name.pop_back();
      value = by_name(name);
      if (value) scanner_.move_to(scanner_.at() - 1);
    }
    if (!value) {
      scanner_.fail_at(begin, fmt::format("\"{}\" is no name here.", name), name_hint(name));
    }
    // sat-sun ends with the Sunday that follows.
    return ends_range && is_of_week() && *value == 0 ? 7 : *value;
  }

  std::optional<unsigned> by_name(std::string_view name) const {
    if (is_of_week()) return weekday_by_name(name);
    return field_ == Field::month ? month_by_name(name) : std::nullopt;
  }

  std::string name_hint(std::string_view name) const {
    if (is_of_week() && name == "l") {
      return "Write 6 for Saturdays, or for example 5L for the last Friday of the month.";
    }
    if (is_of_week()) return "Weekdays are sun, mon, tue, wed, thu, fri, sat.";
    if (field_ != Field::month) return "Only months and weekdays have names.";
    return "Months are jan, feb, mar, apr, may, jun, jul, aug, sep, oct, nov, dec.";
  }

  bool take_letter(char lower) {
    return scanner_.take(lower) || scanner_.take(static_cast<char>(lower - 'a' + 'A'));
  }

  // L, LW, L-3.
  bool read_last_day() {
    if (!take_letter('l')) return false;
    if (take_letter('w')) {
      days_.last_weekday = true;
      return true;
    }
    unsigned before = 0;
    if (scanner_.take('-')) {
      const std::size_t begin = scanner_.at();
      before = scanner_.take_number();
      if (before < 1 || before > 30) {
        scanner_.fail_at(begin, fmt::format("{} is not between 1 and 30.", before));
      }
    }
    days_.before_last |= 1U << before;
    return true;
  }

  // 5L, 5#2.
  bool read_weekday_of_month(unsigned weekday) {
    const auto bit = static_cast<std::uint8_t>(1U << weekday);
    if (take_letter('l')) {
      days_.last_of_week |= bit;
      return true;
    }
    if (!scanner_.take('#')) return false;
    const std::size_t begin = scanner_.at();
    const unsigned number = scanner_.take_number();
    if (number < 1 || number > days_.nth.size()) {
      scanner_.fail_at(begin, fmt::format("{} is not between 1 and 5.", number));
    }
    days_.nth.at(number - 1) |= bit;
    return true;
  }

  [[noreturn]] void fail_step_without_range(unsigned low) const {
    scanner_.fail("A step follows * or a range.",
                  fmt::format("Write {}-{} before the step.", low, last_value()));
  }

  [[noreturn]] void fail_unexpected() const {
    scanner_.fail(scanner_.at_end() || scanner_.at_space() ? "A value is missing."
                                                           : "This character cannot be here.",
                  "A field is a list of values, of ranges such as 1-5, or *, each range with a "
                  "step if need be: */15.");
  }

  std::string_view text_;
  TextScanner scanner_;
  std::string part_;
  Field field_ = Field::minute;
  DayRule days_;
};

struct CronName {
  std::string_view name;
  std::string_view expression;
};

constexpr std::array<CronName, 8> kNames = {
    CronName{"@yearly", "0 0 1 1 *"},   {"@annually", "0 0 1 1 *"},
    {"@quarterly", "0 0 1 1,4,7,10 *"}, {"@monthly", "0 0 1 * *"},
    {"@weekly", "0 0 * * 0"},           {"@daily", "0 0 * * *"},
    {"@midnight", "0 0 * * *"},         {"@hourly", "0 * * * *"}};

}  // namespace

Recurrence parse_cron(std::string_view text) { return CronParser(text).parse(); }

std::string_view expand_cron_name(std::string_view text) {
  for (const CronName &known : kNames) {
    if (text == known.name) return known.expression;
  }
  TextScanner(text).fail(
      text == "@reboot" ? "A schedule has times, and a start of the server is none."
                        : "This name is not known.",
      "Names are @hourly, @daily, @weekly, @monthly, @quarterly, @yearly, @midnight, @annually.");
}

}  // namespace pgexport::schedule
