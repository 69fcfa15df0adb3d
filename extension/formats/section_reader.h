// Reads the parts of a section from JSON: columns, charts.  The same keys serve the options of a
// plain query and the sections of a document.  All errors are Error 22023 and say where.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "formats/section.h"

#include "core/no_postgres.h"

namespace pgexport {

// A list of names and {"name": …, "heading": …, "format": …, …} objects; `where` names it.
std::vector<ColumnChoice> read_column_list(const nlohmann::json &list, const std::string &where);

// {"column": "format code", …} or {"column": "sum", …}: adds to the styles of columns.
void read_formats(const nlohmann::json &object, const std::string &where,
                  std::vector<ColumnChoice> &styled);
void read_totals(const nlohmann::json &object, const std::string &where,
                 std::vector<ColumnChoice> &styled);

// A list of names.
std::vector<std::string> read_names(const nlohmann::json &list, const std::string &where);

// One chart, or a list of them.
ChartSpec read_chart(const nlohmann::json &object, const std::string &where);
std::vector<ChartSpec> read_charts(const nlohmann::json &given, const std::string &where);

}  // namespace pgexport
