// Notices that the clock of the machine was put forward, as a wrong time server does.
#pragma once

#include <cstdint>
#include <optional>

#include "worker/schedule/time_zone.h"

#include "core/no_postgres.h"

namespace pgexport::schedule {

struct ClockReading {
  Instant wall;
  std::int64_t since_boot;  // seconds; goes on while the machine sleeps, and is never set
};

// After a jump of more than a day the time is believed only when it has lasted a minute.  A clock
// that is put back needs no care: the runs it repeats are there already.
class ClockWatch {
 public:
  // True if runs may be made at this reading.  Readings come in their order.
  bool accept(ClockReading now) {
    if (last_ && now.wall - last_->wall - (now.since_boot - last_->since_boot) > kSecondsOfDay) {
      suspicious_until_ = now.since_boot + kPause;
    }
    last_ = now;
    return now.since_boot >= suspicious_until_;
  }

 private:
  static constexpr std::int64_t kPause = 60;

  std::optional<ClockReading> last_;
  std::int64_t suspicious_until_ = 0;
};

}  // namespace pgexport::schedule
