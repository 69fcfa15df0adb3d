// Any text is a schedule or refused with an Error; one that is a schedule has runs in their order,
// the same forwards and backwards.
#include <fuzzer/FuzzedDataProvider.h>

#include <cstdlib>
#include <limits>
#include <string>

#include "core/error.h"
#include "worker/schedule/timetable.h"

namespace pgexport::schedule {
namespace {

// Half an hour back and forth every half year, at an odd second.
class SwingingZone : public TimeZone {
 public:
  ZoneSpan span_at(Instant at) const override {
    constexpr Instant kHalf = 182 * kSecondsOfDay + 12'345;
    const Instant number = (at >= 0 ? at : at - kHalf + 1) / kHalf;
    return {number * kHalf, (number + 1) * kHalf, number % 2 == 0 ? 37'800 : 39'600};
  }
};

void walk(const Timetable &table, Instant from) {
  Instant at = from;
  for (int i = 0; i < 20; i++) {
    const auto next = table.next(at);
    if (!next) return;
    if (*next <= at || table.last(*next) != *next) std::abort();
    if (i > 0 && table.last(*next - 1) != at) std::abort();
    at = *next;
  }
}

}  // namespace
}  // namespace pgexport::schedule

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size) {
  using namespace pgexport;
  FuzzedDataProvider input(data, size);
  const auto from = input.ConsumeIntegralInRange<std::int64_t>(-5'000'000'000, 5'000'000'000);
  const std::string text = input.ConsumeRemainingBytesAsString();
  try {
    const schedule::SwingingZone zone;
    schedule::walk(schedule::Timetable(schedule::parse_recurrence(text), zone), from);
  } catch (const Error &) {
  }
  return 0;
}
