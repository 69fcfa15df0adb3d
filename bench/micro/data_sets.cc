#include "data_sets.h"

#include <array>
#include <cstdint>

#include "core/error.h"

namespace pgexport::bench {

namespace {

// A number of 63 bits for (row, salt): the finalizer of splitmix64.
std::uint64_t hash(std::uint64_t row, std::uint64_t salt) {
  std::uint64_t x = (row * 1024 + salt) * 0x9E3779B97F4A7C15;
  x = (x ^ x >> 30) * 0xBF58476D1CE4E5B9;
  x = (x ^ x >> 27) * 0x94D049BB133111EB;
  return (x ^ x >> 31) >> 1;
}

std::uint64_t percent(std::uint64_t row, std::uint64_t salt) { return hash(row, salt) % 100; }

constexpr std::array kWords = {
    "account", "address",  "agenda",   "budget",   "call",     "change",   "check",    "client",
    "code",    "contract", "copy",     "customer", "daily",    "data",     "deadline", "delivery",
    "design",  "detail",   "document", "draft",    "email",    "estimate", "feedback", "final",
    "fix",     "follow",   "form",     "guide",    "handover", "idea",     "import",   "invoice"};
constexpr std::array kAccentedWords = {"Übergabe", "Prüfung", "café",  "naïve", "señor",
                                       "Łódź",     "přehled", "обзор", "検討",  "Ærø"};

std::string word(std::uint64_t row, std::uint64_t salt) {
  return kWords[hash(row, salt) % kWords.size()];
}

std::string accented_word(std::uint64_t row, std::uint64_t salt) {
  return kAccentedWords[hash(row, salt) % kAccentedWords.size()];
}

constexpr ColumnLayout kInt4 = {Storage::int4, 4, CellTag::integer, CellTag::null};
constexpr ColumnLayout kInt8 = {Storage::int8, 8, CellTag::integer, CellTag::null};
constexpr ColumnLayout kFloat8 = {Storage::float8, 8, CellTag::float64, CellTag::null};
constexpr ColumnLayout kBool = {Storage::bool1, 1, CellTag::boolean, CellTag::null};
constexpr ColumnLayout kText = {Storage::varlena, 4, CellTag::text, CellTag::null};
constexpr ColumnLayout kNumeric = {Storage::varlena, 4, CellTag::numeric, CellTag::null};
constexpr ColumnLayout kJsonb = {Storage::varlena, 4, CellTag::jsonb, CellTag::null};
constexpr ColumnLayout kTextArray = {Storage::varlena, 4, CellTag::flat_array, CellTag::text};
constexpr ColumnLayout kInterval = {Storage::interval16, 8, CellTag::interval, CellTag::null};
constexpr ColumnLayout kTimestamptz = {Storage::timestamptz8, 8, CellTag::timestamptz,
                                       CellTag::null};

struct NamedColumn {
  std::string name;
  ColumnLayout layout;
};

DataSet make_empty(const std::vector<NamedColumn> &columns) {
  std::vector<Column> heads;
  std::vector<ColumnLayout> layouts;
  for (const NamedColumn &column : columns) {
    Column head;
    head.heading = column.name;
    head.tag = column.layout.tag;
    heads.push_back(std::move(head));
    layouts.push_back(column.layout);
  }
  return {std::move(heads), HeapRows(std::move(layouts))};
}

// 15 to 17 digits in the first four columns, 2 to 6 decimals in the others.
DataSet make_floats(std::size_t count) {
  DataSet set = make_empty({{"a", kFloat8},
                            {"b", kFloat8},
                            {"c", kFloat8},
                            {"d", kFloat8},
                            {"e", kFloat8},
                            {"f", kFloat8},
                            {"g", kFloat8},
                            {"h", kFloat8}});
  for (std::uint64_t i = 0; i < count; ++i) {
    const auto real = [&](std::uint64_t salt) { return static_cast<double>(hash(i, salt)); };
    const auto below = [&](std::uint64_t salt, std::uint64_t limit) {
      return static_cast<double>(hash(i, salt) % limit);
    };
    set.rows.start_row();
    set.rows.add(real(1) / 9223372036854775807.0);
    set.rows.add(real(2) / 7919.0);
    set.rows.add(-real(3) / 9.87e15);
    set.rows.add(real(4) / 1.234567e12);
    set.rows.add(below(5, 10000000) / 100.0);
    set.rows.add((below(6, 100000000) - 50000000) / 1000.0);
    set.rows.add(below(7, 1000000000) / 10000.0);
    set.rows.add(below(8, 1000000000) / 1000000.0);
  }
  return set;
}

DataSet make_narrow_ints(std::size_t count) {
  DataSet set = make_empty({{"a", kInt4}, {"b", kInt8}, {"c", kInt4}, {"d", kInt8}});
  for (std::uint64_t i = 0; i < count; ++i) {
    set.rows.start_row();
    set.rows.add(static_cast<std::int32_t>(i));
    set.rows.add(static_cast<std::int64_t>(hash(i, 1) % 1000000000000));
    set.rows.add(static_cast<std::int32_t>(hash(i, 2) % 100000) - 50000);
    set.rows.add(static_cast<std::int64_t>(hash(i, 3) % 1000));
  }
  return set;
}

std::string description(std::uint64_t i) {
  std::string text = word(i, 6) + (percent(i, 7) < 15 ? ", " : " ") + word(i, 8);
  const std::string third = word(i, 10);
  text += percent(i, 9) < 5 ? " \"" + third + "\" " : " " + third + " ";
  text += percent(i, 11) < 8 ? accented_word(i, 12) : word(i, 12);
  text += percent(i, 13) < 2 ? "\n" : " ";
  return text + word(i, 14) + " " + word(i, 15);
}

Payload tags(std::uint64_t i) {
  const std::array words = {word(i, 16), word(i, 17), word(i, 18)};
  return text_array({words.begin(), words.begin() + hash(i, 19) % 4});
}

DataSet make_time_entries(std::size_t count) {
  DataSet set = make_empty({{"id", kInt8},
                            {"person_id", kInt4},
                            {"project_id", kInt4},
                            {"task", kText},
                            {"description", kText},
                            {"tags", kTextArray},
                            {"started_at", kTimestamptz},
                            {"duration", kInterval},
                            {"hours", kNumeric},
                            {"rate", kNumeric},
                            {"billable", kBool},
                            {"meta", kJsonb}});
  constexpr std::int64_t kSecond = 1000000;
  constexpr std::int64_t kFirst = 694504800 * kSecond;  // 2022-01-03 06:00 UTC
  for (std::uint64_t i = 0; i < count; ++i) {
    set.rows.start_row();
    set.rows.add(static_cast<std::int64_t>(i));
    set.rows.add(static_cast<std::int32_t>(1 + hash(i, 1) % 5000));
    set.rows.add(static_cast<std::int32_t>(1 + hash(i, 2) % 800));
    set.rows.add_varlena(word(i, 3) + " " + word(i, 4));
    if (percent(i, 5) < 3) {
      set.rows.add_null();
    } else {
      set.rows.add_varlena(description(i));
    }
    set.rows.add_varlena(tags(i));
    const std::uint64_t fraction = percent(i, 21) < 20 ? hash(i, 22) % kSecond : 0;
    set.rows.add(kFirst +
                 static_cast<std::int64_t>((i * 60 + hash(i, 20) % 60) * kSecond + fraction));
    set.rows.add(
        IntervalValue{static_cast<std::int64_t>(5 + hash(i, 23) % 595) * 60 * kSecond, 0, 0});
    set.rows.add_varlena(numeric_of_cents(static_cast<std::uint32_t>(hash(i, 24) % 1200)));
    set.rows.add_varlena(numeric_of_cents(static_cast<std::uint32_t>(2500 + hash(i, 25) % 22500)));
    set.rows.add(percent(i, 26) < 70);
    if (percent(i, 27) < 10) {
      set.rows.add_null();
    } else {
      set.rows.add_varlena(ticket_jsonb(
          word(i, 28), static_cast<std::uint32_t>(hash(i, 29) % 100000), percent(i, 30) < 50));
    }
  }
  return set;
}

std::string phrase(std::uint64_t i, std::uint64_t salt) {
  std::string text = word(i, salt + 1);
  if (percent(i, salt + 2) == 0) text += ',';
  const std::uint64_t more = hash(i, salt + 3) % 4;
  for (std::uint64_t n = 0; n < more; ++n) text += " " + word(i, salt + 4 + n);
  return text;
}

// Twenty columns of one to four words, 2 % null.
DataSet make_wide(std::size_t count) {
  constexpr int kColumns = 20;
  std::vector<NamedColumn> columns;
  columns.reserve(kColumns);
  for (int n = 1; n <= kColumns; ++n) columns.push_back({"column_" + std::to_string(n), kText});
  DataSet set = make_empty(columns);
  for (std::uint64_t i = 0; i < count; ++i) {
    set.rows.start_row();
    for (std::uint64_t n = 1; n <= kColumns; ++n) {
      if (percent(i, n * 10) < 2) {
        set.rows.add_null();
      } else {
        set.rows.add_varlena(phrase(i, n * 10));
      }
    }
  }
  return set;
}

struct NamedMaker {
  std::string_view name;
  DataSet (*make)(std::size_t count);
};
constexpr std::array kMakers = {NamedMaker{"time_entries", make_time_entries},
                                NamedMaker{"narrow_ints", make_narrow_ints},
                                NamedMaker{"floats", make_floats}, NamedMaker{"wide", make_wide}};

}  // namespace

std::vector<std::string_view> data_set_names() {
  std::vector<std::string_view> names;
  for (const NamedMaker &maker : kMakers) names.push_back(maker.name);
  return names;
}

DataSet make_data_set(std::string_view name, std::size_t rows) {
  for (const NamedMaker &maker : kMakers) {
    if (maker.name == name) return maker.make(rows);
  }
  throw Error(sqlstate::undefined_object, "data set \"" + std::string(name) + "\" does not exist");
}

}  // namespace pgexport::bench
