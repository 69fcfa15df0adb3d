#include "formats/pdf/pdf_pages.h"

#include <gtest/gtest.h>

#include <limits>
#include <string>

#include "core/error.h"
#include "pdf_fixtures.h"

namespace pgexport {
namespace {

using namespace std::string_literals;

constexpr PageSize kA4{595.28, 841.89};
constexpr TextStyle kStyle{Face::regular, 9, {0, 0, 0}};

class PdfPagesTest : public testing::Test {
 protected:
  void begin(const DocumentInfo &info = {}) { pages_.begin(info, "en"); }
  PdfReader finish(const PdfPages::RunningDrawer &running = {}) {
    pages_.finish(running);
    return PdfReader(out_.view());
  }
  // What the drawing puts into the stream of a page.
  template <typename Draw>
  std::string drawn(Draw draw) {
    begin();
    draw(pages_.new_page(kA4));
    return finish().page(0);
  }

  OutputBuffer out_;
  Typesetter typesetter_{default_font_files()};
  PdfPages pages_{out_, typesetter_};
};

TEST_F(PdfPagesTest, TextIsWrittenInTheSimpleFont) {
  EXPECT_EQ(drawn([](PdfPage &page) {
              page.text({10, 41.89}, "a(b)\\", Anchor::start, kStyle);
            }),
            "q\nBT\n10 800 Td\n/F0 9 Tf\n(a\\(b\\)\\\\)Tj\nET\nQ\n");
}

TEST_F(PdfPagesTest, LinesOfTextFollowEachOther) {
  EXPECT_EQ(drawn([](PdfPage &page) {
              page.text({10, 41.89}, "a", Anchor::start, kStyle);
              page.text({20.5, 52.89}, "b", Anchor::start, {Face::bold, 9, {255, 0, 0}});
            }),
            "q\nBT\n10 800 Td\n/F0 9 Tf\n(a)Tj\n1 0 0 rg\n10.5 -11 Td\n/F2 9 Tf\n(b)Tj\nET\nQ\n");
}

TEST_F(PdfPagesTest, TextEndsAtItsAnchor) {
  const double width = pages_.page().text_width("0000", kStyle);
  EXPECT_NEAR(width, 4 * 0.556 * 9, 1e-9);
  EXPECT_EQ(drawn([&](PdfPage &page) {
              page.text({100 + width, 41.89}, "0000", Anchor::end, kStyle);
            }),
            "q\nBT\n100 800 Td\n/F0 9 Tf\n(0000)Tj\nET\nQ\n");
}

TEST_F(PdfPagesTest, TurnedTextHasAMatrix) {
  EXPECT_EQ(drawn([](PdfPage &page) {
              page.text({10, 41.89}, "a", Anchor::start, kStyle, 90);
            }),
            "q\nBT\n0 1 -1 0 10 800 Tm\n/F0 9 Tf\n(a)Tj\nET\nQ\n");
}

TEST_F(PdfPagesTest, OtherCharactersUseTheCompositeFont) {
  begin();
  pages_.new_page(kA4).text({10, 41.89}, "a\u0105\u0106\u0105", Anchor::start, kStyle);
  const PdfReader file = finish();
  EXPECT_EQ(file.page(0),
            "q\nBT\n10 800 Td\n/F0 9 Tf\n(a)Tj\n/F1 9 Tf\n(\0\1\0\2\0\1)Tj\nET\nQ\n"s);
  EXPECT_NE(file.with("/Subtype/Type0").dictionary.find("/ToUnicode"), std::string::npos);
  bool mapped = false;
  for (const auto &[number, object] : file.objects()) {
    mapped |=
        object.stream.find("2 beginbfchar\n<0001><0105>\n<0002><0106>\n") != std::string::npos;
  }
  EXPECT_TRUE(mapped);
}

TEST_F(PdfPagesTest, MissingCharactersAreBoxesThatCanBeFound) {
  begin();
  PdfPage &page = pages_.new_page(kA4);
  page.text({10, 41.89}, "\U00010400", Anchor::start, kStyle);
  page.text({10, 52.89}, "\U00010400\U00010401", Anchor::start, kStyle);
  EXPECT_NE(finish().page(0).find("/Span<</ActualText<FEFFD801DC00>>>BDC\n/F1 9 Tf\n"),
            std::string::npos);
  EXPECT_EQ(typesetter_.missing_characters(),
            "3 characters are in none of the fonts and appear as boxes, among them "
            "\U00010400 (U+10400), \U00010401 (U+10401).");
}

TEST_F(PdfPagesTest, ShapesAreDrawn) {
  EXPECT_EQ(drawn([](PdfPage &page) {
              page.fill_rect({10, 41.89, 20, 5}, {255, 255, 255});
              page.line({10, 41.89}, {20, 41.89}, {{51, 102, 153}, 0.5, 2, 1});
              page.line({10, 42.89}, {20, 42.89}, {{51, 102, 153}, 0.5, 0, 0});
            }),
            "q\n1 g\n10 795 20 5 re\nf\n.2 .4 .6 RG\n.5 w\n[2 1 ]0 d\n10 800 m\n20 800 l\nS\n"
            "[]0 d\n10 799 m\n20 799 l\nS\nQ\n");
}

TEST_F(PdfPagesTest, ClipsAreClosedAndForgotten) {
  EXPECT_EQ(drawn([](PdfPage &page) {
              page.push_clip({10, 41.89, 20, 5});
              page.fill_rect({0, 41.89, 1, 1}, {255, 255, 255});
              page.pop_clip();
              page.fill_rect({0, 41.89, 1, 1}, {255, 255, 255});
              page.push_clip({10, 41.89, 20, 5});
            }),
            "q\nq\n10 795 20 5 re\nW n\n1 g\n0 799 1 1 re\nf\nQ\n1 g\n0 799 1 1 re\nf\n"
            "q\n10 795 20 5 re\nW n\nQ\nQ\n");
}

TEST_F(PdfPagesTest, WhatIsNotFiniteStaysANumber) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const double inf = std::numeric_limits<double>::infinity();
  const std::string stream = drawn([&](PdfPage &page) {
    page.fill_rect({nan, inf, -inf, nan}, {1, 2, 3});
    page.fill_slice({nan, 0}, 0, inf, 0, nan, {1, 2, 3});
    page.text({inf, nan}, "a", Anchor::middle, kStyle);
    page.text({10, 10}, "a", Anchor::end, kStyle, nan);
  });
  EXPECT_EQ(stream.find("nan"), std::string::npos);
  EXPECT_EQ(stream.find("inf"), std::string::npos);
}

TEST_F(PdfPagesTest, EmptyPagesHaveEmptyStreams) {
  EXPECT_EQ(drawn([](PdfPage &) {}), "");
}

TEST_F(PdfPagesTest, BytesMayLeaveAtAnyTime) {
  begin();
  std::string whole;
  const auto take = [&] {
    whole += out_.view();
    out_.clear();
  };
  for (int i = 0; i < 300; ++i) {
    pages_.new_page(i % 2 ? kA4 : PageSize{842, 595}).fill_rect({0, 0, 9, 9}, {9, 9, 9});
    take();
  }
  int next = 1;
  pages_.finish([&](PdfPage &page, int number, int count) {
    EXPECT_EQ(number, next++);
    EXPECT_EQ(count, 300);
    EXPECT_EQ(page.size().width, number % 2 ? 842 : kA4.width);
  });
  EXPECT_EQ(next, 301);
  take();
  EXPECT_EQ(PdfReader(whole).count("/Type/Page/"), 300u);
}

TEST_F(PdfPagesTest, RunningTextIsAStreamOfItsOwn) {
  begin();
  pages_.new_page(kA4).fill_rect({0, 841.89, 9, 9}, {255, 255, 255});
  const PdfReader file = finish([](PdfPage &page, int number, int count) {
    page.text({10, 41.89}, std::to_string(number) + "/" + std::to_string(count), Anchor::start,
              kStyle);
  });
  EXPECT_EQ(file.page(0),
            "q\n1 g\n0 -9 9 9 re\nf\nQ\nq\nBT\n10 800 Td\n/F0 9 Tf\n(1/1)Tj\nET\nQ\n");
}

TEST_F(PdfPagesTest, PageTreeHasNodes) {
  begin();
  for (int i = 0; i < 129; ++i) pages_.new_page(kA4);
  const PdfReader file = finish();
  EXPECT_EQ(file.count("/Type/Page/"), 129u);
  EXPECT_EQ(file.count("/Type/Pages"), 3u);
  EXPECT_EQ(file.count("/Count 129/"), 1u);
  EXPECT_EQ(file.count("/Count 128/"), 1u);
}

TEST_F(PdfPagesTest, PropertiesAreWritten) {
  DocumentInfo info;
  info.title = "Umsatz (\u20AC)";
  info.author = "A \\ (B)";
  info.document_time = 0;
  info.utc_offset = -5 * 3600 - 1800;
  begin(info);
  pages_.new_page(kA4);
  const std::string dictionary = finish().with("/Producer").dictionary;
  EXPECT_NE(dictionary.find("/Title<FEFF0055006D007300610074007A0020002820AC0029>"),
            std::string::npos);
  EXPECT_NE(dictionary.find("/Author(A \\\\ \\(B\\))"), std::string::npos);
  EXPECT_NE(dictionary.find("/CreationDate(D:19991231183000-05'30')"), std::string::npos);
}

TEST_F(PdfPagesTest, OutlineIsATree) {
  begin();
  pages_.new_page(kA4);
  pages_.add_outline_entry(1, "one", 41.89);
  pages_.add_outline_entry(2, "one.one", 51.89);
  pages_.add_outline_entry(4, "one.one.one", 61.89);
  pages_.new_page(kA4);
  pages_.add_outline_entry(2, "one.two", 41.89);
  pages_.add_outline_entry(1, "two", 41.89);
  const PdfReader file = finish();
  EXPECT_NE(file.with("/Type/Outlines").dictionary.find("/Count 2>>"), std::string::npos);
  const std::string one = file.with("/Title(one)").dictionary;
  EXPECT_NE(one.find("/Count -2"), std::string::npos);
  EXPECT_NE(one.find("/XYZ null 800 null]"), std::string::npos);
  EXPECT_NE(file.with("/Title(one.one)").dictionary.find("/Count -1"), std::string::npos);
  const std::string two = file.with("/Title(two)").dictionary;
  EXPECT_NE(two.find("/Prev "), std::string::npos);
  EXPECT_EQ(two.find("/Next "), std::string::npos);
}

std::string make_document() {
  OutputBuffer out;
  Typesetter typesetter(default_font_files());
  PdfPages pages(out, typesetter);
  pages.begin({});
  pages.new_page(kA4).text({10, 10}, "Gr\u00FC\u00DFe \u05E9\u05DC\u05D5\u05DD \u65E5\u672C",
                           Anchor::start, kStyle);
  pages.finish();
  return std::string(out.view());
}

TEST_F(PdfPagesTest, TheSameCallsGiveTheSameBytes) { EXPECT_EQ(make_document(), make_document()); }

TEST_F(PdfPagesTest, TooManyPagesAreAnError) {
  PdfPages pages(out_, typesetter_, {3, 1 << 20});
  pages.begin({});
  for (int i = 0; i < 3; ++i) pages.new_page(kA4);
  try {
    pages.new_page(kA4);
    FAIL();
  } catch (const Error &error) {
    EXPECT_STREQ(error.state(), sqlstate::program_limit_exceeded);
    EXPECT_EQ(error.message(), "PDF document would have more than 3 pages");
    EXPECT_NE(error.hint(), "");
  }
}

TEST_F(PdfPagesTest, TooManyBytesAreAnError) {
  PdfPages pages(out_, typesetter_, {1000, 5000});
  pages.begin({});
  unsigned noise = 1;
  const auto fill = [&] {
    for (int page = 0; page < 1000; ++page) {
      PdfPage &surface = pages.new_page(kA4);
      for (int i = 0; i < 100; ++i) {
        noise = noise * 1664525 + 1013904223;
        surface.fill_rect({noise % 50000 / 100.0, noise / 65536 % 80000 / 100.0, 1, 1}, {});
      }
    }
  };
  EXPECT_THROW(fill(), Error);
}

TEST_F(PdfPagesTest, ImpossiblePagesAreAnError) {
  begin();
  for (const double side : {0.0, -1.0, 9.9, 14401.0, std::numeric_limits<double>::quiet_NaN()}) {
    EXPECT_THROW(pages_.new_page({side, 500}), Error) << side;
    EXPECT_THROW(pages_.new_page({500, side}), Error) << side;
  }
}

}  // namespace
}  // namespace pgexport
