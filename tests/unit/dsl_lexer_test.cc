#include "dsl/lexer.h"

#include <gtest/gtest.h>

#include "dsl/limits.h"

namespace pgexport::dsl {
namespace {

std::string kind_letter(TokenKind kind) {
  constexpr std::string_view kLetters = "wqlnps.";
  return std::string(1, kLetters[static_cast<std::size_t>(kind)]);
}

// The tokens of `source` as "w:sheet q:A", without the end, and the comments as "#:text".
std::string tokens(std::string_view source) {
  Diagnostics diagnostics;
  const Lexemes lexemes = tokenize(source, diagnostics);
  EXPECT_FALSE(diagnostics.has_errors()) << source;
  std::string out;
  for (const Token &token : lexemes.tokens) {
    if (token.kind == TokenKind::end) continue;
    if (!out.empty()) out += ' ';
    out += kind_letter(token.kind) + ":" + token.text;
  }
  for (const Comment &comment : lexemes.comments) out += " #:" + comment.text;
  return out;
}

// The first fault of `source` as "line:column message".
std::string fault(std::string_view source) {
  Diagnostics diagnostics;
  tokenize(source, diagnostics);
  if (diagnostics.list().empty()) return "none";
  const Diagnostic &first = diagnostics.list().front();
  return std::to_string(first.place.line) + ":" + std::to_string(first.place.column) + " " +
         first.message;
}

TEST(Lexer, KnowsEveryKindOfToken) {
  EXPECT_EQ(tokens("Sheet \"A b\" 'it''s' 1.50 $Period ::"),
            "w:sheet q:A b l:it's n:1.50 p:period s:::");
  EXPECT_EQ(tokens("{}()[],.=<><=>=<>+-*/%||?"),
            "s:{ s:} s:( s:) s:[ s:] s:, s:. s:= s:<> s:<= s:>= s:<> s:+ s:- s:* s:/ s:% s:|| s:?");
  EXPECT_EQ(tokens("a != b"), "w:a s:<> w:b");
  EXPECT_EQ(tokens(""), "");
}

TEST(Lexer, ReadsNumbersAsWritten) {
  EXPECT_EQ(tokens("0 007 .5 1e400 1E-3 9223372036854775808"),
            "n:0 n:007 n:.5 n:1e400 n:1E-3 n:9223372036854775808");
  EXPECT_EQ(tokens("1..2"), "n:1 s:. n:.2");
  EXPECT_EQ(fault("1_000"), "1:1 a number cannot be followed by a letter: \"1_000\"");
  EXPECT_EQ(fault("0x1F"), "1:1 a number cannot be followed by a letter: \"0x1F\"");
  EXPECT_EQ(fault("1e"), "1:1 a number cannot be followed by a letter: \"1e\"");
}

TEST(Lexer, ResolvesEscapes) {
  EXPECT_EQ(tokens(R"("a\"b\\c\nd")"), "q:a\"b\\c\nd");
  EXPECT_EQ(tokens(R"("say ""hi""")"), "q:say \"hi\"");
  EXPECT_EQ(tokens(R"("\u00e9\u20AC\uD83C\uDF89")"), "q:é€🎉");
  EXPECT_EQ(tokens(R"('back\slash "quoted"')"), R"(l:back\slash "quoted")");
  EXPECT_EQ(tokens("'two\nlines'"), "l:two\nlines");
  for (const char *wrong :
       {R"("\u0000")", R"("\uD83C")", R"("\uDF89")", R"("\uD83Cx")", R"("\u12")", R"("\u12G4")"}) {
    EXPECT_EQ(fault(wrong),
              "1:2 \\u must be followed by four hexadecimal digits that are a character");
  }
  EXPECT_EQ(fault(R"("\t")"), "1:2 unknown escape after a backslash");
}

TEST(Lexer, FoldsOnlyAscii) { EXPECT_EQ(tokens("ÄRGER HoursÉ _x$1"), "w:Ärger w:hoursÉ w:_x$1"); }

TEST(Lexer, KeepsComments) {
  EXPECT_EQ(tokens("a # one  \r\n#two\nb #"), "w:a w:b #: one #:two #:");
  EXPECT_EQ(tokens("\"# none\" '# none'"), "q:# none l:# none");
}

TEST(Lexer, CountsLinesAndCharacters) {
  Diagnostics diagnostics;
  const Lexemes lexemes = tokenize("é 'x\ny' z\r\n  w", diagnostics);
  ASSERT_EQ(lexemes.tokens.size(), 5U);
  const auto at = [&](std::size_t i) {
    const Token &token = lexemes.tokens[i];
    return std::to_string(token.place.line) + ":" + std::to_string(token.place.column) + "-" +
           std::to_string(token.last_line) + (token.first_on_line ? "!" : "");
  };
  EXPECT_EQ(at(0), "1:1-1!");
  EXPECT_EQ(at(1), "1:3-2");
  EXPECT_EQ(at(2), "2:4-2") << "the literal before it stands on this line too";
  EXPECT_EQ(at(3), "3:3-3!");
}

TEST(Lexer, TellsWhatDoesNotBelong) {
  EXPECT_EQ(fault("a; b"), "1:2 unexpected character \";\"");
  EXPECT_EQ(fault("a -- b"), "1:3 unexpected \"--\"");
  EXPECT_EQ(fault("/* a */"), "1:1 unexpected \"/*\"");
  EXPECT_EQ(fault("\xEF\xBB\xBFtemplate"), "1:1 unexpected character U+FEFF");
  EXPECT_EQ(fault("a\xC2\xA0"
                  "b"),
            "1:2 unexpected character U+00A0");
  EXPECT_EQ(fault("a\xE2\x80\x8B"), "1:2 unexpected character U+200B");
  EXPECT_EQ(fault("\x01"), "1:1 unexpected character U+0001");
  EXPECT_EQ(fault("$1"), "1:1 a parameter needs a name after \"$\"");
  EXPECT_EQ(fault("$$"), "1:1 a parameter needs a name after \"$\"");
  EXPECT_EQ(fault("a\n \"b\nc"), "2:2 the text that begins here does not end on its line");
  EXPECT_EQ(fault("'a\nb"), "1:1 the text that begins here does not end");
  EXPECT_EQ(fault("\"a\\"), "1:1 the text that begins here does not end on its line");
}

TEST(Lexer, RefusesWhatIsNotText) {
  EXPECT_EQ(fault(std::string_view("a\n b\0c", 6)),
            "2:3 the template contains the character U+0000");
  EXPECT_EQ(fault("ab\xFF"), "1:3 the template is not valid UTF-8 here");
  EXPECT_EQ(fault("\xED\xA0\x80"), "1:1 the template is not valid UTF-8 here") << "a surrogate";
  EXPECT_EQ(fault("\xC0\xAF"), "1:1 the template is not valid UTF-8 here") << "overlong";
  EXPECT_EQ(fault(std::string(kMaxSource, ' ')), "none");
  EXPECT_EQ(fault(std::string(kMaxSource + 1, ' ')), "1:1 the template is too long");
}

}  // namespace
}  // namespace pgexport::dsl
