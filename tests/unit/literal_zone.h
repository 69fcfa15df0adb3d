// Time zones as tables written down here, so that no test depends on the machine's.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "worker/schedule/time_zone.h"

#include "core/no_postgres.h"

namespace pgexport::schedule {

class LiteralZone : public TimeZone {
 public:
  // REQUIRES: spans in order, without holes, the first from the smallest instant, the last to the
  // largest.
  explicit LiteralZone(std::vector<ZoneSpan> spans) : spans_(std::move(spans)) {}

  ZoneSpan span_at(Instant at) const override;
  const std::vector<ZoneSpan> &spans() const { return spans_; }

 private:
  std::vector<ZoneSpan> spans_;
};

// As tzdata 2025b has them from 2005 to 2030: UTC, Europe/Berlin, America/New_York,
// America/Sao_Paulo, Australia/Lord_Howe, Africa/Casablanca, Pacific/Apia.
const LiteralZone &literal_zone(std::string_view name);
const std::vector<std::string_view> &literal_zone_names();

}  // namespace pgexport::schedule
