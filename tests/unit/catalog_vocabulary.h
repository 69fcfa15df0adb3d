// The names of the literal catalogue, for random templates most of whose names there are.
#pragma once

#include "dsl/functions.h"
#include "literal_catalog.h"
#include "template_generator.h"

namespace pgexport::dsl {

inline Vocabulary vocabulary_of(const LiteralCatalog &catalog) {
  Vocabulary words;
  words.relations = {{"tracking", "time_entries"}, {"", "people"}, {"tracking", "projects"}};
  words.columns.clear();
  for (const CatalogColumn &column : catalog.relations()[0].columns) {
    words.columns.push_back(column.name);
  }
  words.functions.clear();
  for (const std::string_view name : function_names()) words.functions.emplace_back(name);
  return words;
}

}  // namespace pgexport::dsl
