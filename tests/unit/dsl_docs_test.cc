// docs/template-language.md says what is so: its examples are templates, its grammar is the
// parser's.
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "dsl/json_form.h"
#include "dsl/limits.h"
#include "dsl/parser.h"
#include "dsl/printer.h"
#include "dsl/words.h"
#include "ebnf.h"
#include "template_generator.h"

namespace pgexport::dsl {
namespace {

constexpr int kSentences = 3000;

std::string page() {
  std::ifstream file(std::string(DOCS_DIR) + "/template-language.md");
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

// The code blocks of the page that are marked as `language`.
std::vector<std::string> blocks(const std::string &language) {
  const std::string text = page();
  const std::string fence = "```" + language + "\n";
  std::vector<std::string> found;
  for (std::size_t at = text.find(fence); at != std::string::npos; at = text.find(fence, at)) {
    at += fence.size();
    found.push_back(text.substr(at, text.find("```", at) - at));
  }
  return found;
}

std::string faults(const std::string &source) {
  Diagnostics diagnostics;
  parse(source, diagnostics);
  std::string out;
  for (const Diagnostic &each : diagnostics.list()) out += describe(each, source) + "\n";
  return out;
}

Template tree_of(const std::string &source) {
  Diagnostics diagnostics;
  return parse(source, diagnostics).value_or(Template());
}

TEST(Page, ExamplesAreTemplates) {
  const auto examples = blocks("template");
  EXPECT_GE(examples.size(), 4U);
  for (const std::string &example : examples) {
    ASSERT_EQ(faults(example), "") << example;
    const Template tree = tree_of(example);
    EXPECT_TRUE(tree_of(print(tree)) == tree) << example;
    EXPECT_TRUE(from_json(to_json(tree)) == tree) << example;
  }
}

TEST(Page, JsonExampleIsATemplate) {
  const auto examples = blocks("json");
  ASSERT_EQ(examples.size(), 1U);
  EXPECT_EQ(print(from_json(examples.front())),
            "template open_tasks {\n  from tracking.tasks as t\n\n  where t.state = 'open'\n\n"
            "  sheet \"Tasks\" {\n    column \"Task\" = t.title\n    order by t.title\n  }\n}\n");
}

TEST(Page, ErrorExampleIsWhatIsSaid) {
  const std::string source = "template t {\n  sheet \"S\" {\n    colum \"Task\" = t.title\n  }\n}";
  std::string expected = blocks("text").front();
  expected.erase(expected.find("    colum"), 4);
  expected.erase(expected.find("    ^"), 4);
  EXPECT_EQ(faults(source), expected);
}

TEST(Page, NamesTheReservedWords) {
  const std::string text = page();
  const std::size_t begin = text.find('`', text.find("where they need quotes:")) + 1;
  std::istringstream list(text.substr(begin, text.find('`', begin) - begin));
  int count = 0;
  for (std::string word; list >> word; ++count) EXPECT_TRUE(is_reserved(word)) << word;
  EXPECT_EQ(count, 33);
}

TEST(Page, NamesTheLimits) {
  const auto row = [](const std::string &what, std::size_t limit) {
    return "| " + what + " | " + std::to_string(limit) + " |";
  };
  for (const std::string &expected :
       {row("expressions within expressions", kMaxNesting), row("parameters", kMaxParameters),
        row("sheets and other sections", kMaxSections),
        row("columns of a section, metrics of a summary", kMaxColumns),
        row("errors reported at once", kMaxErrors),
        "| text | " + std::to_string(kMaxSource / 1024) + " KiB |",
        "| JSON form | " + std::to_string(kMaxJson / 1024 / 1024) + " MiB |"}) {
    EXPECT_NE(page().find(expected), std::string::npos) << expected;
  }
}

class Grammar : public testing::Test {
 protected:
  const Ebnf grammar_{blocks("ebnf").front()};
};

TEST_F(Grammar, IsWhole) {
  EXPECT_EQ(grammar_.token_names(),
            (std::set<std::string>{"function", "identifier", "number", "parameter", "quoted",
                                   "text", "value", "word"}));
  EXPECT_EQ(grammar_.unused_rules("template"), std::set<std::string>());
}

// What the grammar leaves to words beside it.
bool is_beyond_grammar(const Diagnostic &fault) {
  return fault.message.find("twice") != std::string::npos ||
         fault.state == std::string_view(sqlstate::program_limit_exceeded);
}

TEST_F(Grammar, SentencesAreTemplates) {
  int accepted = 0;
  for (int seed = 0; seed < kSentences; ++seed) {
    const std::string source = grammar_.derive("template", seed, seed % 2000);
    Diagnostics diagnostics;
    const auto tree = parse(source, diagnostics);
    for (const Diagnostic &fault : diagnostics.list()) {
      ASSERT_TRUE(is_beyond_grammar(fault)) << describe(fault, source) << "\n" << source;
    }
    if (!tree) continue;
    ++accepted;
    const std::string canonical = print(*tree);
    ASSERT_TRUE(tree_of(canonical) == *tree) << source;
    ASSERT_EQ(print(tree_of(canonical)), canonical) << source;
  }
  EXPECT_GT(accepted, kSentences / 4);
}

TEST_F(Grammar, TemplatesAreSentences) {
  TemplateGenerator generator(3);
  for (int i = 0; i < kSentences / 10; ++i) {
    const std::string source = print(generator.next());
    Diagnostics diagnostics;
    ASSERT_TRUE(grammar_.matches("template", tokenize(source, diagnostics).tokens)) << source;
  }
  Diagnostics diagnostics;
  EXPECT_FALSE(grammar_.matches("template", tokenize("template t { where }", diagnostics).tokens));
}

}  // namespace
}  // namespace pgexport::dsl
