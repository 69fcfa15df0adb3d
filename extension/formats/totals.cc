#include "formats/totals.h"

#include <cmath>
#include <cstdlib>
#include <limits>

#include "core/error.h"
#include "core/interval_cell.h"

namespace pgexport {

namespace {

bool is_float(CellTag tag) { return tag == CellTag::float32 || tag == CellTag::float64; }

bool has_sum(CellTag tag) {
  return tag == CellTag::integer || tag == CellTag::numeric || is_float(tag) ||
         tag == CellTag::interval;
}

// Kinds whose order does not depend on a collation.
bool has_extremes(CellTag tag) {
  switch (tag) {
    case CellTag::date:
    case CellTag::time:
    case CellTag::timetz:
    case CellTag::timestamp:
    case CellTag::timestamptz: return true;
    default: return has_sum(tag);
  }
}

const char *word_for(Aggregate aggregate) {
  switch (aggregate) {
    case Aggregate::sum: return "sum";
    case Aggregate::avg: return "avg";
    case Aggregate::min: return "min";
    case Aggregate::max: return "max";
    default: return "count";
  }
}

Error impossible_total(Aggregate aggregate, const std::string &whose) {
  return {sqlstate::invalid_parameter_value,
          whose + " cannot have the total \"" + word_for(aggregate) + "\"",
          "Sums and averages are of numbers and intervals; minimum and maximum also of dates and "
          "times.",
          "Use the total \"count\", or none."};
}

template <typename To, typename From>
To fit(From value) {
  if (value < std::numeric_limits<To>::min() || value > std::numeric_limits<To>::max()) {
    throw Error(sqlstate::numeric_value_out_of_range, "total of intervals is out of range");
  }
  return static_cast<To>(value);
}

// As PostgreSQL's interval_div: what months do not divide into becomes days of 30 per month, what
// days do not divide into becomes time.
IntervalValue divide_interval(const IntervalValue &value, double divisor) {
  constexpr double kMicrosecondsPerSecond = 1000000;
  constexpr double kSecondsPerDay = 86400;
  constexpr double kDaysPerMonth = 30;
  const auto to_microseconds = [](double x) {
    return std::rint(x * kMicrosecondsPerSecond) / kMicrosecondsPerSecond;
  };
  IntervalValue result;
  result.months = static_cast<std::int32_t>(value.months / divisor);
  result.days = static_cast<std::int32_t>(value.days / divisor);
  const double days = to_microseconds((value.months / divisor - result.months) * kDaysPerMonth);
  double seconds = to_microseconds(
      (value.days / divisor - result.days + days - static_cast<int>(days)) * kSecondsPerDay);
  if (std::fabs(seconds) >= kSecondsPerDay) {
    const int whole = static_cast<int>(seconds / kSecondsPerDay);
    result.days += whole;
    seconds -= whole * kSecondsPerDay;
  }
  result.days += static_cast<std::int32_t>(days);
  result.microseconds = static_cast<std::int64_t>(std::rint(
      static_cast<double>(value.microseconds) / divisor + seconds * kMicrosecondsPerSecond));
  return result;
}

}  // namespace

bool can_total(Aggregate aggregate, CellTag tag) {
  switch (aggregate) {
    case Aggregate::sum:
    case Aggregate::avg: return has_sum(tag);
    case Aggregate::min:
    case Aggregate::max: return has_extremes(tag);
    default: return true;
  }
}

Accumulator::Accumulator(Aggregate aggregate, CellTag tag)
    : aggregate_(aggregate), tag_(tag), state_(initial_state(aggregate, tag)) {}

Accumulator::State Accumulator::initial_state(Aggregate aggregate, CellTag tag) {
  if (!can_total(aggregate, tag)) throw impossible_total(aggregate, "a column of this type");
  if (aggregate == Aggregate::min || aggregate == Aggregate::max) return KeptCell();
  if (aggregate == Aggregate::count) return Count();
  if (tag == CellTag::integer) return IntegerSum();
  if (tag == CellTag::numeric) return NumericSum();
  if (tag == CellTag::interval) return IntervalSum();
  return FloatSum();
}

void Accumulator::add(const Cell &cell) {
  if (cell.is_null()) return;
  std::visit([&](auto &state) { add_to(state, cell); }, state_);
}

void Accumulator::clear() {
  if (auto *sum = std::get_if<NumericSum>(&state_)) {
    sum->clear();  // keeps its memory
  } else {
    state_ = initial_state(aggregate_, tag_);
  }
}

Cell Accumulator::value() {
  return std::visit([&](const auto &state) { return value_of(state); }, state_);
}

void Accumulator::add_to(Count &state, const Cell &) const { ++state.count; }

void Accumulator::add_to(IntegerSum &state, const Cell &cell) const {
  state.sum += cell.integer;
  ++state.count;
}

void Accumulator::add_to(NumericSum &state, const Cell &cell) const { state.add(cell.view()); }

// A sum of float4 is kept as float4, an average of them as float8.
void Accumulator::add_to(FloatSum &state, const Cell &cell) const {
  if (aggregate_ == Aggregate::sum && state.count == 0) {
    state.sum = cell.real;  // the sum of nothing but -0 is -0
  } else {
    state.sum += cell.real;
    if (aggregate_ == Aggregate::sum && tag_ == CellTag::float32) {
      state.sum = static_cast<float>(state.sum);
    }
  }
  ++state.count;
}

void Accumulator::add_to(IntervalSum &state, const Cell &cell) const {
  const IntervalValue value = interval_of(cell);
  state.microseconds += value.microseconds;
  state.days += value.days;
  state.months += value.months;
  ++state.count;
}

// Of equal values the later one, as SQL: 1.0 and 1.00 are equal.
void Accumulator::add_to(KeptCell &state, const Cell &cell) const {
  const Cell kept = state.cell();
  if (!kept.is_null()) {
    const int order = compare_cells(kept, cell);
    if (aggregate_ == Aggregate::min ? order < 0 : order > 0) return;
  }
  state.keep(cell);
}

Cell Accumulator::numeric_value() const {
  return data_cell(CellTag::numeric, numeric_.data(), numeric_.size());
}

Cell Accumulator::value_of(const Count &state) {
  return integer_cell(CellTag::integer, state.count);
}

Cell Accumulator::value_of(const IntegerSum &state) {
  if (state.count == 0) return null_cell();
  if (aggregate_ == Aggregate::avg) {
    store_numeric(numeric_, divide(decimal_of(state.sum), state.count));
    return numeric_value();
  }
  const auto small = static_cast<std::int64_t>(state.sum);
  if (small == state.sum) return integer_cell(CellTag::integer, small);
  store_numeric(numeric_, decimal_of(state.sum));
  return numeric_value();
}

Cell Accumulator::value_of(const NumericSum &state) {
  if (state.count() == 0) return null_cell();
  if (aggregate_ == Aggregate::avg) {
    state.store_average(numeric_);
  } else {
    state.store_sum(numeric_);
  }
  return numeric_value();
}

Cell Accumulator::value_of(const FloatSum &state) {
  if (state.count == 0) return null_cell();
  if (aggregate_ == Aggregate::sum) return real_cell(tag_, state.sum);
  return real_cell(CellTag::float64, state.sum / static_cast<double>(state.count));
}

Cell Accumulator::value_of(const IntervalSum &state) {
  if (state.count == 0) return null_cell();
  interval_ = {fit<std::int64_t>(state.microseconds), fit<std::int32_t>(state.days),
               fit<std::int32_t>(state.months)};
  if (aggregate_ == Aggregate::avg) {
    interval_ = divide_interval(interval_, static_cast<double>(state.count));
  }
  Cell cell;
  cell.interval = &interval_;
  cell.tag = CellTag::interval;
  return cell;
}

Cell Accumulator::value_of(const KeptCell &state) { return state.cell(); }

GroupedTotals::GroupedTotals(const std::vector<Column> &columns, const std::vector<int> &group_by) {
  std::vector<Accumulator> accumulators;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    const Aggregate aggregate = columns[i].style.total;
    if (aggregate == Aggregate::none) continue;
    if (!can_total(aggregate, columns[i].tag)) {
      throw impossible_total(aggregate, "column \"" + columns[i].heading + "\"");
    }
    totalled_.push_back(static_cast<int>(i));
    accumulators.emplace_back(aggregate, columns[i].tag);
  }
  for (int column : group_by) keys_.push_back({column, {}});
  accumulators_.assign(keys_.size() + 1, accumulators);
}

std::vector<Accumulator> &GroupedTotals::at(int level) {
  return accumulators_[static_cast<std::size_t>(level - kGrandTotal)];
}

int GroupedTotals::begins(const Cell *cells) {
  begun_ = -1;
  for (int level = 0; level < levels() && begun_ < 0; ++level) {
    const Key &kept = keys_[static_cast<std::size_t>(level)];
    const Cell &cell = cells[kept.column];
    const Cell before = kept.value.cell();
    const bool same = cell.is_null() || before.is_null()
                          ? cell.is_null() && before.is_null()
                          : cell.tag == before.tag && compare_cells(cell, before) == 0;
    if (!has_rows_ || !same) begun_ = level;
  }
  return begun_;
}

void GroupedTotals::add(const Cell *cells) {
  for (int level = begun_; level >= 0 && level < levels(); ++level) {
    Key &kept = keys_[static_cast<std::size_t>(level)];
    kept.value.keep(cells[kept.column]);
    for (Accumulator &accumulator : at(level)) accumulator.clear();
  }
  for (std::vector<Accumulator> &level : accumulators_) {
    for (std::size_t i = 0; i < totalled_.size(); ++i) level[i].add(cells[totalled_[i]]);
  }
  has_rows_ = true;
}

Cell GroupedTotals::value(int level, int column) {
  for (std::size_t i = 0; i < totalled_.size(); ++i) {
    if (totalled_[i] == column) return at(level)[i].value();
  }
  return null_cell();
}

}  // namespace pgexport
