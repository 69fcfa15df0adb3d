// The closed list of masks, and nothing beside it.

#include "formats/mask.h"

#include <gtest/gtest.h>

#include <random>

#include "core/error.h"

namespace pgexport {
namespace {

TEST(Mask, ReadsEachOfTheListAndWritesIt) {
  for (const char *text : {"redact", "hash", "year", "month", "null", "partial(2, 3)"}) {
    EXPECT_EQ(mask_text(parse_mask(text)), text);
  }
  EXPECT_EQ(parse_mask("none").kind, MaskKind::none);
  EXPECT_EQ(parse_mask("").kind, MaskKind::none);
  EXPECT_EQ(mask_text({}), "");
  EXPECT_EQ(parse_mask("partial( 0 ,100)"), (Mask{MaskKind::partial, 0, 100}));
}

TEST(Mask, AnythingElseIsRefused) {
  for (const char *text : {"redacted",
                           "Redact",
                           " redact",
                           "redact ",
                           "partial",
                           "partial()",
                           "partial(1)",
                           "partial(1,2",
                           "partial(1,2) ",
                           "partial(-1,2)",
                           "partial(101,0)",
                           "partial(1,2,3)",
                           "partial(99999999999,0)",
                           "partial(1;2)",
                           "hash(ssn)",
                           "'x'",
                           "upper(name)",
                           "null;",
                           "year--",
                           "pg_sleep(1)",
                           "redact\n",
                           "partial(1,2)::text"}) {
    EXPECT_THROW(parse_mask(text), Error) << text;
  }
  try {
    parse_mask("redcat");
  } catch (const Error &error) {
    EXPECT_EQ(error.hint(), "Did you mean \"redact\"?");
  }
}

TEST(Mask, RandomTextsAreRefusedOrMeanThemselves) {
  std::mt19937 random(7);
  const std::string alphabet = "partilhsyemonudc(), 0123456789;'";
  for (int i = 0; i < 100000; i++) {
    std::string text;
    for (std::uint32_t length = random() % 16; length > 0; length--) {
      text += alphabet[random() % alphabet.size()];
    }
    try {
      const Mask mask = parse_mask(text);
      EXPECT_EQ(parse_mask(mask_text(mask)), mask);
    } catch (const Error &error) {
      EXPECT_STREQ(error.state(), sqlstate::invalid_parameter_value);
    }
  }
}

}  // namespace
}  // namespace pgexport
