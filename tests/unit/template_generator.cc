#include "template_generator.h"

#include <algorithm>
#include <array>

#include "dsl/words.h"

namespace pgexport::dsl {

namespace {

constexpr int kDepth = 5;

constexpr std::array<std::string_view, 22> kPieces = {"Hours",
                                                      " ",
                                                      "a",
                                                      "\"",
                                                      "'",
                                                      "\\",
                                                      "\n",
                                                      "; drop table x; --",
                                                      "$1",
                                                      "%s",
                                                      "{{x}}",
                                                      "#",
                                                      "é",
                                                      "漢字",
                                                      "\xF0\x9F\x8E\x89",
                                                      "\u202E",
                                                      "\u200B",
                                                      "\x01",
                                                      "\r\n",
                                                      "[Hours]",
                                                      "/* x */",
                                                      "\t"};

constexpr std::array<std::string_view, 12> kWords = {
    "hours", "e", "order", "column", "today", "é", "x1", "_a$", "sheet", "meta", "from", "title"};

}  // namespace

TemplateGenerator::TemplateGenerator(std::uint64_t seed, Vocabulary vocabulary)
    : state_(seed), vocabulary_(std::move(vocabulary)) {}

// SplitMix64, by Sebastiano Vigna; the remainder's bias does not matter here.
std::uint64_t TemplateGenerator::below(std::uint64_t n) {
  state_ += 0x9E3779B97F4A7C15U;
  std::uint64_t z = state_;
  z = (z ^ (z >> 30U)) * 0xBF58476D1CE4E5B9U;
  z = (z ^ (z >> 27U)) * 0x94D049BB133111EBU;
  return (z ^ (z >> 31U)) % n;
}

template <typename Enum>
Enum TemplateGenerator::any(std::size_t skipped) {
  return static_cast<Enum>(skipped + below(Words<Enum>::list.size() - skipped));
}

template <typename T>
const T &TemplateGenerator::pick(const std::vector<T> &list) {
  return list[below(list.size())];
}

template <typename Make>
auto TemplateGenerator::several(std::size_t most, Make make, std::size_t least) {
  std::vector<decltype(make())> list;
  for (std::size_t n = least + below(most - least + 1); n > 0; --n) list.push_back(make());
  return list;
}

// ---- Texts and names
// ------------------------------------------------------------------------------

std::string TemplateGenerator::text() {
  std::string text;
  for (std::uint64_t n = below(6); n > 0; --n) text += kPieces[below(kPieces.size())];
  return text;
}

std::string TemplateGenerator::filled_text() { return "T" + text(); }

std::string TemplateGenerator::word() { return std::string(kWords[below(kWords.size())]); }

std::string TemplateGenerator::name() {
  if (one_in(4)) return filled_text();
  return one_in(4) ? word() : pick(vocabulary_.columns);
}

std::string TemplateGenerator::digits() {
  static const std::vector<std::string> kNumbers = {
      "0", "42", "0.50", "1e-3", "1e400", ".5", "9223372036854775808"};
  return pick(kNumbers);
}

std::string TemplateGenerator::comment() {
  std::string comment = one_in(2) ? " " + text() : text();
  std::erase(comment, '\n');
  return std::string(comment_text(comment));
}

Comments TemplateGenerator::comments() {
  Comments comments;
  if (!one_in(4)) return comments;
  comments.before = several(2, [&] { return comment(); });
  if (one_in(2)) comments.after = comment();
  return comments;
}

BlockComments TemplateGenerator::block_comments() {
  BlockComments block;
  static_cast<Comments &>(block) = comments();
  if (one_in(4)) block.closing = several(2, [&] { return comment(); });
  return block;
}

// ---- Expressions
// ----------------------------------------------------------------------------------

Expression TemplateGenerator::leaf() {
  switch (below(9)) {
    case 0: return {NullLiteral{}, {}};
    case 1: return {BooleanLiteral{one_in(2)}, {}};
    case 2: return {NumberLiteral{digits()}, {}};
    case 3: return {TextLiteral{text()}, {}};
    case 4: return {PresetUse{any<Preset>()}, {}};
    case 5: return {Duration{static_cast<std::uint32_t>(below(40)), any<DurationUnit>()}, {}};
    case 6:
      if (!parameters_.empty()) return {ParameterUse{pick(parameters_)}, {}};
      [[fallthrough]];
    default: break;
  }
  Name node;
  if (!aliases_.empty() && !one_in(4)) node.parts.push_back(pick(aliases_));
  node.parts.push_back(name());
  if (one_in(5)) node.parts.push_back(name());
  return {node, {}};
}

Expression TemplateGenerator::set(int depth) {
  switch (below(5)) {
    case 0: return {List{several(3, [&] { return expression(depth - 1); })}, {}};
    case 1: return {Period{expression(depth - 1), expression(depth - 1)}, {}};
    case 2: return {PresetUse{any<Preset>()}, {}};
    case 3: return call(depth);
    default: {
      Expression other = leaf();
      return is_set(other) ? other : Expression{Name{{name()}}, {}};
    }
  }
}

Expression TemplateGenerator::call(int depth) {
  Call call;
  call.function = pick(vocabulary_.functions);
  call.star = one_in(5);
  if (!call.star) {
    call.arguments = several(3, [&] { return expression(depth - 1); });
    call.distinct = !call.arguments.empty() && one_in(4);
  }
  if (one_in(5)) call.filter = expression(depth - 1);
  return {std::move(call), {}};
}

Expression TemplateGenerator::case_of(int depth) {
  Case node;
  if (one_in(3)) node.operand = expression(depth - 1);
  node.branches = several(
      3,
      [&] {
        return CaseBranch{expression(depth - 1), expression(depth - 1)};
      },
      1);
  if (one_in(2)) node.otherwise = expression(depth - 1);
  return {std::move(node), {}};
}

Expression TemplateGenerator::chain(int depth) {
  static const std::vector<std::vector<ChainOperator>> kLevels = {
      {ChainOperator::add, ChainOperator::subtract},
      {ChainOperator::multiply, ChainOperator::divide, ChainOperator::modulo},
      {ChainOperator::concatenate}};
  const auto &level = pick(kLevels);
  Chain chain;
  chain.operands = several(
      4, [&] { return expression(depth - 1); }, 2);
  while (chain.operators.size() + 1 < chain.operands.size()) chain.operators.push_back(pick(level));
  return {std::move(chain), {}};
}

Expression TemplateGenerator::condition_of(int depth) {
  const auto child = [&] { return expression(depth - 1); };
  switch (below(11)) {
    case 0: return {Comparison{any<ComparisonOperator>(), child(), child()}, {}};
    case 1: return {Between{child(), child(), child()}, {}};
    case 2: return {In{child(), set(depth - 1)}, {}};
    case 3: return {IsEmpty{child()}, {}};
    case 4: return {TextMatch{any<TextMatchKind>(), one_in(2), child(), child()}, {}};
    case 5: return {Has{any<HasKind>(), child(), set(depth - 1)}, {}};
    case 6: return {Search{several(3, child, 1), child()}, {}};
    case 7: return {Matches{child(), child()}, {}};
    case 8: return {And{several(3, child, 2)}, {}};
    case 9: return {Or{several(3, child, 2)}, {}};
    default: return {Not{child()}, {}};
  }
}

Expression TemplateGenerator::expression(int depth) {
  if (depth <= 2 || one_in(3)) return leaf();
  switch (below(8)) {
    case 0: return call(depth);
    case 1: return case_of(depth);
    case 2: return chain(depth);
    case 3: return {Cast{expression(depth - 1), any<CastType>()}, {}};
    case 4: return {Negative{expression(depth - 1)}, {}};
    default: return condition_of(depth);
  }
}

Expression TemplateGenerator::constant_term() {
  switch (below(7)) {
    case 0: return {NullLiteral{}, {}};
    case 1: return {BooleanLiteral{one_in(2)}, {}};
    case 2: return {NumberLiteral{digits()}, {}};
    case 3: return {Negative{Expression{NumberLiteral{digits()}, {}}}, {}};
    case 4: return {PresetUse{any<Preset>()}, {}};
    case 5: return {Duration{static_cast<std::uint32_t>(below(40)), any<DurationUnit>()}, {}};
    default: return {TextLiteral{text()}, {}};
  }
}

Expression TemplateGenerator::constant_sum() {
  Chain chain;
  chain.operands = several(
      3, [&] { return constant_term(); }, 1);
  if (chain.operands.size() == 1) return std::move(chain.operands.front());
  while (chain.operators.size() + 1 < chain.operands.size()) {
    chain.operators.push_back(one_in(2) ? ChainOperator::add : ChainOperator::subtract);
  }
  return {std::move(chain), {}};
}

Expression TemplateGenerator::constant() {
  if (one_in(4)) return {List{several(3, [&] { return constant_term(); })}, {}};
  if (one_in(4)) return {Period{constant_sum(), constant_sum()}, {}};
  return constant_sum();
}

// ---- Items
// ----------------------------------------------------------------------------------------

std::vector<Condition> TemplateGenerator::where() {
  if (one_in(2)) return {};
  return several(3, [&] { return Condition{comments(), expression(kDepth)}; });
}

Parameter TemplateGenerator::parameter() {
  Parameter parameter;
  parameter.comments = comments();
  parameter.name = parameters_.empty() ? "period" : word() + std::to_string(parameters_.size());
  parameters_.push_back(parameter.name);
  parameter.type = any<ParameterType>();
  if (parameter.type == ParameterType::choice) {
    parameter.choices = several(
        3, [&] { return text(); }, 1);
  }
  parameter.array = one_in(4);
  parameter.optional = one_in(2);
  if (one_in(2)) parameter.default_value = constant();
  if (one_in(4)) parameter.label = text();
  if (one_in(8)) parameter.description = text() + text() + text() + text();
  return parameter;
}

Relation TemplateGenerator::relation() {
  Relation relation;
  const auto &[schema, table] = pick(vocabulary_.relations);
  relation.schema = schema;
  relation.name = one_in(8) ? name() : table;
  if (!one_in(4)) relation.alias = one_in(4) ? word() : "r" + std::to_string(aliases_.size());
  aliases_.push_back(relation.alias.empty() ? relation.name : relation.alias);
  return relation;
}

Column TemplateGenerator::column() {
  Column column;
  column.comments = comments();
  column.heading = filled_text();
  if (one_in(6)) {
    column.value = FormulaText{filled_text(), {}};
  } else {
    column.value = expression(kDepth);
  }
  if (one_in(3)) column.format = "0.0" + text();
  column.align = any<ColumnAlignment>();
  if (one_in(4)) column.width = digits();
  column.as_text = one_in(4);
  column.total = any<TotalKind>();
  column.mask.kind = any<MaskKind>();
  if (column.mask.kind == MaskKind::partial) {
    column.mask.first = static_cast<std::uint32_t>(below(5));
    column.mask.last = static_cast<std::uint32_t>(below(5));
  }
  return column;
}

Metric TemplateGenerator::metric() {
  Metric metric;
  metric.comments = comments();
  metric.heading = filled_text();
  metric.expression = expression(kDepth);
  if (one_in(2)) metric.format = filled_text();
  if (one_in(3)) metric.compare = Comparing{one_in(2) ? "" : word(), {}};
  metric.lower_is_better = one_in(4);
  return metric;
}

Query TemplateGenerator::query() {
  Query query;
  query.where = where();
  if (one_in(3)) {
    query.group_by = {comments(), several(
                                      3, [&] { return expression(3); }, 1)};
  }
  query.columns = several(4, [&] { return column(); });
  if (one_in(2)) {
    query.order_by = {comments(),
                      several(
                          3,
                          [&] {
                            return OrderKey{expression(3), one_in(2), any<NullsOrder>()};
                          },
                          1)};
  }
  if (one_in(4)) query.limit = Limit{comments(), 1 + below(INT64_MAX)};
  return query;
}

SectionHead TemplateGenerator::head() {
  SectionHead head;
  head.comments = block_comments();
  head.name = filled_text();
  if (one_in(4)) head.title = filled_text();
  head.half = one_in(4);
  head.page_break = one_in(4);
  return head;
}

Chart TemplateGenerator::chart() {
  Chart chart;
  chart.form = any<ChartForm>();
  chart.stacked = one_in(4);
  chart.horizontal = one_in(4);
  if (!one_in(4)) chart.category = HeadingUse{filled_text(), {}};
  chart.values = several(3, [&] { return HeadingUse{filled_text(), {}}; });
  if (one_in(4)) chart.category_axis = filled_text();
  if (one_in(4)) chart.value_axis = filled_text();
  if (one_in(4)) chart.format = filled_text();
  return chart;
}

Section TemplateGenerator::section() {
  switch (below(5)) {
    case 0: return ChartSection{head(), query(), chart()};
    case 1: {
      Summary summary{head(), where(), several(4, [&] { return metric(); })};
      if (one_in(2)) summary.head.name.clear();
      return summary;
    }
    case 2:
      return TextSection{head(), several(3, [&] {
                           return Paragraph{comments(), filled_text(), {}};
                         })};
    default: break;
  }
  Sheet sheet;
  sheet.head = head();
  sheet.groups = several(2, [&] { return GroupBreak{comments(), filled_text(), one_in(2), {}}; });
  sheet.query = query();
  sheet.charts = several(2, [&] {
    Chart each = chart();
    each.comments = block_comments();
    if (one_in(2)) each.title = filled_text();
    return each;
  });
  return sheet;
}

Nest TemplateGenerator::nest() {
  return {block_comments(), filled_text(), HeadingUse{filled_text(), {}}, query(), {}};
}

std::string TemplateGenerator::option_name() {
  static const std::vector<std::string> kNames = {"page", "header", "autofilter", "dialect", "x_1"};
  return pick(kNames);
}

OptionAtom TemplateGenerator::atom() {
  if (one_in(3)) return OptionWord{word()};
  if (one_in(2)) return OptionText{text()};
  return OptionNumber{(one_in(2) ? "-" : "") + digits()};
}

OptionValue TemplateGenerator::option_value() {
  if (one_in(4)) return OptionList{several(3, [&] { return atom(); })};
  return std::visit([](auto each) { return OptionValue(std::move(each)); }, atom());
}

FormatBlock TemplateGenerator::format(FormatName name) {
  FormatBlock block;
  block.comments = block_comments();
  block.format = name;
  for (std::uint64_t n = below(4); n > 0; --n) {
    FormatOption option;
    option.comments = comments();
    option.name = option_name();
    option.value = option_value();
    const bool known = std::any_of(block.options.begin(), block.options.end(),
                                   [&](const auto &other) { return other.name == option.name; });
    if (!known) block.options.push_back(std::move(option));
  }
  return block;
}

Template TemplateGenerator::next() {
  aliases_.clear();
  parameters_.clear();
  Template tree;
  tree.comments = block_comments();
  if (one_in(4)) tree.end_comments = several(2, [&] { return comment(); });
  tree.name = word();
  if (!one_in(4)) tree.title = TextItem{comments(), text(), {}};
  if (one_in(4)) tree.description = TextItem{comments(), text(), {}};
  tree.parameters = several(4, [&] { return parameter(); });
  if (!one_in(8)) tree.from = From{comments(), relation()};
  tree.joins = several(2, [&] {
    Join join;
    join.comments = comments();
    join.left = one_in(2);
    join.relation = relation();
    join.on = expression(3);
    return join;
  });
  tree.where = where();
  tree.sections = several(4, [&] { return section(); });
  tree.nests = several(2, [&] { return nest(); });
  for (const FormatName name :
       {FormatName::csv, FormatName::json, FormatName::xlsx, FormatName::pdf}) {
    if (one_in(4)) tree.formats.push_back(format(name));
  }
  return tree;
}

}  // namespace pgexport::dsl
