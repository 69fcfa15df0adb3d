#include "dsl/printer.h"

#include <algorithm>
#include <utility>

#include "dsl/expression_printer.h"
#include "dsl/utf8.h"
#include "dsl/words.h"

namespace pgexport::dsl {

namespace {

constexpr std::size_t kWidth = 100;  // characters; a longer list of options goes line by line

std::size_t width_of(std::string_view text) {
  std::size_t width = 0;
  for (std::size_t at = 0; at < text.size(); at += character_at(text, at).length) ++width;
  return width;
}

std::string text_option(std::string_view word, std::string_view text) {
  return std::string(word) + " " + print_text(text);
}

template <typename Enum>
std::string word_option(std::string_view word, Enum value) {
  return std::string(word) + " " + std::string(word_of(value));
}

class Printer {
 public:
  std::string print(const Template &tree) {
    open_block(tree.comments, "template " + tree.name);
    for (const auto *item : {&tree.title, &tree.description}) {
      if (*item) text_item(item == &tree.title ? "title" : "description", **item);
    }
    group(tree.parameters);
    if (tree.from) {
      separate();
      from(*tree.from);
    }
    for (const Join &join : tree.joins) item(join);
    if (!tree.where.empty()) separate();
    where(tree.where);
    for (const Section &section : tree.sections) {
      separate();
      std::visit([this](const auto &kind) { item(kind); }, section);
    }
    for (const Nest &nest : tree.nests) {
      separate();
      item(nest);
    }
    group(tree.formats);
    close_block(tree.comments);
    comments(tree.end_comments);
    return std::move(out_);
  }

 private:
  // ---- Lines ----

  void indent(std::size_t more = 0) { out_.append(2 * (level_ + more), ' '); }

  void comments(const std::vector<std::string> &list, std::size_t more = 0) {
    for (const std::string &text : list) {
      indent(more);
      out_.append("#").append(text).append("\n");
    }
  }

  void end_line(std::string_view comment) {
    if (!comment.empty()) out_.append("  #").append(comment);
    out_ += '\n';
  }

  void line(const Comments &around, std::string_view text) {
    comments(around.before);
    indent();
    out_ += text;
    end_line(around.after);
  }

  // An empty line, unless this is the first item of its block.
  void separate() {
    if (!first_in_block_) out_ += '\n';
    first_in_block_ = false;
  }

  void open_block(const BlockComments &around, std::string_view head) {
    comments(around.before);
    indent();
    out_.append(head).append(" {");
    end_line(around.after);
    ++level_;
    first_in_block_ = true;
  }
  void close_block(const BlockComments &around) {
    comments(around.closing);
    --level_;
    indent();
    out_ += "}\n";
    first_in_block_ = false;
  }

  template <typename Items>
  void group(const Items &items) {
    if (!items.empty()) separate();
    for (const auto &each : items) item(each);
  }

  static std::string inline_block(const std::vector<std::string> &options) {
    std::string block = " {";
    for (const std::string &option : options) block.append(" ").append(option);
    return block + " }";
  }

  bool fits(std::string_view text) const { return 2 * level_ + width_of(text) <= kWidth; }

  // `head { option option }`, in one line if that is short enough.
  void with_options(const Comments &around, const std::string &head,
                    const std::vector<std::string> &options) {
    if (options.empty()) return line(around, head);
    const std::string one_line = head + inline_block(options);
    if (fits(one_line)) return line(around, one_line);
    comments(around.before);
    indent();
    out_.append(head).append(" {\n");
    for (const std::string &option : options) {
      indent(1);
      out_.append(option).append("\n");
    }
    indent();
    out_ += "}";
    end_line(around.after);
  }

  // ---- The template ----

  void text_item(std::string_view word, const TextItem &item) {
    line(item.comments, text_option(word, item.text));
    first_in_block_ = false;
  }

  void item(const Parameter &parameter) {
    std::string head = "param " + parameter.name + " " + type_of(parameter);
    if (parameter.default_value) {
      head += " = ";
      append_constant(head, *parameter.default_value);
    }
    std::vector<std::string> options;
    if (!parameter.label.empty()) options.push_back(text_option("label", parameter.label));
    if (!parameter.description.empty()) {
      options.push_back(text_option("description", parameter.description));
    }
    with_options(parameter.comments, head, options);
  }

  static std::string type_of(const Parameter &parameter) {
    std::string type(word_of(parameter.type));
    if (parameter.type == ParameterType::choice) {
      type = "one of (";
      for (const std::string &choice : parameter.choices) {
        if (&choice != &parameter.choices.front()) type += ", ";
        append_text(type, choice);
      }
      type += ")";
    }
    if (parameter.array) type += "[]";
    if (parameter.optional) type += "?";
    return type;
  }

  static std::string relation_text(const Relation &relation) {
    std::string text;
    if (!relation.schema.empty()) {
      append_name(text, relation.schema);
      text += '.';
    }
    append_name(text, relation.name);
    if (!relation.alias.empty()) {
      text += " as ";
      append_name(text, relation.alias);
    }
    return text;
  }

  void from(const From &from) { line(from.comments, "from " + relation_text(from.relation)); }

  void item(const Join &join) {
    line(join.comments, (join.left ? "left join " : "join ") + relation_text(join.relation) +
                            " on " + print_expression(join.on));
  }

  void where(const std::vector<Condition> &conditions) {
    for (const Condition &condition : conditions) {
      const bool first = &condition == &conditions.front();
      comments(condition.comments.before, first ? 0 : 1);
      indent(first ? 0 : 1);
      out_ += first ? "where " : "and ";
      if (conditions.size() > 1 || std::holds_alternative<And>(condition.expression.node)) {
        append_conjunct(out_, condition.expression);
      } else {
        append_expression(out_, condition.expression);
      }
      end_line(condition.comments.after);
    }
  }

  // ---- Sections ----

  void open_section(const SectionHead &head, std::string text) {
    if (!head.name.empty()) text.append(" ").append(print_text(head.name));
    open_block(head.comments, text);
    if (!head.title.empty()) plain(text_option("title", head.title));
    if (head.half) plain("half");
    if (head.page_break) plain("page break");
  }

  void plain(std::string_view text) { line(Comments(), text); }

  void item(const Sheet &sheet) {
    open_section(sheet.head, "sheet");
    before_columns(sheet.query);
    for (const GroupBreak &each : sheet.groups) item(each);
    from_columns(sheet.query);
    for (const Chart &chart : sheet.charts) item(chart);
    close_block(sheet.head.comments);
  }

  void item(const ChartSection &section) {
    open_section(section.head, word_option("chart", section.chart.form));
    before_columns(section.query);
    from_columns(section.query);
    for (const std::string &option : chart_options(section.chart)) plain(option);
    close_block(section.head.comments);
  }

  void item(const Summary &summary) {
    open_section(summary.head, "summary");
    where(summary.where);
    for (const Metric &metric : summary.metrics) item(metric);
    close_block(summary.head.comments);
  }

  void item(const TextSection &section) {
    open_section(section.head, "text");
    for (const Paragraph &paragraph : section.paragraphs) {
      line(paragraph.comments, text_option("paragraph", paragraph.text));
    }
    close_block(section.head.comments);
  }

  void item(const Nest &nest) {
    open_block(nest.comments,
               "nest " + print_text(nest.name) + " in " + print_text(nest.parent.heading));
    before_columns(nest.query);
    from_columns(nest.query);
    close_block(nest.comments);
  }

  void before_columns(const Query &query) {
    where(query.where);
    if (query.group_by.keys.empty()) return;
    std::string text = "group by ";
    for (const Expression &key : query.group_by.keys) {
      if (&key != &query.group_by.keys.front()) text += ", ";
      append_expression(text, key);
    }
    line(query.group_by.comments, text);
  }

  void from_columns(const Query &query) {
    for (const Column &column : query.columns) item(column);
    if (!query.order_by.keys.empty()) order_by(query.order_by);
    if (query.limit) line(query.limit->comments, "limit " + std::to_string(query.limit->rows));
  }

  void order_by(const OrderBy &order_by) {
    std::string text = "order by ";
    for (const OrderKey &key : order_by.keys) {
      if (&key != &order_by.keys.front()) text += ", ";
      append_expression(text, key.expression);
      if (key.descending) text += " desc";
      if (key.nulls != NullsOrder::automatic) text += " " + word_option("nulls", key.nulls);
    }
    line(order_by.comments, text);
  }

  void item(const GroupBreak &group) {
    std::vector<std::string> options;
    if (group.subtotal) options.emplace_back("subtotal");
    with_options(group.comments, text_option("group", group.heading), options);
  }

  void item(const Column &column) {
    std::string head = text_option("column", column.heading) + " = ";
    if (const auto *formula = std::get_if<FormulaText>(&column.value)) {
      head += text_option("formula", formula->text);
    } else {
      append_expression(head, std::get<Expression>(column.value));
    }
    std::vector<std::string> options;
    if (!column.format.empty()) options.push_back(text_option("format", column.format));
    if (column.align != ColumnAlignment::automatic) {
      options.push_back(word_option("align", column.align));
    }
    if (!column.width.empty()) options.push_back("width " + column.width);
    if (column.as_text) options.emplace_back("as text");
    if (column.total != TotalKind::none) options.push_back(word_option("total", column.total));
    if (column.mask.kind != MaskKind::none) options.push_back(mask_option(column.mask));
    with_options(column.comments, head, options);
  }

  static std::string mask_option(const Mask &mask) {
    std::string text = word_option("mask", mask.kind);
    if (mask.kind != MaskKind::partial) return text;
    return text + "(" + std::to_string(mask.first) + ", " + std::to_string(mask.last) + ")";
  }

  void item(const Metric &metric) {
    std::string head = text_option("metric", metric.heading) + " = ";
    append_expression(head, metric.expression);
    std::vector<std::string> options;
    if (!metric.format.empty()) options.push_back(text_option("format", metric.format));
    if (metric.compare) {
      const std::string &parameter = metric.compare->parameter;
      options.push_back("compare previous" + (parameter.empty() ? "" : " $" + parameter));
    }
    if (metric.lower_is_better) options.emplace_back("lower is better");
    with_options(metric.comments, head, options);
  }

  static std::vector<std::string> chart_options(const Chart &chart) {
    std::vector<std::string> options;
    if (!chart.title.empty()) options.push_back(text_option("title", chart.title));
    if (chart.stacked) options.emplace_back("stacked");
    if (chart.horizontal) options.emplace_back("horizontal");
    if (chart.category) options.push_back(text_option("category", chart.category->heading));
    if (!chart.values.empty()) {
      std::string values = "value ";
      for (const HeadingUse &value : chart.values) {
        if (&value != &chart.values.front()) values += ", ";
        append_text(values, value.heading);
      }
      options.push_back(std::move(values));
    }
    if (!chart.category_axis.empty()) {
      options.push_back(text_option("category axis", chart.category_axis));
    }
    if (!chart.value_axis.empty()) options.push_back(text_option("value axis", chart.value_axis));
    if (!chart.format.empty()) options.push_back(text_option("format", chart.format));
    return options;
  }

  void item(const Chart &chart) {
    const std::string head = word_option("chart", chart.form);
    const std::vector<std::string> options = chart_options(chart);
    const std::string one_line = head + inline_block(options);
    if (chart.comments.closing.empty() && fits(one_line)) return line(chart.comments, one_line);
    open_block(chart.comments, head);
    for (const std::string &option : options) plain(option);
    close_block(chart.comments);
  }

  // ---- Format blocks ----

  void item(const FormatBlock &block) {
    open_block(block.comments, word_of(block.format));
    for (const FormatOption &option : block.options) {
      line(option.comments, option.name + " " + value_text(option.value));
    }
    close_block(block.comments);
  }

  static std::string atom_text(const OptionAtom &atom) {
    if (const auto *word = std::get_if<OptionWord>(&atom)) return word->word;
    if (const auto *number = std::get_if<OptionNumber>(&atom)) return number->digits;
    return print_text(std::get<OptionText>(atom).text);
  }

  static std::string value_text(const OptionValue &value) {
    const auto *list = std::get_if<OptionList>(&value);
    if (!list) {
      if (const auto *word = std::get_if<OptionWord>(&value)) return word->word;
      if (const auto *number = std::get_if<OptionNumber>(&value)) return number->digits;
      return print_text(std::get<OptionText>(value).text);
    }
    std::string text = "(";
    for (const OptionAtom &atom : list->items) {
      if (&atom != &list->items.front()) text += ", ";
      text += atom_text(atom);
    }
    return text + ")";
  }

  std::string out_;
  std::size_t level_ = 0;
  bool first_in_block_ = true;
};

}  // namespace

std::string print(const Template &tree) { return Printer().print(tree); }

}  // namespace pgexport::dsl
