#include "core/text/format_code.h"

#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <limits>
#include <string>

#include "core/error.h"
#include "exact_block.h"
#include "format_case.h"

namespace pgexport {
namespace {

constexpr std::int64_t kSecond = 1000000;
constexpr std::int64_t kHour = 3600 * kSecond;
constexpr std::int64_t kDay = 24 * kHour;

std::string shown(std::string_view code, const Cell &cell, const char *language = "en") {
  return FormatCode(code).text(cell, *find_locale(language));
}

std::string number(std::string_view code, const std::string &value, const char *language = "en") {
  return format_value("numeric", value, language, code);
}

std::string integer(std::string_view code, std::int64_t value) {
  return shown(code, integer_cell(CellTag::integer, value));
}

std::string interval(std::string_view code, IntervalValue value) {
  Cell cell;
  cell.interval = &value;
  cell.tag = CellTag::interval;
  return shown(code, cell);
}

std::string text(std::string_view code, std::string_view value) {
  return shown(code, data_cell(CellTag::text, value.data(), value.size()));
}

// Verified by oracle/format_code_oracle.py, which writes the file.
TEST(FormatCode, LibreOfficeAgrees) {
  std::ifstream in(std::string(GOLDEN_DIR) + "/format_code/cases.tsv");
  int count = 0;
  for (std::string line; std::getline(in, line); ++count) {
    const auto fields = split_tabs(line);
    ASSERT_EQ(fields.size(), 4u) << line;
    EXPECT_EQ(format_value(fields[0], fields[1], "en", fields[2]), fields[3]) << line;
  }
  EXPECT_GT(count, 500);
}

TEST(FormatCode, NumericsAreExact) {
  EXPECT_EQ(number("#,##0.00", "12345678901234567890123.455"), "12,345,678,901,234,567,890,123.46");
  EXPECT_EQ(number("0.000000000000000000000000000000", "0.1234567890123456789012345678905"),
            "0.123456789012345678901234567891");
  EXPECT_EQ(number("0.00", "-0.005"), "-0.01");
  EXPECT_EQ(number("0.00", "-0.004999999999999999999999999"), "0.00");
  EXPECT_EQ(number("0", "9" + std::string(400, '9') + ".5"), "1" + std::string(401, '0'));
  EXPECT_EQ(number("0%", "0.125"), "13%");
  EXPECT_EQ(number("General", "1234567890.1200"), "1234567890.12");
  EXPECT_EQ(number("General", "-0.00"), "0");
}

TEST(FormatCode, FloatsRoundTheirDecimalDigits) {
  EXPECT_EQ(shown("0.00", real_cell(CellTag::float64, 1.005)), "1.01");
  EXPECT_EQ(shown("0.00", real_cell(CellTag::float64, 2.675)), "2.68");
  EXPECT_EQ(shown("0.0", real_cell(CellTag::float32, static_cast<double>(0.25F))), "0.3");
  EXPECT_EQ(shown("General", real_cell(CellTag::float64, 0.1 + 0.2)), "0.3");
  EXPECT_EQ(shown("General", real_cell(CellTag::float64, 1e15)), "1E+15");
  EXPECT_EQ(shown("General", real_cell(CellTag::float64, -123456789012345.0)), "-123456789012345");
  EXPECT_EQ(shown("General", real_cell(CellTag::float64, 1.5e-7)), "1.5E-07");
  EXPECT_EQ(shown("0.0", real_cell(CellTag::float64, 1e300)).size(), 303u);
}

TEST(FormatCode, SmallestAndLargestIntegers) {
  EXPECT_EQ(integer("#,##0", std::numeric_limits<std::int64_t>::min()),
            "-9,223,372,036,854,775,808");
  EXPECT_EQ(integer("0", std::numeric_limits<std::int64_t>::max()), "9223372036854775807");
}

TEST(FormatCode, SpecialNumbersAreSpelled) {
  EXPECT_EQ(shown("0.00", real_cell(CellTag::float64, NAN)), "NaN");
  EXPECT_EQ(shown("yyyy", real_cell(CellTag::float64, -INFINITY)), "-Infinity");
  EXPECT_EQ(number("0.00", "Infinity"), "Infinity");
  EXPECT_EQ(number("0.00", "NaN"), "NaN");
}

TEST(FormatCode, Locales) {
  EXPECT_EQ(number("#,##0.00", "-1234567.891", "de"), "-1.234.567,89");
  EXPECT_EQ(number("#,##0.00", "1234567.891", "fr"), "1\u202F234\u202F567,89");
  EXPECT_EQ(number("General", "0.5", "es"), "0,5");
  const Cell day = integer_cell(CellTag::date, 59);  // 2000-02-29, a Tuesday
  EXPECT_EQ(shown("dddd, d. mmmm yyyy", day, "de"), "Dienstag, 29. Februar 2000");
  EXPECT_EQ(shown("ddd d mmm", day, "fr"), "mar. 29 févr.");
  EXPECT_EQ(shown("mmmmm", integer_cell(CellTag::date, 75), "de"), "M");  // März
  EXPECT_EQ(shown("mmm", integer_cell(CellTag::date, 75), "de"), "Mär");
  EXPECT_EQ(shown("0", integer_cell(CellTag::boolean, 1), "es"), "sí");
  EXPECT_EQ(shown("ss.00", integer_cell(CellTag::time, 1250000), "de"), "01,25");
}

TEST(FormatCode, MinusStandsInFrontUnlessASectionIsForNegatives) {
  EXPECT_EQ(integer("$0", -5), "-$5");
  EXPECT_EQ(integer("0;0", -5), "5");
  EXPECT_EQ(integer("[>=100]0;0", -5), "-5");
  EXPECT_EQ(integer("[<0]0;0", -5), "5");
  EXPECT_EQ(integer("[>9]\"many\";[>1]\"some\"", -5), "-5");
  EXPECT_EQ(integer("[>9]\"many\"", 3), "3");
  EXPECT_EQ(integer("0;;", -5), "");
  EXPECT_EQ(number("[=0.1]\"tenth\";General", "0.10"), "tenth");
  EXPECT_EQ(number("[=0.1]\"tenth\";General", "0.1000000000000000000001"),
            "0.1000000000000000000001");
}

TEST(FormatCode, SecondsRoundAndCarry) {
  const std::int64_t late = 366 * kDay - 1;  // the last microsecond of 2000
  EXPECT_EQ(shown("yyyy-mm-dd hh:mm:ss", integer_cell(CellTag::timestamp, late)),
            "2001-01-01 00:00:00");
  EXPECT_EQ(shown("yyyy-mm-dd", integer_cell(CellTag::timestamp, late)), "2000-12-31");
  EXPECT_EQ(shown("hh:mm:ss.000", integer_cell(CellTag::time, kHour - 400)), "01:00:00.000");
  EXPECT_EQ(shown("hh:mm:ss", integer_cell(CellTag::time, kDay - 1)), "00:00:00");
  EXPECT_EQ(shown("hh:mm:ss", integer_cell(CellTag::time, kDay)), "24:00:00");
}

TEST(FormatCode, TimestampsWithZoneInTheirOwnOffset) {
  EXPECT_EQ(shown("yyyy-mm-dd hh:mm", zoned_cell(CellTag::timestamptz, -kHour, 7200)),
            "2000-01-01 01:00");
  EXPECT_EQ(shown("hh:mm", zoned_cell(CellTag::timetz, 13 * kHour, 7200)), "13:00");
}

TEST(FormatCode, Intervals) {
  EXPECT_EQ(interval("[h]:mm:ss", {90 * 60 * kSecond, 2, 0}), "49:30:00");
  EXPECT_EQ(interval("[h]:mm:ss", {-90 * 60 * kSecond, 0, 0}), "-1:30:00");
  EXPECT_EQ(interval("[h]:mm;([h]:mm)", {-90 * 60 * kSecond, 0, 0}), "(1:30)");
  EXPECT_EQ(interval("[h]:mm;;\"none\"", {0, 0, 0}), "none");
  EXPECT_EQ(interval("[h]:mm;\"neg \"0", {0, 0, 0}), "0:00");
  EXPECT_EQ(interval("d \"days\" hh:mm", {90 * 60 * kSecond, 400, 0}), "400 days 01:30");
  EXPECT_EQ(interval("[s]", {499999, 0, 0}), "0");
  EXPECT_EQ(interval("[h]:mm", {0, 0, 13}), "1 year 1 mon");
  EXPECT_EQ(interval("yyyy", {kHour, 0, 0}), "01:00:00");
  EXPECT_EQ(interval("[h]", {0, std::numeric_limits<std::int32_t>::max(), 0}), "2147483647 days");
  EXPECT_EQ(interval("[h]", {std::numeric_limits<std::int64_t>::min(), 0, 0}),
            "-2562047788:00:54.775808");
}

TEST(FormatCode, WhatACodeCannotShowIsSpelled) {
  EXPECT_EQ(text("0.00", "abc"), "abc");
  EXPECT_EQ(shown("0.00", integer_cell(CellTag::date, 0)), "2000-01-01");
  EXPECT_EQ(shown("yyyy", integer_cell(CellTag::time, kHour)), "01:00:00");
  EXPECT_EQ(shown("[h]", integer_cell(CellTag::date, 0)), "2000-01-01");
  EXPECT_EQ(integer("yyyy", 2000), "2000");
  EXPECT_EQ(shown("yyyy", integer_cell(CellTag::date, kDateInfinity)), "infinity");
  EXPECT_EQ(shown("yyyy", integer_cell(CellTag::timestamp, kTimeMinusInfinity)), "-infinity");
  EXPECT_EQ(shown("yyyy", integer_cell(CellTag::date, -730490)), "0002-12-27 BC");
  EXPECT_EQ(shown("yyyy-mm-dd", integer_cell(CellTag::date, 2921939)), "9999-12-31");
  EXPECT_EQ(shown("0", null_cell()), "");
}

TEST(FormatCode, OtherTypes) {
  const std::string id("\x12\x34\x56\x78\x9a\xbc\xde\xf0\x12\x34\x56\x78\x9a\xbc\xde\xf0", 16);
  EXPECT_EQ(shown("@", data_cell(CellTag::uuid, id.data(), 16)),
            "12345678-9abc-def0-1234-56789abcdef0");
  EXPECT_EQ(shown("\"0x\"@", data_cell(CellTag::bytes, "\x01\xff", 2)), "0x\\x01ff");
  EXPECT_EQ(shown("0", data_cell(CellTag::json, "[1]", 3)), "[1]");
  EXPECT_EQ(shown("@", integer_cell(CellTag::integer, 7)), "7");
  EXPECT_EQ(shown("\"n: \"@", integer_cell(CellTag::boolean, 0)), "n: no");
  Cell array = null_cell();
  array.tag = CellTag::array;
  EXPECT_THROW(shown("@", array), Error);
}

TEST(FormatCode, Facts) {
  EXPECT_TRUE(FormatCode("yyyy").is_date());
  EXPECT_TRUE(FormatCode("[h]:mm").is_date());
  EXPECT_FALSE(FormatCode("0.00").is_date());
  EXPECT_FALSE(FormatCode("@").is_date());
  EXPECT_EQ(FormatCode("#,##0.0##%").decimals(), 3);
  EXPECT_EQ(FormatCode("0").decimals(), 0);
  EXPECT_EQ(FormatCode("").decimals(), -1);
  EXPECT_EQ(FormatCode("ss.00").decimals(), -1);
  EXPECT_EQ(FormatCode("@").decimals(), -1);
}

std::string refusal(std::string_view code) {
  try {
    const FormatCode parsed{code};
    return "accepted";
  } catch (const Error &error) {
    EXPECT_STREQ(error.state(), sqlstate::invalid_parameter_value);
    return error.detail();
  }
}

TEST(FormatCode, Refusals) {
  EXPECT_EQ(refusal("0.00k"), "At position 5: \"k\" has no meaning here.");
  EXPECT_EQ(refusal("0;[Purple]0"), "At position 3: \"[Purple]\" has no meaning here.");
  EXPECT_EQ(refusal("# ?/?"), "At position 4: fractions are not supported.");
  EXPECT_EQ(refusal("0\"x"), "At position 2: the quote is not closed.");
  EXPECT_EQ(refusal("[h:mm"), "At position 1: the bracket is not closed.");
  EXPECT_EQ(refusal("0[]"), "At position 2: the brackets are empty.");
  EXPECT_EQ(refusal("0\\"), "At position 2: a character must follow \"\\\".");
  EXPECT_EQ(refusal("0E+"), "At position 2: an exponent needs zeros for its digits.");
  EXPECT_EQ(refusal("ss.0000"), "At position 3: seconds have at most three decimals.");
  EXPECT_EQ(refusal("ddddd"), "At position 1: \"ddddd\" is too long.");
  EXPECT_EQ(refusal("[>x]0"), "At position 1: a condition compares with a number.");
  EXPECT_EQ(refusal("[>1][<2]0"), "At position 5: a section has one condition at most.");
  EXPECT_EQ(refusal("[Color57]0"), "At position 1: \"[Color57]\" has no meaning here.");
  for (const char *code :
       {"0;0;0;0;0", "yyyy 0", "@0", "@;0", "0;0;0;0", "0;0;[>1]0", "0.0.0", "E+00", "0E+00E+00",
        "0E+00 0", ",0", "General0", "0\n", "0\xff", "7", "e", "[>]0", "[>.]0", "[>1.2.3]0"}) {
    EXPECT_NE(refusal(code), "accepted") << code;
  }
  EXPECT_EQ(refusal("\"" + std::string(kMaxFormatCode - 2, 'x') + "\""), "accepted");
  EXPECT_NE(refusal("\"" + std::string(kMaxFormatCode - 1, 'x') + "\""), "accepted");
}

TEST(FormatCode, ReadsNothingBesideTheCode) {
  for (const char *code : {"0", "0.", "[h]", "yyyy", "A", "AM/P", "Genera", "E", "\\", "_", "*"}) {
    const ExactBlock block{std::string_view(code)};
    try {
      const FormatCode parsed({block.get(), block.size()});
    } catch (const Error &) {
    }
  }
}

TEST(DefaultFormatCode, FollowsTheType) {
  EXPECT_EQ(default_format_code(CellTag::numeric, 2), "#,##0.00");
  EXPECT_EQ(default_format_code(CellTag::numeric, 0), "0");
  EXPECT_EQ(default_format_code(CellTag::numeric, -1), "General");
  EXPECT_EQ(default_format_code(CellTag::numeric, 31), "General");
  EXPECT_EQ(default_format_code(CellTag::integer, 0), "0");
  EXPECT_EQ(default_format_code(CellTag::float64, -1), "General");
  EXPECT_EQ(default_format_code(CellTag::text, -1), "@");
  const Cell zoned = zoned_cell(CellTag::timetz, 13 * kHour, 7200);
  EXPECT_EQ(shown(default_format_code(zoned.tag, -1), zoned), "13:00:00+02") << "with its offset";
  for (int tag = 0; tag <= static_cast<int>(CellTag::range); ++tag) {
    EXPECT_EQ(refusal(default_format_code(static_cast<CellTag>(tag), 5)), "accepted");
  }
}

}  // namespace
}  // namespace pgexport
