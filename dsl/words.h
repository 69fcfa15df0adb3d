// The words of the language: which word stands for which enumerator, in text and in JSON.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <span>
#include <string_view>

#include "dsl/tree.h"

#include "core/no_postgres.h"

namespace pgexport::dsl {

// Words<E>::list has a word for every enumerator of E, in their order.
template <typename Enum>
struct Words;

template <>
struct Words<Preset> {
  static constexpr std::array<std::string_view, 12> list = {
      "today",      "yesterday",  "last_7_days",  "last_30_days", "this_week", "last_week",
      "this_month", "last_month", "this_quarter", "last_quarter", "this_year", "last_year"};
};

// Singular; the plural adds an s.
template <>
struct Words<DurationUnit> {
  static constexpr std::array<std::string_view, 7> list = {"minute", "hour",    "day", "week",
                                                           "month",  "quarter", "year"};
};

template <>
struct Words<CastType> {
  static constexpr std::array<std::string_view, 12> list = {
      "text", "int",       "numeric",     "float",    "bool", "date",
      "time", "timestamp", "timestamptz", "interval", "uuid", "json"};
};

template <>
struct Words<ComparisonOperator> {
  static constexpr std::array<std::string_view, 6> list = {"=", "<>", "<", "<=", ">", ">="};
};

template <>
struct Words<ChainOperator> {
  static constexpr std::array<std::string_view, 6> list = {"+", "-", "*", "/", "%", "||"};
};

template <>
struct Words<TextMatchKind> {
  static constexpr std::array<std::string_view, 3> list = {"contains", "starts with", "ends with"};
};

template <>
struct Words<HasKind> {
  static constexpr std::array<std::string_view, 3> list = {"any", "all", "none"};
};

// A choice is written `one of (…)`; the word is that of JSON.
template <>
struct Words<ParameterType> {
  static constexpr std::array<std::string_view, 10> list = {
      "text",        "int",       "numeric", "bool", "date",
      "timestamptz", "daterange", "uuid",    "json", "choice"};
};

template <>
struct Words<ColumnAlignment> {
  static constexpr std::array<std::string_view, 4> list = {"auto", "left", "center", "right"};
};

template <>
struct Words<TotalKind> {
  static constexpr std::array<std::string_view, 6> list = {"none", "sum", "avg",
                                                           "min",  "max", "count"};
};

template <>
struct Words<MaskKind> {
  static constexpr std::array<std::string_view, 7> list = {"none", "redact", "hash", "partial",
                                                           "year", "month",  "null"};
};

template <>
struct Words<NullsOrder> {
  static constexpr std::array<std::string_view, 3> list = {"auto", "first", "last"};
};

template <>
struct Words<ChartForm> {
  static constexpr std::array<std::string_view, 5> list = {"bar", "line", "area", "pie",
                                                           "doughnut"};
};

template <>
struct Words<FormatName> {
  static constexpr std::array<std::string_view, 5> list = {"csv", "json", "jsonl", "xlsx", "pdf"};
};

// The first `skipped` words stand for "nothing said" and are not written in templates.
template <typename Enum>
constexpr std::span<const std::string_view> words_of(std::size_t skipped = 0) {
  return std::span<const std::string_view>(Words<Enum>::list).subspan(skipped);
}

template <typename Enum>
constexpr std::string_view word_of(Enum value) {
  return Words<Enum>::list[static_cast<std::size_t>(value)];
}

template <typename Enum>
std::optional<Enum> find_word(std::string_view word) {
  const auto &list = Words<Enum>::list;
  const auto found = std::find(list.begin(), list.end(), word);
  if (found == list.end()) return std::nullopt;
  return static_cast<Enum>(found - list.begin());
}

// ---- What is a word, a number, a comment --------------------------------------------------------

// A character that is no letter and that nobody sees, or that turns the direction of what follows.
// Not part of a word; a template may have it in quotes only.
bool is_invisible(char32_t character);

// Letters are those of ASCII, _ and all visible characters beyond ASCII.
bool starts_word(char32_t character);
bool continues_word(char32_t character);  // also digits and $

// True if `text` is one unquoted word in lower case.
bool is_plain_word(std::string_view text);

// True if an unquoted `word` cannot begin an expression or name a relation, because the grammar
// gives it a meaning there.  Quoted it can.
bool is_reserved(std::string_view word);

// True if a call can be written with this name.
bool is_function_word(std::string_view word);

// Length of the number that `text` begins with: 12, 0.5, .5, 1e-3; 0 if there is none.
std::size_t number_length(std::string_view text);
bool is_number(std::string_view text);

// What a comment says: `text`, which follows its #, without white space at its end.
std::string_view comment_text(std::string_view text);

}  // namespace pgexport::dsl
