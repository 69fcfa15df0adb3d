#include "formats/json/json_names.h"

#include <unordered_map>
#include <unordered_set>

#include "core/error.h"

namespace pgexport {
namespace {

[[noreturn]] void refuse_duplicate(const std::string &name) {
  throw Error(sqlstate::duplicate_column, "column name \"" + name + "\" appears more than once",
              "The keys of a JSON object must differ.",
              "Give the columns aliases that differ, or set the option duplicate_names to "
              "\"suffix\".");
}

}  // namespace

std::vector<std::string> json_names(std::span<const Column> columns, DuplicateNames duplicates) {
  // A name that a column has from the start is never given to another.
  std::unordered_set<std::string> taken;
  for (const Column &column : columns) taken.insert(column.heading);

  std::vector<std::string> names;
  std::unordered_map<std::string, int> seen;
  for (const Column &column : columns) {
    int &number = seen[column.heading];
    std::string name = column.heading;
    if (number > 0 && duplicates == DuplicateNames::error) refuse_duplicate(name);
    while (++number > 1) {
      name = column.heading + "_" + std::to_string(number);
      if (taken.insert(name).second) break;
    }
    names.push_back(std::move(name));
  }
  return names;
}

}  // namespace pgexport
