// Reads the SQL of a compiled template and looks for anything that is not the compiler's own: the
// property that no text of a template ever becomes SQL.
#pragma once

#include <cctype>
#include <set>
#include <string>
#include <string_view>

#include "dsl/functions.h"
#include "dsl/type.h"

namespace pgexport::dsl {

class SqlWords {
 public:
  // `names` are those of the catalogue.
  explicit SqlWords(std::set<std::string> names) : names_(std::move(names)) {
    names_.insert({"default", "C"});  // collations
    for (const FunctionSignature &signature : function_signatures()) {
      catalog_.insert(std::string(signature.catalog));
    }
    for (int kind = 0; kind < static_cast<int>(Kind::enumeration); kind++) {
      catalog_.insert(std::string(kind_name(static_cast<Kind>(kind))));
    }
  }

  // The first piece of `sql` that is neither a word of SQL, a name, $n with n up to `arguments`,
  // t<n>, c<n> nor a sign; empty if there is none.
  std::string foreign(std::string_view sql, std::size_t arguments) {
    rest_ = sql;
    while (!rest_.empty()) {
      const std::string_view start = rest_;
      if (!take_known(arguments)) return std::string(start.substr(0, 40));
    }
    return {};
  }

 private:
  static bool is_letter(char c) { return std::isalnum(static_cast<unsigned char>(c)) || c == '_'; }

  bool take_prefix(std::string_view prefix) {
    if (!rest_.starts_with(prefix)) return false;
    rest_.remove_prefix(prefix.size());
    return true;
  }

  std::string take_word() {
    std::size_t length = 0;
    while (length < rest_.size() && is_letter(rest_[length])) length++;
    const std::string word(rest_.substr(0, length));
    rest_.remove_prefix(length);
    return word;
  }

  bool take_known(std::size_t arguments) {
    for (const std::string_view sign : {" ", "(", ")", ",", "::", ".", "[]", "*"}) {
      if (take_prefix(sign)) return true;
    }
    if (take_prefix("pg_catalog.")) return take_catalog_name();
    if (take_prefix("OPERATOR(")) return take_operator();
    if (take_prefix("$")) {
      const std::string number = take_word();
      return is_number(number) && number.size() < 7 && std::stoul(number) >= 1 &&
             std::stoul(number) <= arguments;
    }
    if (rest_[0] == '"') return take_quoted();
    // Constants of formulas, which are not of the template.
    for (const std::string_view literal : {"''", "'Infinity'", "'-Infinity'", "0.01", "0.0"}) {
      if (take_prefix(literal)) return true;
    }
    const std::string word = take_word();
    if (word == "0" || word == "1" || word == "true" || word == "false") return true;
    if (word.size() > 1 && (word[0] == 't' || word[0] == 'c') && is_number(word.substr(1))) {
      return true;
    }
    return kWords.contains(word);
  }

  static bool is_number(const std::string &word) {
    return !word.empty() && word.find_first_not_of("0123456789") == std::string::npos;
  }

  bool take_catalog_name() {
    if (rest_[0] == '"') return take_quoted();
    return catalog_.contains(take_word());
  }

  // pg_catalog.<signs>) or "schema".<signs>)
  bool take_operator() {
    if (!take_prefix("pg_catalog.") && !(take_quoted() && take_prefix("."))) return false;
    std::size_t length = 0;
    while (length < rest_.size() &&
           std::string_view("+-*/<>=~!@#%^&|`?").find(rest_[length]) != std::string_view::npos) {
      length++;
    }
    rest_.remove_prefix(length);
    return length > 0 && take_prefix(")");
  }

  bool take_quoted() {
    if (!take_prefix("\"")) return false;
    std::string name;
    while (!rest_.empty()) {
      if (take_prefix("\"\"")) {
        name += '"';
      } else if (take_prefix("\"")) {
        return names_.contains(name);
      } else {
        name += rest_[0];
        rest_.remove_prefix(1);
      }
    }
    return false;
  }

  inline static const std::set<std::string> kWords = {
      "SELECT",   "AS",     "FROM",  "JOIN",      "LEFT",     "CROSS",  "ON",       "WHERE",
      "GROUP",    "BY",     "ORDER", "DESC",      "NULLS",    "FIRST",  "LAST",     "LIMIT",
      "AND",      "OR",     "NOT",   "IS",        "NULL",     "TRUE",   "CASE",     "WHEN",
      "THEN",     "ELSE",   "END",   "CAST",      "COALESCE", "NULLIF", "GREATEST", "LEAST",
      "DISTINCT", "FILTER", "OVER",  "PARTITION", "ANY",      "ROW",    "COLLATE"};

  std::set<std::string> names_;
  // Functions and types, with those that templates cannot call but conditions become.
  std::set<std::string> catalog_ = {
      "timezone",          "to_char",        "concat",     "to_tsvector", "websearch_to_tsquery",
      "json_build_object", "json_agg",       "row_number", "power",       "char_length",
      "numeric_larger",    "numeric_smaller"};
  std::string_view rest_;
};

// Every name of the literal catalogue, and of nothing else.
template <typename Relations>
std::set<std::string> names_of(const Relations &relations) {
  std::set<std::string> names;
  for (const auto &relation : relations) {
    names.insert({relation.schema, relation.name});
    for (const auto &column : relation.columns) {
      names.insert(
          {column.name, column.type.schema, column.type.name, column.type.equality_schema});
    }
  }
  return names;
}

}  // namespace pgexport::dsl
