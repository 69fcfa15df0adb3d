// Which runs of a schedule are made when some are due, in time or late.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "worker/schedule/timetable.h"

#include "core/no_postgres.h"

namespace pgexport::schedule {

// What becomes of runs whose time has passed: nothing, the last of them is made, or the last
// `limit` of them are.
enum class MissedPolicy : std::uint8_t { skip, once, all };

inline constexpr int kMaxCatchUp = 24;

// A run that is later than this is a missed one.
inline constexpr std::int64_t kPunctual = 5 * 60;

struct MissedRuns {
  MissedPolicy policy = MissedPolicy::once;
  int limit = kMaxCatchUp;  // of `all`
};

struct DueRuns {
  std::vector<Instant> runs;    // to be made now, in their order
  std::optional<Instant> next;  // the first after them; absent: the schedule has ended
  bool left_out = false;        // some runs before them are not made
};

// `due`: the run that the schedule waits for, made at `now` at the earliest.
// REQUIRES: due <= now.
DueRuns due_runs(const Timetable &timetable, Instant due, Instant now, const MissedRuns &missed);

}  // namespace pgexport::schedule
