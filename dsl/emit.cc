#include "dsl/emit.h"

#include <algorithm>
#include <utility>

#include "dsl/overload.h"
#include "dsl/quote.h"

namespace pgexport::dsl {

namespace {

using namespace sql;  // NOLINT(google-build-using-namespace): the tree this file writes

std::string relation_name(int number) { return "t" + std::to_string(number); }
std::string output_name(int number) { return "c" + std::to_string(number); }

std::string operator_name(std::string_view symbol, const CatalogType *owner) {
  if (!owner) return "OPERATOR(pg_catalog." + std::string(symbol) + ")";
  return quote_operator(owner->equality_schema, owner->equality_name);
}

// The text of an array for array_in(): every element between double quotes.
std::string array_text(const std::vector<std::string> &items) {
  std::string text = "{";
  for (const std::string &item : items) {
    if (text.size() > 1) text += ',';
    text += '"';
    for (const char c : item) {
      if (c == '"' || c == '\\') text += '\\';
      text += c;
    }
    text += '"';
  }
  return text + "}";
}

// Values are written from left to right, a statement each: numbers of arguments must not depend on
// the order in which a compiler evaluates operands.
class Emitter {
 public:
  std::string select(const Select &query) {
    std::string text = "SELECT ";
    text += list(query.outputs, [&](const Output &output) {
      return value(output.value) + " AS " + output_name(output.number);
    });
    for (const Source &source : query.from) text += member(source);
    if (query.where) text += " WHERE " + value(*query.where);
    if (!query.group_by.empty()) text += " GROUP BY " + values(query.group_by);
    if (!query.order_by.empty()) text += " ORDER BY " + keys(query.order_by);
    if (query.limit) {
      const Constant rows{.text = std::to_string(*query.limit)};
      text += " LIMIT " + argument(rows, {Kind::int8});
    }
    return text;
  }

  std::vector<BoundArgument> take_args() { return std::move(args_); }

 private:
  template <typename Items, typename Each>
  static std::string list(const Items &items, Each each, std::string_view separator = ", ") {
    std::string text;
    for (const auto &item : items) {
      if (!text.empty()) text += separator;
      text += each(item);
    }
    return text;
  }

  std::string values(const std::vector<Value> &items) {
    return list(items, [&](const Value &item) { return value(item); });
  }

  std::string keys(const std::vector<SortKey> &items) {
    return list(items, [&](const SortKey &key) {
      std::string text = value(key.value);
      if (key.descending) text += " DESC";
      if (key.nulls == NullsOrder::first) text += " NULLS FIRST";
      if (key.nulls == NullsOrder::last) text += " NULLS LAST";
      return text;
    });
  }

  std::string member(const Source &source) {
    std::string text;
    switch (source.join) {
      case JoinKind::none: text = " FROM "; break;
      case JoinKind::inner: text = " JOIN "; break;
      case JoinKind::left: text = " LEFT JOIN "; break;
      case JoinKind::cross: text = " CROSS JOIN "; break;
    }
    text += std::visit(Overload{
                           [](const CatalogRelation *relation) {
                             return quote_qualified(relation->schema, relation->name);
                           },
                           [&](const Box<Select> &query) { return "(" + select(*query) + ")"; },
                       },
                       source.content);
    text += " AS " + relation_name(source.number);
    if (source.on) text += " ON " + value(*source.on);
    return text;
  }

  std::string argument(const Constant &constant, const Type &type) {
    BoundArgument wanted{type_sql(type), element_oid(type), type.is_array, constant.text};
    if (constant.items) wanted.value = array_text(*constant.items);
    const auto same = [&](const BoundArgument &arg) {
      return arg.type == wanted.type && arg.value == wanted.value;
    };
    auto found = std::find_if(args_.begin(), args_.end(), same);
    if (found == args_.end()) found = args_.insert(args_.end(), std::move(wanted));
    return "$" + std::to_string(found - args_.begin() + 1) + "::" + found->type;
  }

  std::string value(const Value &item) {
    return std::visit(Overload{
                          [&](const Constant &constant) { return argument(constant, item.type); },
                          [&](const Conversion &conversion) {
                            return "CAST(" + value(*conversion.operand) + " AS " +
                                   type_sql(item.type) + ")";
                          },
                          [&](const auto &node) { return text(node); },
                      },
                      item.node);
  }

  static std::string text(const ColumnUse &use) {
    return relation_name(use.relation) + "." + quote_identifier(use.column->name);
  }

  static std::string text(const OutputUse &use) {
    return relation_name(use.relation) + "." + output_name(use.output);
  }

  std::string text(const Operation &operation) {
    const std::string name = operator_name(operation.symbol, operation.owner);
    if (operation.operands.size() == 1)
      return "(" + name + " " + value(operation.operands[0]) + ")";
    return "(" +
           list(
               operation.operands, [&](const Value &operand) { return value(operand); },
               " " + name + " ") +
           ")";
  }

  std::string text(const AnyOf &any) {
    std::string out = "(" + value(*any.value);
    out += " " + operator_name("=", any.owner) + " ANY (";
    out += value(*any.array);
    return out + "))";
  }

  std::string text(const Invocation &call) {
    std::string out = call.calling == Calling::construct ? "" : "pg_catalog.";
    out += std::string(call.function) + "(";
    if (call.distinct) out += "DISTINCT ";
    out +=
        call.calling == Calling::aggregate && call.arguments.empty() ? "*" : values(call.arguments);
    if (!call.order_by.empty()) out += " ORDER BY " + keys(call.order_by);
    out += ")";
    if (call.filter) out += " FILTER (WHERE " + value(**call.filter) + ")";
    return out;
  }

  std::string text(const Window &window) {
    std::string over;
    if (!window.partition_by.empty()) over += "PARTITION BY " + values(window.partition_by);
    if (!window.order_by.empty()) {
      over += (over.empty() ? "ORDER BY " : " ORDER BY ") + keys(window.order_by);
    }
    std::string out = "pg_catalog." + std::string(window.function);
    out += "(" + values(window.arguments) + ") OVER (";
    return out + over + ")";
  }

  std::string text(const Choice &choice) {
    std::string out = "CASE";
    for (const Branch &branch : choice.branches) {
      out += " WHEN " + value(branch.when);
      out += " THEN " + value(branch.then);
    }
    if (choice.otherwise) out += " ELSE " + value(**choice.otherwise);
    return out + " END";
  }

  std::string text(const Junction &junction) {
    return "(" +
           list(
               junction.members, [&](const Value &member) { return value(member); },
               junction.all ? " AND " : " OR ") +
           ")";
  }

  std::string text(const Negation &negation) { return "(NOT " + value(*negation.operand) + ")"; }

  std::string text(const Test &test) {
    const std::string_view words = test.kind == TestKind::is_null       ? " IS NULL)"
                                   : test.kind == TestKind::is_not_null ? " IS NOT NULL)"
                                                                        : " IS NOT TRUE)";
    return "(" + value(*test.operand) + std::string(words);
  }

  std::string text(const Collated &collated) {
    return "(" + value(*collated.operand) + " COLLATE pg_catalog.\"default\")";
  }

  std::string text(const Record &record) { return "ROW(" + values(record.members) + ")"; }

  std::string text(const FormulaValue &formula) {
    const auto pick = [&](const std::vector<std::optional<Box<Value>>> &from, int column) {
      return value(**from[static_cast<std::size_t>(column)]);
    };
    return to_sql(formula.formula, {[&](int column) { return pick(formula.columns, column); },
                                    [&](int column) { return pick(formula.totals, column); },
                                    [&](std::string_view constant, FormulaType type) {
                                      const Kind kind = type == FormulaType::number ? Kind::numeric
                                                        : type == FormulaType::text ? Kind::text
                                                                                    : Kind::boolean;
                                      return argument({.text = std::string(constant)}, {kind});
                                    }});
  }

  std::vector<BoundArgument> args_;
};

}  // namespace

Statement emit(const sql::Select &select) {
  Emitter emitter;
  Statement statement;
  statement.sql = emitter.select(select);
  statement.args = emitter.take_args();
  return statement;
}

}  // namespace pgexport::dsl
