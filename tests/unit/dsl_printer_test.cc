// Text and tree say the same, whatever the tree.
#include "dsl/printer.h"

#include <gtest/gtest.h>

#include "dsl/parser.h"
#include "template_generator.h"

namespace pgexport::dsl {
namespace {

constexpr int kTemplates = 10000;

std::optional<Template> read(const std::string &source) {
  Diagnostics diagnostics;
  std::optional<Template> tree = parse(source, diagnostics);
  for (const Diagnostic &diagnostic : diagnostics.list()) {
    ADD_FAILURE() << describe(diagnostic, source) << "\n" << source;
  }
  return tree;
}

// The canonical text of `source`.
[[maybe_unused]] std::string canonical(const std::string &source) {
  const std::optional<Template> tree = read(source);
  return tree ? print(*tree) : "";
}

TEST(Printer, RandomTreesComeBackFromTheirText) {
  TemplateGenerator generator(20261124);
  for (int i = 0; i < kTemplates; ++i) {
    const Template tree = generator.next();
    const std::string source = print(tree);
    const std::optional<Template> back = read(source);
    ASSERT_TRUE(back) << "template " << i;
    ASSERT_EQ(source, print(*back)) << "template " << i;
    ASSERT_TRUE(*back == tree) << "template " << i << "\n" << source;
  }
}

}  // namespace
}  // namespace pgexport::dsl
