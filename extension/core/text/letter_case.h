// Case as far as names can be told apart by it: ASCII, Latin, Greek and Cyrillic letters.
#pragma once

#include <string>
#include <string_view>

#include "core/no_postgres.h"

namespace pgexport {

// `name` is UTF-8; letters of other scripts stay as they are.
std::string lower_case(std::string_view name);

}  // namespace pgexport
