#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <optional>
#include <string>

#include "formats/xlsx/cell_address.h"
#include "formats/xlsx/column_width.h"
#include "formats/xlsx/serial_time.h"
#include "formats/xlsx/sheet_names.h"
#include "formats/xlsx/xml_text.h"

namespace pgexport::xlsx {
namespace {

std::string written(std::string_view text) {
  std::string out(xml_text_bound(text.size()), '\0');
  const char *const end = write_xml_text(out.data(), text);
  if (!end) return "invalid";
  return out.substr(0, static_cast<std::size_t>(end - out.data()));
}

TEST(XmlText, EscapesMarkup) {
  EXPECT_EQ(written("a<b>&\"c'"), "a&lt;b&gt;&amp;\"c'");
  EXPECT_EQ(written(""), "");
  EXPECT_EQ(written("x]]>y"), "x]]&gt;y");
}

TEST(XmlText, IllegalCharactersBecomeUnits) {
  EXPECT_EQ(written("a\x01\x0B\x1F"), "a_x0001__x000B__x001F_");
  EXPECT_EQ(written("a\tb\nc"), "a\tb\nc");
  EXPECT_EQ(written("a\r\nb"), "a_x000D_\nb") << "XML readers turn a bare CR into LF";
  EXPECT_EQ(written("\uFFFE|\uFFFF|\uFFFD|\uFEFF"), "_xFFFE_|_xFFFF_|\uFFFD|\uFEFF");
}

TEST(XmlText, LiteralUnitsAreEscaped) {
  EXPECT_EQ(written("_x0041_"), "_x005F_x0041_");
  EXPECT_EQ(written("_xabCD_"), "_x005F_xabCD_");
  EXPECT_EQ(written("_x0041 _X0041_ _x004G_ a_b _x _x0_"), "_x0041 _X0041_ _x004G_ a_b _x _x0_");
  EXPECT_EQ(written("_x_x0041_"), "_x_x005F_x0041_");
}

TEST(XmlText, InvalidUtf8IsFound) {
  EXPECT_EQ(written("caf\xE9"), "invalid");
  EXPECT_EQ(written("\xED\xA0\x80"), "invalid") << "a lone surrogate";
  EXPECT_EQ(written("ok \xC3"), "invalid");
  EXPECT_EQ(written("\U0001F600é漢"), "\U0001F600é漢");
  EXPECT_EQ(repaired_utf8("a\xE9z"), "a\uFFFDz");
}

// Texts around the widths of the kernels, with one special byte at each place.
TEST(XmlText, AnyLengthAndPlace) {
  for (std::size_t length = 1; length < 150; ++length) {
    for (std::size_t at = 0; at < length; ++at) {
      std::string text(length, 'a');
      text[at] = '<';
      std::string expected(length, 'a');
      EXPECT_EQ(written(text), expected.replace(at, 1, "&lt;"));
    }
    const std::string high = std::string(length, 'b') + "é&" + std::string(length, 'c');
    EXPECT_EQ(written(high), std::string(length, 'b') + "é&amp;" + std::string(length, 'c'));
  }
}

TEST(XmlText, LengthsInUnits) {
  EXPECT_EQ(utf16_length("aé漢\U0001F600"), 5u);
  EXPECT_EQ(utf16_prefix("aé漢\U0001F600b", 4), "aé漢") << "no half of a pair";
  EXPECT_EQ(utf16_prefix("aé漢\U0001F600b", 5), "aé漢\U0001F600");
  EXPECT_EQ(utf16_prefix("ab", 5), "ab");
}

TEST(XmlText, VisibleTextHasSpaces) {
  EXPECT_EQ(visible_text("a\x01"
                         "b\uFFFFc"),
            "a b c");
  EXPECT_EQ(cell_text("a\x01<_x0041_"), "a_x0001_<_x005F_x0041_");
}

std::string serial(std::int64_t day, std::int64_t microseconds) {
  char text[kMaxSerialText];
  return {text, write_serial(text, day, microseconds)};
}

TEST(SerialTime, DaysOf1900) {
  constexpr std::int64_t k19000101 = -36524;  // days since 2000-01-01
  EXPECT_EQ(serial_day(k19000101), 1);
  EXPECT_EQ(serial_day(k19000101 - 1), std::nullopt);
  EXPECT_EQ(serial_day(k19000101 + 58), 59) << "1900-02-28";
  EXPECT_EQ(serial_day(k19000101 + 59), 61) << "1900-03-01: 60 is the day that never was";
  EXPECT_EQ(serial_day(0), 36526);
  EXPECT_EQ(serial_day(kMaxSerialDay - 36526), kMaxSerialDay) << "9999-12-31";
  EXPECT_EQ(serial_day(kMaxSerialDay - 36525), std::nullopt);
  EXPECT_EQ(serial_day(INT32_MAX), std::nullopt);
  EXPECT_EQ(serial_day(INT32_MIN), std::nullopt);
}

TEST(SerialTime, FractionsAreTheNearestDoubles) {
  EXPECT_EQ(serial(36526, 0), "36526");
  EXPECT_EQ(serial(36526, kMicrosecondsPerDay / 2), "36526.5");
  for (const std::int64_t day : {0, 1, 12, 400, 45000, 2958465}) {
    for (const std::int64_t at :
         {1LL, 999'999LL, 3'840'000'000LL, 43'199'999'999LL, 86'399'999'999LL}) {
      const double expected = static_cast<double>(
          static_cast<long double>(day) + static_cast<long double>(at) / kMicrosecondsPerDay);
      // The last digit: that of a double, or the eleventh or seventeenth decimal.
      const double unit =
          std::max(std::nextafter(expected, INFINITY) - expected, day >= 1'000'000 ? 1e-11 : 1e-17);
      EXPECT_NEAR(std::stod(serial(day, at)), expected, unit) << day << " " << at;
    }
  }
  EXPECT_EQ(serial(0, 3'840'000'000), "0.04444444444444444") << "LibreOffice cuts seconds off";
}

TEST(CellAddress, Letters) {
  EXPECT_EQ(column_letters(0), "A");
  EXPECT_EQ(column_letters(25), "Z");
  EXPECT_EQ(column_letters(26), "AA");
  EXPECT_EQ(column_letters(701), "ZZ");
  EXPECT_EQ(column_letters(702), "AAA");
  EXPECT_EQ(column_letters(kMaxSheetColumns - 1), "XFD");
  EXPECT_EQ(absolute_range(3, 2, 101), "$D$2:$D$101");
}

TEST(SheetNames, WhatExcelTakes) {
  SheetNames names;
  EXPECT_EQ(names.take("Hours"), "Hours");
  EXPECT_EQ(names.take("a[b]c:d*e?f/g\\h"), "a_b_c_d_e_f_g_h");
  EXPECT_EQ(names.take("'quoted'"), "quoted");
  EXPECT_EQ(names.take("it's"), "it's");
  EXPECT_EQ(names.take(""), "Sheet");
  EXPECT_EQ(names.take("''"), "Sheet (2)");
  EXPECT_EQ(names.take("History"), "History_");
  EXPECT_EQ(names.take("hISTORY"), "hISTORY_ (2)");
  EXPECT_EQ(names.take("a\x01\nb"), "a__b");
  EXPECT_EQ(names.take("caf\xE9"), "caf\uFFFD");
}

TEST(SheetNames, UniqueWhateverTheCase) {
  SheetNames names;
  EXPECT_EQ(names.take("Übersicht"), "Übersicht");
  EXPECT_EQ(names.take("ÜBERSICHT"), "ÜBERSICHT (2)");
  EXPECT_EQ(names.take("ОТЧЁТ"), "ОТЧЁТ");
  EXPECT_EQ(names.take("отчёт"), "отчёт (2)");
  EXPECT_EQ(names.take("Łódź"), "Łódź");
  EXPECT_EQ(names.take("łódź"), "łódź (2)");
  EXPECT_EQ(names.take_numbered("Hours", 2), "Hours (2)");
  EXPECT_EQ(names.take("hours (2)"), "hours (2) (2)");
}

TEST(SheetNames, CutsToUnits) {
  SheetNames names;
  EXPECT_EQ(names.take(std::string(40, 'x')), std::string(31, 'x'));
  EXPECT_EQ(names.take(std::string(40, 'x')), std::string(27, 'x') + " (2)");
  std::string faces;
  for (int i = 0; i < 20; ++i) faces += "\U0001F600";
  EXPECT_EQ(utf16_length(names.take(faces)), 30u) << "a pair is not split";
  EXPECT_EQ(names.take(std::string(30, 'y') + "'z"), std::string(30, 'y')) << "no ' at the end";
}

TEST(SheetNames, PrefixQuotes) { EXPECT_EQ(sheet_prefix("it's"), "'it''s'!"); }

TEST(ColumnWidth, WidthsOfText) {
  EXPECT_EQ(text_width("abc"), 3u);
  EXPECT_EQ(text_width("ab\nabcd\nx"), 4u);
  EXPECT_EQ(text_width("漢字"), 4u);
  EXPECT_EQ(text_width("e\u0301"), 1u);
  EXPECT_EQ(column_width(0, 0, false), kMinWidth);
  EXPECT_EQ(column_width(500, 3, true), kMaxAutoWidth);
  EXPECT_GT(column_width(3, 12, true), column_width(3, 12, false));
}

}  // namespace
}  // namespace pgexport::xlsx
