#include "dsl/queries.h"

#include <algorithm>
#include <utility>

#include "core/error.h"
#include "dsl/fault.h"
#include "dsl/formulas.h"

namespace pgexport::dsl {

using sql::Value;

namespace {

constexpr Type kText{Kind::text};

// A column in `value` that is neither grouped nor inside an aggregate; nullptr if there is none.
const CatalogColumn *ungrouped(const Value &value, const std::vector<Value> &keys) {
  if (std::find(keys.begin(), keys.end(), value) != keys.end()) return nullptr;
  if (sql::is_aggregate(value)) return nullptr;
  if (const auto *use = std::get_if<sql::ColumnUse>(&value.node)) return use->column;
  for (const Value *part : sql::parts(value)) {
    if (const CatalogColumn *column = ungrouped(*part, keys)) return column;
  }
  return nullptr;
}

// A value to group or sort by.
Value sorted(Value value, Place place) {
  if (value.type.is_sorted()) return value;
  throw Fault(sqlstate::datatype_mismatch, place,
              "rows cannot be grouped or sorted by values of type " + type_label(value.type),
              "Use a part of the value that is a text, a number or a time.");
}

Value output_of(int relation, const sql::Output &output) {
  return {sql::OutputUse{relation, output.number}, output.value.type};
}

Value record(std::vector<Value> members) {
  return {sql::Record{std::move(members)}, {Kind::record}};
}

// Adds a result behind the others and returns its use from outside, where the query is t<relation>.
Value add_output(sql::Select &select, Value value, int relation) {
  const int number = static_cast<int>(select.outputs.size()) + 1;
  select.outputs.push_back({number, std::move(value)});
  return output_of(relation, select.outputs.back());
}

// Hands the keys of an order out as results, to be used again outside.
std::vector<sql::SortKey> hand_out(const std::vector<sql::SortKey> &order, sql::Select &select,
                                   int relation) {
  std::vector<sql::SortKey> outside;
  outside.reserve(order.size());
  for (const sql::SortKey &key : order) {
    outside.push_back({add_output(select, key.value, relation), key.descending, key.nulls});
  }
  return outside;
}

Value no_rows() { return constant("[]", {Kind::json}); }

Value rows_or_none(Value rows) {
  return construct("COALESCE", {std::move(rows), no_rows()}, {Kind::json});
}

}  // namespace

// Runs `body`; a fault becomes a diagnostic, and false.
template <typename Body>
bool QueryBinder::collect(Body body) {
  try {
    body();
    return true;
  } catch (const Fault &fault) {
    diagnostics_.error(fault.state(), fault.place(), fault.message(), fault.hint());
    return false;
  }
}

QueryBinder::QueryBinder(const Template &source, Catalog &catalog, Parameters &parameters,
                         Constants &constants, Diagnostics &diagnostics)
    : template_(source),
      scope_(catalog),
      binder_(scope_, parameters, catalog, constants),
      parameters_(parameters),
      diagnostics_(diagnostics) {
  bind_sources();
}

void QueryBinder::bind_sources() {
  if (!template_.from) return;
  is_broken_ = !collect([&] {
    const int number = scope_.add(template_.from->relation);
    sources_.push_back({number, scope_.relation(number)});
  });
  for (const Join &join : template_.joins) {
    is_broken_ = !collect([&] { bind_join(join); }) || is_broken_;
  }
}

void QueryBinder::bind_join(const Join &join) {
  const int number = scope_.add(join.relation);
  auto on = binder_.condition(join.on, Aggregates::refused);
  if (!on) {
    throw Fault(sqlstate::invalid_parameter_value, join.on.place,
                "the join has no condition left without its optional parameters",
                "Join by columns, and put conditions on parameters into where.");
  }
  sources_.push_back({number, scope_.relation(number),
                      join.left ? sql::JoinKind::left : sql::JoinKind::inner, std::move(on)});
}

bool QueryBinder::has_source(Place place) {
  if (template_.from) return !is_broken_;
  diagnostics_.error(sqlstate::syntax_error, place, "the template has no from",
                     "Say where the rows come from, as in \"from sales.orders as o\".");
  return false;
}

std::optional<Value> QueryBinder::bind_where(
    const std::vector<const std::vector<Condition> *> &extra) {
  std::vector<Value> members;
  const auto add = [&](const std::vector<Condition> &conditions) {
    for (const Condition &condition : conditions) {
      collect([&] {
        if (auto bound = binder_.condition(condition.expression, Aggregates::refused)) {
          members.push_back(*std::move(bound));
        }
      });
    }
  };
  add(template_.where);
  for (const auto *conditions : extra) add(*conditions);
  if (members.empty()) return std::nullopt;
  return conjunction(std::move(members));
}

QueryBinder::Level QueryBinder::bind_level(const Query &query) {
  Level level;
  for (const Expression &key : query.group_by.keys) {
    collect(
        [&] { level.keys.push_back(sorted(binder_.value(key, Aggregates::refused), key.place)); });
  }
  level.is_grouped = !query.group_by.keys.empty();
  for (const Column &column : query.columns) {
    std::optional<Value> &bound = level.columns.emplace_back();
    const auto *expression = std::get_if<Expression>(&column.value);
    if (!expression) continue;
    collect([&] { bound = binder_.value(*expression, Aggregates::allowed); });
    level.is_grouped = level.is_grouped || (bound && sql::has_aggregate(*bound));
  }
  for (const OrderKey &key : query.order_by.keys) {
    collect([&] {
      Value value =
          sorted(binder_.value(key.expression, Aggregates::allowed), key.expression.place);
      level.is_grouped = level.is_grouped || sql::has_aggregate(value);
      level.order.push_back({std::move(value), key.descending, key.nulls});
    });
  }
  return level;
}

void QueryBinder::check_grouping(const Query &query, const Level &level) {
  if (!level.is_grouped) return;
  const auto check = [&](const Value &value, Place place) {
    const CatalogColumn *column = ungrouped(value, level.keys);
    if (!column) return;
    diagnostics_.error(
        sqlstate::grouping_error, place,
        "column " + quoted_excerpt(column->name) + " is neither in group by nor in an aggregate",
        "Add it to group by, or write for example sum(" + column->name + ").");
  };
  for (std::size_t i = 0; i < level.columns.size(); i++) {
    const auto *expression = std::get_if<Expression>(&query.columns[i].value);
    if (level.columns[i] && expression) check(*level.columns[i], expression->place);
  }
  for (std::size_t i = 0; i < level.order.size(); i++) {
    check(level.order[i].value, query.order_by.keys[i].expression.place);
  }
}

void QueryBinder::check_columns(const std::vector<Column> &columns, Place place) {
  if (columns.empty()) {
    diagnostics_.error(sqlstate::syntax_error, place, "there is no column",
                       "Add one, as in: column \"Name\" = o.name");
  }
  for (std::size_t i = 0; i < columns.size(); i++) {
    for (std::size_t j = 0; j < i; j++) {
      if (columns[i].heading != columns[j].heading) continue;
      diagnostics_.error(sqlstate::duplicate_column, columns[i].place,
                         "two columns are called " + quoted_excerpt(columns[i].heading),
                         "Headings are unique within a section.");
    }
  }
}

// Rows of a group must follow each other: its columns come first, in the direction that the order
// gives them, if it names them.  A limit still counts in the order of the template.
void QueryBinder::order_by_groups(const Query &query, const std::vector<GroupBreak> &groups,
                                  Level &level) {
  std::vector<sql::SortKey> first;
  std::vector<sql::SortKey> rest = level.order;
  for (const GroupBreak &group : groups) {
    const auto column =
        std::find_if(query.columns.begin(), query.columns.end(),
                     [&](const Column &candidate) { return candidate.heading == group.heading; });
    if (column == query.columns.end()) continue;
    const auto &value = level.columns[static_cast<std::size_t>(column - query.columns.begin())];
    if (!value) continue;
    const auto same = std::find_if(rest.begin(), rest.end(),
                                   [&](const sql::SortKey &key) { return key.value == *value; });
    if (same == rest.end()) {
      first.push_back({*value});
    } else {
      first.push_back(*same);
      rest.erase(same);
    }
  }
  first.insert(first.end(), rest.begin(), rest.end());
  level.shown_order = std::move(first);
}

std::vector<Value> QueryBinder::bind_formulas(const std::vector<Column> &columns,
                                              const Level &level, int relation) {
  std::vector<std::optional<Type>> types;
  for (std::size_t i = 0; i < columns.size(); i++) {
    const bool is_formula = std::holds_alternative<FormulaText>(columns[i].value);
    if (!is_formula && !level.columns[i]) return {};  // already a fault
    types.push_back(is_formula ? std::nullopt : std::optional(level.columns[i]->type));
  }
  FormulaBinder formulas(columns, types, relation);
  std::vector<Value> values;
  for (std::size_t i = 0; i < columns.size(); i++) {
    collect([&] { values.push_back(formulas.value(i)); });
  }
  return values;
}

std::optional<BoundTable> QueryBinder::bind_table(const Query &query, Place place,
                                                  const std::vector<GroupBreak> &groups,
                                                  std::string_view sheet, bool with_nests) {
  if (!has_source(place)) return std::nullopt;
  check_columns(query.columns, place);
  Level level = bind_level(query);
  check_grouping(query, level);
  order_by_groups(query, groups, level);
  const bool has_one_row = level.is_grouped && level.keys.empty();
  if (query.order_by.keys.empty() && groups.empty() && !has_one_row) {
    diagnostics_.warning(place, "the rows come in any order",
                         "Add an \"order by\", so that a document is the same every time.");
  }
  sql::Select rows;
  rows.from = sources_;
  rows.where = bind_where({&query.where});
  rows.group_by = level.keys;
  if (query.limit) rows.limit = query.limit->rows;
  std::vector<Value> columns = bind_formulas(query.columns, level, next_relation());
  std::vector<Child> children;
  if (with_nests) children = bind_children(sheet, {level.keys, {&query.where}});
  if (diagnostics_.has_errors()) return std::nullopt;

  BoundTable table;
  for (const Value &column : columns) table.types.push_back(column.type);
  for (const Child &child : children) {
    table.types.push_back({Kind::json});
    table.nests.push_back(child.nest);
  }
  // Numbers of results are those of the columns, with gaps where formulas are.
  for (std::size_t i = 0; i < level.columns.size(); i++) {
    if (level.columns[i]) rows.outputs.push_back({static_cast<int>(i) + 1, *level.columns[i]});
  }
  const bool limits_other_rows = rows.limit && !(level.order == level.shown_order);
  if (children.empty() && rows.outputs.size() == columns.size() && !limits_other_rows) {
    rows.order_by = level.shown_order;
    table.select = std::move(rows);
  } else {
    table.select = wrap(std::move(rows), level, std::move(columns), std::move(children));
  }
  return table;
}

// The query around `rows` for what needs its finished rows: formulas, children, an order other than
// that of the limit.
sql::Select QueryBinder::wrap(sql::Select rows, const Level &level, std::vector<Value> columns,
                              std::vector<Child> children) {
  const int relation = next_relation();
  int next = static_cast<int>(columns.size()) + 1;  // behind all columns
  const auto hand_out = [&](Value value) {
    rows.outputs.push_back({next++, std::move(value)});
    return output_of(relation, rows.outputs.back());
  };
  sql::Select outer;
  for (const sql::SortKey &key : level.shown_order) {
    outer.order_by.push_back({hand_out(key.value), key.descending, key.nulls});
  }
  std::optional<Value> key;
  if (!children.empty()) key = hand_out(record(level.keys));
  if (rows.limit) rows.order_by = level.order;
  outer.from.push_back({relation, Box<sql::Select>(std::move(rows))});
  int number = 1;
  for (Value &column : columns) outer.outputs.push_back({number++, std::move(column)});
  for (Value &rows_of_child : join_children(std::move(children), key, relation, outer)) {
    outer.outputs.push_back({number++, std::move(rows_of_child)});
  }
  return outer;
}

// Joins the children to `outer`, whose rows have the key; returns their rows, one value each.
std::vector<Value> QueryBinder::join_children(std::vector<Child> children,
                                              const std::optional<Value> &key, int relation,
                                              sql::Select &outer) {
  std::vector<Value> rows;
  for (Child &child : children) {
    relation++;
    Value child_key{sql::OutputUse{relation, 1}, {Kind::record}};
    Value same = operation("=", {*key, std::move(child_key)}, {Kind::boolean});
    outer.from.push_back({relation, Box<sql::Select>(std::move(child.select)), sql::JoinKind::left,
                          std::move(same)});
    rows.push_back(rows_or_none({sql::OutputUse{relation, 2}, {Kind::json}}));
  }
  return rows;
}

std::vector<QueryBinder::Child> QueryBinder::bind_children(std::string_view parent,
                                                           const Surroundings &surroundings) {
  std::vector<Child> children;
  for (const Nest &nest : template_.nests) {
    if (nest.parent.heading != parent || nest.name == parent) continue;
    if (surroundings.keys.empty()) {
      diagnostics_.error(sqlstate::grouping_error, nest.parent.place,
                         quoted_excerpt(parent) + " has no group by, so its rows have no children",
                         "Rows are nested inside the groups of a sheet or of another nest.");
      continue;
    }
    if (surroundings.where.size() > kMaxNestDepth) {
      diagnostics_.error(sqlstate::program_limit_exceeded, nest.place, "nests are too deep",
                         "The limit is " + std::to_string(kMaxNestDepth) + " within each other.");
      continue;
    }
    if (auto select = bind_nest(nest, surroundings)) {
      children.push_back({&nest, *std::move(select)});
    }
  }
  return children;
}

void QueryBinder::check_nest(const Nest &nest, std::size_t children) {
  check_columns(nest.query.columns, nest.place);
  if (nest.query.columns.size() + children > kMaxNestColumns) {
    diagnostics_.error(sqlstate::program_limit_exceeded, nest.place,
                       "nest " + quoted_excerpt(nest.name) + " has too many columns",
                       "The limit is " + std::to_string(kMaxNestColumns) + ".");
  }
  for (const Column &column : nest.query.columns) {
    const char *what = std::holds_alternative<FormulaText>(column.value) ? "formula"
                       : column.mask.kind != MaskKind::none              ? "mask"
                       : column.total != TotalKind::none                 ? "total"
                                                                         : nullptr;
    if (!what) continue;
    diagnostics_.error(sqlstate::feature_not_supported, column.place,
                       "a column of a nest has no " + std::string(what), "Use it in a sheet.");
  }
}

// One child as a JSON object: the results of its level, and the rows of its own children.
Value QueryBinder::nest_row(const Nest &nest, const Level &level, int relation,
                            const std::vector<std::string> &names, std::vector<Value> rows) {
  std::vector<Value> members;
  for (std::size_t i = 0; i < level.columns.size(); i++) {
    Value value{sql::OutputUse{relation, static_cast<int>(i) + 1}, level.columns[i]->type};
    const Place place = nest.query.columns[i].place;
    if (value.type.entry) value = binder_.converter().to_text(std::move(value), place);
    members.push_back(constant(nest.query.columns[i].heading, kText));
    members.push_back(std::move(value));
  }
  for (std::size_t i = 0; i < names.size(); i++) {
    members.push_back(constant(names[i], kText));
    members.push_back(std::move(rows[i]));
  }
  return invoke("json_build_object", std::move(members), {Kind::json});
}

std::optional<sql::Select> QueryBinder::bind_nest(const Nest &nest,
                                                  const Surroundings &surroundings) {
  const Query &query = nest.query;
  Level level = bind_level(query);
  std::vector<Value> own_keys = surroundings.keys;
  own_keys.insert(own_keys.end(), level.keys.begin(), level.keys.end());
  Level checked = level;
  checked.keys = own_keys;
  check_grouping(query, checked);

  Surroundings inside{own_keys, surroundings.where};
  inside.where.push_back(&query.where);
  if (level.keys.empty()) inside.keys.clear();
  std::vector<Child> children = bind_children(nest.name, inside);
  check_nest(nest, children.size());

  sql::Select inner;
  inner.from = sources_;
  inner.where = bind_where(inside.where);
  if (level.is_grouped) inner.group_by = own_keys;
  if (diagnostics_.has_errors()) return std::nullopt;

  const int relation = next_relation();
  for (const auto &column : level.columns) add_output(inner, *column, relation);
  sql::Invocation rows = invocation("json_agg", Calling::aggregate, {});
  rows.order_by = hand_out(level.order, inner, relation);
  const Value parent_key = add_output(inner, record(surroundings.keys), relation);
  sql::Select outer;
  std::optional<Value> key;
  if (!children.empty()) key = add_output(inner, record(own_keys), relation);
  if (query.limit) {
    const Value rank = add_output(
        inner, {sql::Window{"row_number", {}, surroundings.keys, level.order}, {Kind::int8}},
        relation);
    Value limit = constant(std::to_string(query.limit->rows), {Kind::int8});
    outer.where = operation("<=", {rank, std::move(limit)}, {Kind::boolean});
  }
  outer.from.push_back({relation, Box<sql::Select>(std::move(inner))});
  std::vector<std::string> names;
  names.reserve(children.size());
  for (const Child &child : children) names.push_back(child.nest->name);
  std::vector<Value> child_rows = join_children(std::move(children), key, relation, outer);
  rows.arguments.push_back(nest_row(nest, level, relation, names, std::move(child_rows)));
  outer.outputs.push_back({1, parent_key});
  outer.outputs.push_back({2, {std::move(rows), {Kind::json}}});
  outer.group_by.push_back(parent_key);
  return outer;
}

Value QueryBinder::bind_metric(const Metric &metric) {
  Value value = binder_.value(metric.expression, Aggregates::allowed);
  if (const CatalogColumn *column = ungrouped(value, {})) {
    throw Fault(sqlstate::grouping_error, metric.expression.place,
                "column " + quoted_excerpt(column->name) + " is not in an aggregate",
                "A metric is one value of all rows, for example sum(" + column->name + ").");
  }
  return value;
}

// The metrics of the periods before, a query for each period; their results follow those of `now`.
std::vector<sql::Select> QueryBinder::bind_before(const Summary &summary, BoundFigures &figures) {
  std::vector<const BoundParameter *> parameters;
  std::vector<sql::Select> queries;
  for (std::size_t i = 0; i < summary.metrics.size(); i++) {
    const Metric &metric = summary.metrics[i];
    if (!metric.compare) continue;
    collect([&] {
      const BoundParameter *parameter = compared_period(*metric.compare, summary, metric);
      const auto range = period_before(parameter->range);
      if (!range) return;  // absent, or without a bound: nothing is before it
      const auto known = std::find(parameters.begin(), parameters.end(), parameter);
      const auto index = static_cast<std::size_t>(known - parameters.begin());
      binder_.replace_period(parameter, *range);
      if (known == parameters.end()) {
        parameters.push_back(parameter);
        sql::Select &query = queries.emplace_back();
        query.from = sources_;
        query.where = bind_where({&summary.where});
      }
      Value value = bind_metric(metric);
      figures.before[i] = figures.types.size();
      figures.types.push_back(value.type);
      queries[index].outputs.push_back({static_cast<int>(figures.types.size()), std::move(value)});
    });
    binder_.replace_period(nullptr, {});
  }
  return queries;
}

std::optional<BoundFigures> QueryBinder::bind_figures(const Summary &summary) {
  if (!has_source(summary.head.place)) return std::nullopt;
  if (summary.metrics.empty()) {
    diagnostics_.error(sqlstate::syntax_error, summary.head.place, "there is no metric",
                       "Add one, as in: metric \"Orders\" = count(*)");
  }
  BoundFigures figures;
  figures.before.resize(summary.metrics.size());
  sql::Select now;
  now.from = sources_;
  now.where = bind_where({&summary.where});
  for (const Metric &metric : summary.metrics) {
    collect([&] {
      Value value = bind_metric(metric);
      figures.types.push_back(value.type);
      add_output(now, std::move(value), 0);
    });
  }
  if (diagnostics_.has_errors()) return std::nullopt;
  std::vector<sql::Select> befores = bind_before(summary, figures);
  if (befores.empty()) {
    figures.select = std::move(now);
    return figures;
  }
  int relation = next_relation();
  const auto add_source = [&](sql::Select select, sql::JoinKind join) {
    for (const sql::Output &output : select.outputs) {
      figures.select.outputs.push_back({output.number, output_of(relation, output)});
    }
    figures.select.from.push_back({relation++, Box<sql::Select>(std::move(select)), join});
  };
  add_source(std::move(now), sql::JoinKind::none);
  for (sql::Select &before : befores) add_source(std::move(before), sql::JoinKind::cross);
  // Results come in the order of their numbers.
  std::sort(figures.select.outputs.begin(), figures.select.outputs.end(),
            [](const sql::Output &a, const sql::Output &b) { return a.number < b.number; });
  return figures;
}

const BoundParameter *QueryBinder::compared_period(const Comparing &comparing,
                                                   const Summary &summary, const Metric &metric) {
  const BoundParameter *parameter = nullptr;
  if (!comparing.parameter.empty()) {
    parameter = &parameters_.use(comparing.parameter, comparing.place);
  } else {
    for (const BoundParameter &candidate : parameters_.list()) {
      if (candidate.declaration->type != ParameterType::daterange) continue;
      if (parameter) {
        throw Fault(sqlstate::undefined_parameter, comparing.place,
                    "the template has several periods to compare with",
                    "Say which one, as in \"compare previous $period\".");
      }
      parameter = &candidate;
    }
  }
  if (!parameter || parameter->declaration->type != ParameterType::daterange) {
    throw Fault(sqlstate::undefined_parameter, comparing.place,
                "compare previous needs a parameter of type daterange");
  }
  const auto mentions = [&](const std::vector<Condition> &conditions) {
    return std::any_of(conditions.begin(), conditions.end(), [&](const Condition &condition) {
      return ExpressionBinder::mentions_parameter(condition.expression,
                                                  parameter->declaration->name);
    });
  };
  const bool in_metric =
      ExpressionBinder::mentions_parameter(metric.expression, parameter->declaration->name);
  if (!in_metric && !mentions(template_.where) && !mentions(summary.where)) {
    throw Fault(
        sqlstate::undefined_parameter, comparing.place,
        "no condition is on $" + parameter->declaration->name +
            ", so the period before it is the same",
        "Add a condition, as in \"where created_at in $" + parameter->declaration->name + "\".");
  }
  return parameter;
}

}  // namespace pgexport::dsl
