// What random templates compile to, for template_oracle.py:
//
//   template_values SEED COUNT
//
// A line of JSON each: first {"ddl": …}, statements that make the relations of the literal
// catalogue; then COUNT times {"sql": …, "types": [types of the parameters]}.
#include <cstdlib>
#include <iostream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "catalog_vocabulary.h"
#include "dsl/compile.h"
#include "dsl/parser.h"
#include "dsl/quote.h"
#include "formats/csv/csv_format.h"
#include "formats/json/json_format.h"

namespace pgexport::dsl {
namespace {

using nlohmann::json;

std::string type_text(const CatalogType &type) {
  return quote_identifier(type.schema) + "." + quote_identifier(type.name) +
         (type.is_array ? "[]" : "");
}

void print_ddl(const std::string &statement) { std::cout << json{{"ddl", statement}} << '\n'; }

// The one type of the catalogue whose equality is its owner's, and an enumeration.
void print_types() {
  print_ddl("CREATE SCHEMA tracking; CREATE SCHEMA paint");
  print_ddl("CREATE TYPE tracking.status AS ENUM ('open', 'done', 'it''s')");
  print_ddl("CREATE TYPE paint.color AS ENUM ('red')");
  print_ddl(
      "CREATE FUNCTION paint.same(paint.color, paint.color) RETURNS boolean LANGUAGE sql "
      "RETURN $1 OPERATOR(pg_catalog.=) $2");
  print_ddl(
      "CREATE OPERATOR paint.= (LEFTARG = paint.color, RIGHTARG = paint.color, "
      "FUNCTION = paint.same)");
}

void print_relations(const LiteralCatalog &catalog) {
  for (const CatalogRelation &relation : catalog.relations()) {
    if (relation.schema != "tracking") continue;
    std::string columns;
    for (const CatalogColumn &column : relation.columns) {
      columns += (columns.empty() ? "" : ", ") + quote_identifier(column.name) + " " +
                 type_text(column.type);
      if (!column.collation_name.empty()) {
        columns += " COLLATE " + quote_identifier(column.collation_schema) + "." +
                   quote_identifier(column.collation_name);
      }
    }
    print_ddl("CREATE TABLE tracking." + quote_identifier(relation.name) + " (" + columns + ")");
  }
}

// Places for a random expression: each takes the tree and puts it there.
struct Frame {
  const char *source;
  void (*put)(Template &tree, const Expression &expression);
};

Sheet &sheet_of(Template &tree) { return std::get<Sheet>(tree.sections[0]); }

constexpr Frame kFrames[] = {
    {"template t { from tracking.time_entries as e where true sheet \"S\" { column \"C\" = e.id } "
     "}",
     [](Template &tree, const Expression &e) { tree.where[0].expression = e; }},
    {"template t { from tracking.time_entries as e join tracking.projects as p on p.id = "
     "e.project_id sheet \"S\" { column \"C\" = true column \"P\" = p.name order by e.id } }",
     [](Template &tree, const Expression &e) { sheet_of(tree).query.columns[0].value = e; }},
    {"template t { from tracking.time_entries as e sheet \"S\" { group by true column \"C\" = true "
     "column \"N\" = count(*) } }",
     [](Template &tree, const Expression &e) {
       sheet_of(tree).query.group_by.keys[0] = e;
       sheet_of(tree).query.columns[0].value = e;
     }},
    {"template t { from tracking.time_entries as e sheet \"S\" { column \"C\" = e.id order by true "
     "desc } }",
     [](Template &tree, const Expression &e) {
       sheet_of(tree).query.order_by.keys[0].expression = e;
     }},
    {"template t { from tracking.time_entries as e sheet \"S\" { group by e.task column \"T\" = "
     "e.task } nest \"N\" in \"S\" { column \"C\" = true order by e.id } }",
     [](Template &tree, const Expression &e) { tree.nests[0].query.columns[0].value = e; }},
};

Template tree_of(const Frame &frame) {
  Diagnostics diagnostics;
  return parse(frame.source, diagnostics).value();
}

int print_queries(const Template &tree, LiteralCatalog &catalog, LiteralClock &clock) {
  Diagnostics diagnostics;
  const std::vector<const Format *> formats = {&csv_format(), &json_format()};
  const auto compiled =
      compile({tree, catalog, clock, "", Missing::assumed, json_format(), formats}, diagnostics);
  if (!compiled) return 0;
  int printed = 0;
  for (const CompiledSection &section : compiled->sections) {
    if (section.sql.empty()) continue;
    json types = json::array();
    for (const BoundArgument &arg : section.args) types.push_back(arg.type);
    std::cout << json{{"sql", section.sql}, {"types", types}}.dump(-1, ' ', false,
                                                                   json::error_handler_t::replace)
              << '\n';
    printed++;
  }
  return printed;
}

}  // namespace
}  // namespace pgexport::dsl

int main(int argc, char **argv) {
  using namespace pgexport::dsl;
  if (argc != 3) {
    std::cerr << "usage: template_values SEED COUNT\n";
    return 2;
  }
  LiteralCatalog catalog;
  LiteralClock clock;
  print_types();
  print_relations(catalog);
  TemplateGenerator generator(std::strtoull(argv[1], nullptr, 10), vocabulary_of(catalog));
  std::vector<Template> frames;
  for (const Frame &frame : kFrames) frames.push_back(tree_of(frame));
  const long count = std::strtol(argv[2], nullptr, 10);
  long printed = 0;
  for (std::size_t i = 0; printed < count; i++) {
    const std::size_t which = i % (std::size(kFrames) + 1);
    if (which == std::size(kFrames)) {
      printed += print_queries(generator.next(), catalog, clock);
      continue;
    }
    kFrames[which].put(frames[which], generator.expression(1 + static_cast<int>(i % 4)));
    printed += print_queries(frames[which], catalog, clock);
  }
  return 0;
}
