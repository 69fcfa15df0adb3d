// Limits of a template.  Each is an error of its own, SQLSTATE 54000, that names the limit.
#pragma once

#include <cstddef>

#include "core/no_postgres.h"

namespace pgexport::dsl {

inline constexpr std::size_t kMaxSource = std::size_t{64} << 10;  // bytes of a template's text
inline constexpr std::size_t kMaxJson = std::size_t{1} << 20;     // bytes of its JSON form
inline constexpr int kMaxNesting = 32;                            // expressions within expressions
inline constexpr std::size_t kMaxParameters = 100;
inline constexpr std::size_t kMaxSections = 32;  // sheets, charts, summaries and texts together
inline constexpr std::size_t kMaxColumns =
    200;                                       // of a sheet, a chart, a nest; metrics of a summary
inline constexpr std::size_t kMaxErrors = 20;  // reported at once

}  // namespace pgexport::dsl
