#include "dsl/tree.h"

#include <algorithm>

#include "dsl/overload.h"

namespace pgexport::dsl {

namespace {

using Children = std::vector<const Expression *>;

void add(Children &out, const Expression &child) { out.push_back(&child); }
void add(Children &out, const Box<Expression> &child) { out.push_back(&*child); }
void add(Children &out, const std::optional<Box<Expression>> &child) {
  if (child) out.push_back(&**child);
}
void add(Children &out, const std::vector<Expression> &list) {
  for (const Expression &child : list) out.push_back(&child);
}
void add(Children &out, const std::vector<CaseBranch> &branches) {
  for (const CaseBranch &branch : branches) {
    add(out, branch.when);
    add(out, branch.then);
  }
}

template <typename... Parts>
Children gather(const Parts &...parts) {
  Children out;
  (add(out, parts), ...);
  return out;
}

bool is_constant_term(const Expression &expression) {
  return std::visit(Overload{
                        [](const NullLiteral &) { return true; },
                        [](const BooleanLiteral &) { return true; },
                        [](const NumberLiteral &) { return true; },
                        [](const TextLiteral &) { return true; },
                        [](const PresetUse &) { return true; },
                        [](const Duration &) { return true; },
                        [](const Negative &negative) {
                          return std::holds_alternative<NumberLiteral>(negative.operand->node);
                        },
                        [](const auto &) { return false; },
                    },
                    expression.node);
}

bool is_constant_sum(const Expression &expression) {
  const auto *chain = std::get_if<Chain>(&expression.node);
  if (!chain) return is_constant_term(expression);
  const auto additive = [](ChainOperator op) {
    return op == ChainOperator::add || op == ChainOperator::subtract;
  };
  return std::all_of(chain->operators.begin(), chain->operators.end(), additive) &&
         std::all_of(chain->operands.begin(), chain->operands.end(), is_constant_term);
}

}  // namespace

bool operator==(const Expression &a, const Expression &b) { return a.node == b.node; }

bool Case::operator==(const Case &other) const {
  return operand == other.operand && branches == other.branches && otherwise == other.otherwise;
}

std::vector<const Expression *> children(const Expression &expression) {
  return std::visit(
      Overload{
          [](const Call &call) { return gather(call.arguments, call.filter); },
          [](const Case &choice) {
            return gather(choice.operand, choice.branches, choice.otherwise);
          },
          [](const Cast &cast) { return gather(cast.operand); },
          [](const Negative &negative) { return gather(negative.operand); },
          [](const Chain &chain) { return gather(chain.operands); },
          [](const Comparison &comparison) { return gather(comparison.left, comparison.right); },
          [](const Between &between) { return gather(between.value, between.low, between.high); },
          [](const In &in) { return gather(in.value, in.set); },
          [](const IsEmpty &empty) { return gather(empty.value); },
          [](const TextMatch &match) { return gather(match.value, match.pattern); },
          [](const Has &has) { return gather(has.value, has.set); },
          [](const Search &search) { return gather(search.columns, search.query); },
          [](const Matches &matches) { return gather(matches.value, matches.pattern); },
          [](const Not &negation) { return gather(negation.operand); },
          [](const And &conjunction) { return gather(conjunction.members); },
          [](const Or &disjunction) { return gather(disjunction.members); },
          [](const List &list) { return gather(list.items); },
          [](const Period &period) { return gather(period.from, period.to); },
          [](const auto &) { return Children(); },
      },
      expression.node);
}

int depth(const Expression &expression) {
  int deepest = 0;
  for (const Expression *child : children(expression)) deepest = std::max(deepest, depth(*child));
  return deepest + 1;
}

bool is_constant(const Expression &expression) {
  if (const auto *list = std::get_if<List>(&expression.node)) {
    return std::all_of(list->items.begin(), list->items.end(), is_constant_term);
  }
  if (const auto *period = std::get_if<Period>(&expression.node)) {
    return is_constant_sum(*period->from) && is_constant_sum(*period->to);
  }
  return is_constant_sum(expression);
}

bool is_set(const Expression &expression) {
  const ExpressionNode &node = expression.node;
  return std::holds_alternative<List>(node) || std::holds_alternative<Period>(node) ||
         std::holds_alternative<PresetUse>(node) || std::holds_alternative<ParameterUse>(node) ||
         std::holds_alternative<Name>(node) || std::holds_alternative<Call>(node);
}

}  // namespace pgexport::dsl
