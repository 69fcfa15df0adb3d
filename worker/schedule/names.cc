#include "worker/schedule/names.h"

#include <array>
#include <cstddef>

namespace pgexport::schedule {

namespace {

constexpr std::array<std::string_view, 12> kMonths = {
    "january", "february", "march",     "april",   "may",      "june",
    "july",    "august",   "september", "october", "november", "december"};
constexpr std::array<std::string_view, 7> kWeekdays = {"sunday",   "monday", "tuesday", "wednesday",
                                                       "thursday", "friday", "saturday"};

template <std::size_t count>
std::optional<unsigned> find(const std::array<std::string_view, count> &names,
                             std::string_view name) {
  for (unsigned i = 0; i < count; i++) {
    if (name == names[i] || name == names[i].substr(0, 3)) return i;
  }
  return std::nullopt;
}

}  // namespace

std::optional<unsigned> month_by_name(std::string_view name) {
  const std::optional<unsigned> index = find(kMonths, name);
  return index ? std::optional<unsigned>(*index + 1) : std::nullopt;
}

std::optional<unsigned> weekday_by_name(std::string_view name) { return find(kWeekdays, name); }

}  // namespace pgexport::schedule
