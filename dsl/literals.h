// Expressions whose value is known when a template is compiled: literals, today, today - 3 months,
// and the constants that they become where another type is expected.
#pragma once

#include "dsl/constants.h"
#include "dsl/periods.h"
#include "dsl/sql_tree.h"
#include "dsl/tree.h"

#include "core/no_postgres.h"

namespace pgexport::dsl {

sql::Value constant(std::string text, Type type);
sql::Value null_constant(Type type);
sql::Value array_constant(std::vector<std::string> items, Type element);

// The value of a literal, a negative number, a preset that is a day or a duration: a Constant of
// the narrowest type.  Throws Fault for a preset that is no day.  REQUIRES: it is one of these.
sql::Value literal_value(const Expression &expression, Constants &constants);

// A day plus a duration, or minus it; nullopt unless `left` is a constant date and `duration` is of
// days or longer.  Throws Fault out of the calendar's range.
std::optional<sql::Value> moved_day(const sql::Value &left, const Duration &duration, bool back,
                                    Place place);

// A constant, made a constant of `type`: a text is read as the type writes it, a whole number
// becomes any number, a day the first instant of it.  An array is made element by element.
// Throws Fault (22P02, 42804) if it is not such a value.
sql::Value adapt(const sql::Value &value, const Type &type, Constants &constants, Place place);

// As adapt(), but nullopt instead of the fault.
std::optional<sql::Value> try_adapt(const sql::Value &value, const Type &type,
                                    Constants &constants);

// An array of constants.  Throws Fault (42804) for an item that is none, or is null.
sql::Value list_value(const std::vector<sql::Value> &items, Place place);

// The value of a parameter's default: see is_constant().  Throws Fault for a period.
sql::Value constant_value(const Expression &expression, Constants &constants);

// The days of a preset or of `from X to Y`, both included; nullopt if it is neither.
// `value_of` binds the ends; they must be constant dates, or texts that are.
template <typename ValueOf>
std::optional<DayRange> constant_period(const Expression &expression, Constants &constants,
                                        ValueOf value_of);

// The day of a constant date; throws Fault (42804) if it is none.
int constant_day(const sql::Value &value, Constants &constants, Place place);

template <typename ValueOf>
std::optional<DayRange> constant_period(const Expression &expression, Constants &constants,
                                        ValueOf value_of) {
  if (const auto *preset = std::get_if<PresetUse>(&expression.node)) {
    return preset_range(preset->preset, constants.today());
  }
  const auto *period = std::get_if<Period>(&expression.node);
  if (!period) return std::nullopt;
  return DayRange{constant_day(value_of(*period->from), constants, period->from->place),
                  constant_day(value_of(*period->to), constants, period->to->place) + 1};
}

}  // namespace pgexport::dsl
