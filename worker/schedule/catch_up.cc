#include "worker/schedule/catch_up.h"

#include <algorithm>

namespace pgexport::schedule {

namespace {

std::size_t limit_of(const MissedRuns &missed) {
  if (missed.policy != MissedPolicy::all) return 1;
  return static_cast<std::size_t>(std::clamp(missed.limit, 1, kMaxCatchUp));
}

}  // namespace

DueRuns due_runs(const Timetable &timetable, Instant due, Instant now, const MissedRuns &missed) {
  DueRuns result;
  const std::size_t limit = limit_of(missed);
  std::optional<Instant> at = timetable.last(now);
  for (; at && *at >= due && result.runs.size() < limit; at = timetable.last(*at - 1)) {
    if (missed.policy == MissedPolicy::skip && now - *at > kPunctual) break;
    result.runs.push_back(*at);
  }
  std::reverse(result.runs.begin(), result.runs.end());
  result.left_out = at && *at >= due;
  result.next = timetable.next(now);
  return result;
}

}  // namespace pgexport::schedule
