#include "dsl/query_parser.h"

#include <array>
#include <limits>
#include <utility>

#include "dsl/block_parser.h"
#include "dsl/expression_parser.h"
#include "dsl/limits.h"

namespace pgexport::dsl {

namespace {

constexpr std::array<std::string_view, 6> kColumnOptions = {"format", "align", "width",
                                                            "as",     "total", "mask"};
constexpr BlockRules kColumnRules = {"a column", kColumnOptions, kColumnOptions};

constexpr std::array<std::string_view, 3> kMetricOptions = {"format", "compare", "lower"};
constexpr BlockRules kMetricRules = {"a metric", kMetricOptions, kMetricOptions};

std::uint32_t read_mask_length(TokenStream &stream) {
  constexpr auto kMost = std::numeric_limits<std::uint32_t>::max();
  return static_cast<std::uint32_t>(read_integer(stream, "a number of characters", 0, kMost));
}

Mask read_mask(TokenStream &stream) {
  const Place first = stream.peek().place;
  Mask mask;
  mask.kind = read_choice<MaskKind>(stream, "a mask", 1);
  if (mask.kind == MaskKind::partial) {
    stream.expect_symbol("(");
    mask.first = read_mask_length(stream);
    stream.expect_symbol(",");
    mask.last = read_mask_length(stream);
    stream.expect_symbol(")");
  }
  mask.place = stream.since(first);
  return mask;
}

void read_column_option(TokenStream &stream, Column &column) {
  if (stream.take_word("format")) {
    column.format = read_name(stream, "a format");
  } else if (stream.take_word("align")) {
    column.align = read_choice<ColumnAlignment>(stream, "left, center or right", 1);
  } else if (stream.take_word("width")) {
    column.width = stream.expect(TokenKind::number, "a width in digits").text;
  } else if (stream.take_word("as")) {
    stream.expect_word("text");
    column.as_text = true;
  } else if (stream.take_word("total")) {
    column.total = read_choice<TotalKind>(stream, "a total", 1);
  } else {
    stream.expect_word("mask");
    column.mask = read_mask(stream);
  }
}

Comparing read_comparing(TokenStream &stream) {
  const Place first = stream.peek().place;
  stream.expect_word("previous");
  Comparing comparing;
  if (stream.peek().kind == TokenKind::parameter) comparing.parameter = stream.take().text;
  comparing.place = stream.since(first);
  return comparing;
}

void read_metric_option(TokenStream &stream, Metric &metric) {
  if (stream.take_word("format")) {
    metric.format = read_name(stream, "a format");
  } else if (stream.take_word("compare")) {
    metric.compare = read_comparing(stream);
  } else {
    stream.expect_word("lower");
    stream.expect_word("is");
    stream.expect_word("better");
    metric.lower_is_better = true;
  }
}

GroupBy read_group_by(TokenStream &stream) {
  GroupBy group_by;
  group_by.comments = begin_comments(stream);
  stream.expect_word("group");
  stream.expect_word("by");
  do {
    group_by.keys.push_back(parse_expression(stream));
  } while (stream.take_symbol(","));
  stream.take_inner_comments(group_by.comments);
  return group_by;
}

OrderKey read_order_key(TokenStream &stream) {
  OrderKey key;
  key.expression = parse_expression(stream);
  key.descending = stream.take_word("desc");
  if (!key.descending) stream.take_word("asc");
  if (stream.take_word("nulls")) {
    key.nulls = read_choice<NullsOrder>(stream, "first or last after \"nulls\"", 1);
  }
  return key;
}

OrderBy read_order_by(TokenStream &stream) {
  OrderBy order_by;
  order_by.comments = begin_comments(stream);
  stream.expect_word("order");
  stream.expect_word("by");
  do {
    order_by.keys.push_back(read_order_key(stream));
  } while (stream.take_symbol(","));
  stream.take_inner_comments(order_by.comments);
  return order_by;
}

Limit read_limit(TokenStream &stream) {
  Limit limit;
  limit.comments = begin_comments(stream);
  stream.expect_word("limit");
  limit.rows =
      read_integer(stream, "a number of rows", 1, std::numeric_limits<std::int64_t>::max());
  stream.take_inner_comments(limit.comments);
  return limit;
}

}  // namespace

Column parse_column(TokenStream &stream) {
  Column column;
  column.comments = begin_comments(stream);
  stream.expect_word("column");
  column.place = stream.peek().place;
  column.heading = read_name(stream, "the heading of a column");
  stream.expect_symbol("=");
  if (stream.peek().is_word("formula") && stream.peek(1).kind == TokenKind::quoted) {
    stream.take();
    const Place place = stream.peek().place;
    column.value = FormulaText{read_name(stream, "a formula"), place};
  } else {
    column.value = parse_expression(stream);
  }
  BlockParser(stream, kColumnRules).read_options([&] { read_column_option(stream, column); });
  stream.take_inner_comments(column.comments);
  return column;
}

Metric parse_metric(TokenStream &stream) {
  Metric metric;
  metric.comments = begin_comments(stream);
  stream.expect_word("metric");
  metric.place = stream.peek().place;
  metric.heading = read_name(stream, "the heading of a metric");
  stream.expect_symbol("=");
  metric.expression = parse_expression(stream);
  BlockParser(stream, kMetricRules).read_options([&] { read_metric_option(stream, metric); });
  stream.take_inner_comments(metric.comments);
  return metric;
}

std::vector<Condition> parse_where(TokenStream &stream) {
  Comments comments = begin_comments(stream);
  stream.expect_word("where");
  return parse_conditions(stream, std::move(comments));
}

bool parse_query_item(TokenStream &stream, Query &query) {
  const Token &token = stream.peek();
  if (token.is_word("column")) {
    query.columns.push_back(parse_column(stream));
    if (query.columns.size() == kMaxColumns + 1) {
      stream.limit_fault(token.place, "there are too many columns", kMaxColumns);
    }
  } else if (token.is_word("where")) {
    query.where = parse_where(stream);
  } else if (token.is_word("group") && stream.peek(1).is_word("by")) {
    query.group_by = read_group_by(stream);
  } else if (token.is_word("order")) {
    query.order_by = read_order_by(stream);
  } else if (token.is_word("limit")) {
    query.limit = read_limit(stream);
  } else {
    return false;
  }
  return true;
}

}  // namespace pgexport::dsl
