// The parameters of a template with the values of one run.
//
// Values come as the members of a JSON object:
//   text, uuid, choice   a string
//   int, numeric         a number, or a string: exact beyond the 15 digits that JSON keeps
//   bool                 true or false
//   date                 "2026-01-31", "today" or "yesterday"
//   timestamptz          "2026-01-31 17:30" of the zone of the run, or with an offset
//   daterange            the word of a preset, or {"from": date, "to": date}, both included;
//   without
//                        one of them it has no bound there
//   json                 anything
// and an array of these for an array.  null says that an optional parameter is absent, also if it
// has a default; a member that is not there leaves the default.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dsl/diagnostics.h"
#include "dsl/literals.h"

#include "core/no_postgres.h"

namespace pgexport::dsl {

inline constexpr std::size_t kMaxArgumentsText = std::size_t{4} << 20;  // bytes of the JSON
inline constexpr std::size_t kMaxArgumentItems = 100'000;               // of one array

// What becomes of parameters without a value and a default.
enum class Missing : std::uint8_t {
  refused,  // a fault, unless the parameter is optional: then it is absent
  assumed,  // they count as given, optional ones too, and are null: to check a template
};

struct BoundParameter {
  const Parameter *declaration;
  bool is_absent;    // optional, and without a value in this run
  sql::Value value;  // a Constant, null if absent; unused for a daterange
  DayRange range;    // of a daterange
  bool is_used = false;
};

class Parameters {
 public:
  // Reads `json`, an object or empty for none.  Faults of values become diagnostics at the place of
  // the parameter.  REQUIRES: `source` and `constants` outlive this object.
  Parameters(const Template &source, std::string_view json, Missing missing, Constants &constants,
             Diagnostics &diagnostics);

  // The parameter of that name, now used.  Throws Fault (42P02) if there is none.
  const BoundParameter &use(std::string_view name, Place place);

  std::vector<BoundParameter> &list() { return list_; }

  void warn_of_unused(Diagnostics &diagnostics) const;

 private:
  std::vector<BoundParameter> list_;
};

}  // namespace pgexport::dsl
