// Random templates for property tests: every tree that text and JSON can say, with texts that try
// to break out of their quotes.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "dsl/tree.h"

namespace pgexport::dsl {

// The names that random templates use, beside some that nobody has.
struct Vocabulary {
  std::vector<std::pair<std::string, std::string>> relations = {{"tracking", "time_entries"},
                                                                {"", "people"}};
  std::vector<std::string> columns = {"hours", "rate", "name", "tags", "started_at", "id"};
  std::vector<std::string> functions = {"sum", "count", "round", "lower", "left"};
};

class TemplateGenerator {
 public:
  // The same seed gives the same templates on every machine.
  explicit TemplateGenerator(std::uint64_t seed, Vocabulary vocabulary = {});

  Template next();
  // At most `depth` deep.
  Expression expression(int depth);

 private:
  std::uint64_t below(std::uint64_t n);
  bool one_in(std::uint64_t n) { return below(n) == 0; }
  template <typename Enum>
  Enum any(std::size_t skipped = 0);
  template <typename T>
  const T &pick(const std::vector<T> &list);
  template <typename Make>
  auto several(std::size_t most, Make make, std::size_t least = 0);

  std::string text();
  std::string filled_text();
  std::string word();
  std::string name();
  std::string digits();
  std::string comment();
  Comments comments();
  BlockComments block_comments();
  std::string option_name();

  Expression leaf();
  Expression set(int depth);
  Expression constant();
  Expression constant_term();
  Expression constant_sum();
  Expression call(int depth);
  Expression case_of(int depth);
  Expression chain(int depth);
  Expression condition_of(int depth);

  std::vector<Condition> where();
  Parameter parameter();
  Relation relation();
  Column column();
  Metric metric();
  Query query();
  SectionHead head();
  Chart chart();
  Section section();
  Nest nest();
  OptionAtom atom();
  OptionValue option_value();
  FormatBlock format(FormatName name);

  std::uint64_t state_;
  Vocabulary vocabulary_;
  std::vector<std::string> aliases_;
  std::vector<std::string> parameters_;
};

}  // namespace pgexport::dsl
