// The pre-built reports: the files of templates/, in the order of their names.
#pragma once

#include <span>

namespace pgexport {

// Texts of templates that read from the schema `tracking`.
std::span<const char *const> report_sources();

}  // namespace pgexport
