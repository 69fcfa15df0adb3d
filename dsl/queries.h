// The queries of a template's sections: from, where, group by, columns, order and limit as one
// SELECT, with what only a finished column can tell: formulas, groups, children.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dsl/diagnostics.h"
#include "dsl/expressions.h"
#include "dsl/sql_tree.h"
#include "dsl/tree.h"

#include "core/no_postgres.h"

namespace pgexport::dsl {

// A row inside another is made by one call of json_build_object: a name and a value each.
inline constexpr std::size_t kMaxNestColumns = 50;

// Nests within nests.
inline constexpr std::size_t kMaxNestDepth = 8;

// A query and the types of its results: c1 … cn are the columns of the section, in their order;
// behind them the names of the nests.
struct BoundTable {
  sql::Select select;
  std::vector<Type> types;
  std::vector<const Nest *> nests;
};

// The metrics of a summary: c1 … cn, behind them the values of the period before.
struct BoundFigures {
  sql::Select select;
  std::vector<Type> types;
  std::vector<std::optional<std::size_t>> before;  // per metric: index of the result to compare
};

class QueryBinder {
 public:
  // Binds what all sections share; faults become diagnostics.  REQUIRES: all outlive this object
  // and its results.
  QueryBinder(const Template &source, Catalog &catalog, Parameters &parameters,
              Constants &constants, Diagnostics &diagnostics);

  // The query of a section; `sheet` names it if rows are nested inside its own, `groups` are the
  // headings by which the rows come ordered first.  nullopt after a fault.
  std::optional<BoundTable> bind_table(const Query &query, Place place,
                                       const std::vector<GroupBreak> &groups,
                                       std::string_view sheet, bool with_nests);

  std::optional<BoundFigures> bind_figures(const Summary &summary);

 private:
  // A query level, before it is made a SELECT.
  struct Level {
    std::vector<std::optional<sql::Value>> columns;  // nullopt: a formula
    std::vector<sql::Value> keys;                    // of group by
    std::vector<sql::SortKey> order;
    std::vector<sql::SortKey> shown_order;  // the same, but groups of rows come first
    bool is_grouped = false;
  };
  // What surrounds a nest: the keys and the conditions of its ancestors.
  struct Surroundings {
    std::vector<sql::Value> keys;
    std::vector<const std::vector<Condition> *> where;
  };

  template <typename Body>
  bool collect(Body body);
  void bind_sources();
  void bind_join(const Join &join);
  bool has_source(Place place);

  std::optional<sql::Value> bind_where(const std::vector<const std::vector<Condition> *> &extra);
  Level bind_level(const Query &query);
  sql::Value bind_metric(const Metric &metric);
  std::vector<sql::Select> bind_before(const Summary &summary, BoundFigures &figures);
  const BoundParameter *compared_period(const Comparing &comparing, const Summary &summary,
                                        const Metric &metric);
  void check_grouping(const Query &query, const Level &level);
  void check_columns(const std::vector<Column> &columns, Place place);
  void order_by_groups(const Query &query, const std::vector<GroupBreak> &groups, Level &level);
  // Empty after a fault.
  std::vector<sql::Value> bind_formulas(const std::vector<Column> &columns, const Level &level,
                                        int relation);

  struct Child {
    const Nest *nest;
    sql::Select select;  // c1: the key of its parent; c2: the rows
  };
  std::vector<Child> bind_children(std::string_view parent, const Surroundings &surroundings);
  std::optional<sql::Select> bind_nest(const Nest &nest, const Surroundings &surroundings);
  void check_nest(const Nest &nest, std::size_t children);
  sql::Value nest_row(const Nest &nest, const Level &level, int relation,
                      const std::vector<std::string> &names, std::vector<sql::Value> rows);
  sql::Select wrap(sql::Select rows, const Level &level, std::vector<sql::Value> columns,
                   std::vector<Child> children);
  static std::vector<sql::Value> join_children(std::vector<Child> children,
                                               const std::optional<sql::Value> &key, int relation,
                                               sql::Select &outer);

  int next_relation() const { return static_cast<int>(sources_.size()) + 1; }

  const Template &template_;
  Scope scope_;
  ExpressionBinder binder_;
  Parameters &parameters_;
  Diagnostics &diagnostics_;
  std::vector<sql::Source> sources_;
  bool is_broken_ = false;  // names cannot be resolved: faults of them would only follow from that
};

}  // namespace pgexport::dsl
