// The members of every node of the tree in JSON: one description for the writer and the reader.
//
// An archive has
//   required(key, member)   always there
//   optional(key, member)   absent if it has its default
//   check(holds, key, requirement)   a rule of the language, for readers
#pragma once

#include <algorithm>
#include <array>
#include <concepts>
#include <string_view>
#include <type_traits>

#include "dsl/limits.h"
#include "dsl/tree.h"
#include "dsl/words.h"

#include "core/no_postgres.h"

namespace pgexport::dsl {

// A node, const for a writer.
template <typename T, typename Node>
concept Of = std::same_as<std::remove_const_t<T>, Node>;

// The "kind" of each alternative, in the order of the variant.
inline constexpr std::array<std::string_view, 26> kExpressionKinds = {
    "null",      "boolean", "number",   "text",       "preset",   "duration", "name",
    "parameter", "call",    "case",     "cast",       "negative", "chain",    "comparison",
    "between",   "in",      "is_empty", "text_match", "has",      "search",   "matches",
    "not",       "and",     "or",       "list",       "period"};
static_assert(kExpressionKinds.size() == std::variant_size_v<ExpressionNode>);

inline constexpr std::array<std::string_view, 4> kSectionKinds = {"sheet", "chart", "summary",
                                                                  "text"};
static_assert(kSectionKinds.size() == std::variant_size_v<Section>);

inline constexpr std::string_view kMustBeFilled = "must not be empty";
inline constexpr std::string_view kMustBeWord = "must be a word in lower case";

// ---- Expressions
// ---------------------------------------------------------------------------------

template <typename A>
void fields(A &, Of<NullLiteral> auto &) {}

template <typename A>
void fields(A &a, Of<BooleanLiteral> auto &node) {
  a.required("value", node.value);
}

template <typename A>
void fields(A &a, Of<NumberLiteral> auto &node) {
  a.required("digits", node.digits);
  a.check(is_number(node.digits), "digits", "must be a number such as 12, 0.5 or 1e-3");
}

template <typename A>
void fields(A &a, Of<TextLiteral> auto &node) {
  a.required("value", node.value);
}

template <typename A>
void fields(A &a, Of<PresetUse> auto &node) {
  a.required("preset", node.preset);
}

template <typename A>
void fields(A &a, Of<Duration> auto &node) {
  a.required("count", node.count);
  a.required("unit", node.unit);
}

template <typename A>
void fields(A &a, Of<Name> auto &node) {
  a.required("parts", node.parts);
  const auto empty = [](const std::string &part) { return part.empty(); };
  a.check(!node.parts.empty() && std::none_of(node.parts.begin(), node.parts.end(), empty), "parts",
          "must be one or more names");
}

template <typename A>
void fields(A &a, Of<ParameterUse> auto &node) {
  a.required("name", node.name);
  a.check(is_plain_word(node.name), "name", kMustBeWord);
}

template <typename A>
void fields(A &a, Of<Call> auto &node) {
  a.required("function", node.function);
  a.optional("star", node.star);
  a.optional("distinct", node.distinct);
  a.optional("arguments", node.arguments);
  a.optional("filter", node.filter);
  a.check(is_function_word(node.function), "function", "must be the name of a function");
  a.check(!node.star || (node.arguments.empty() && !node.distinct), "star",
          "stands in the place of arguments");
  a.check(!node.distinct || !node.arguments.empty(), "distinct", "needs arguments");
}

template <typename A>
void fields(A &a, Of<CaseBranch> auto &node) {
  a.required("when", node.when);
  a.required("then", node.then);
}

template <typename A>
void fields(A &a, Of<Case> auto &node) {
  a.optional("operand", node.operand);
  a.required("branches", node.branches);
  a.optional("else", node.otherwise);
  a.check(!node.branches.empty(), "branches", kMustBeFilled);
}

template <typename A>
void fields(A &a, Of<Cast> auto &node) {
  a.required("operand", node.operand);
  a.required("type", node.type);
}

template <typename A>
void fields(A &a, Of<Negative> auto &node) {
  a.required("operand", node.operand);
}

// + and - bind alike, * / and % do, || is alone.
inline int chain_level(ChainOperator op) {
  if (op == ChainOperator::concatenate) return 0;
  return op == ChainOperator::add || op == ChainOperator::subtract ? 1 : 2;
}

template <typename A>
void fields(A &a, Of<Chain> auto &node) {
  a.required("operands", node.operands);
  a.required("operators", node.operators);
  a.check(!node.operators.empty() && node.operands.size() == node.operators.size() + 1, "operators",
          "must be one less than operands, at least one");
  const auto same_level = [&](ChainOperator op) {
    return chain_level(op) == chain_level(node.operators.front());
  };
  a.check(std::all_of(node.operators.begin(), node.operators.end(), same_level), "operators",
          "must bind alike: + and -, or * / and %, or ||");
}

template <typename A>
void fields(A &a, Of<Comparison> auto &node) {
  a.required("operator", node.op);
  a.required("left", node.left);
  a.required("right", node.right);
}

template <typename A>
void fields(A &a, Of<Between> auto &node) {
  a.required("value", node.value);
  a.required("low", node.low);
  a.required("high", node.high);
}

template <typename A>
void fields(A &a, Of<In> auto &node) {
  a.required("value", node.value);
  a.required_set("set", node.set);
}

template <typename A>
void fields(A &a, Of<IsEmpty> auto &node) {
  a.required("value", node.value);
}

template <typename A>
void fields(A &a, Of<TextMatch> auto &node) {
  a.required("match", node.kind);
  a.optional("exact", node.exact);
  a.required("value", node.value);
  a.required("pattern", node.pattern);
}

template <typename A>
void fields(A &a, Of<Has> auto &node) {
  a.required("has", node.kind);
  a.required("value", node.value);
  a.required_set("set", node.set);
}

template <typename A>
void fields(A &a, Of<Search> auto &node) {
  a.required("columns", node.columns);
  a.required("query", node.query);
  a.check(!node.columns.empty(), "columns", kMustBeFilled);
}

template <typename A>
void fields(A &a, Of<Matches> auto &node) {
  a.required("value", node.value);
  a.required("pattern", node.pattern);
}

template <typename A>
void fields(A &a, Of<Not> auto &node) {
  a.required("operand", node.operand);
}

template <typename A>
void fields(A &a, Of<And> auto &node) {
  a.required("members", node.members);
  a.check(node.members.size() >= 2, "members", "must be at least two");
}

template <typename A>
void fields(A &a, Of<Or> auto &node) {
  a.required("members", node.members);
  a.check(node.members.size() >= 2, "members", "must be at least two");
}

template <typename A>
void fields(A &a, Of<List> auto &node) {
  a.required("items", node.items);
}

template <typename A>
void fields(A &a, Of<Period> auto &node) {
  a.required("from", node.from);
  a.required("to", node.to);
}

// ---- Items
// ---------------------------------------------------------------------------------------

template <typename A>
void fields(A &a, Of<Comments> auto &node) {
  a.optional_comments("before", node.before);
  a.optional_comment("after", node.after);
}

template <typename A>
void fields(A &a, Of<BlockComments> auto &node) {
  a.optional_comments("before", node.before);
  a.optional_comment("after", node.after);
  a.optional_comments("closing", node.closing);
}

template <typename A>
void fields(A &a, Of<TextItem> auto &node) {
  a.required("text", node.text);
  a.optional("comments", node.comments);
}

template <typename A>
void fields(A &a, Of<Parameter> auto &node) {
  a.required("name", node.name);
  a.required("type", node.type);
  a.optional("choices", node.choices);
  a.optional("array", node.array);
  a.optional("optional", node.optional);
  a.optional_constant("default", node.default_value);
  a.optional("label", node.label);
  a.optional("description", node.description);
  a.optional("comments", node.comments);
  a.check(is_plain_word(node.name), "name", kMustBeWord);
  a.check((node.type == ParameterType::choice) == !node.choices.empty(), "choices",
          "must be given for the type choice and no other");
}

template <typename A>
void fields(A &a, Of<Relation> auto &node) {
  a.optional("schema", node.schema);
  a.required("name", node.name);
  a.optional("alias", node.alias);
  a.check(!node.name.empty(), "name", kMustBeFilled);
}

template <typename A>
void fields(A &a, Of<From> auto &node) {
  a.required("relation", node.relation);
  a.optional("comments", node.comments);
}

template <typename A>
void fields(A &a, Of<Join> auto &node) {
  a.optional("left", node.left);
  a.required("relation", node.relation);
  a.required("on", node.on);
  a.optional("comments", node.comments);
}

template <typename A>
void fields(A &a, Of<Condition> auto &node) {
  a.required("expression", node.expression);
  a.optional("comments", node.comments);
}

template <typename A>
void fields(A &a, Of<Mask> auto &node) {
  a.required("kind", node.kind);
  a.optional("first", node.first);
  a.optional("last", node.last);
  a.check(node.kind == MaskKind::partial || (node.first == 0 && node.last == 0), "kind",
          "must be partial where first or last is given");
}

template <typename A>
void fields(A &a, Of<Column> auto &node) {
  a.required("heading", node.heading);
  a.either("expression", "formula", node.value);
  a.optional("format", node.format);
  a.optional("align", node.align);
  a.optional("width", node.width);
  a.optional("as_text", node.as_text);
  a.optional("total", node.total);
  a.optional("mask", node.mask);
  a.optional("comments", node.comments);
  a.check(!node.heading.empty(), "heading", kMustBeFilled);
  a.check(node.width.empty() || is_number(node.width), "width", "must be a number, as a text");
}

template <typename A>
void fields(A &a, Of<GroupBy> auto &node) {
  a.required("keys", node.keys);
  a.optional("comments", node.comments);
  a.check(!node.keys.empty(), "keys", kMustBeFilled);
}

template <typename A>
void fields(A &a, Of<OrderKey> auto &node) {
  a.required("expression", node.expression);
  a.optional("descending", node.descending);
  a.optional("nulls", node.nulls);
}

template <typename A>
void fields(A &a, Of<OrderBy> auto &node) {
  a.required("keys", node.keys);
  a.optional("comments", node.comments);
  a.check(!node.keys.empty(), "keys", kMustBeFilled);
}

template <typename A>
void fields(A &a, Of<Limit> auto &node) {
  a.required("rows", node.rows);
  a.optional("comments", node.comments);
  a.check(node.rows >= 1 && node.rows <= INT64_MAX, "rows", "must be from 1 to 2^63 - 1");
}

// Not an object of its own: its members are those of the section.
template <typename A>
void query_fields(A &a, Of<Query> auto &node) {
  a.optional("where", node.where);
  a.optional("group_by", node.group_by);
  a.optional("columns", node.columns);
  a.optional("order_by", node.order_by);
  a.optional("limit", node.limit);
  a.limit(node.columns.size(), "columns", kMaxColumns);
}

template <typename A>
void fields(A &a, Of<GroupBreak> auto &node) {
  a.required("heading", node.heading);
  a.optional("subtotal", node.subtotal);
  a.optional("comments", node.comments);
  a.check(!node.heading.empty(), "heading", kMustBeFilled);
}

template <typename A>
void chart_fields(A &a, Of<Chart> auto &node) {
  a.required("form", node.form);
  a.optional("stacked", node.stacked);
  a.optional("horizontal", node.horizontal);
  a.optional("category", node.category);
  a.optional("values", node.values);
  a.optional("category_axis", node.category_axis);
  a.optional("value_axis", node.value_axis);
  a.optional("format", node.format);
}

template <typename A>
void fields(A &a, Of<Chart> auto &node) {
  a.optional("title", node.title);
  chart_fields(a, node);
  a.optional("comments", node.comments);
}

template <typename A>
void head_fields(A &a, Of<SectionHead> auto &node, bool named = true) {
  a.optional("name", node.name);
  a.optional("title", node.title);
  a.optional("half", node.half);
  a.optional("page_break", node.page_break);
  a.optional("comments", node.comments);
  a.check(!named || !node.name.empty(), "name", kMustBeFilled);
}

template <typename A>
void fields(A &a, Of<Sheet> auto &node) {
  head_fields(a, node.head);
  a.optional("groups", node.groups);
  query_fields(a, node.query);
  a.optional("charts", node.charts);
}

template <typename A>
void fields(A &a, Of<ChartSection> auto &node) {
  head_fields(a, node.head);
  chart_fields(a, node.chart);
  query_fields(a, node.query);
}

template <typename A>
void fields(A &a, Of<Metric> auto &node) {
  a.required("heading", node.heading);
  a.required("expression", node.expression);
  a.optional("format", node.format);
  a.optional("compare", node.compare);
  a.optional("lower_is_better", node.lower_is_better);
  a.optional("comments", node.comments);
  a.check(!node.heading.empty(), "heading", kMustBeFilled);
}

template <typename A>
void fields(A &a, Of<Comparing> auto &node) {
  a.optional("parameter", node.parameter);
  a.check(node.parameter.empty() || is_plain_word(node.parameter), "parameter", kMustBeWord);
}

template <typename A>
void fields(A &a, Of<Summary> auto &node) {
  head_fields(a, node.head, false);
  a.optional("where", node.where);
  a.optional("metrics", node.metrics);
  a.limit(node.metrics.size(), "metrics", kMaxColumns);
}

template <typename A>
void fields(A &a, Of<Paragraph> auto &node) {
  a.required("text", node.text);
  a.optional("comments", node.comments);
  a.check(!node.text.empty(), "text", kMustBeFilled);
}

template <typename A>
void fields(A &a, Of<TextSection> auto &node) {
  head_fields(a, node.head);
  a.optional("paragraphs", node.paragraphs);
}

template <typename A>
void fields(A &a, Of<Nest> auto &node) {
  a.required("name", node.name);
  a.required("in", node.parent);
  query_fields(a, node.query);
  a.optional("comments", node.comments);
  a.check(!node.name.empty(), "name", kMustBeFilled);
}

// An option named by a short form of the text would read back as another one.
inline bool is_option_name(std::string_view name) {
  return is_plain_word(name) && name != "landscape" && name != "portrait" && name != "freeze";
}

template <typename A>
void fields(A &a, Of<FormatOption> auto &node) {
  a.required("name", node.name);
  a.required("value", node.value);
  a.optional("comments", node.comments);
  a.check(is_option_name(node.name), "name", "must be the name of an option");
}

template <typename A>
void fields(A &a, Of<FormatBlock> auto &node) {
  a.required("format", node.format);
  a.optional("options", node.options);
  a.optional("comments", node.comments);
  a.unique(node.options, "options", [](const FormatOption &option) { return option.name; });
}

template <typename A>
void fields(A &a, Of<Template> auto &node) {
  a.required("name", node.name);
  a.optional("title", node.title);
  a.optional("description", node.description);
  a.optional("parameters", node.parameters);
  a.optional("from", node.from);
  a.optional("joins", node.joins);
  a.optional("where", node.where);
  a.optional("sections", node.sections);
  a.optional("nests", node.nests);
  a.optional("formats", node.formats);
  a.optional("comments", node.comments);
  a.optional_comments("end_comments", node.end_comments);
  a.check(is_plain_word(node.name), "name", kMustBeWord);
  a.limit(node.parameters.size(), "parameters", kMaxParameters);
  a.limit(node.sections.size(), "sections", kMaxSections);
  a.unique(node.parameters, "parameters", [](const Parameter &p) { return p.name; });
  a.unique(node.formats, "formats", [](const FormatBlock &block) { return block.format; });
}

}  // namespace pgexport::dsl
