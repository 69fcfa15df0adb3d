#include "formats/pdf/line_breaker.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "formats/pdf/bidi_text.h"
#include "formats/pdf/font_set.h"
#include "formats/pdf/pdf_text.h"
#include "formats/pdf/typesetter.h"
#include "formats/pdf/utf8.h"

namespace pgexport {
namespace {

Typesetter &typesetter() {
  static Typesetter &instance = *new Typesetter(default_font_files());
  return instance;
}

// The lines, each with "-" for a hyphen to be drawn and "|" for the end of a paragraph.
std::vector<std::string> broken(std::string_view text, double width) {
  LineBreaker breaker(typesetter(), text, {Face::regular, 10, {}}, width);
  std::vector<std::string> lines;
  for (TextLine line; breaker.next(line);) {
    EXPECT_LE(line.units, static_cast<std::int64_t>(width * 100 + 1)) << line.text;
    EXPECT_EQ(line.units, typesetter().measure(std::string(line.text) + (line.hyphen ? "-" : ""),
                                               Face::regular));
    lines.push_back(std::string(line.text) + (line.hyphen ? "-" : "") +
                    (line.paragraph ? "|" : ""));
  }
  EXPECT_EQ(breaker.rest(), "");
  return lines;
}

using Lines = std::vector<std::string>;

TEST(Utf8, ReadsWhatIsValid) {
  const std::string text = "a\u00E9\u20AC\U0001F600";
  std::size_t at = 0;
  for (const char32_t expected : {U'a', U'\u00E9', U'\u20AC', U'\U0001F600'}) {
    EXPECT_EQ(next_character(text, at), expected);
  }
  EXPECT_EQ(at, text.size());
}

TEST(Utf8, ReplacesByteByByteWhatIsNot) {
  for (const std::string_view bad : {"\x80", "\xC1\x81", "\xE0\x80\x80", "\xED\xA0\x80", "\xFF",
                                     "\xF4\x90\x80\x80", "\xE2\x82", "\xF0\x9F\x98"}) {
    for (std::size_t at = 0; at < bad.size();) {
      EXPECT_EQ(next_character(bad, at), kReplacementCharacter);
    }
  }
}

TEST(PdfText, StringsAreEscaped) {
  EXPECT_EQ(text_string("a(b)\\"), "(a\\(b\\)\\\\)");
  EXPECT_EQ(text_string("\n"), "<FEFF000A>");
  EXPECT_EQ(text_string("\U0001F600"), "<FEFFD83DDE00>");
}

TEST(PdfText, DatesHaveAnOffset) {
  EXPECT_EQ(date_string(-1, 0), "(D:19991231235959+00'00')");
  EXPECT_EQ(date_string(0, 19800), "(D:20000101053000+05'30')");
  EXPECT_EQ(date_string(INT64_MAX, 0), "");
  EXPECT_EQ(date_string(INT64_MIN, 0), "");
}

TEST(Typesetter, MeasuresWhatItShapes) {
  ShapedText shaped;
  for (const char *text :
       {"", "a", "Hello (world)", "Gr\u00FC\u00DFe", "\u0105\u0106", "e\u0301", "\u0301",
        "\u05E9\u05DC\u05D5\u05DD (12) a", "\u0644\u0627 \u0628\u064E\u0629", "\u65E5\u672C",
        "\U0001F600\U00010400", "a\tb\x01", "\xFF\xC3", "soft\u00ADhyphen", "\u202Eabc"}) {
    for (const Face face : {Face::regular, Face::bold}) {
      typesetter().shape(text, face, shaped);
      EXPECT_EQ(typesetter().measure(text, face), shaped.units()) << text;
    }
  }
}

TEST(Typesetter, CharactersThatOnlySteerHaveNoWidth) {
  const auto width = [](std::string_view text) {
    return typesetter().measure(text, Face::regular);
  };
  EXPECT_EQ(width("a\u00ADb\u200Bc\uFEFF\u200E\uFE0F"), width("abc"));
  EXPECT_EQ(width("a\tb\nc"), width("a b c"));
  EXPECT_EQ(width("e\u0301\u0302"), width("e"));
}

TEST(FontSet, EachCharacterHasACodeOfItsOwn) {
  FontSet fonts(default_font_files());
  const Glyph space = fonts.find(' ', Face::regular), fixed = fonts.find(0xA0, Face::regular);
  EXPECT_EQ(space.code, 0x20);
  EXPECT_EQ(fixed.code, 0xA0);
  const Glyph mu = fonts.find(0xB5, Face::regular), greek_mu = fonts.find(0x3BC, Face::regular);
  EXPECT_NE(mu.font, greek_mu.font);
  EXPECT_TRUE(fonts.find(0x10400, Face::bold).missing);
  EXPECT_EQ(fonts.find(0x301, Face::regular).kind, GlyphKind::mark);
  EXPECT_EQ(fonts.find(0x5D0, Face::regular).kind, GlyphKind::reorders);
}

std::u32string shown(std::u32string text) {
  std::u32string line;
  for (const VisualCharacter &place : to_visual(std::move(text))) line.push_back(place.shown);
  return line;
}

TEST(BidiText, IsPutIntoVisualOrder) {
  EXPECT_EQ(shown(U"abc"), U"abc");
  EXPECT_EQ(shown(U"a \u05D0\u05D1\u05D2 b"), U"a \u05D2\u05D1\u05D0 b");
  EXPECT_EQ(shown(U"\u05D0\u05D1 (12)"), U"(12) \u05D1\u05D0");
}

TEST(BidiText, OverridesCannotTurnLatinAround) { EXPECT_EQ(shown(U"a\u202Ebc"), U"a\u202Bbc"); }

TEST(BidiText, ArabicIsJoined) {
  EXPECT_EQ(shown(U"\u0628\u0628\u0628"), U"\uFE90\uFE92\uFE91");
  const auto ligature = to_visual(U"\u0644\u0627");
  ASSERT_EQ(ligature.size(), 1u);
  EXPECT_EQ(ligature[0].shown, U'\uFEFB');
  EXPECT_EQ(ligature[0].text, U"\u0644\u0627");
}

TEST(LineBreaker, BreaksAtSpaces) {
  EXPECT_EQ(broken("aaa bbb  ccc", 37), (Lines{"aaa bbb", "ccc|"}));
  EXPECT_EQ(broken("aaa bbb ", 18), (Lines{"aaa", "bbb|"}));
}

TEST(LineBreaker, KeepsTheSpacesAtTheStart) {
  EXPECT_EQ(broken("  a\n b", 100), (Lines{"  a|", " b|"}));
}

TEST(LineBreaker, NewlinesOfAllKinds) {
  EXPECT_EQ(broken("a\nb\r\nc\rd\u2028e\n\nf\n", 100),
            (Lines{"a|", "b|", "c|", "d|", "e|", "|", "f|"}));
  EXPECT_EQ(broken("", 100), Lines{});
  EXPECT_EQ(broken("\n", 100), Lines{"|"});
}

TEST(LineBreaker, BreaksAfterHyphensAndSlashes) {
  EXPECT_EQ(broken("aaa-bbb/ccc", 22), (Lines{"aaa-", "bbb/", "ccc|"}));
  EXPECT_EQ(broken("xx -12345", 28), (Lines{"xx", "-1234", "5|"}));
  EXPECT_EQ(broken("a\u00A0b c", 15), (Lines{"a\u00A0b", "c|"}));
}

TEST(LineBreaker, SoftHyphensShowWhereTheyBreak) {
  EXPECT_EQ(broken("aaaa\u00ADbbbb", 30), (Lines{"aaaa\u00AD-", "bbbb|"}));
  EXPECT_EQ(broken("aaaa\u00ADbbbb", 100), (Lines{"aaaa\u00ADbbbb|"}));
}

TEST(LineBreaker, LongWordsBreakAnywhere) {
  EXPECT_EQ(broken("aaaaaaa", 17), (Lines{"aaa", "aaa", "a|"}));
  EXPECT_EQ(broken("e\u0301e\u0301e\u0301", 12), (Lines{"e\u0301e\u0301", "e\u0301|"}));
}

TEST(LineBreaker, IdeographsBreakButNotBeforeTheirPunctuation) {
  EXPECT_EQ(broken("\u65E5\u672C\u8A9E", 20), (Lines{"\u65E5\u672C", "\u8A9E|"}));
  EXPECT_EQ(broken("\u65E5\u672C\u3002", 20), (Lines{"\u65E5", "\u672C\u3002|"}));
  EXPECT_EQ(broken("\u65E5\u300C\u672C\u300D", 30), (Lines{"\u65E5", "\u300C\u672C\u300D|"}));
}

TEST(LineBreaker, EachLineHoldsACharacter) {
  LineBreaker breaker(typesetter(), "ab", {Face::regular, 10, {}}, -1);
  TextLine line;
  ASSERT_TRUE(breaker.next(line));
  EXPECT_EQ(line.text, "a");
  ASSERT_TRUE(breaker.next(line));
  EXPECT_EQ(line.text, "b");
  EXPECT_FALSE(breaker.next(line));
}

TEST(LineBreaker, AHugeTextIsReadOnce) {
  std::string text;
  for (int i = 0; text.size() < 10'000'000; ++i) text += std::to_string(i % 65536 * 7919) + " ";
  const std::size_t characters =
      text.size() - static_cast<std::size_t>(std::count(text.begin(), text.end(), ' '));
  std::size_t seen = 0;
  LineBreaker breaker(typesetter(), text, {Face::regular, 10, {}}, 200);
  for (TextLine line; breaker.next(line);) {
    for (const char c : line.text) seen += c != ' ';
  }
  EXPECT_EQ(seen, characters);
}

}  // namespace
}  // namespace pgexport
