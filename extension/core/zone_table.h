// The UTC offsets of one time zone over a span of time, made by the server once per document
// from its own time zone data.  Outside the span there is no answer: the server is asked per value.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "core/no_postgres.h"

namespace pgexport {

// From `from` (microseconds since 2000-01-01 UTC) until the next window the offset is constant.
struct ZoneWindow {
  std::int64_t from;
  std::int32_t utc_offset;  // seconds east of UTC
};

// A view over windows sorted by `from`; the table covers [windows[0].from, end).
struct ZoneTable {
  const ZoneWindow *windows;
  std::size_t count;
  std::int64_t end;

  // Sets `offset` and returns true if the table covers `at`.  `hint` remembers the last window
  // used, because rows tend to come in the order of time; start it at 0.
  bool lookup(std::int64_t at, std::size_t &hint, std::int32_t &offset) const {
    if (count == 0 || at < windows[0].from || at >= end) return false;
    std::size_t i = hint < count ? hint : 0;
    if (at < windows[i].from || (i + 1 < count && at >= windows[i + 1].from)) {
      const ZoneWindow *next =
          std::upper_bound(windows, windows + count, at,
                           [](std::int64_t t, const ZoneWindow &w) { return t < w.from; });
      i = static_cast<std::size_t>(next - windows) - 1;
      hint = i;
    }
    offset = windows[i].utc_offset;
    return true;
  }
};

}  // namespace pgexport
