#include "dsl/parser.h"

#include <algorithm>
#include <array>
#include <utility>

#include "dsl/block_parser.h"
#include "dsl/format_parser.h"
#include "dsl/limits.h"
#include "dsl/query_parser.h"
#include "dsl/section_parser.h"
#include "dsl/source_parser.h"
#include "dsl/token_stream.h"
#include "dsl/words.h"

namespace pgexport::dsl {

namespace {

constexpr std::array<std::string_view, 17> kItems = {
    "title",   "description", "param", "from", "join", "left",  "where", "sheet", "chart",
    "summary", "text",        "nest",  "csv",  "json", "jsonl", "xlsx",  "pdf"};
constexpr std::array<std::string_view, 9> kOnce = {"title", "description", "from", "where", "csv",
                                                   "json",  "jsonl",       "xlsx", "pdf"};
constexpr BlockRules kRules = {"a template", kItems, kOnce};

class TemplateParser {
 public:
  explicit TemplateParser(TokenStream &stream) : stream_(stream) {}

  Template run() {
    stream_.take_comments(tree_.comments.before);
    if (!stream_.take_word("template")) {
      stream_.fail_expected("\"template\"", "A template begins with: template a_name {");
    }
    const Token &name = stream_.expect(TokenKind::word, "the name of the template");
    tree_.name = name.text;
    tree_.place = name.place;
    BlockParser(stream_, kRules).read(tree_.comments, [this] { item(); });
    stream_.take_comments(tree_.end_comments);
    if (!stream_.at_end()) {
      stream_.fail_expected("the end of the template",
                            "One text is one template; perhaps there is a \"}\" too many.");
    }
    return std::move(tree_);
  }

 private:
  void item() {
    const Token &word = stream_.peek();
    if (word.text == "title") {
      tree_.title = text_item();
    } else if (word.text == "description") {
      tree_.description = text_item();
    } else if (word.text == "param") {
      parameter();
    } else if (word.text == "from") {
      tree_.from = parse_from(stream_);
    } else if (word.text == "join" || word.text == "left") {
      tree_.joins.push_back(parse_join(stream_));
    } else if (word.text == "where") {
      tree_.where = parse_where(stream_);
    } else if (word.text == "nest") {
      tree_.nests.push_back(parse_nest(stream_));
    } else if (find_word<FormatName>(word.text)) {
      tree_.formats.push_back(parse_format(stream_));
    } else {
      section(word);
    }
  }

  TextItem text_item() {
    TextItem item;
    item.comments = begin_comments(stream_);
    stream_.take();
    item.place = stream_.peek().place;
    item.text = read_text(stream_, "a text");
    stream_.take_inner_comments(item.comments);
    return item;
  }

  void parameter() {
    Parameter parameter = parse_parameter(stream_);
    const bool known = std::any_of(tree_.parameters.begin(), tree_.parameters.end(),
                                   [&](const Parameter &p) { return p.name == parameter.name; });
    if (known) {
      stream_.fault(parameter.place,
                    "parameter " + quoted_excerpt(parameter.name) + " is declared twice");
    }
    if (tree_.parameters.size() == kMaxParameters) {
      stream_.limit_fault(parameter.place, "there are too many parameters", kMaxParameters);
    }
    tree_.parameters.push_back(std::move(parameter));
  }

  void section(const Token &word) {
    if (tree_.sections.size() == kMaxSections) {
      stream_.limit_fault(word.place, "there are too many sheets and other sections", kMaxSections);
    }
    if (word.text == "sheet") {
      tree_.sections.emplace_back(parse_sheet(stream_));
    } else if (word.text == "chart") {
      tree_.sections.emplace_back(parse_chart_section(stream_));
    } else if (word.text == "summary") {
      tree_.sections.emplace_back(parse_summary(stream_));
    } else {
      tree_.sections.emplace_back(parse_text_section(stream_));
    }
  }

  TokenStream &stream_;
  Template tree_;
};

}  // namespace

std::optional<Template> parse(std::string_view source, Diagnostics &diagnostics) {
  TokenStream stream(tokenize(source, diagnostics), diagnostics);
  try {
    Template tree = TemplateParser(stream).run();
    if (!diagnostics.has_errors()) return tree;
  } catch (const SyntaxFault &) {
  }
  return std::nullopt;
}

}  // namespace pgexport::dsl
