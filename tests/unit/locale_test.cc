#include "core/text/locale.h"

#include <gtest/gtest.h>

#include "core/text/format_code.h"

namespace pgexport {
namespace {

TEST(Locale, FoundByLanguageWhateverTheCountry) {
  for (const char *name : {"de", "DE", "de_DE", "de-AT", "de_CH.UTF-8", "de@euro"}) {
    ASSERT_NE(find_locale(name), nullptr) << name;
    EXPECT_EQ(find_locale(name)->language, "de");
  }
  EXPECT_EQ(find_locale("fr_CA")->language, "fr");
  EXPECT_EQ(find_locale("es")->language, "es");
  EXPECT_EQ(find_locale("en_GB"), &default_locale());
  for (const char *name : {"", "d", "deu", "xx", "_DE", "C"}) {
    EXPECT_EQ(find_locale(name), nullptr) << name;
  }
}

// A word that is missing would be an empty heading.
TEST(Locale, HasEveryWord) {
  for (const char *name : {"en", "de", "fr", "es"}) {
    const Locale &locale = *find_locale(name);
    const LocaleWords &words = locale.words;
    for (std::string_view word : {words.total,
                                  words.subtotal,
                                  words.carried_forward,
                                  words.brought_forward,
                                  words.continued,
                                  words.no_data,
                                  words.generated,
                                  words.contents,
                                  words.filters,
                                  words.other,
                                  words.previous_period,
                                  words.empty,
                                  words.yes,
                                  words.no,
                                  words.sum,
                                  words.average,
                                  words.minimum,
                                  words.maximum,
                                  words.count,
                                  locale.decimal,
                                  locale.thousands}) {
      EXPECT_FALSE(word.empty()) << name;
    }
    for (const auto &month : locale.months) EXPECT_FALSE(month.empty());
    for (const auto &month : locale.short_months) EXPECT_FALSE(month.empty());
    for (const auto &day : locale.weekdays) EXPECT_FALSE(day.empty());
    for (const auto &day : locale.short_weekdays) EXPECT_FALSE(day.empty());
    EXPECT_NE(words.page_of_pages.find("{page}"), std::string_view::npos);
    EXPECT_NE(words.page_of_pages.find("{pages}"), std::string_view::npos);
    for (std::string_view placeholder : {"{from}", "{to}", "{count}"}) {
      EXPECT_NE(words.columns_of_columns.find(placeholder), std::string_view::npos) << name;
    }
    EXPECT_NE(locale.decimal, locale.thousands);
  }
}

TEST(Locale, PatternsAreFormatCodes) {
  const Cell moment = integer_cell(CellTag::timestamp, 0);
  const auto shown = [&](const char *language) {
    const Locale &locale = *find_locale(language);
    return FormatCode(locale.date_time_format).text(moment, locale);
  };
  EXPECT_EQ(shown("en"), "Jan 1, 2000, 00:00");
  EXPECT_EQ(shown("de"), "01.01.2000, 00:00");
  EXPECT_EQ(shown("fr"), "01/01/2000 00:00");
  EXPECT_EQ(shown("es"), "01/01/2000, 00:00");
  for (const char *name : {"en", "de", "fr", "es"}) {
    EXPECT_TRUE(FormatCode(find_locale(name)->date_format).is_date());
  }
}

}  // namespace
}  // namespace pgexport
