#include "formats/options.h"

#include <gtest/gtest.h>

#include <array>
#include <nlohmann/json.hpp>

#include "core/error.h"
#include "formats/common_options.h"
#include "formats/csv/csv_format.h"
#include "formats/format.h"
#include "formats/option_error.h"

namespace pgexport {
namespace {

OptionValues parse(std::string_view object) { return parse_options(csv_format(), object); }

OptionValues copy(std::vector<CopyOption> options) {
  return parse_copy_options(csv_format(), options);
}

template <typename Body>
Error error_of(Body body) {
  try {
    body();
  } catch (const Error &error) {
    EXPECT_STREQ(error.state(), sqlstate::invalid_parameter_value);
    return error;
  }
  ADD_FAILURE() << "no error";
  return {"", ""};
}

Error parse_error(std::string_view object) {
  return error_of([&] { parse(object); });
}

// A format with an option of every type, so that the tests do not depend on what formats offer.
class SampleFormat : public Format {
 public:
  std::string_view name() const override { return "sample"; }
  std::string_view media_type() const override { return "text/plain"; }
  std::string_view file_extension() const override { return "txt"; }
  std::string_view meaning() const override { return "for tests"; }
  bool is_text() const override { return true; }
  std::span<const OptionSpec> options() const override { return specs_; }
  CellNeeds needs(const OptionValues &) const override { return {}; }
  std::unique_ptr<RowWriter> make_writer(const OptionValues &, OutputBuffer &) const override {
    return nullptr;
  }

 private:
  std::vector<OptionSpec> specs_ = {{"count", OptionType::integer, "", "a number"}};
};

TEST(Options, ReadsEveryType) {
  const OptionValues values =
      parse(R"({"header": false, "delimiter": ";", "null": "\\N", "dialect": "EXCEL-eu",)"
            R"( "force_quote": ["a", "b"]})");
  EXPECT_FALSE(values.flag("header", true));
  EXPECT_EQ(values.text("delimiter", ","), ";");
  EXPECT_EQ(values.text("null", ""), "\\N");
  EXPECT_EQ(values.text("dialect", ""), "excel-eu") << "stored as listed";
  EXPECT_EQ(values.json("force_quote"), nlohmann::json({"a", "b"}));
  EXPECT_EQ(parse_options(SampleFormat(), R"({"count": -7})").integer("count", 0), -7);
}

TEST(Options, AreAbsentUnlessGiven) {
  const OptionValues values = parse(R"({"header": null})");
  EXPECT_FALSE(values.has("header"));
  EXPECT_TRUE(values.flag("header", true));
  EXPECT_EQ(values.text("null", "x"), "x");
  EXPECT_EQ(values.integer("count", 3), 3);
  EXPECT_TRUE(values.json("columns").is_null());
}

TEST(Options, GetterOfAnotherTypeIsInternalError) {
  const OptionValues values = parse(R"({"header": true})");
  EXPECT_THROW(values.text("header", ""), Error);
}

TEST(Options, UnknownNameNamesTheNearest) {
  const Error near = parse_error(R"({"delimeter": ";"})");
  EXPECT_EQ(near.message(), "unknown option \"delimeter\" for format csv");
  EXPECT_EQ(near.hint(), "Did you mean \"delimiter\"?");
  const Error far = parse_error(R"({"wibble": null})");
  EXPECT_EQ(far.message(), "unknown option \"wibble\" for format csv");
  EXPECT_EQ(far.hint(), "See export.formats() for the options of each format.");
  EXPECT_EQ(parse_error(R"({"Header": true})").hint(), "Did you mean \"header\"?");
  EXPECT_EQ(parse_error(R"({"time_zon": "UTC"})").hint(), "Did you mean \"time_zone\"?");
}

TEST(Options, OptionOfAnotherFormat) {
  const Error error =
      error_of([] { parse_options(require_format("json"), R"({"delimiter": ";"})"); });
  EXPECT_EQ(error.message(), "option \"delimiter\" does not apply to format json");
  EXPECT_EQ(error.detail(), "It is an option of csv.");
}

TEST(Options, WrongTypes) {
  const Error boolean = parse_error(R"({"header": "yes"})");
  EXPECT_EQ(boolean.message(), "option \"header\" must be a boolean");
  EXPECT_EQ(boolean.detail(), "Got \"yes\".");
  EXPECT_EQ(parse_error(R"({"header": 1})").detail(), "Got 1.");
  EXPECT_EQ(parse_error(R"({"null": 1})").message(), "option \"null\" must be a string");
  EXPECT_EQ(parse_error(R"({"dialect": []})").message(), "option \"dialect\" must be a string");
  for (const char *count : {"1.5", "\"1\"", "9223372036854775808", "true"}) {
    const std::string object = std::string("{\"count\": ") + count + "}";
    EXPECT_EQ(error_of([&] { parse_options(SampleFormat(), object); }).message(),
              "option \"count\" must be an integer")
        << count;
  }
}

TEST(Options, SingleByte) {
  for (const char *given : {R"("")", R"(";;")", R"("é")", "1", R"("\u0080")"}) {
    const std::string object = std::string("{\"delimiter\": ") + given + "}";
    EXPECT_EQ(parse_error(object).message(),
              "option \"delimiter\" must be a single ASCII character")
        << given;
  }
}

TEST(Options, ChoiceListsTheChoices) {
  const Error error = parse_error(R"({"line_end": "crfl"})");
  EXPECT_EQ(error.message(), "option \"line_end\" must be one of lf, crlf");
  EXPECT_EQ(error.detail(), "Got \"crfl\".");
  EXPECT_EQ(error.hint(), "Did you mean \"crlf\"?");
  EXPECT_EQ(parse_error(R"({"line_end": "mac"})").hint(), "");
}

TEST(Options, RepeatsAtMost64BytesEscapedAndCutBetweenCharacters) {
  const std::string text = std::string(62, 'a') + "éé";
  const Error error = parse_error(R"({"header": ")" + text + "\"}");
  EXPECT_EQ(error.detail(), "Got \"" + std::string(62, 'a') + "....");
  EXPECT_EQ(excerpt("a\tb\x7F"), "a\\x09b\\x7f");
  EXPECT_EQ(excerpt("\xC3\x28"), "\\xc3(");
  EXPECT_EQ(excerpt("\xE2\x82"), "\\xe2\\x82");
  EXPECT_EQ(excerpt(std::string(64, 'x')), std::string(64, 'x'));
}

TEST(Options, MustBeOneValidObject) {
  EXPECT_EQ(parse_error("[1]").message(), "options must be a JSON object");
  EXPECT_EQ(parse_error("null").detail(), "Got null.");
  EXPECT_EQ(parse_error("").message(), "options are not valid JSON");
  EXPECT_EQ(parse_error("{\"header\": tru}").message(), "options are not valid JSON");
  EXPECT_EQ(parse_error("{} {}").message(), "options are not valid JSON");
  EXPECT_EQ(parse_error("{\"null\": \"\xFF\"}").message(), "options are not valid JSON");
  EXPECT_EQ(parse_error("{\"args\": [1e999]}").detail(), "A number is out of range.");
}

TEST(Options, RefusesDuplicatesAtEveryLevel) {
  EXPECT_EQ(parse_error(R"({"header": true, "header": true})").message(),
            "\"header\" is given more than once in the options");
  EXPECT_EQ(parse_error(R"({"columns": [{"name": "a", "name": "b"}]})").message(),
            "\"name\" is given more than once in the options");
  EXPECT_NO_THROW(parse(R"({"columns": [{"name": "a"}, {"name": "b"}]})"));
}

TEST(Options, RefusesNul) {
  EXPECT_EQ(parse_error(R"({"title": "a\u0000b"})").message(),
            "options must not contain the character U+0000");
  EXPECT_EQ(parse_error(R"({"a\u0000b": 1})").message(),
            "options must not contain the character U+0000");
}

std::string nested(int levels) {
  return "{\"columns\": " + std::string(static_cast<std::size_t>(levels), '[') +
         std::string(static_cast<std::size_t>(levels), ']') + "}";
}

TEST(Options, LimitsNesting) {
  EXPECT_NO_THROW(parse(nested(kMaxOptionsNesting - 1)));
  EXPECT_EQ(parse_error(nested(kMaxOptionsNesting)).message(), "options are nested too deeply");
  EXPECT_EQ(parse_error(nested(100000)).message(), "options are nested too deeply");
}

TEST(Options, LimitsLength) {
  const std::string frame = R"({"title": ""})";
  const auto object = [&](std::size_t bytes) {
    return R"({"title": ")" + std::string(bytes - frame.size(), 'x') + "\"}";
  };
  EXPECT_NO_THROW(parse(object(kMaxOptionsText)));
  EXPECT_EQ(parse_error(object(kMaxOptionsText + 1)).message(), "options are too long");
}

TEST(CopyOptions, BooleanWords) {
  for (const char *word : {"true", "ON", "yes", "1"}) {
    EXPECT_TRUE(copy({{"header", word, true}}).flag("header", false)) << word;
  }
  for (const char *word : {"false", "Off", "no", "0"}) {
    EXPECT_FALSE(copy({{"header", word, true}}).flag("header", true)) << word;
  }
  EXPECT_TRUE(copy({{"header", "", false}}).flag("header", false));
  const Error error = error_of([] { copy({{"header", "match", true}}); });
  EXPECT_EQ(error.message(), "option \"header\" must be a boolean");
  EXPECT_EQ(error.detail(), "Got \"match\".");
}

TEST(CopyOptions, OtherTypes) {
  const OptionValues values = copy({{"delimiter", ";", true},
                                    {"null", "1", true},
                                    {"dialect", "Excel", true},
                                    {"force_quote", "*", true},
                                    {"columns", R"(["a"])", true}});
  EXPECT_EQ(values.text("delimiter", ""), ";");
  EXPECT_EQ(values.text("null", ""), "1");
  EXPECT_EQ(values.text("dialect", ""), "excel");
  EXPECT_EQ(values.json("force_quote"), "*");
  EXPECT_EQ(values.json("columns"), nlohmann::json::array({"a"}));
  EXPECT_EQ(copy({{"force_quote", "TRUE", true}}).json("force_quote"), true);
  const CopyOption count[] = {{"count", "-12", true}};
  EXPECT_EQ(parse_copy_options(SampleFormat(), count).integer("count", 0), -12);
}

TEST(CopyOptions, Errors) {
  const auto message = [](std::vector<CopyOption> options) {
    return error_of([&] { copy(std::move(options)); }).message();
  };
  EXPECT_EQ(message({{"delimiter", "", false}}), "option \"delimiter\" requires a value");
  EXPECT_EQ(message({{"null", "a", true}, {"null", "b", true}}),
            "option \"null\" is given more than once");
  EXPECT_EQ(message({{"columns", "[1,", true}}), "options are not valid JSON");
  EXPECT_EQ(message({{"headr", "", false}}), "unknown option \"headr\" for format csv");
  for (const char *text : {"", "1x", "1.0", "99999999999999999999"}) {
    const CopyOption count[] = {{"count", text, true}};
    EXPECT_EQ(error_of([&] { parse_copy_options(SampleFormat(), count); }).message(),
              "option \"count\" must be an integer");
  }
}

TEST(CopyOptions, BytesThatAreNotUtf8) {
  EXPECT_EQ(copy({{"null", "\xFF", true}}).text("null", ""), "\xFF");
  EXPECT_EQ(error_of([] {
              copy({{"header", "\xFF", true}});
            }).message(),
            "option \"header\" must be a boolean");
  EXPECT_THROW(read_columns(copy({{"columns", "\xFF", true}})), Error);
}

TEST(NearestName, AllowsAThirdOfTheLength) {
  constexpr std::array<std::string_view, 4> kNames = {"delimiter", "quote", "null", "header"};
  EXPECT_EQ(nearest_name("delimeter", kNames), "delimiter");
  EXPECT_EQ(nearest_name("dleimiter", kNames), "delimiter");
  EXPECT_EQ(nearest_name("qoute", kNames), "quote") << "a swap is one step";
  EXPECT_EQ(nearest_name("NULL", kNames), "null");
  EXPECT_EQ(nearest_name("heading", kNames), "") << "three steps in seven letters";
  EXPECT_EQ(nearest_name("heads", kNames), "");
  EXPECT_EQ(nearest_name("", kNames), "");
  EXPECT_EQ(nearest_name(std::string(1000, 'x'), kNames), "");
}

TEST(NearestName, TiesGoToTheFirst) {
  constexpr std::array<std::string_view, 2> kNames = {"cat", "car"};
  EXPECT_EQ(nearest_name("cap", kNames), "cat");
  EXPECT_EQ(nearest_name("c", kNames), "");
}

TEST(CommonOptions, Columns) {
  const auto columns =
      read_columns(parse(R"({"columns": ["a", {"name": "b", "heading": "B"}, {"name": "c"}]})"));
  ASSERT_EQ(columns.size(), 3u);
  EXPECT_EQ(columns[0].heading, "a");
  EXPECT_EQ(columns[1].name, "b");
  EXPECT_EQ(columns[1].heading, "B");
  EXPECT_EQ(columns[2].heading, "c");
  EXPECT_TRUE(read_columns(parse("{}")).empty());
}

TEST(CommonOptions, ColumnsOfWrongShape) {
  const auto error = [](const std::string &columns) {
    return error_of([&] { read_columns(parse("{\"columns\": " + columns + "}")); });
  };
  for (const char *shape : {"true", "\"a\"", "{}", "[1]", "[null]"}) {
    EXPECT_EQ(error(shape).message(),
              "option \"columns\" must be an array of column names or {\"name\": ..., "
              "\"heading\": ...} objects")
        << shape;
  }
  EXPECT_EQ(error("[\"a\", 1]").detail(), "Got 1.");
  EXPECT_EQ(error("[]").message(), "option \"columns\" must name a column");
  EXPECT_EQ(error("[{}]").message(), "columns[0].name is missing");
  EXPECT_EQ(error("[\"a\", {\"heading\": \"b\"}]").message(), "columns[1].name is missing");
  EXPECT_EQ(error("[{\"name\": 1}]").message(), "columns[0].name must be a string");
  EXPECT_EQ(error(R"([{"name": "a", "headin": "b"}])").hint(), "Did you mean \"heading\"?");
}

TEST(CommonOptions, Args) {
  const auto args = read_args(parse(R"({"args": ["1", null, ""]})"));
  ASSERT_EQ(args.size(), 3u);
  EXPECT_EQ(args[0], "1");
  EXPECT_EQ(args[1], std::nullopt);
  EXPECT_EQ(args[2], "");
  EXPECT_TRUE(read_args(parse("{}")).empty());
  for (const char *object : {R"({"args": [1]})", R"({"args": {}})", R"({"args": "1"})"}) {
    EXPECT_EQ(error_of([&] { read_args(parse(object)); }).message(),
              "option \"args\" must be an array of strings and nulls");
  }
}

TEST(CommonOptions, ApplyToEveryFormat) {
  for (const Format *format : all_formats()) {
    const OptionValues values = parse_options(*format, R"({"compression": "GZIP"})");
    EXPECT_EQ(values.text("compression", ""), "gzip");
  }
}

TEST(Registry, ListsTheFormatsInOrder) {
  std::vector<std::string_view> names;
  for (const Format *format : all_formats()) names.push_back(format->name());
  EXPECT_EQ(names, (std::vector<std::string_view>{"csv", "json", "jsonl", "xlsx", "pdf"}));
}

TEST(Registry, Finds) {
  EXPECT_EQ(find_format("csv"), &csv_format());
  EXPECT_EQ(find_format("export_csv"), &csv_format());
  EXPECT_EQ(find_format("CSV"), nullptr);
  const Error error = error_of([] { require_format("jsnl"); });
  EXPECT_EQ(error.message(), "unknown format \"jsnl\"");
  EXPECT_EQ(error.detail(), "The formats are csv, json, jsonl, xlsx, pdf.");
  EXPECT_EQ(error.hint(), "Did you mean \"jsonl\"?");
}

TEST(Registry, NoFormatRedefinesACommonOption) {
  for (const Format *format : all_formats()) {
    for (const OptionSpec &own : format->options()) {
      for (const OptionSpec &common : common_options()) EXPECT_NE(own.name, common.name);
    }
  }
}

}  // namespace
}  // namespace pgexport
