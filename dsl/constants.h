// Values of a template that are known before it runs, as texts that PostgreSQL reads the same way
// whatever the session's settings are: 2026-01-31, 2026-01-31 00:00:00+00, 12.50.
//
// A text that is not a valid value is refused here, with the way to write it, and not by the server
// in the middle of a query.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "dsl/catalog.h"
#include "dsl/type.h"

#include "core/no_postgres.h"

namespace pgexport::dsl {

// A number of more digits before or after its point is refused: nothing counts so far, and a short
// text such as 1e9999 would become a long value.
inline constexpr int kMaxExponent = 1000;

class Constants {
 public:
  // REQUIRES: `clock` outlives this object.
  explicit Constants(Clock &clock) : clock_(clock) {}

  // `text` as a value of `type`, which is no array; nullopt if it is not one.  A timestamp without
  // an offset is of the wall clock in the zone of the run.
  std::optional<std::string> read(std::string_view text, const Type &type);

  // The first instant of a day, as a text of type timestamp or timestamptz.
  std::string start_of_day(int day, Kind kind);

  // The day that it is.
  int today();

  Clock &clock() { return clock_; }

 private:
  Clock &clock_;
};

// How a value of the type is written, as a sentence for a hint; empty if there is nothing to say.
std::string how_to_write(const Type &type);

}  // namespace pgexport::dsl
