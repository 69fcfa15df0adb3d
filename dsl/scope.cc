#include "dsl/scope.h"

#include <algorithm>
#include <array>

#include "core/error.h"
#include "dsl/convert.h"
#include "dsl/diagnostics.h"

namespace pgexport::dsl {

namespace {

// What is the server's own is not for documents; a temporary table is nobody else's.
constexpr std::array<std::string_view, 4> kClosedSchemas = {"pg_catalog", "information_schema",
                                                            "pg_toast", "export"};

bool is_closed(std::string_view schema) {
  return schema.starts_with("pg_temp") || schema.starts_with("pg_toast") ||
         std::find(kClosedSchemas.begin(), kClosedSchemas.end(), schema) != kClosedSchemas.end();
}

const CatalogColumn *find_column(const CatalogRelation &relation, std::string_view name) {
  const auto found = std::find_if(relation.columns.begin(), relation.columns.end(),
                                  [&](const CatalogColumn &column) { return column.name == name; });
  return found == relation.columns.end() ? nullptr : &*found;
}

sql::Value use_of(int number, const CatalogColumn &column) {
  return {sql::ColumnUse{number, &column}, type_of(column.type)};
}

sql::Value field(sql::Value value, const std::string &key, Place place) {
  if (!value.type.is_json()) {
    throw Fault(sqlstate::datatype_mismatch, place,
                quoted_excerpt(key) + " stands behind a value of type " + type_label(value.type) +
                    ", which has no fields",
                "Only json and jsonb have fields.");
  }
  const Type type = value.type;
  value.is_field = false;
  sql::Value result = operation("->", {std::move(value), constant(key, {Kind::text})}, type);
  result.is_field = true;
  return result;
}

std::string full_name(const Relation &relation) {
  return relation.schema.empty() ? relation.name : relation.schema + "." + relation.name;
}

}  // namespace

int Scope::add(const Relation &relation) {
  const std::string &alias = relation.alias.empty() ? relation.name : relation.alias;
  if (find_member(alias)) {
    throw Fault(sqlstate::duplicate_alias, relation.place,
                "two relations are called " + quoted_excerpt(alias),
                "Give one of them another name, as in \"join people as p2\".");
  }
  const CatalogRelation *found = catalog_.find_relation(relation.schema, relation.name);
  if (!found) {
    const std::vector<std::string> known = catalog_.relation_names(relation.schema);
    const std::vector<std::string_view> names(known.begin(), known.end());
    throw Fault(sqlstate::undefined_table, relation.place,
                "there is no relation " + quoted_excerpt(full_name(relation)),
                suggest(relation.name, names));
  }
  if (is_closed(found->schema)) {
    throw Fault(sqlstate::insufficient_privilege, relation.place,
                "a template does not read from schema " + quoted_excerpt(found->schema),
                "Use tables and views of your own.");
  }
  members_.push_back({alias, found});
  return static_cast<int>(members_.size());
}

const CatalogRelation *Scope::relation(int number) const {
  return members_[static_cast<std::size_t>(number) - 1].relation;
}

const Scope::Member *Scope::find_member(std::string_view alias) const {
  const auto found = std::find_if(members_.begin(), members_.end(),
                                  [&](const Member &member) { return member.alias == alias; });
  return found == members_.end() ? nullptr : &*found;
}

sql::Value Scope::column(int number, std::string_view name, Place place) const {
  const Member &member = members_[static_cast<std::size_t>(number) - 1];
  if (const CatalogColumn *found = find_column(*member.relation, name)) {
    return use_of(number, *found);
  }
  std::vector<std::string_view> names;
  for (const CatalogColumn &column : member.relation->columns) names.emplace_back(column.name);
  throw Fault(sqlstate::undefined_column, place,
              "relation " + quoted_excerpt(member.alias) + " has no column " + quoted_excerpt(name),
              suggest(name, names));
}

// The column of any relation that the first part of `name` is.
sql::Value Scope::column(const Name &name, Place place) const {
  const std::string &wanted = name.parts[0];
  std::vector<int> found;
  for (std::size_t i = 0; i < members_.size(); i++) {
    if (find_column(*members_[i].relation, wanted)) found.push_back(static_cast<int>(i) + 1);
  }
  if (found.empty()) throw unknown(name, place);
  if (found.size() == 1) return column(found[0], wanted, place);
  std::string choices;
  for (const int number : found) {
    if (!choices.empty()) choices += ", ";
    choices += members_[static_cast<std::size_t>(number) - 1].alias + "." + wanted;
  }
  throw Fault(sqlstate::ambiguous_column, place,
              "column " + quoted_excerpt(wanted) + " is in more than one relation",
              "Say which one: " + choices + ".");
}

Fault Scope::unknown(const Name &name, Place place) const {
  const std::string &wanted = name.parts[0];
  const bool is_alone = name.parts.size() == 1;
  if (is_alone && find_member(wanted)) {
    return {sqlstate::undefined_column, place,
            quoted_excerpt(wanted) + " is a relation, not a column",
            "Name one of its columns, as in " + wanted + ".id."};
  }
  std::vector<std::string_view> names;
  for (const Member &member : members_) {
    names.emplace_back(member.alias);
    if (!is_alone) continue;
    for (const CatalogColumn &column : member.relation->columns) names.emplace_back(column.name);
  }
  std::string hint = suggest(wanted, names);
  if (hint.empty()) hint = "A text stands between single quotes.";
  return {sqlstate::undefined_column, place,
          (is_alone ? "there is no column " : "there is no relation or column ") +
              quoted_excerpt(wanted),
          std::move(hint)};
}

sql::Value Scope::resolve(const Name &name, Place place) const {
  const std::vector<std::string> &parts = name.parts;
  const Member *member = parts.size() > 1 ? find_member(parts[0]) : nullptr;
  std::size_t next = 1;
  sql::Value value = [&] {
    if (!member) return column(name, place);
    next = 2;
    return column(static_cast<int>(member - members_.data()) + 1, parts[1], place);
  }();
  for (; next < parts.size(); next++) value = field(std::move(value), parts[next], place);
  return value;
}

}  // namespace pgexport::dsl
