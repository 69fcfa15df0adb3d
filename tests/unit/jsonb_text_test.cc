#include "core/text/jsonb_text.h"

#include <gtest/gtest.h>

#include <cstring>
#include <string>
#include <vector>

#include "core/error.h"
#include "exact_block.h"
#include "storage_fixtures.h"

namespace pgexport::spell {
namespace {

constexpr std::uint32_t kArray = 0x40000000;
constexpr std::uint32_t kObject = 0x20000000;
constexpr std::uint32_t kScalar = 0x10000000;
constexpr std::uint32_t kIsOffset = 0x80000000;
constexpr std::uint32_t kNumeric = 0x10000000;
constexpr std::uint32_t kTrue = 0x30000000;
constexpr std::uint32_t kContainer = 0x50000000;

std::string words(std::initializer_list<std::uint32_t> list, std::string_view tail = {}) {
  std::string bytes;
  for (const std::uint32_t word : list) {
    bytes.append(reinterpret_cast<const char *>(&word), sizeof word);
  }
  return bytes.append(tail);
}

std::string jsonb_text(std::string_view bytes, JsonSpacing spacing) {
  const ExactBlock block(bytes);
  OutputBuffer out;
  append_jsonb(out, block.get(), block.size(), spacing);
  return std::string(out.view());
}

std::string compact(std::string_view bytes) { return jsonb_text(bytes, JsonSpacing::compact); }

// The SQLSTATE of the error, or empty.
std::string state_of(std::string_view bytes) {
  try {
    compact(bytes);
  } catch (const Error &error) {
    return error.state();
  }
  return {};
}

std::string json_string(std::string_view text) {
  const ExactBlock block(text);
  OutputBuffer out;
  append_json_string(out, block.get(), block.size());
  return std::string(out.view());
}

std::string without_spacing(std::string_view text) {
  std::string out;
  bool in_string = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '"' && (i == 0 || text[i - 1] != '\\')) in_string = !in_string;
    if (text[i] != ' ' || in_string) out += text[i];
  }
  return out;
}

TEST(JsonbText, IsThatOfPostgres) {
  const std::vector<StoredValue> values = read_stored_values("jsonb_storage.tsv");
  ASSERT_GE(values.size(), 27u);
  for (const StoredValue &value : values) {
    EXPECT_EQ(jsonb_text(value.bytes, JsonSpacing::postgres), value.text);
    EXPECT_EQ(compact(value.bytes), without_spacing(value.text));
  }
}

TEST(JsonbText, ReadsFromAnyAddress) {
  for (const StoredValue &value : read_stored_values("jsonb_storage.tsv")) {
    const std::string shifted = "x" + value.bytes;
    OutputBuffer out;
    append_jsonb(out, shifted.data() + 1, static_cast<std::uint32_t>(value.bytes.size()),
                 JsonSpacing::postgres);
    EXPECT_EQ(out.view(), value.text);
  }
}

TEST(JsonbText, DoesNotRunOutOfStackOnDeepDocuments) {
  constexpr std::uint32_t kDepth = 1000000;
  std::string bytes;
  for (std::uint32_t level = kDepth; level-- > 1;) {
    bytes += words({kArray | 1, kContainer | (level * 8 - 4)});
  }
  bytes += words({kArray});
  EXPECT_EQ(compact(bytes), std::string(kDepth, '[') + std::string(kDepth, ']'));
}

TEST(JsonbText, AppendsToWhatIsThere) {
  OutputBuffer out;
  out.append("x=");
  const std::string bytes = words({kArray | kScalar | 1, kTrue});
  append_jsonb(out, bytes.data(), 8, JsonSpacing::compact);
  EXPECT_EQ(out.view(), "x=true");
}

TEST(JsonbText, RefusesContainersThatContradictThemselves) {
  const std::vector<std::string> corrupted = {
      "",
      "\x01",
      words({0}),                                   // neither object nor array
      words({kArray | kObject}),                    // both
      words({kArray | 1}),                          // no room for the entry
      words({kArray | 0x0FFFFFFF, 0}),              //
      words({kObject | 1, 0}),                      // an object has two entries per pair
      words({kArray | 1, 1}),                       // a string outside
      words({kArray | 1, kIsOffset | 2}, "a"),      //
      words({kArray | 2, 2, kIsOffset | 1}, "ab"),  // ends before it begins
      words({kArray | 1, 0x60000000}),              // unknown type
      words({kArray | 1, kNumeric | 0}),            // a number without bytes
      words({kArray | 1, kNumeric | 4}, std::string_view("\x14\0\0", 3)),  //
      words({kArray | 1, kNumeric | 4, 16u << 2}),  // a number longer than its place
      words({kArray | 1, kNumeric | 4, 4u << 2}),   // … and one without a header
      words({kArray | 1, kNumeric | 6, 6u << 2},
            std::string_view("\0\0", 2)),  // … and a long one without a weight
      words({kArray | 1, kNumeric | 6, 6u << 2}, std::string_view("\x00\xC0", 2)),  // NaN
      words({kArray | 2, 1, kNumeric | 1}, "ab"),                                   // only padding
      words({kArray | 1, kContainer | 0}),                    // a container without header
      words({kArray | 1, kContainer | 4, 0}),                 //
      words({kArray | 2, 1, kContainer | 1}, "ab"),           //
      words({kObject | 1, kTrue, kTrue}),                     // a key must be a string
      words({kArray | kScalar}),                              // a scalar is one element …
      words({kArray | kScalar | 2, kTrue, kTrue}),            //
      words({kObject | kScalar | 1, 0, kTrue}),               // … of an array …
      words({kArray | kScalar | 1, kContainer | 4, kArray}),  // … and no container
  };
  for (const std::string &bytes : corrupted) {
    EXPECT_EQ(state_of(bytes), sqlstate::data_corrupted) << testing::PrintToString(bytes);
  }
}

TEST(JsonbText, SurvivesDamage) {
  for (const StoredValue &value : read_stored_values("jsonb_storage.tsv")) {
    for (std::size_t n = 0; n < value.bytes.size(); ++n) {
      state_of(std::string_view(value.bytes).substr(0, n));
    }
    for (std::size_t i = 0; i < value.bytes.size(); ++i) {
      for (const char damage : {'\x01', '\x10', '\x7F', '\x80'}) {
        std::string bytes = value.bytes;
        bytes[i] = static_cast<char>(bytes[i] ^ damage);
        const std::string state = state_of(bytes);
        EXPECT_TRUE(state.empty() || state == sqlstate::data_corrupted) << state;
      }
    }
  }
}

TEST(JsonString, EscapesAsPostgres) {
  EXPECT_EQ(json_string(""), R"("")");
  EXPECT_EQ(json_string("plain"), R"("plain")");
  EXPECT_EQ(json_string("\b\f\n\r\t\"\\/"), R"("\b\f\n\r\t\"\\/")");
  EXPECT_EQ(json_string(std::string_view("\0\x01\x1F\x20\x7F", 5)),
            "\"\\u0000\\u0001\\u001f \x7F\"");
  EXPECT_EQ(json_string("é\u2028\xF0\x9F\x98\x80\xFF"), "\"é\u2028\xF0\x9F\x98\x80\xFF\"");
}

TEST(JsonString, EscapesAtEveryPlace) {
  for (std::size_t n = 1; n < 140; ++n) {
    for (std::size_t at = 0; at < n; ++at) {
      std::string text(n, 'x');
      text[at] = '\x01';
      std::string expected = "\"" + text + "\"";
      expected.replace(at + 1, 1, "\\u0001");
      ASSERT_EQ(json_string(text), expected);
    }
  }
}

TEST(JsonString, TakesHugeText) {
  const std::size_t n = 200001;
  std::string expected = "\"";
  for (std::size_t i = 0; i < n; ++i) expected += "\\u0002";
  EXPECT_EQ(json_string(std::string(n, '\x02')), expected + "\"");
  EXPECT_EQ(json_string(std::string(n, 'y')), "\"" + std::string(n, 'y') + "\"");
}

}  // namespace
}  // namespace pgexport::spell
