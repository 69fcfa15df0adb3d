// The document model: what a request says about a document, before any row is there.
//
// A document has a title block and sections.  A section is a table, a chart, a row of key figures
// or a text; all but a text get their values from one query.  A plain query is a document with one
// table.  The JSON form is described in docs/document-model.md and read by
// formats/document_request.h; a template compiles to the same.
//
// All texts are UTF-8.  Names of columns are those of the query; headings are what a reader sees.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "formats/mask.h"

#include "core/no_postgres.h"

namespace pgexport {

enum class SectionKind : std::uint8_t { table, chart, figures, text };
enum class Alignment : std::uint8_t { automatic, left, center, right };
enum class Aggregate : std::uint8_t { none, sum, avg, min, max, count };
enum class ChartKind : std::uint8_t { bar, line, area, pie, doughnut };

std::string_view section_kind_name(SectionKind kind);

// How one column looks.  Defaults mean: as its type suggests.
struct ColumnStyle {
  std::string format;  // format code, see core/text/format_code.h
  Alignment align = Alignment::automatic;
  double width = 0;  // in widths of the digit 0; 0: from heading, type and the first rows
  Aggregate total = Aggregate::none;
  bool exact_text = false;  // Excel: text cells even for numbers, for ids
  std::string formula;      // over headings, see formats/formula.h; the query's value is its result
  std::string compare;      // of a figure: column with the value of the period before
  bool lower_is_better = false;  // of a figure with `compare`
  Mask mask;
};

// One column of a section: which of the query's, and how it appears.
struct ColumnChoice {
  std::string name;
  std::string heading;  // the name, unless the request says otherwise
  ColumnStyle style;
};

struct ChartSpec {
  ChartKind kind = ChartKind::bar;
  bool stacked = false;     // bar, area
  bool horizontal = false;  // bar
  std::string title;
  std::string category;             // name of the column along the axis, or of the slices
  std::vector<std::string> values;  // names of the value columns, one series each
  std::string category_title;       // of the axes; empty: none
  std::string value_title;
  std::string format;  // of the value axis; empty: that of the first value column
};

// A chart of more points than this is an error, not a chart of some of them.
inline constexpr int kMaxChartPoints = 1000;
inline constexpr int kMaxChartSeries = 24;

struct Section {
  SectionKind kind = SectionKind::table;
  std::string name;   // unique within the document: sheet name, key in JSON, entry of the outline
  std::string title;  // heading above the section; empty: the name
  std::vector<ColumnChoice> columns;  // empty: all of the query's, in its order
  std::vector<ColumnChoice> styled;   // headings and styles of columns beside `columns`
  std::vector<std::string> group_by;  // names; rows come ordered by them
  std::vector<ChartSpec> charts;      // of a table: drawn from its rows; of a chart: exactly one
  std::string text;                   // of a text: paragraphs are separated by an empty line
  bool half_width = false;  // PDF: two neighbours share the width of the page, if they are short
  bool page_break = false;  // PDF: starts on a new page
};

}  // namespace pgexport
