// The list of functions: what is on it, and that the documentation shows the same.
#include "dsl/functions.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <set>
#include <sstream>

namespace pgexport::dsl {
namespace {

std::string documented_functions() {
  std::ifstream file(std::string(DOCS_DIR) + "/template-compiler.md");
  std::ostringstream text;
  text << file.rdbuf();
  const std::string page = text.str();
  const std::string start = "<!-- functions -->\n";
  const std::size_t from = page.find(start);
  const std::size_t end = page.find("<!-- end of functions -->");
  if (from == std::string::npos || end == std::string::npos) return "no table";
  return page.substr(from + start.size(), end - from - start.size());
}

std::string call_of(const FunctionSignature &signature) {
  if (signature.calling == Calling::construct) return "SQL's own";
  return "`pg_catalog." + std::string(signature.catalog) + "`";
}

TEST(Functions, AreDocumented) {
  std::string table = "| call | gives | is |\n|---|---|---|\n";
  for (const FunctionSignature &signature : function_signatures()) {
    table += "| `" + signature_label(signature) + "` | " + slot_label(signature.result) + " | " +
             call_of(signature) + " |\n";
  }
  EXPECT_EQ(documented_functions(), table);
}

TEST(Functions, AreUniqueAndGroupedByName) {
  std::set<std::string> labels;
  std::set<std::string_view> names;
  std::string_view last;
  for (const FunctionSignature &signature : function_signatures()) {
    EXPECT_TRUE(labels.insert(signature_label(signature)).second) << signature_label(signature);
    if (signature.name != last) {
      EXPECT_TRUE(names.insert(signature.name).second) << signature.name << " is in two places";
    }
    last = signature.name;
    EXPECT_EQ(is_aggregate(signature), is_aggregate(*find_functions(signature.name)[0]));
  }
  EXPECT_EQ(function_names().size(), names.size());
}

TEST(Functions, HaveNothingThatReachesBeyondItsArguments) {
  const std::vector<std::string_view> names = function_names();
  for (const std::string_view name : {"pg_sleep",
                                      "pg_read_file",
                                      "pg_ls_dir",
                                      "lo_import",
                                      "lo_export",
                                      "set_config",
                                      "current_setting",
                                      "query_to_xml",
                                      "table_to_xml",
                                      "cursor_to_xml",
                                      "xpath",
                                      "ts_stat",
                                      "ts_rewrite",
                                      "nextval",
                                      "setval",
                                      "currval",
                                      "pg_notify",
                                      "pg_advisory_lock",
                                      "txid_current",
                                      "dblink",
                                      "pg_terminate_backend",
                                      "generate_series",
                                      "unnest",
                                      "regexp_matches",
                                      "json_populate_record",
                                      "random",
                                      "now",
                                      "clock_timestamp",
                                      "gen_random_uuid",
                                      "version",
                                      "current_user",
                                      "pg_backend_pid",
                                      "has_table_privilege",
                                      "format",
                                      "repeat",
                                      "lpad",
                                      "rpad",
                                      "to_regclass",
                                      "convert_from",
                                      "array_agg",
                                      "row_to_json",
                                      "to_json",
                                      "to_jsonb"}) {
    EXPECT_EQ(std::count(names.begin(), names.end(), name), 0) << name;
    EXPECT_TRUE(find_functions(name).empty()) << name;
  }
}

}  // namespace
}  // namespace pgexport::dsl
