#include "core/text/array_walk.h"

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

#include "exact_block.h"
#include "storage_fixtures.h"

namespace pgexport::spell {
namespace {

constexpr std::uint32_t kInt4 = 23;
constexpr std::uint32_t kText = 25;

std::string words(std::initializer_list<std::int32_t> list, std::string_view tail = {}) {
  std::string bytes;
  for (const std::int32_t word : list) {
    bytes.append(reinterpret_cast<const char *>(&word), sizeof word);
  }
  return bytes.append(tail);
}

ColumnLayout layout_of(std::uint32_t type) {
  ColumnLayout layout{};
  EXPECT_TRUE(element_layout(type, layout));
  return layout;
}

// The elements of an int4[]; nothing if the array cannot be read.
std::optional<std::vector<std::string>> integers(std::string_view bytes) {
  const ExactBlock block(bytes);
  ArrayReader reader(block.get(), block.size(), layout_of(kInt4));
  std::vector<std::string> values;
  Cell cell;
  while (reader.next(cell)) {
    values.push_back(cell.is_null() ? "null" : std::to_string(cell.integer));
  }
  if (reader.failed()) return std::nullopt;
  return values;
}

std::optional<std::vector<std::string>> texts(std::string_view bytes) {
  const ExactBlock block(bytes);
  ArrayReader reader(block.get(), block.size(), layout_of(kText));
  std::vector<std::string> values;
  Cell cell;
  while (reader.next(cell)) {
    values.emplace_back(cell.is_null() ? "null" : std::string(cell.view()));
  }
  if (reader.failed()) return std::nullopt;
  return values;
}

using Values = std::vector<std::string>;

TEST(ArrayHead, TellsTheShape) {
  const std::string bytes = words({2, 0, kInt4, 2, 3, -1, 5}, std::string(24, '\0'));
  const ExactBlock block(bytes);
  const ArrayHead head = read_array_head(block.get(), block.size());
  ASSERT_TRUE(head.ok);
  EXPECT_EQ(head.ndim, 2);
  EXPECT_EQ(head.count, 6);
  EXPECT_EQ(head.dims[0], 2);
  EXPECT_EQ(head.dims[1], 3);
  EXPECT_EQ(head.lower_bounds[0], -1);
  EXPECT_EQ(head.lower_bounds[1], 5);
  EXPECT_EQ(array_element_type(block.get()), kInt4);
}

TEST(ArrayHead, RefusesWhatContradictsItself) {
  for (const std::string &bytes :
       {std::string(), words({0, 0}), words({-1, 0, kInt4}),
        words({7, 0, kInt4}, std::string(99, 'x')), words({1, 0, kInt4, 1}),
        words({1, 0, kInt4, -1, 1}),
        words({2, 0, kInt4, 65536, 65536, 1, 1}),  // more elements than an int can count
        words({3, 0, kInt4, 65536, 65536, 0, 1, 1, 1}),
        words({1, 24, kInt4, 1, 1}),  // elements begin behind the end …
        words({1, 20, kInt4, 1, 1}),  // … or inside the null bitmap
        words({1, -8, kInt4, 1, 1})}) {
    const ExactBlock block(bytes);
    EXPECT_FALSE(read_array_head(block.get(), block.size()).ok) << testing::PrintToString(bytes);
    EXPECT_EQ(integers(bytes), std::nullopt);
  }
}

TEST(ArrayReader, ReadsEmptyArrays) {
  EXPECT_EQ(integers(words({0, 0, kInt4})), Values());
  EXPECT_EQ(integers(words({1, 0, kInt4, 0, 0})), Values());  // int2vector has one dimension
}

TEST(ArrayReader, ReadsFixedElementsAndNulls) {
  EXPECT_EQ(integers(words({1, 0, kInt4, 2, 1, 7, -8})), Values({"7", "-8"}));
  EXPECT_EQ(integers(words({1, 32, kInt4, 3, 1, 0b101, 0, 7, -8})), Values({"7", "null", "-8"}));
  EXPECT_EQ(integers(words({1, 32, kInt4, 1, 1, 0, 0})), Values({"null"}));
}

TEST(ArrayReader, ReadsAlignedAndShortVarlenas) {
  const std::string aligned = words({1, 0, kText, 3, 1, 5 << 2}, std::string("a\0\0\0", 4)) +
                              words({4 << 2, 8 << 2}, "abcd");
  EXPECT_EQ(texts(aligned), Values({"a", "", "abcd"}));
  EXPECT_EQ(texts(words({1, 0, kText, 2, 1}, "\x05y\x07zz")), Values({"y", "zz"}));
}

TEST(ArrayReader, FailsOnElementsOutOfBounds) {
  EXPECT_EQ(integers(words({1, 0, kInt4, 2, 1, 7})), std::nullopt);
  EXPECT_EQ(integers(words({1, 0, kInt4, 2, 1, 7}, "abc")), std::nullopt);
  EXPECT_EQ(texts(words({1, 0, kText, 1, 1})), std::nullopt);
  EXPECT_EQ(texts(words({1, 0, kText, 1, 1, 9 << 2}, "abcd")), std::nullopt);
  EXPECT_EQ(texts(words({1, 0, kText, 1, 1, 3 << 2}, "abcd")), std::nullopt);
  EXPECT_EQ(texts(words({1, 0, kText, 1, 1}, "\x14")), std::nullopt);
  EXPECT_EQ(texts(words({1, 0, kText, 1, 1}, "\x07y")), std::nullopt);
}

TEST(ArrayReader, FailsOnElementsThatAreNotInPlace) {
  EXPECT_EQ(texts(words({1, 0, kText, 1, 1, 8 << 2 | 2}, "abcd")), std::nullopt);  // compressed
  EXPECT_EQ(texts(words({1, 0, kText, 1, 1}, "\x01\x12" + std::string(16, 'x'))), std::nullopt);
}

TEST(ArrayReader, FailsForGoodAfterABadElement) {
  const ExactBlock block(words({1, 0, kText, 2, 1}, "\x01\x12\x05y"));
  ArrayReader reader(block.get(), block.size(), layout_of(kText));
  Cell cell;
  EXPECT_FALSE(reader.next(cell));
  EXPECT_FALSE(reader.next(cell));
  EXPECT_TRUE(reader.failed());
}

TEST(ArrayReader, RefusesNumericsWithoutHeader) {
  constexpr std::int32_t kNumeric = 1700;
  for (const std::string_view payload :
       {std::string_view("\x05x"), std::string_view("\x07\0\0", 3)}) {
    const ExactBlock block(words({1, 0, kNumeric, 1, 1}, payload));
    ArrayReader reader(block.get(), block.size(), layout_of(kNumeric));
    Cell cell;
    EXPECT_FALSE(reader.next(cell));
    EXPECT_TRUE(reader.failed());
  }
}

TEST(ArrayReader, SurvivesDamage) {
  for (const StoredValue &value : read_stored_values("array_storage.tsv")) {
    const ColumnLayout layout = layout_of(array_element_type(value.bytes.data()));
    for (std::size_t n = 0; n < value.bytes.size(); ++n) {
      const ExactBlock block(std::string_view(value.bytes).substr(0, n));
      ArrayReader reader(block.get(), block.size(), layout);
      Cell cell;
      while (reader.next(cell)) {
      }
      EXPECT_TRUE(n < 12 ? reader.failed() : true);
    }
  }
}

TEST(ElementLayout, KnowsNoTypeThatNeedsTheServer) {
  ColumnLayout layout{};
  EXPECT_FALSE(element_layout(0, layout));
  EXPECT_FALSE(element_layout(2249, layout));  // record
  EXPECT_FALSE(element_layout(3904, layout));  // int4range
  EXPECT_FALSE(element_layout(18, layout));    // "char": no text of the encoding
  EXPECT_FALSE(element_layout(1184, layout));  // timestamptz: its offset is looked up
}

}  // namespace
}  // namespace pgexport::spell
