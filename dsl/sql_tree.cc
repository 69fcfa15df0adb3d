#include "dsl/sql_tree.h"

#include <algorithm>

#include "dsl/overload.h"

namespace pgexport::dsl::sql {

namespace {

using Parts = std::vector<const Value *>;

void add(Parts &out, const Box<Value> &part) { out.push_back(&*part); }
void add(Parts &out, const std::optional<Box<Value>> &part) {
  if (part) out.push_back(&**part);
}
void add(Parts &out, const std::vector<Value> &list) {
  for (const Value &part : list) out.push_back(&part);
}
void add(Parts &out, const std::vector<SortKey> &keys) {
  for (const SortKey &key : keys) out.push_back(&key.value);
}
void add(Parts &out, const std::vector<Branch> &branches) {
  for (const Branch &branch : branches) {
    out.push_back(&branch.when);
    out.push_back(&branch.then);
  }
}
void add(Parts &out, const std::vector<std::optional<Box<Value>>> &list) {
  for (const auto &part : list) add(out, part);
}

template <typename... Members>
Parts gather(const Members &...members) {
  Parts out;
  (add(out, members), ...);
  return out;
}

}  // namespace

bool operator==(const Value &a, const Value &b) { return a.node == b.node && a.type == b.type; }

bool Invocation::operator==(const Invocation &other) const {
  return function == other.function && calling == other.calling && arguments == other.arguments &&
         distinct == other.distinct && order_by == other.order_by && filter == other.filter;
}

bool Window::operator==(const Window &other) const {
  return function == other.function && arguments == other.arguments &&
         partition_by == other.partition_by && order_by == other.order_by;
}

bool Choice::operator==(const Choice &other) const {
  return branches == other.branches && otherwise == other.otherwise;
}

std::vector<const Value *> parts(const Value &value) {
  return std::visit(
      Overload{
          [](const Operation &operation) { return gather(operation.operands); },
          [](const AnyOf &any) { return gather(any.value, any.array); },
          [](const Invocation &call) { return gather(call.arguments, call.order_by, call.filter); },
          [](const Window &window) {
            return gather(window.arguments, window.partition_by, window.order_by);
          },
          [](const Conversion &conversion) { return gather(conversion.operand); },
          [](const Choice &choice) { return gather(choice.branches, choice.otherwise); },
          [](const Junction &junction) { return gather(junction.members); },
          [](const Negation &negation) { return gather(negation.operand); },
          [](const Test &test) { return gather(test.operand); },
          [](const Collated &collated) { return gather(collated.operand); },
          [](const Record &record) { return gather(record.members); },
          [](const FormulaValue &formula) { return gather(formula.columns, formula.totals); },
          [](const auto &) { return Parts(); },
      },
      value.node);
}

bool is_aggregate(const Value &value) {
  const auto *call = std::get_if<Invocation>(&value.node);
  return call && (call->calling == Calling::aggregate || call->calling == Calling::concatenated);
}

bool has_aggregate(const Value &value) {
  if (is_aggregate(value)) return true;
  const Parts inside = parts(value);
  return std::any_of(inside.begin(), inside.end(),
                     [](const Value *part) { return has_aggregate(*part); });
}

bool is_constant(const Value &value) { return std::holds_alternative<Constant>(value.node); }

bool is_null(const Value &value) {
  const auto *constant = std::get_if<Constant>(&value.node);
  return constant && !constant->text && !constant->items;
}

}  // namespace pgexport::dsl::sql
