// Values are those of PostgreSQL 15; oracle/totals_oracle.py compares many more with a server.
#include "formats/totals.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "core/error.h"
#include "core/text/numeric_text.h"
#include "core/text/plain_text.h"
#include "core/text/time_text.h"
#include "numeric_body.h"

namespace pgexport {
namespace {

// Exact, unlike the General of a format code.
std::string spelled(const Cell &cell) {
  if (cell.is_null()) return "null";
  if (cell.tag == CellTag::numeric) {
    std::string text(spell::numeric_text_bound(cell.data, cell.size), '\0');
    text.resize(static_cast<std::size_t>(spell::write_numeric(text.data(), cell.data, cell.size) -
                                         text.data()));
    return text;
  }
  OutputBuffer out;
  append_plain(out, cell, default_locale());
  return std::string(out.view());
}

std::string numerics(Aggregate aggregate, const std::vector<std::string> &values) {
  Accumulator accumulator(aggregate, CellTag::numeric);
  for (const std::string &value : values) {
    const std::string body = numeric_body(value);
    accumulator.add(data_cell(CellTag::numeric, body.data(), body.size()));
  }
  return spelled(accumulator.value());
}

std::string integers(Aggregate aggregate, const std::vector<std::int64_t> &values) {
  Accumulator accumulator(aggregate, CellTag::integer);
  for (std::int64_t value : values) accumulator.add(integer_cell(CellTag::integer, value));
  return spelled(accumulator.value());
}

std::string intervals(Aggregate aggregate, const std::vector<IntervalValue> &values) {
  Accumulator accumulator(aggregate, CellTag::interval);
  for (const IntervalValue &value : values) {
    Cell cell;
    cell.interval = &value;
    cell.tag = CellTag::interval;
    accumulator.add(cell);
  }
  return spelled(accumulator.value());
}

double floats(Aggregate aggregate, CellTag tag, const std::vector<double> &values) {
  Accumulator accumulator(aggregate, tag);
  for (double value : values) accumulator.add(real_cell(tag, value));
  return accumulator.value().real;
}

TEST(Accumulator, Numerics) {
  EXPECT_EQ(numerics(Aggregate::sum, {"0.1", "0.20", "-0.3"}), "0.00");
  EXPECT_EQ(numerics(Aggregate::sum, {"-1", "0.5"}), "-0.5");
  EXPECT_EQ(numerics(Aggregate::sum, {"9999", "1"}), "10000");
  EXPECT_EQ(numerics(Aggregate::sum, {"-9999.9999", "-0.0001"}), "-10000.0000");
  const std::string huge(300, '9');
  EXPECT_EQ(numerics(Aggregate::sum, {huge, "1", "0.000000000000000000000000001"}),
            "1" + std::string(300, '0') + ".000000000000000000000000001");
  EXPECT_EQ(numerics(Aggregate::avg, {"1", "1", "2"}), "1.3333333333333333");
  EXPECT_EQ(numerics(Aggregate::avg, {"0", "0", "0"}), "0.00000000000000000000");
  EXPECT_EQ(numerics(Aggregate::avg, {"-2", "-3", "-3"}), "-2.6666666666666667");
  EXPECT_EQ(numerics(Aggregate::avg, {"100000", "100001"}), "100000.500000000000");
  EXPECT_EQ(numerics(Aggregate::min, {"1.0", "1.00", "2"}), "1.00");
  EXPECT_EQ(numerics(Aggregate::max, {"-1.0", "-1.00", "-20000.5"}), "-1.00");
  EXPECT_EQ(numerics(Aggregate::max, {"5", "50000", "0.5"}), "50000");
  EXPECT_EQ(numerics(Aggregate::count, {"5", "6"}), "2");
}

TEST(Accumulator, SpecialNumerics) {
  EXPECT_EQ(numerics(Aggregate::sum, {"1", "Infinity"}), "Infinity");
  EXPECT_EQ(numerics(Aggregate::sum, {"-Infinity", "1"}), "-Infinity");
  EXPECT_EQ(numerics(Aggregate::avg, {"-Infinity", "Infinity"}), "NaN");
  EXPECT_EQ(numerics(Aggregate::sum, {"NaN", "Infinity"}), "NaN");
  EXPECT_EQ(numerics(Aggregate::max, {"NaN", "Infinity"}), "NaN");
  EXPECT_EQ(numerics(Aggregate::min, {"NaN", "-Infinity", "3"}), "-Infinity");
}

TEST(Accumulator, Integers) {
  constexpr auto kMax = std::numeric_limits<std::int64_t>::max();
  constexpr auto kMin = std::numeric_limits<std::int64_t>::min();
  EXPECT_EQ(integers(Aggregate::sum, {kMax, kMax, 2}), "18446744073709551616");
  EXPECT_EQ(integers(Aggregate::sum, {kMin, -1}), "-9223372036854775809");
  EXPECT_EQ(integers(Aggregate::sum, {kMax, 1, -1}), "9223372036854775807");
  EXPECT_EQ(integers(Aggregate::avg, {1, 2}), "1.5000000000000000");
  EXPECT_EQ(integers(Aggregate::avg, {kMax, kMax}), "9223372036854775807");
  EXPECT_EQ(integers(Aggregate::min, {3, -4, 5}), "-4");
  EXPECT_EQ(integers(Aggregate::max, {3, -4, 5}), "5");
}

TEST(Accumulator, Floats) {
  EXPECT_EQ(floats(Aggregate::sum, CellTag::float64, {0.1, 0.2, 0.3}), 0.1 + 0.2 + 0.3);
  EXPECT_TRUE(std::signbit(floats(Aggregate::sum, CellTag::float64, {-0.0, -0.0})));
  EXPECT_EQ(floats(Aggregate::avg, CellTag::float64, {1, 2}), 1.5);
  EXPECT_TRUE(std::isnan(floats(Aggregate::max, CellTag::float64, {INFINITY, NAN, 1})));
  EXPECT_EQ(floats(Aggregate::min, CellTag::float64, {NAN, 1}), 1);
  const auto tenth = static_cast<double>(0.1F);
  EXPECT_EQ(floats(Aggregate::sum, CellTag::float32, {tenth, tenth, tenth}),
            static_cast<double>(0.1F + 0.1F + 0.1F));
  EXPECT_EQ(floats(Aggregate::avg, CellTag::float32, {tenth, tenth, tenth}),
            (tenth + tenth + tenth) / 3);
}

TEST(Accumulator, Intervals) {
  constexpr std::int64_t kHour = 3600000000;
  EXPECT_EQ(intervals(Aggregate::sum, {{kHour, 1, 2}, {-2 * kHour, 3, 11}}),
            "1 year 1 mon 4 days -01:00:00");
  EXPECT_EQ(intervals(Aggregate::avg, {{0, 0, 1}, {0, 0, 0}}), "15 days");
  EXPECT_EQ(intervals(Aggregate::avg, {{0, 1, 0}, {0, 0, 0}, {0, 0, 0}}), "08:00:00");
  EXPECT_EQ(intervals(Aggregate::min, {{0, 30, 0}, {0, 0, 1}}), "1 mon");
  EXPECT_EQ(intervals(Aggregate::max, {{0, 30, 0}, {1, 0, 0}}), "30 days");
  constexpr auto kMax = std::numeric_limits<std::int64_t>::max();
  EXPECT_EQ(intervals(Aggregate::sum, {{kMax, 0, 0}, {kMax, 0, 0}, {-kMax, 0, 0}}),
            intervals(Aggregate::sum, {{kMax, 0, 0}}));
  EXPECT_THROW(intervals(Aggregate::sum, {{kMax, 0, 0}, {kMax, 0, 0}}), Error);
}

TEST(Accumulator, NothingAndNulls) {
  for (CellTag tag : {CellTag::integer, CellTag::numeric, CellTag::float64, CellTag::interval}) {
    for (Aggregate aggregate : {Aggregate::sum, Aggregate::avg, Aggregate::min, Aggregate::max}) {
      Accumulator accumulator(aggregate, tag);
      accumulator.add(null_cell());
      EXPECT_TRUE(accumulator.value().is_null());
    }
  }
  Accumulator count(Aggregate::count, CellTag::jsonb);
  count.add(null_cell());
  count.add(data_cell(CellTag::text, "x", 1));
  EXPECT_EQ(count.value().integer, 1);
}

TEST(Accumulator, ClearStartsAnew) {
  const std::string body = numeric_body("123.4500");
  Accumulator accumulator(Aggregate::sum, CellTag::numeric);
  accumulator.add(data_cell(CellTag::numeric, body.data(), body.size()));
  accumulator.clear();
  EXPECT_TRUE(accumulator.value().is_null());
  const std::string one = numeric_body("1");
  accumulator.add(data_cell(CellTag::numeric, one.data(), one.size()));
  EXPECT_EQ(spelled(accumulator.value()), "1");
}

TEST(Accumulator, DatesHaveExtremesOnly) {
  Accumulator latest(Aggregate::max, CellTag::date);
  latest.add(integer_cell(CellTag::date, 3));
  latest.add(integer_cell(CellTag::date, -3));
  EXPECT_EQ(spelled(latest.value()), "2000-01-04");
  EXPECT_THROW(Accumulator(Aggregate::sum, CellTag::date), Error);
  EXPECT_THROW(Accumulator(Aggregate::max, CellTag::text), Error);
  EXPECT_THROW(Accumulator(Aggregate::avg, CellTag::boolean), Error);
}

Column column(const char *heading, CellTag tag, Aggregate total = Aggregate::none) {
  Column result{.heading = heading, .type_name = "", .tag = tag};
  result.style.total = total;
  return result;
}

class Table {
 public:
  Table()
      : totals_({column("region", CellTag::text), column("city", CellTag::text),
                 column("amount", CellTag::integer, Aggregate::sum),
                 column("orders", CellTag::text, Aggregate::count)},
                {0, 1}) {}

  int begins(const char *region, const char *city, std::int64_t amount) {
    cells_ = {text(region), text(city), integer_cell(CellTag::integer, amount), text("x")};
    return totals_.begins(cells_.data());
  }
  void add() { totals_.add(cells_.data()); }
  GroupedTotals &totals() { return totals_; }

 private:
  static Cell text(const char *value) {
    return value ? data_cell(CellTag::text, value, std::string_view(value).size()) : null_cell();
  }

  GroupedTotals totals_;
  std::vector<Cell> cells_;
};

TEST(GroupedTotals, LevelsFollowTheKeys) {
  Table table;
  EXPECT_FALSE(table.totals().has_rows());
  EXPECT_EQ(table.begins("north", "a", 1), 0);
  table.add();
  EXPECT_EQ(table.begins("north", "a", 2), -1);
  table.add();
  EXPECT_EQ(table.begins("north", "b", 4), 1);
  EXPECT_EQ(table.totals().value(1, 2).integer, 3);
  EXPECT_EQ(table.totals().value(1, 3).integer, 2);
  table.add();
  EXPECT_EQ(table.totals().value(1, 2).integer, 4);
  EXPECT_EQ(table.totals().value(0, 2).integer, 7);
  EXPECT_EQ(table.begins("south", "b", 8), 0);
  table.add();
  EXPECT_EQ(table.begins(nullptr, "b", 16), 0);
  table.add();
  EXPECT_EQ(table.begins(nullptr, "b", 32), -1);
  table.add();
  EXPECT_EQ(table.totals().value(0, 2).integer, 48);
  EXPECT_EQ(table.totals().value(GroupedTotals::kGrandTotal, 2).integer, 63);
  EXPECT_TRUE(table.totals().value(0, 0).is_null());
  EXPECT_TRUE(table.totals().key(0).is_null());
  EXPECT_EQ(table.totals().key(1).view(), "b");
}

TEST(GroupedTotals, EqualNumericsAreOneGroup) {
  GroupedTotals totals({column("rate", CellTag::numeric)}, {0});
  const std::string short_one = numeric_body("1.0");
  const std::string long_one = numeric_body("1.00");
  const Cell first = data_cell(CellTag::numeric, short_one.data(), short_one.size());
  const Cell second = data_cell(CellTag::numeric, long_one.data(), long_one.size());
  EXPECT_EQ(totals.begins(&first), 0);
  totals.add(&first);
  EXPECT_EQ(totals.begins(&second), -1);
  EXPECT_FALSE(totals.has_totals());
}

TEST(GroupedTotals, WithoutGroups) {
  GroupedTotals totals({column("n", CellTag::integer, Aggregate::avg)}, {});
  const Cell one = integer_cell(CellTag::integer, 1);
  EXPECT_EQ(totals.begins(&one), -1);
  totals.add(&one);
  EXPECT_EQ(spelled(totals.value(GroupedTotals::kGrandTotal, 0)), "1.00000000000000000000");
}

TEST(GroupedTotals, NamesTheColumnThatCannotHaveItsTotal) {
  try {
    GroupedTotals totals({column("Customer", CellTag::text, Aggregate::sum)}, {});
    FAIL();
  } catch (const Error &error) {
    EXPECT_STREQ(error.state(), sqlstate::invalid_parameter_value);
    EXPECT_EQ(error.message(), "column \"Customer\" cannot have the total \"sum\"");
  }
}

}  // namespace
}  // namespace pgexport
