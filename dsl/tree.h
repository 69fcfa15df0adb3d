// The tree of a template: what its text says, without the white space.
//
// Text, tree and JSON are three forms of one thing: parse(print(tree)) == tree and
// from_json(to_json(tree)) == tree.  Nothing here is resolved: names are as written (unquoted ones
// folded to lower case), types and functions are checked by the binder.  docs/template-language.md
// is the reference of what each node means.
//
// Trees are values: copied, compared and destroyed by their members.  Equality ignores places.
// All texts are valid UTF-8 without U+0000.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "dsl/box.h"
#include "dsl/place.h"

#include "core/no_postgres.h"

namespace pgexport::dsl {

struct Expression;
bool operator==(const Expression &a, const Expression &b);

// ---- Expressions
// ---------------------------------------------------------------------------------

// A period.  `today` and `yesterday` are also dates, where a date is expected.
enum class Preset : std::uint8_t {
  today,
  yesterday,
  last_7_days,   // ends with yesterday
  last_30_days,  // ends with yesterday
  this_week,
  last_week,
  this_month,
  last_month,
  this_quarter,
  last_quarter,
  this_year,
  last_year,
};

enum class DurationUnit : std::uint8_t { minute, hour, day, week, month, quarter, year };

// The types an expression can be cast to.
enum class CastType : std::uint8_t {
  text,
  integer,  // int: 64 bits
  numeric,
  floating,  // float: double precision
  boolean,
  date,
  time,
  timestamp,
  timestamptz,
  interval,
  uuid,
  json,  // jsonb
};

enum class ComparisonOperator : std::uint8_t { eq, ne, lt, le, gt, ge };
enum class ChainOperator : std::uint8_t { add, subtract, multiply, divide, modulo, concatenate };
enum class TextMatchKind : std::uint8_t { contains, starts_with, ends_with };
enum class HasKind : std::uint8_t { any, all, none };

struct NullLiteral {
  bool operator==(const NullLiteral &) const = default;
};

struct BooleanLiteral {
  bool value = false;
  bool operator==(const BooleanLiteral &) const = default;
};

// As written, so that no digit is lost: 12, 0.50, 1e-3.  Never negative: see Negative.
struct NumberLiteral {
  std::string digits;
  bool operator==(const NumberLiteral &) const = default;
};

struct TextLiteral {
  std::string value;
  bool operator==(const TextLiteral &) const = default;
};

// today, last_month …
struct PresetUse {
  Preset preset = Preset::today;
  bool operator==(const PresetUse &) const = default;
};

// 3 months
struct Duration {
  std::uint32_t count = 0;
  DurationUnit unit = DurationUnit::day;
  bool operator==(const Duration &) const = default;
};

// A column, perhaps with its relation before it and with keys of a JSON value behind it:
// hours, e.hours, e.meta."client".  At least one part, none empty.
struct Name {
  std::vector<std::string> parts;
  bool operator==(const Name &) const = default;
};

// $period
struct ParameterUse {
  std::string name;
  bool operator==(const ParameterUse &) const = default;
};

// round(e.hours, 1), count(*), count(distinct e.person_id), sum(e.hours) filter (where e.billable)
struct Call {
  std::string function;  // never qualified
  bool star = false;     // (*); then there are no arguments
  bool distinct = false;
  std::vector<Expression> arguments;
  std::optional<Box<Expression>> filter;
  bool operator==(const Call &) const = default;
};

struct CaseBranch;

// case [operand] when … then … [else …] end; at least one branch.
struct Case {
  std::optional<Box<Expression>> operand;
  std::vector<CaseBranch> branches;
  std::optional<Box<Expression>> otherwise;
  bool operator==(const Case &) const;
};

// e.started_at::date
struct Cast {
  Box<Expression> operand;
  CastType type = CastType::text;
  bool operator==(const Cast &) const = default;
};

// -e.hours
struct Negative {
  Box<Expression> operand;
  bool operator==(const Negative &) const = default;
};

// a + b - c: from left to right.  There is one operator less than there are operands, at least one,
// and all are of one level: add and subtract, or multiply, divide and modulo, or concatenate.
struct Chain {
  std::vector<Expression> operands;
  std::vector<ChainOperator> operators;
  bool operator==(const Chain &) const = default;
};

struct Comparison {
  ComparisonOperator op = ComparisonOperator::eq;
  Box<Expression> left;
  Box<Expression> right;
  bool operator==(const Comparison &) const = default;
};

// Both bounds are included.
struct Between {
  Box<Expression> value;
  Box<Expression> low;
  Box<Expression> high;
  bool operator==(const Between &) const = default;
};

// `set` is what is_set() says: a List, a Period, a PresetUse, or a ParameterUse, Name or Call that
// is an array or a daterange.
struct In {
  Box<Expression> value;
  Box<Expression> set;
  bool operator==(const In &) const = default;
};

// Null, a text without characters, an array without elements, a JSON null, "", {} or [].
struct IsEmpty {
  Box<Expression> value;
  bool operator==(const IsEmpty &) const = default;
};

// Ignores case unless `exact`; nothing in `pattern` is special.
struct TextMatch {
  TextMatchKind kind = TextMatchKind::contains;
  bool exact = false;
  Box<Expression> value;
  Box<Expression> pattern;
  bool operator==(const TextMatch &) const = default;
};

// An array, or a jsonb that is one, against `set`: see is_set().
struct Has {
  HasKind kind = HasKind::any;
  Box<Expression> value;
  Box<Expression> set;
  bool operator==(const Has &) const = default;
};

// Full-text search of `query`, in web-search syntax, over one or more columns.
struct Search {
  std::vector<Expression> columns;
  Box<Expression> query;
  bool operator==(const Search &) const = default;
};

// A regular expression; case counts.
struct Matches {
  Box<Expression> value;
  Box<Expression> pattern;
  bool operator==(const Matches &) const = default;
};

// not x; also x not in y, x is not empty …
struct Not {
  Box<Expression> operand;
  bool operator==(const Not &) const = default;
};

// At least two members each.
struct And {
  std::vector<Expression> members;
  bool operator==(const And &) const = default;
};

struct Or {
  std::vector<Expression> members;
  bool operator==(const Or &) const = default;
};

// (1, 2, 3); only as the set of In and Has and as the default of a parameter.  May be empty.
struct List {
  std::vector<Expression> items;
  bool operator==(const List &) const = default;
};

// from X to Y, both days included; only as the set of In and as the default of a parameter.
struct Period {
  Box<Expression> from;
  Box<Expression> to;
  bool operator==(const Period &) const = default;
};

using ExpressionNode =
    std::variant<NullLiteral, BooleanLiteral, NumberLiteral, TextLiteral, PresetUse, Duration, Name,
                 ParameterUse, Call, Case, Cast, Negative, Chain, Comparison, Between, In, IsEmpty,
                 TextMatch, Has, Search, Matches, Not, And, Or, List, Period>;

struct Expression {
  ExpressionNode node;
  Place place;  // from its first to its last token
};

struct CaseBranch {
  Expression when;
  Expression then;
  bool operator==(const CaseBranch &) const = default;
};

// ---- What a template is made of
// --------------------------------------------------------------------

// Comments travel with what they stand at: the lines before it, and what follows on its first line
// (behind the `{` if it has a block).  Texts are without `#`, in one line.
struct Comments {
  std::vector<std::string> before;
  std::string after;
  bool operator==(const Comments &) const = default;
};

// Comments of a block also stand before its `}`.
struct BlockComments : Comments {
  std::vector<std::string> closing;
  bool operator==(const BlockComments &) const = default;
};

enum class ParameterType : std::uint8_t {
  text,
  integer,  // int: 64 bits
  numeric,
  boolean,
  date,
  timestamptz,
  daterange,
  uuid,
  json,
  choice,  // one of ("open", "done"): a text
};

// param projects text[]? = … { label "Projects" description "…" }
struct Parameter {
  Comments comments;
  std::string name;
  ParameterType type = ParameterType::text;
  std::vector<std::string> choices;  // of a choice; at least one
  bool array = false;
  bool optional = false;
  // Made of literals (also negative), presets, durations, sums of those, a List or a Period of
  // them; see is_constant().
  std::optional<Expression> default_value;
  std::string label;        // what a form shows instead of the name
  std::string description;  // and below the field
  Place place;              // of the name
  bool operator==(const Parameter &) const = default;
};

// schema.relation as alias
struct Relation {
  std::string schema;  // empty: found by the search path
  std::string name;
  std::string alias;  // empty: the name
  Place place;
  bool operator==(const Relation &) const = default;
};

struct From {
  Comments comments;
  Relation relation;
  bool operator==(const From &) const = default;
};

struct Join {
  Comments comments;
  bool left = false;
  Relation relation;
  Expression on;
  bool operator==(const Join &) const = default;
};

// One member of the `and` list that a `where` is.
struct Condition {
  Comments comments;
  Expression expression;
  bool operator==(const Condition &) const = default;
};

// A formula over headings, as written: [Hours] / total([Hours])
struct FormulaText {
  std::string text;
  Place place;
  bool operator==(const FormulaText &) const = default;
};

enum class ColumnAlignment : std::uint8_t { automatic, left, center, right };
enum class TotalKind : std::uint8_t { none, sum, avg, min, max, count };

// How values are hidden from the reader; applied by the writer's side, never SQL.
enum class MaskKind : std::uint8_t {
  none,
  redact,   // a fixed text
  hash,     // the same value gives the same code
  partial,  // the first and the last characters stay
  year,     // a date becomes its year
  month,    // a date becomes its month
  null,     // no value at all
};

struct Mask {
  MaskKind kind = MaskKind::none;
  std::uint32_t first = 0;  // of partial: characters that stay
  std::uint32_t last = 0;
  Place place;
  bool operator==(const Mask &) const = default;
};

// column "Hours" = e.hours { format "0.00" align right width 12 as text total sum mask redact }
struct Column {
  Comments comments;
  std::string heading;
  std::variant<Expression, FormulaText> value;
  std::string format;  // empty: as the type suggests
  ColumnAlignment align = ColumnAlignment::automatic;
  std::string width;  // digits of a number, in widths of "0"; empty: automatic
  bool as_text = false;
  TotalKind total = TotalKind::none;
  Mask mask;
  Place place;  // of the heading
  bool operator==(const Column &) const = default;
};

enum class NullsOrder : std::uint8_t { automatic, first, last };

struct OrderKey {
  Expression expression;
  bool descending = false;
  NullsOrder nulls = NullsOrder::automatic;
  bool operator==(const OrderKey &) const = default;
};

// The list of an `order by` or of a `group by`; empty: there is none.
struct OrderBy {
  Comments comments;
  std::vector<OrderKey> keys;
  bool operator==(const OrderBy &) const = default;
};

struct GroupBy {
  Comments comments;
  std::vector<Expression> keys;
  bool operator==(const GroupBy &) const = default;
};

struct Limit {
  Comments comments;
  std::uint64_t rows = 0;  // at least 1, at most 2^63 - 1
  bool operator==(const Limit &) const = default;
};

// What a section selects, beside the `from`, `join` and `where` of the template.
struct Query {
  std::vector<Condition> where;
  GroupBy group_by;
  std::vector<Column> columns;
  OrderBy order_by;
  std::optional<Limit> limit;
  bool operator==(const Query &) const = default;
};

// group "Project" { subtotal }: breaks the rows of a sheet into groups by a column.
struct GroupBreak {
  Comments comments;
  std::string heading;
  bool subtotal = false;  // columns with a total have one per group too
  Place place;            // of the heading
  bool operator==(const GroupBreak &) const = default;
};

// The heading of a column, where another part of a template names it.
struct HeadingUse {
  std::string heading;
  Place place;
  bool operator==(const HeadingUse &) const = default;
};

enum class ChartForm : std::uint8_t { bar, line, area, pie, doughnut };

// chart bar { stacked title "…" category "Project" value "Hours", "Cost" category axis "…" … }
struct Chart {
  BlockComments comments;
  ChartForm form = ChartForm::bar;
  bool stacked = false;
  bool horizontal = false;
  std::string title;
  std::optional<HeadingUse> category;
  std::vector<HeadingUse> values;
  std::string category_axis;  // titles of the axes
  std::string value_axis;
  std::string format;  // of the value axis
  Place place;
  bool operator==(const Chart &) const = default;
};

// What every section has beside its content.
struct SectionHead {
  BlockComments comments;
  std::string name;   // unique within the template; empty only for a summary
  std::string title;  // above the section; empty: the name
  bool half = false;  // PDF: two neighbours share the width of the page
  bool page_break = false;
  Place place;  // of the name, or of the section's first word
  bool operator==(const SectionHead &) const = default;
};

struct Sheet {
  SectionHead head;
  std::vector<GroupBreak> groups;
  Query query;
  std::vector<Chart> charts;  // drawn from the sheet's rows
  bool operator==(const Sheet &) const = default;
};

// chart bar "Hours by month" { … }: a chart without its table.  The comments are those of the head;
// those of `chart` stay empty, and so does its title: it is the head's.
struct ChartSection {
  SectionHead head;
  Query query;
  Chart chart;
  bool operator==(const ChartSection &) const = default;
};

// compare previous [$period]: the same metric over the period before.
struct Comparing {
  std::string parameter;  // a daterange; empty: the only one there is
  Place place;
  bool operator==(const Comparing &) const = default;
};

// metric "Total hours" = sum(e.hours) { format "0.0" compare previous lower is better }
struct Metric {
  Comments comments;
  std::string heading;
  Expression expression;
  std::string format;
  std::optional<Comparing> compare;
  bool lower_is_better = false;
  Place place;  // of the heading
  bool operator==(const Metric &) const = default;
};

struct Summary {
  SectionHead head;
  std::vector<Condition> where;
  std::vector<Metric> metrics;
  bool operator==(const Summary &) const = default;
};

struct Paragraph {
  Comments comments;
  std::string text;
  Place place;
  bool operator==(const Paragraph &) const = default;
};

struct TextSection {
  SectionHead head;
  std::vector<Paragraph> paragraphs;
  bool operator==(const TextSection &) const = default;
};

using Section = std::variant<Sheet, ChartSection, Summary, TextSection>;

inline const SectionHead &head_of(const Section &section) {
  return std::visit([](const auto &kind) -> const SectionHead & { return kind.head; }, section);
}

// nest "entries" in "By project" { … }: rows inside the rows of a sheet or of another nest, in
// JSON.
struct Nest {
  BlockComments comments;
  std::string name;
  HeadingUse parent;  // the name of a sheet or nest
  Query query;
  Place place;  // of the name
  bool operator==(const Nest &) const = default;
};

// A value in a format block.  Which of them an option takes is the format's business.
struct OptionWord {
  std::string word;  // a4, on, off, true: folded to lower case
  bool operator==(const OptionWord &) const = default;
};
struct OptionText {
  std::string text;
  bool operator==(const OptionText &) const = default;
};
struct OptionNumber {
  std::string digits;  // as written, perhaps with a minus before it
  bool operator==(const OptionNumber &) const = default;
};
using OptionAtom = std::variant<OptionWord, OptionText, OptionNumber>;
struct OptionList {
  std::vector<OptionAtom> items;
  bool operator==(const OptionList &) const = default;
};
using OptionValue = std::variant<OptionWord, OptionText, OptionNumber, OptionList>;

struct FormatOption {
  Comments comments;
  std::string name;
  OptionValue value;
  Place place;        // of the name
  Place value_place;  // of the value
  bool operator==(const FormatOption &) const = default;
};

enum class FormatName : std::uint8_t { csv, json, jsonl, xlsx, pdf };

// pdf { page a4 orientation landscape … }
struct FormatBlock {
  BlockComments comments;
  FormatName format = FormatName::csv;
  std::vector<FormatOption> options;
  Place place;
  bool operator==(const FormatBlock &) const = default;
};

// title "…", description "…"
struct TextItem {
  Comments comments;
  std::string text;
  Place place;
  bool operator==(const TextItem &) const = default;
};

// A whole template.  Items may be written in any order; the printer has them in this one.
struct Template {
  BlockComments comments;
  std::vector<std::string> end_comments;  // behind the last brace
  std::string name;
  std::optional<TextItem> title;
  std::optional<TextItem> description;
  std::vector<Parameter> parameters;
  std::optional<From> from;  // absent: the template has texts only
  std::vector<Join> joins;
  std::vector<Condition> where;
  std::vector<Section> sections;
  std::vector<Nest> nests;
  std::vector<FormatBlock> formats;
  Place place;  // of the name
  bool operator==(const Template &) const = default;
};

// ---- Facts about trees
// -----------------------------------------------------------------------------

// The expressions directly inside `expression`, in the order of the text.
std::vector<const Expression *> children(const Expression &expression);

// Expressions on the longest way down: 1 for a literal.
int depth(const Expression &expression);

// True if `expression` can be the default of a parameter: see Parameter::default_value.
bool is_constant(const Expression &expression);

// True if `expression` can be the set of In and Has.
bool is_set(const Expression &expression);

}  // namespace pgexport::dsl
