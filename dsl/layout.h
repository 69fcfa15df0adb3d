// How the results of a section's query look: columns, totals, groups, masks, charts.
//
// All are said by headings in a template and by names of results, c1 … cn, in a document.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dsl/compile.h"
#include "dsl/diagnostics.h"
#include "dsl/queries.h"
#include "dsl/tree.h"

#include "core/no_postgres.h"

namespace pgexport::dsl {

class Layout {
 public:
  explicit Layout(Diagnostics &diagnostics) : diagnostics_(diagnostics) {}

  // Adds what the tree says of the section to `out`; faults become diagnostics.
  void sheet(const Sheet &sheet, const BoundTable &table, CompiledSection &out);
  void chart(const ChartSection &chart, const BoundTable &table, CompiledSection &out);
  void summary(const Summary &summary, const BoundFigures &figures, CompiledSection &out);
  void text(const TextSection &text, CompiledSection &out);

 private:
  void head(const SectionHead &head, SectionKind kind, CompiledSection &out);
  void columns(const Query &query, const BoundTable &table, CompiledSection &out);
  ColumnStyle style(const Column &column, const Type &type);
  void mask(const Column &column, const Type &type);
  double width(const Column &column);
  std::string format_code(const std::string &code, Place place);
  ChartSpec chart_spec(const Chart &chart, const Query &query, const BoundTable &table);
  // The index of the column of that heading.
  std::optional<std::size_t> find(std::string_view heading, Place place, const Query &query);
  void groups(const Sheet &sheet, CompiledSection &out);

  Diagnostics &diagnostics_;
};

// c<number> of the result with this index.
std::string result_name(std::size_t index);

}  // namespace pgexport::dsl
